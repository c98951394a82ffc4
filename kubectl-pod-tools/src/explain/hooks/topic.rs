//! The hooks as a topic of `explain-…`: look-ups, conclusions, blocks.

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::jiff::Timestamp;
use pod_model::features::Gate;
use pod_model::lookup::{LookupKind, Need};
use pod_model::validation::validate_hooks;
use pod_model::{ContainerType, KubernetesVersion, Verdict, containers};
use pod_probe::{DeletionGrace, Hooks, ShutdownPlan, shutdown};

use super::blocks::{blocks, drawing};
use super::checks::{Subject, findings};
use super::deletion::{deletion, immediate, is_stopped};
use super::events::{needs, observed};
use super::options::HooksOptions;
use super::outlook::outlook;
use super::report::{ContainerHooks, Deletion, ExplainedHooks, Grace, HooksBody};
use super::timeline::{TimelineItem, timeline};
use crate::explain::mask::mask_handler;
use crate::explain::requested::Requested;
use crate::explain::seconds::rounded;
use crate::explain::shorten::{grave_findings, worst_finding};
use crate::explain::topic::{Conclusion, Facts, Topic};
use crate::render::{Block, time_range};
use crate::targets::Target;

/// The hooks of each container.
pub(in crate::explain) struct HooksTopic<'a> {
    options: &'a HooksOptions,
    now: Timestamp,
}

impl<'a> HooksTopic<'a> {
    pub(in crate::explain) fn new(options: &'a HooksOptions) -> Self {
        Self {
            options,
            now: options.explain.now.unwrap_or_else(Timestamp::now),
        }
    }

    /// Returns the part of a target that is drawn.
    pub(super) fn drawing(&self, explained: &ExplainedHooks) -> Vec<Block> {
        drawing(explained, self.options)
    }

    fn grace(&self, target: &Target) -> Grace {
        let pod = target.spec.termination_grace_period_seconds;
        let of_deletion = target.metadata.deletion_grace_period_seconds;
        let of_deletion =
            of_deletion.filter(|_| target.is_pod() && target.metadata.deletion_timestamp.is_some());
        let grace = DeletionGrace::of(pod, self.options.grace, of_deletion);
        let path = target.spec_path.field("terminationGracePeriodSeconds");
        let document = target.document.as_ref();
        let document = document.filter(|own| own.find(&path).is_some());
        Grace {
            grace,
            location: document.and_then(|own| own.locate(&path)),
        }
    }
}

impl Topic for HooksTopic<'_> {
    const REPORT: &'static str = "HooksReport";
    const KINDS: &'static [LookupKind] =
        &[LookupKind::of::<Event>(), LookupKind::of::<NewerEvent>()];
    const ROUNDS: usize = 1;
    type Body = HooksBody;
    type Observation = ();

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        let assumed = self.options.assumed.containers();
        let all = chosen.map(String::as_str).chain(assumed);
        all.map(|name| Requested::Container(name.to_owned()))
            .collect()
    }

    fn needs(&self, target: &Target, _: &Facts<'_, ()>) -> Vec<Need> {
        needs(target)
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, ()>) -> Conclusion<HooksBody> {
        let spec = &target.spec;
        let chosen = &self.options.explain.containers;
        let is_shown = |name: &str| chosen.is_empty() || chosen.iter().any(|own| own == name);
        let version = facts.version;
        let mut shown = hooks(target, version);
        shown.retain(|own| is_shown(&own.name));
        let refused = validate_hooks(spec, version, &target.spec_path);
        let is_refused = !refused.is_empty();
        let grace = self.grace(target);
        let goes_at_once =
            immediate(target).is_some() && target.metadata.deletion_timestamp.is_none();
        let all = containers(spec, &target.spec_path);
        let has_timeline = !is_refused && !goes_at_once;
        let plan = ShutdownPlan::of(
            spec,
            version,
            grace.grace.kubelet(),
            |name| self.options.assumed.about(name),
            |own| has_timeline && is_stopped(target, own),
        );
        let events = shutdown(&plan);
        let signal = |name: &str| {
            let own = shown.iter().find(|own| own.name == name)?;
            own.stop_signal.clone().filter(|signal| signal != "SIGTERM")
        };
        let timeline = timeline(&plan, &events, is_shown, signal);
        let (seen, unread) = observed(target, facts.answers);
        let mut all_findings = refused;
        all_findings.extend(findings(&Subject {
            target,
            spec,
            version,
            containers: &shown,
            all: &all,
            grace: &grace.grace,
            observed: &seen,
        }));
        let deletion = deletion(target, &timeline, self.now);
        let stopped = |name: &str| plan.containers.iter().any(|own| own.name == name);
        let may_run = |kind| matches!(kind, ContainerType::App | ContainerType::Sidecar);
        let not_running = all
            .iter()
            .filter(|own| has_timeline && may_run(own.container_type))
            .filter(|own| is_shown(own.name) && !stopped(own.name))
            .map(|own| own.name.to_owned())
            .collect();
        let outlook = if is_refused || deletion != Deletion::None {
            Vec::new()
        } else {
            outlook(spec, &shown, &timeline)
        };
        if !self.options.explain.show_secrets {
            let hooks = shown
                .iter_mut()
                .flat_map(|own| [&mut own.post_start, &mut own.pre_stop]);
            hooks
                .flatten()
                .for_each(|own| mask_handler(&mut own.handler));
        }
        Conclusion {
            verdict: Verdict::of(&all_findings, unread.is_none()),
            findings: all_findings,
            body: HooksBody {
                containers: shown,
                grace_period: grace,
                timeline,
                is_refused,
                deletion,
                outlook,
                observed: seen,
                unread,
                not_running,
            },
        }
    }

    fn summary(&self, explained: &ExplainedHooks) -> String {
        let (item, body) = (&explained.item, &explained.item.body);
        let worst = worst_finding(&item.findings).filter(|_| item.verdict == Verdict::No);
        let summary = worst.or_else(|| match &body.deletion {
            Deletion::Running { message, .. } => Some(message.clone()),
            Deletion::Immediate { reason } => Some(reason.clone()),
            Deletion::None => body.outlook.first().cloned(),
        });
        summary.unwrap_or_else(|| stopped(&body.timeline))
    }

    fn short(&self, explained: &ExplainedHooks) -> Vec<Block> {
        grave_findings(&explained.item.findings, &explained.target)
    }

    fn blocks(&self, explained: &ExplainedHooks) -> Vec<Block> {
        blocks(explained, self.options)
    }
}

/// Returns when all containers have ended after a deletion, as a sentence.
fn stopped(timeline: &[TimelineItem]) -> String {
    let last = timeline.iter().map(|own| (own.latest, own.earliest)).max();
    match last {
        Some((latest, earliest)) => {
            let (from, to) = rounded(earliest, latest);
            format!(
                "no hooks; a deletion ends the containers after {}",
                time_range(from, Some(to))
            )
        }
        None => "no hooks, and no container to stop".to_owned(),
    }
}

/// Returns the hooks of all containers that may have some, in the order of the Pod.
fn hooks(target: &Target, version: KubernetesVersion) -> Vec<ContainerHooks> {
    let all = containers(&target.spec, &target.spec_path);
    // A live object that has the field has passed a server with the gate.
    let has_signals = Gate::ContainerStopSignals.is_on(version) || target.document.is_none();
    let own = all.iter().filter(|own| {
        matches!(
            own.container_type,
            ContainerType::App | ContainerType::Sidecar
        ) || own.lifecycle.is_some()
    });
    own.map(|own| {
        let hooks = Hooks::of(&own.to_container(), version);
        let signal = own.lifecycle.and_then(|own| own.stop_signal.clone());
        ContainerHooks {
            name: own.name.to_owned(),
            container_type: own.container_type,
            post_start: hooks.post_start,
            pre_stop: hooks.pre_stop,
            stop_signal: signal.clone().filter(|_| has_signals),
            dropped_stop_signal: signal.filter(|_| !has_signals),
            path: own.path.clone(),
        }
    })
    .collect()
}
