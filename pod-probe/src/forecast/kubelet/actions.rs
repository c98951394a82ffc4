//! Containers that a sync kills and starts.
//!
//! Upstream: `computePodActions` and `computeInitContainerActions` in
//! `k8s.io/kubernetes/pkg/kubelet/kuberuntime`.

use std::time::Duration;

use super::super::happening::Kind;
use super::super::plan::RestartPolicy;
use super::super::reason::Reason;
use super::Run;
use super::container::{Container, Instance};
use super::lane::{Actions, Step};
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::ProbeResult;

impl Container<'_> {
    /// Returns whether a probe has failed an instance.
    fn has_failed(&self, kind: ProbeKind, newest: Instance) -> bool {
        self.result(kind, newest.number) == Some(ProbeResult::Failure)
    }

    /// Returns whether an instance that runs has started, as far as the next container is concerned.
    fn lets_next_start(&self, newest: Instance) -> bool {
        self.plan.probe(ProbeKind::Startup).is_none()
            || self.result(ProbeKind::Startup, newest.number) == Some(ProbeResult::Success)
    }

    fn is_known_running(&self) -> bool {
        self.known[1].is_some_and(|newest| newest.ended.is_none())
    }
}

impl Run<'_> {
    /// Finds what this sync does. Returns false if the Pod has ended.
    pub(super) fn find_actions(&self, actions: &mut Actions) -> bool {
        actions.clear();
        if self.has_ended() {
            return false;
        }
        if self.finds_reset(actions) {
            return true;
        }
        if !self.has_sandbox {
            self.find_sandbox(actions);
        } else if self.finds_initialized(actions) {
            self.find_app_actions(actions);
        }
        true
    }

    /// Upstream: `getPhase` in kubelet_pods.go.
    fn has_ended(&self) -> bool {
        self.containers.iter().all(|own| {
            let ended = own.known[1].and_then(|newest| newest.ended);
            ended.is_some_and(|(_, code)| own.plan.is_sidecar || !own.plan.restarts(code))
        })
    }

    /// A container has ended with a code for which all start again.
    ///
    /// Upstream: `getContainersToReset`.
    fn finds_reset(&self, actions: &mut Actions) -> bool {
        let is_source = |own: &Container| {
            let ended = own.known[1].and_then(|newest| newest.ended);
            ended.is_some_and(|(_, code)| own.plan.restarts_all(code))
        };
        if !self.containers.iter().any(is_source) {
            return false;
        }
        let (sidecars, count) = (self.plan.sidecars(), self.containers.len());
        for of_sources in [false, true] {
            for index in (sidecars..count).chain(0..sidecars) {
                let own = &self.containers[index];
                if own.known[1].is_none() || is_source(own) != of_sources {
                    continue;
                }
                if own.is_known_running() {
                    let kill = Step::Kill(index, None, Duration::ZERO, Reason::AllRestart);
                    actions.kills.push(kill);
                }
                actions.removes.push(index);
            }
        }
        true
    }

    /// A sync has ended the Pod, but one of its containers starts again by its rules.
    fn find_sandbox(&self, actions: &mut Actions) {
        if self.plan.restart_policy == RestartPolicy::Never {
            return;
        }
        for (index, own) in self.containers.iter().enumerate() {
            let ended = own.known[1].and_then(|newest| newest.ended);
            let has_succeeded = ended.is_some_and(|(_, code)| code == 0);
            let is_done = has_succeeded && own.plan.restart_policy == RestartPolicy::OnFailure;
            if !own.plan.is_sidecar && !is_done {
                self.start(actions, index);
            }
        }
        actions.new_sandbox = !actions.starts.is_empty();
        if actions.new_sandbox && self.plan.sidecars() > 0 {
            actions.starts.clear();
            self.start(actions, 0);
        }
    }

    fn start(&self, actions: &mut Actions, index: usize) {
        let exited = self.containers[index].known_end();
        actions.starts.push((index, exited));
    }

    /// Finds what this sync does for sidecars; returns whether the app containers have their turn.
    ///
    /// Upstream: `computeInitContainerActions`.
    fn finds_initialized(&self, actions: &mut Actions) -> bool {
        let sidecars = self.plan.sidecars();
        if sidecars == 0 {
            return true;
        }
        let mut is_initialized = self.containers[sidecars..].iter().any(|own| {
            let is_of_sandbox = own.known[1].is_some() && !own.is_stale;
            own.is_known_running() || self.version.stays_initialized && is_of_sandbox
        });
        let mut is_passed = is_initialized;
        for index in (0..sidecars).rev() {
            let own = &self.containers[index];
            let Some(newest) = own.known[1] else {
                if is_passed {
                    self.start(actions, index);
                }
                continue;
            };
            if newest.ended.is_some() {
                self.start(actions, index);
            } else if !own.lets_next_start(newest) {
                if own.has_failed(ProbeKind::Startup, newest) {
                    actions.kills.push(self.kill_of(index, ProbeKind::Startup));
                    self.start(actions, index);
                }
            } else {
                if index + 1 == sidecars {
                    is_initialized = true;
                } else if !is_passed {
                    self.start(actions, index + 1);
                }
                // A sidecar's liveness matters only after its startup probe has passed.
                if own.has_failed(ProbeKind::Liveness, newest) {
                    actions.kills.push(self.kill_of(index, ProbeKind::Liveness));
                    self.start(actions, index);
                }
            }
            is_passed = true;
        }
        if !is_passed {
            self.start(actions, 0);
        }
        actions.starts.reverse();
        is_initialized
    }

    fn find_app_actions(&self, actions: &mut Actions) {
        let mut remaining = 0;
        for index in self.plan.sidecars()..self.containers.len() {
            let own = &self.containers[index];
            let newest = own.known[1];
            let Some(running) = newest.filter(|newest| newest.ended.is_none()) else {
                let ended = newest.and_then(|newest| newest.ended);
                if ended.is_none_or(|(_, code)| own.plan.restarts(code)) {
                    self.start(actions, index);
                    remaining += 1;
                }
                continue;
            };
            let mut kinds = [ProbeKind::Liveness, ProbeKind::Startup].into_iter();
            let Some(kind) = kinds.find(|kind| own.has_failed(*kind, running)) else {
                remaining += 1;
                continue;
            };
            actions.kills.push(self.kill_of(index, kind));
            if own.plan.restarts_after_kill() {
                self.start(actions, index);
                remaining += 1;
            }
        }
        if remaining == 0 {
            self.end_pod(actions);
        }
    }

    /// Nothing of the Pod remains.
    fn end_pod(&self, actions: &mut Actions) {
        let grace_period = self.plan.grace_period;
        let reason = Reason::PodEnds { grace_period };
        let running = self.containers.iter().enumerate();
        let running = running.filter(|(_, own)| own.is_known_running());
        let kill = |(index, _)| Step::Kill(index, None, grace_period, reason);
        actions.kills.clear();
        actions.kills.extend(running.map(kill));
        actions.starts.clear();
        actions.ends_pod = true;
    }

    fn kill_of(&self, index: usize, kind: ProbeKind) -> Step {
        let kills = Some(Kind::from(kind));
        let Some(probe) = self.containers[index].plan.probe(kind) else {
            return Step::Kill(index, kills, self.plan.grace_period, Reason::NextSync);
        };
        let reason = Reason::concluded(probe, Verdict::Failure);
        Step::Kill(index, kills, probe.grace_period, reason)
    }
}
