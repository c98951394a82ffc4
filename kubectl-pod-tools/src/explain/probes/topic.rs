//! The probes as a topic of `explain-…`: look-ups, conclusions, blocks.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Event, Node};
use k8s_openapi::api::events::v1::Event as NewerEvent;
use pod_model::lookup::{LookupKind, Need};
use pod_model::validation::validate_probes;
use pod_model::{Finding, Segment, Verdict, rules};
use pod_probe::PodPlan;

use super::blocks::{blocks, drawing};
use super::bugs::bugs;
use super::checks::{Subject, findings};
use super::effective::effective;
use super::forecasts::Forecasts;
use super::kubelet::{kubelet, need};
use super::observed::{needs, observed};
use super::options::ProbesOptions;
use super::outlook::{InitContainers, OutlookPod, given, outlook};
use super::report::{ContainerProbes, ExplainedProbes, ProbesBody};
use super::timeline::timeline;
use super::unprobed::unprobed;
use crate::explain::events::NOT_IN_FILE;
use crate::explain::mask::{mask_handler, mask_text};
use crate::explain::requested::Requested;
use crate::explain::shorten::{grave_findings, worst_finding};
use crate::explain::topic::{Conclusion, Facts, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The probes of each container.
pub(in crate::explain) struct ProbesTopic<'a> {
    options: &'a ProbesOptions,
    forecasts: Forecasts<'a>,
}

impl<'a> ProbesTopic<'a> {
    pub(in crate::explain) fn new(options: &'a ProbesOptions) -> Self {
        Self {
            options,
            forecasts: Forecasts::new(&options.assumptions, options.is_normal_course()),
        }
    }

    /// Returns the part of a target that is drawn.
    pub(super) fn drawing(&self, explained: &ExplainedProbes) -> Vec<Block> {
        drawing(explained, self.options)
    }
}

impl Topic for ProbesTopic<'_> {
    const REPORT: &'static str = "ProbesReport";
    const KINDS: &'static [LookupKind] = &[
        LookupKind::of::<Event>(),
        LookupKind::of::<NewerEvent>(),
        LookupKind::of::<Node>(),
    ];
    const ROUNDS: usize = 1;
    type Body = ProbesBody;
    type Observation = ();

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        chosen.cloned().map(Requested::Container).collect()
    }

    fn needs(&self, target: &Target, _: &Facts<'_, ()>) -> Vec<Need> {
        needs(target).into_iter().chain(need(target)).collect()
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, ()>) -> Conclusion<ProbesBody> {
        let spec = &target.spec;
        let chosen = &self.options.explain.containers;
        let is_shown = |name: &str| chosen.is_empty() || chosen.iter().any(|own| own == name);
        // Validation follows the API server, and everything else the kubelet.
        let (kubelet, version) =
            kubelet(target, facts.answers, self.options.version, facts.version);
        let mut containers = effective(target, version);
        containers.retain(|container| is_shown(&container.name));
        let plan = PodPlan::of(spec, version);
        let refused = validate_probes(spec, facts.version, &target.spec_path);
        // A Pod that cannot be created has no future.
        let forecast = if refused.is_empty() {
            self.forecasts.of(&plan, version)
        } else {
            Arc::default()
        };
        let unprobed = unprobed(&plan).filter(|_| refused.is_empty());
        let mut observed = observed(target, facts.answers);
        if !self.options.explain.show_secrets {
            let seen = observed.iter_mut().flat_map(|seen| &mut seen.events);
            seen.for_each(|event| event.message = mask_text(&event.message));
        }
        let sound = without_refused(&containers, &refused);
        let mut all_findings = refused.clone();
        all_findings.extend(findings(&Subject {
            target,
            spec,
            version: facts.version,
            containers: &sound,
            unprobed: unprobed.as_deref(),
            plan: &plan,
            forecast: &forecast,
            observed: observed.as_ref(),
        }));
        let unread = observed.as_ref().and_then(|seen| seen.unread.as_ref());
        // Offline nothing is asked for, which is no failure.
        let all_read = unread.is_none_or(|why| why == NOT_IN_FILE);
        let pod = OutlookPod {
            spec,
            plan: &plan,
            containers: &containers,
            is_job: matches!(target.id.kind.as_str(), "Job" | "CronJob"),
        };
        let assumptions = &self.options.assumptions;
        let outlook = match &forecast.standard {
            Some(standard) => outlook(&pod, standard),
            None if self.options.is_normal_course() || !refused.is_empty() => Vec::new(),
            None => given(&pod, &forecast.events, assumptions),
        };
        let bugs = if refused.is_empty() {
            bugs(spec, version, &plan, &containers)
        } else {
            Vec::new()
        };
        if !self.options.explain.show_secrets {
            let probes = containers.iter_mut().flat_map(|own| &mut own.probes);
            probes.for_each(|own| mask_handler(&mut own.probe.handler));
        }
        Conclusion {
            verdict: Verdict::of(&all_findings, all_read),
            findings: all_findings,
            body: ProbesBody {
                is_refused: !refused.is_empty(),
                timeline: timeline(&plan, &forecast.events, is_shown),
                forecast_seconds: assumptions.horizon.as_secs(),
                is_cut: forecast.is_cut,
                kubelet,
                origin: InitContainers::of(spec).origin(),
                outlook,
                containers,
                unprobed,
                known_bugs: bugs,
                observed,
            },
        }
    }

    fn summary(&self, explained: &ExplainedProbes) -> String {
        let (item, body) = (&explained.item, &explained.item.body);
        let worst = worst_finding(&item.findings).filter(|_| item.verdict == Verdict::No);
        let unprobed = || Some(format!("no probes: {}", body.unprobed.as_ref()?));
        let outlook = || Some(body.outlook.first()?.message.clone());
        let summary = worst.or_else(unprobed).or_else(outlook);
        summary.unwrap_or_else(|| "nothing follows from the probes".to_owned())
    }

    fn short(&self, explained: &ExplainedProbes) -> Vec<Block> {
        let mut findings = explained.item.findings.clone();
        // The summary says it already.
        findings.retain(|finding| !finding.is(&rules::NO_PROBES));
        grave_findings(&findings, &explained.target)
    }

    fn blocks(&self, explained: &ExplainedProbes) -> Vec<Block> {
        blocks(explained, self.options)
    }
}

/// Returns the containers without those that have a finding of validation: what follows from their
/// probes is not known.
fn without_refused<'a>(
    containers: &'a [ContainerProbes],
    refused: &[Finding],
) -> Cow<'a, [ContainerProbes]> {
    if refused.is_empty() {
        return Cow::Borrowed(containers);
    }
    let length = containers
        .first()
        .map_or(0, |own| own.path.segments().len());
    let paths = refused
        .iter()
        .filter_map(|found| found.path.segments().get(..length));
    let paths: HashSet<&[Segment]> = paths.collect();
    let is_sound = |own: &&ContainerProbes| !paths.contains(own.path.segments());
    Cow::Owned(containers.iter().filter(is_sound).cloned().collect())
}
