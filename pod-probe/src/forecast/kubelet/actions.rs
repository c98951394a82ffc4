//! Containers that a sync kills and starts.
//!
//! Upstream: `computePodActions` and `computeInitContainerActions` in
//! `k8s.io/kubernetes/pkg/kubelet/kuberuntime`.

use super::super::happening::Kind;
use super::super::reason::Reason;
use super::Run;
use super::container::{Container, Instance};
use super::lane::{Actions, Step};
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::ProbeResult;

impl Container<'_> {
    /// Returns the probe that has failed an instance.
    fn failed(&self, newest: Instance) -> Option<ProbeKind> {
        let result = |kind| self.result(kind, newest.number);
        let kinds = if self.plan.is_sidecar {
            // A sidecar's liveness matters only after its startup probe has passed.
            let has_startup = self.plan.probe(ProbeKind::Startup).is_some();
            match result(ProbeKind::Startup) {
                Some(ProbeResult::Success) => [ProbeKind::Liveness, ProbeKind::Liveness],
                _ if has_startup => [ProbeKind::Startup, ProbeKind::Startup],
                _ => [ProbeKind::Liveness, ProbeKind::Liveness],
            }
        } else {
            [ProbeKind::Liveness, ProbeKind::Startup]
        };
        let mut kinds = kinds.into_iter();
        kinds.find(|kind| result(*kind) == Some(ProbeResult::Failure))
    }

    /// Returns whether a sidecar lets the next container start.
    fn lets_next_start(&self, newest: Instance) -> bool {
        self.plan.probe(ProbeKind::Startup).is_none()
            || self.result(ProbeKind::Startup, newest.number) == Some(ProbeResult::Success)
    }
}

impl Run<'_> {
    /// Finds what this sync does. Returns false if the Pod has ended.
    pub(super) fn find_actions(&self, actions: &mut Actions) -> bool {
        actions.clear();
        // Containers that run on, and those that start.
        let mut remaining = 0;
        let mut has_ended = true;
        let mut may_start = true;
        for (index, own) in self.containers.iter().enumerate() {
            let is_app = !own.plan.is_sidecar;
            let exited = own.known_end();
            let Some(newest) = own.known[1] else {
                has_ended = false;
                remaining += usize::from(is_app);
                if may_start {
                    actions.starts.push((index, exited));
                }
                may_start &= is_app;
                continue;
            };
            if let Some((_, code)) = newest.ended {
                if own.plan.restarts(code) {
                    actions.starts.push((index, exited));
                    has_ended &= !is_app;
                    remaining += usize::from(is_app);
                }
                may_start &= is_app;
                continue;
            }
            has_ended &= !is_app;
            let Some(kind) = own.failed(newest) else {
                remaining += usize::from(is_app);
                may_start &= is_app || own.lets_next_start(newest);
                continue;
            };
            may_start &= is_app || (kind == ProbeKind::Liveness && own.lets_next_start(newest));
            actions.kills.push(self.kill_of(index, kind));
            if own.plan.restarts_after_kill() {
                actions.starts.push((index, exited));
                remaining += usize::from(is_app);
            }
        }
        if has_ended {
            return false;
        }
        if remaining == 0 && !actions.kills.is_empty() {
            let grace_period = self.plan.grace_period;
            let running = self.containers.iter().enumerate();
            let running = running
                .filter(|(_, own)| own.known[1].is_some_and(|newest| newest.ended.is_none()));
            let reason = Reason::PodEnds { grace_period };
            let kill = |(index, _)| Step::Kill(index, None, grace_period, reason);
            actions.kills.clear();
            actions.kills.extend(running.map(kill));
            actions.starts.clear();
            actions.ends_pod = true;
        }
        true
    }

    fn kill_of(&self, index: usize, kind: ProbeKind) -> Step {
        let kills = Some(Kind::from(kind));
        let Some(probe) = self.containers[index].plan.probe(kind) else {
            return Step::Kill(index, kills, self.plan.grace_period, Reason::NextSync);
        };
        let reason = Reason::Threshold {
            probe: kind,
            verdict: Verdict::Failure,
            threshold: probe.failure_threshold,
            period: probe.period,
            timeout: probe.timeout,
        };
        Step::Kill(index, kills, probe.grace_period, reason)
    }
}
