//! One target: what is looked up for it, and what is said of it.

use k8s_openapi::api::core::v1::Pod;
use pod_env::{Options, Plan, plan, resolve, trace};
use pod_model::{KubernetesVersion, Verdict, containers, defaults};

use super::gather::{Gathered, Lookups};
use super::image::ImageConfigs;
use super::options::EnvOptions;
use super::report::{EnvBody, EnvItemReport, Trace, place, stage, subject};
use super::verify::{self, Compared, Verification, verify};
use crate::error::{CommandError, Failure};
use crate::targets::{Surroundings, Target};

/// A target with what is said of it.
pub(super) struct Explained {
    pub target: Target,
    pub item: EnvItemReport,
}

/// Explains the targets of one run.
pub(super) struct Explainer<'a> {
    pub options: &'a EnvOptions,
    pub around: &'a Surroundings,
    pub lookups: &'a Lookups<'a>,
    pub images: &'a ImageConfigs,
}

impl Explainer<'_> {
    /// Explains a target by the input alone.
    ///
    /// # Errors
    /// An object beside it that is not what its kind says.
    pub(super) fn near(&self, mut target: Target) -> Result<Explained, Failure> {
        let plan = self.plan(&mut target);
        let gathered = self.lookups.near(&plan, &target.id.namespace)?;
        Ok(self.explained(target, &gathered, Vec::new()))
    }

    /// Explains a target, and asks the cluster for what the input does not hold.
    ///
    /// # Errors
    /// A cluster that cannot be reached, too, and `--verify` of what is no Pod.
    pub(super) async fn explain(&self, mut target: Target) -> Result<Explained, CommandError> {
        if self.options.verify && !target.is_pod() {
            return Err(no_pod(&target).into());
        }
        let plan = self.plan(&mut target);
        let gathered = self.lookups.gather(&plan, &target.id.namespace).await?;
        let verified = match (&self.around.cluster, self.options.verify) {
            (Some(cluster), true) => {
                let resolution = self.resolve(&target, &gathered);
                let containers = &resolution.item.containers;
                verify(&target, containers, cluster, self.options.show_secrets).await
            }
            _ => Vec::new(),
        };
        Ok(self.explained(target, &gathered, verified))
    }

    fn plan(&self, target: &mut Target) -> Plan {
        set_defaults(target, self.around.version);
        plan(&target.spec, stage(target))
    }

    fn resolve(&self, target: &Target, gathered: &Gathered<'_>) -> pod_env::Resolution {
        let options = Options {
            version: self.around.version,
            containers: self.options.containers.clone(),
            show_secrets: self.options.show_secrets,
            image_env: self.images.of(container_names(target)),
            cluster_domain: self.options.cluster_domain.clone(),
        };
        let mut resolution = resolve(&subject(target), &gathered.found(), &options);
        place(&mut resolution.item, target);
        resolution
    }

    fn explained(
        &self,
        target: Target,
        gathered: &Gathered<'_>,
        verified: Vec<Verification>,
    ) -> Explained {
        let mut resolution = self.resolve(&target, gathered);
        let containers = &resolution.item.containers;
        resolution
            .findings
            .extend(verify::findings(containers, &verified));
        if verified.iter().any(|v| v.status == Compared::Drift) {
            resolution.verdict = Verdict::No;
        } else if verified.iter().any(Verification::is_open) && resolution.verdict == Verdict::Ok {
            resolution.verdict = Verdict::Unknown;
        }
        // The most severe first; among equals as the Pod has them.
        resolution.findings.sort_by_key(|finding| finding.severity);
        let findings = match &target.document {
            Some(document) => document.place(resolution.findings),
            None => resolution.findings,
        };
        let traces = self.options.trace.iter().flat_map(|name| {
            let containers = resolution.item.containers.iter();
            containers.filter_map(move |container| {
                Some(Trace {
                    container: container.name.clone(),
                    steps: trace(container, name)?,
                })
            })
        });
        let item = EnvItemReport {
            target: target.id.clone(),
            verdict: resolution.verdict,
            findings,
            body: EnvBody {
                verify: verified,
                traces: traces.collect(),
                env: resolution.item,
            },
        };
        Explained { target, item }
    }
}

/// `--verify` of what makes Pods.
fn no_pod(target: &Target) -> Failure {
    Failure::usage(format!(
        "--verify looks into running Pods, and {} is none",
        target.shown
    ))
    .help("name one of its Pods, or all by their labels: explain-env -l app=web --verify")
}

/// The Pod that will be made gets all of a Pod's defaults, a template's only
/// some: requests follow limits when the Pod is made, for one.
fn set_defaults(target: &mut Target, version: KubernetesVersion) {
    let mut pod = Pod {
        spec: Some(std::mem::take(&mut target.spec)),
        ..Pod::default()
    };
    defaults::pod(&mut pod, version);
    target.spec = pod.spec.unwrap_or_default();
}

/// Returns the names of all containers of a target.
pub(super) fn container_names(target: &Target) -> impl Iterator<Item = &str> {
    let all = containers(&target.spec, &target.spec_path);
    all.into_iter().map(|container| container.name)
}
