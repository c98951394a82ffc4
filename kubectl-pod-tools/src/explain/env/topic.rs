//! The environment as a topic of `explain-…`: look-ups, conclusions, blocks.

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
use crate::explain::requested::{Presence, Requested};
use crate::explain::topic::{Check, Conclusion, Facts, Topic};
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
    const ROUNDS: usize = 1;
    type Body = EnvBody;
    type Observation = Vec<Environ>;

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter().map(String::as_str);
        let containers = chosen.chain(self.images.containers());
        let containers = containers.map(|name| Requested::Container(name.to_owned()));
        let traced = self.options.trace.iter().map(|name| Requested::Other {
            name: name.clone(),
            failure: absence(name),
        });
        containers.chain(traced).collect()
    }

    fn check(&self) -> Option<Check<Self>> {
        let check: Check<Self> = |_, target| check_is_pod(target);
        self.options.verify.then_some(check)
    }

    fn needs(&self, target: &Target, _: &Facts<'_, Vec<Environ>>) -> Vec<Need> {
        needs(&target.spec, &target.pod_namespace, stage(target))
    }

    async fn observe(&self, target: &Target, cluster: &Cluster) -> Option<Vec<Environ>> {
        if self.options.verify {
            Some(read_environs(target, &self.options.explain.containers, cluster).await)
        } else {
            None
        }
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, Vec<Environ>>) -> Conclusion<EnvBody> {
        let all = containers(&target.spec, &target.spec_path);
        let options = Options {
            version: facts.version,
            containers: self.options.explain.containers.clone(),
            show_secrets: self.options.explain.show_secrets,
            image_env: self.images.of(all.iter().map(|container| container.name)),
            cluster_domain: self.options.cluster_domain.clone(),
        };
        let mut resolution = resolve(&subject(target), facts.answers, &options);
        place(&mut resolution.item, target);
        let containers = &resolution.item.containers;
        let verified = facts.observation.map_or_else(Vec::new, |environs| {
            verify::verify(
                target,
                containers,
                environs,
                self.options.explain.show_secrets,
            )
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

    fn presence(&self, name: &str, explained: &ExplainedEnv) -> Presence {
        presence(name, &explained.item.body)
    }

    fn unanswered(&self, explained: &ExplainedEnv) -> Option<Failure> {
        let item = &explained.item;
        verify::unanswered(&explained.target.shown, item.verdict, &item.body.verify)
    }

    fn blocks(&self, explained: &ExplainedEnv) -> Vec<Block> {
        blocks(explained, self.options)
    }
}

/// Checks that a target is a Pod, for `--verify`.
fn check_is_pod(target: &Target) -> Result<(), Failure> {
    if target.is_pod() {
        return Ok(());
    }
    let message = format!(
        "cannot compare {} with `--verify`: it is not a Pod",
        target.shown
    );
    Err(Failure::usage(message)
        .help("name one of its Pods, or all by their labels: explain-env -l app=web --verify"))
}
