//! A sync of the Pod: its status, and what it does.

use std::collections::VecDeque;

use super::super::happening::Happening;
use super::super::plan::RestartPolicy;
use super::super::reason::Reason;
use super::super::time::whole_seconds;
use super::super::worker::Seen;
use super::container::Instance;
use super::lane::{Actions, Lane, Step};
use super::{Run, Work};
use crate::known_bugs::BugId;
use crate::probes::ProbeKind;
use crate::worker::ProbeResult;

/// Status of a container in a sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) seen: Seen,
    pub(super) is_ready: bool,
    /// Its readiness is to be tried at once.
    pub(super) is_triggered: bool,
}

impl Run<'_> {
    /// Returns the status that the last look gives.
    ///
    /// Upstream: `UpdatePodStatus` in prober/prober_manager.go.
    pub(super) fn status_of(&self, index: usize) -> Status {
        let own = &self.containers[index];
        let Some(newest) = own.known[1] else {
            return Status::default();
        };
        let is_running = newest.ended.is_none();
        let is_started = is_running && self.is_started(index, newest);
        let ends = |code| {
            let ends_worker = self.version.ends_workers_by_code
                || own.plan.restart_policy == RestartPolicy::Never;
            ends_worker && !own.plan.restarts(code)
        };
        let seen = Seen {
            instance: Some(newest.number),
            is_running,
            started_at: whole_seconds(newest.started),
            is_started,
            is_over: newest.ended.is_some_and(|(_, code)| ends(code)),
        };
        let is_success =
            own.result(ProbeKind::Readiness, newest.number) == Some(ProbeResult::Success);
        let is_ready = is_started && (is_success || !own.has_worker(ProbeKind::Readiness));
        Status {
            seen,
            is_ready,
            is_triggered: is_started && !is_ready,
        }
    }

    /// Upstream: `isContainerStarted` in prober/prober_manager.go.
    fn is_started(&self, index: usize, newest: Instance) -> bool {
        let own = &self.containers[index];
        if let Some(result) = own.result(ProbeKind::Startup, newest.number) {
            return result == ProbeResult::Success;
        }
        // Known bug: the status is that of the name, which another instance had.
        (self.version.inherits_started && own.status.is_started)
            || !own.has_worker(ProbeKind::Startup)
    }

    pub(super) fn sync(&mut self) {
        // What happens meanwhile waits for the next sync.
        self.work = Work::Busy(self.now);
        self.has_acted = false;
        self.backs_off = None;
        // Workers may read the status before the new one is there, and may conclude what the new one
        // does not know: all, none or some.
        let (is_late, is_deferred) = (self.draw.coin(), self.draw.coin());
        let is_mixed = self.draw.coin();
        for index in 0..self.containers.len() {
            let status = self.status_of(index);
            let is_late = if is_mixed { self.draw.coin() } else { is_late };
            let is_deferred = if is_mixed {
                self.draw.coin()
            } else {
                is_deferred
            };
            if status.is_triggered {
                self.trigger(index, self.workers_were_first);
            }
            if is_late {
                self.run_workers(index);
            }
            self.set_status(index, &status, is_late || self.workers_were_first);
            // The worker looks at once, or when the sync is over.
            if status.is_triggered && !is_deferred {
                self.run_workers(index);
            }
        }
        if self.plan_steps() {
            self.add_workers();
            self.advance();
        } else {
            self.work = Work::Done;
        }
    }

    /// Returns whether a sync finds nothing to do for a container whose status is as it is now.
    pub(super) fn is_calm(&self, index: usize) -> bool {
        let own = &self.containers[index];
        let has_all = own
            .plan
            .probes
            .iter()
            .all(|probe| own.has_worker(probe.kind));
        let status = self.status_of(index);
        has_all
            && !status.is_triggered
            && status.seen == own.status
            && status.is_ready == own.is_ready
    }

    fn set_status(&mut self, index: usize, status: &Status, is_late: bool) {
        let seen = status.seen;
        let instance = seen.instance.unwrap_or_default();
        let was = self.containers[index].status;
        if was != seen {
            self.catch_up_all(index, is_late);
            self.containers[index].status = seen;
            self.foresee_all(index);
        }
        let own = &self.containers[index];
        let (has_startup, has_readiness) = (
            own.plan.probe(ProbeKind::Startup).is_some(),
            own.plan.probe(ProbeKind::Readiness).is_some(),
        );
        if seen.is_started && !(was.is_started && was.instance == seen.instance) {
            let is_proven = own.result(ProbeKind::Startup, instance) == Some(ProbeResult::Success);
            let reason = match (has_startup, is_proven) {
                (false, _) => Reason::Running,
                (true, true) => Reason::NextSync,
                (true, false) => Reason::KnownBug(BugId::InheritedStarted),
            };
            self.note_of(index, instance, Happening::Started, reason);
        }
        let reason = match (status.is_ready, has_readiness) {
            (false, _) => Reason::NotRunning,
            (true, false) => Reason::Running,
            (true, true) => Reason::NextSync,
        };
        self.set_ready(index, status.is_ready, reason);
    }

    /// Puts the steps of this sync into lanes. Returns false if the Pod has ended.
    fn plan_steps(&mut self) -> bool {
        let mut actions = std::mem::take(&mut self.actions);
        let goes_on = self.find_actions(&mut actions);
        if goes_on {
            self.has_acted = !actions.is_empty();
            self.fill_lanes(&mut actions);
        }
        self.actions = actions;
        goes_on
    }

    fn fill_lanes(&mut self, actions: &mut Actions) {
        let now = self.now;
        if actions.ends_pod {
            let lane = |step| Lane {
                steps: VecDeque::from([step]),
                at: now,
            };
            // Sidecars wait for those that started after them.
            self.has_sandbox = false;
            self.lanes.clear();
            self.lanes.extend(actions.kills.drain(..).rev().map(lane));
            return;
        }
        // The kubelet keeps them in a map.
        if actions.kills.len() > 1 {
            let first = self.draw.below(actions.kills.len());
            actions.kills.rotate_left(first);
        }
        let removes = actions.removes.drain(..).map(Step::Remove);
        let sandbox = actions.new_sandbox.then_some(Step::CreateSandbox);
        let starts = actions.starts.iter();
        let starts = starts.map(|(index, exited)| Step::Start(*index, *exited));
        let lane = self.only_lane();
        lane.at = now;
        lane.steps.extend(
            actions
                .kills
                .drain(..)
                .chain(removes)
                .chain(sandbox)
                .chain(starts),
        );
    }
}
