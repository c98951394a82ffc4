//! The environment as a topic: its look-ups, and its conclusions.

use pod_env::{LOOKUP_KINDS, Options, needs, resolve};
use pod_model::containers;
use pod_model::lookup::{LookupKind, Need};

use super::blocks::blocks;
use super::environ::{Environ, read_environs};
use super::image::ImageConfigs;
use super::options::EnvOptions;
use super::report::{EnvBody, ExplainedEnv, place, stage, subject};
use super::trace::{absence, presence, traces};
use super::verify;
use crate::cluster::Cluster;
use crate::error::Failure;
use crate::explain::topic::{Conclusion, Facts, Presence, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The environment of each container.
pub(super) struct EnvTopic<'a> {
    pub options: &'a EnvOptions,
    pub images: &'a ImageConfigs,
}

impl Topic for EnvTopic<'_> {
    const REPORT: &'static str = "EnvReport";
    const KINDS: &'static [LookupKind] = LOOKUP_KINDS;
    type Body = EnvBody;
    type Observation = Vec<Environ>;

    fn containers(&self) -> Vec<&str> {
        let chosen = self.options.containers.iter().map(String::as_str);
        chosen.chain(self.images.containers()).collect()
    }

    fn check(&self, target: &Target) -> Result<(), Failure> {
        if self.options.verify && !target.is_pod() {
            return Err(no_pod(target));
        }
        Ok(())
    }

    fn needs(&self, target: &Target) -> Vec<Need> {
        needs(&target.spec, &target.pod_namespace, stage(target))
    }

    async fn observe(&self, target: &Target, cluster: &Cluster) -> Option<Vec<Environ>> {
        if self.options.verify {
            Some(read_environs(target, &self.options.containers, cluster).await)
        } else {
            None
        }
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, Vec<Environ>>) -> Conclusion<EnvBody> {
        let all = containers(&target.spec, &target.spec_path);
        let options = Options {
            version: facts.version,
            containers: self.options.containers.clone(),
            show_secrets: self.options.show_secrets,
            image_env: self.images.of(all.iter().map(|container| container.name)),
            cluster_domain: self.options.cluster_domain.clone(),
        };
        let mut resolution = resolve(&subject(target), facts.answers, &options);
        place(&mut resolution.item, target);
        let containers = &resolution.item.containers;
        let verified = facts.observation.map_or_else(Vec::new, |environs| {
            verify::verify(target, containers, environs, self.options.show_secrets)
        });
        let mut findings = resolution.findings;
        findings.extend(verify::findings(containers, &verified));
        Conclusion {
            verdict: verify::verdict(resolution.verdict, &verified),
            findings,
            body: EnvBody {
                traces: traces(self.options.trace.as_deref(), containers),
                verify: verified,
                env: resolution.item,
            },
        }
    }

    fn absence(&self) -> Option<Failure> {
        self.options.trace.as_deref().map(absence)
    }

    fn presence(&self, explained: &ExplainedEnv) -> Presence {
        let name = self.options.trace.as_deref();
        name.map_or(Presence::Present, |name| {
            presence(name, &explained.item.body)
        })
    }

    fn unanswered(&self, explained: &ExplainedEnv) -> Option<Failure> {
        verify::unanswered(explained)
    }

    fn blocks(&self, explained: &ExplainedEnv) -> Vec<Block> {
        blocks(explained, self.options)
    }
}

/// `--verify` of what makes Pods.
fn no_pod(target: &Target) -> Failure {
    Failure::usage(format!(
        "cannot compare {} with `--verify`: it is not a Pod",
        target.shown
    ))
    .help("name one of its Pods, or all by their labels: explain-env -l app=web --verify")
}
