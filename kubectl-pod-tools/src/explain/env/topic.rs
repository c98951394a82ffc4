//! The environment as a topic of `explain-…`: look-ups, conclusions, blocks.

use pod_env::report::{EnvItem, Status};
use pod_env::{LOOKUP_KINDS, Options, needs, resolve};
use pod_model::lookup::{LookupKind, Need};
use pod_model::{Verdict, containers};

use super::blocks::blocks;
use super::environ::{Environ, read_environs};
use super::options::EnvOptions;
use super::report::{EnvBody, ExplainedEnv, place, stage, subject};
use super::trace::{absence, presence, traces};
use super::verify;
use crate::cluster::Cluster;
use crate::error::Failure;
use crate::explain::image_config::ImageConfigs;
use crate::explain::requested::{Presence, Requested};
use crate::explain::shorten::{grave_findings, worst_finding};
use crate::explain::topic::{Check, Conclusion, Facts, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The environment of each container.
pub(in crate::explain) struct EnvTopic<'a> {
    options: &'a EnvOptions,
    images: ImageConfigs,
}

impl<'a> EnvTopic<'a> {
    pub(in crate::explain) fn new(options: &'a EnvOptions) -> Self {
        Self::with_images(options, ImageConfigs::default())
    }

    /// Creates the topic with the variables of images.
    pub(super) fn with_images(options: &'a EnvOptions, images: ImageConfigs) -> Self {
        Self { options, images }
    }
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
            image_env: all
                .iter()
                .filter_map(|own| {
                    let config = self.images.of(own.name)?;
                    Some((own.name.to_owned(), config.env().to_vec()))
                })
                .collect(),
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

    fn summary(&self, explained: &ExplainedEnv) -> String {
        let item = &explained.item;
        let worst = worst_finding(&item.findings).filter(|_| item.verdict == Verdict::No);
        worst.unwrap_or_else(|| counts(&item.body.env))
    }

    fn short(&self, explained: &ExplainedEnv) -> Vec<Block> {
        grave_findings(&explained.item.findings, &explained.target)
    }

    fn blocks(&self, explained: &ExplainedEnv) -> Vec<Block> {
        blocks(explained, self.options)
    }
}

/// Returns the numbers of variables and containers as a sentence.
fn counts(env: &EnvItem) -> String {
    let s = |count: usize| if count == 1 { "" } else { "s" };
    let variables = || env.containers.iter().flat_map(|own| &own.env);
    let all = variables().count();
    let containers = env.containers.iter().filter(|own| !own.env.is_empty());
    let containers = containers.count();
    if all == 0 {
        return "no variables".to_owned();
    }
    let open = variables().filter(|own| own.status == Status::Unresolved);
    let open = match open.count() {
        0 => String::new(),
        open => format!(", {open} of them unknown"),
    };
    format!(
        "{all} variable{} in {containers} container{}{open}",
        s(all),
        s(containers)
    )
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
