//! A sync of the Pod: its status, what is killed and started, and when the next one comes.

use std::time::Duration;

use pod_model::KubernetesVersion;
use pod_model::features::Gate;

use super::super::assumptions::StopTakes;
use super::super::plan::RestartPolicy;
use super::super::worker::Seen;
use super::{Happening, Instance, Run, Step, Work};
use crate::probes::ProbeKind;
use crate::worker::ProbeResult;

/// Before a Pod is looked at without a cause: `SyncFrequency`.
const RESYNC: Duration = Duration::from_secs(60);
/// Where a container waits for its back-off, to 1.34: `backOffPeriod`.
const RETRY: Duration = Duration::from_secs(10);
/// The kubelet's minimum grace period: `minimumGracePeriodInSeconds`.
const MINIMUM_GRACE: Duration = Duration::from_secs(2);
/// To create and start a container whose image is on the node.
const START: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(300));
/// From SIGTERM to the end of a process that ends at once, as the kubelet sees it.
const STOP: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));
/// To ask the runtime for one Pod.
const LOOK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(100));

impl Run<'_> {
    /// The status that the last look gives; the last value is true if readiness is to be tried at once.
    fn status_of(&self, index: usize) -> (Seen, bool, bool) {
        let own = &self.containers[index];
        let Some(newest) = own.known[1] else {
            return (Seen::default(), false, false);
        };
        let is_running = newest.ended.is_none();
        let is_started = is_running && self.is_started(index, newest);
        let seen = Seen {
            instance: Some(newest.number),
            is_running,
            started_at: Duration::from_secs(newest.started.as_secs()),
            is_started,
        };
        if !is_started {
            return (seen, false, false);
        }
        let is_ready = !own.has_worker(ProbeKind::Readiness)
            || own.result(ProbeKind::Readiness, newest.number) == Some(ProbeResult::Success);
        (seen, is_ready, !is_ready)
    }

    /// Upstream: `isContainerStarted` in prober/prober_manager.go.
    fn is_started(&self, index: usize, newest: Instance) -> bool {
        let own = &self.containers[index];
        if let Some(result) = own.result(ProbeKind::Startup, newest.number) {
            return result == ProbeResult::Success;
        }
        // Known bug: the status is that of the name, which another instance had
        // (k/k#141155).
        let gate = Gate::ChangeContainerStatusOnKubeletRestart;
        let inherits = gate.is_known(self.version) && !gate.is_on(self.version);
        (inherits && own.status.is_started) || !own.has_worker(ProbeKind::Startup)
    }

    pub(super) fn sync(&mut self) {
        // What happens meanwhile waits for the next sync.
        self.work = Work::Busy(self.now);
        self.is_poked = false;
        self.has_acted = false;
        self.backs_off = None;
        for index in 0..self.containers.len() {
            let (seen, is_ready, is_triggered) = self.status_of(index);
            // The worker that is woken may read the status before the new one is there.
            let is_late = is_triggered && self.draw.coin();
            if is_triggered {
                self.trigger(index);
            }
            if is_late {
                self.run_workers(index);
            }
            let was_started = self.containers[index].status.is_started;
            let was = self.containers[index].status.instance;
            self.containers[index].status = seen;
            if seen.is_started && !(was_started && was == seen.instance) {
                self.note_of(index, seen.instance.unwrap_or_default(), Happening::Started);
            }
            self.set_ready(index, is_ready);
            if is_triggered {
                self.run_workers(index);
            }
        }
        if self.plan_steps() {
            self.advance();
        } else {
            self.work = Work::Done;
        }
    }

    /// Returns whether a container that has ended starts again.
    fn restarts(&self, index: usize, code: i32) -> bool {
        match self.containers[index].plan.restart_policy {
            RestartPolicy::Always => true,
            RestartPolicy::OnFailure => code != 0,
            RestartPolicy::Never => false,
        }
    }

    /// Decides what this sync does. Returns false if the Pod has ended.
    ///
    /// Upstream: `computePodActions` and `computeInitContainerActions`.
    fn plan_steps(&mut self) -> bool {
        let count = self.containers.len();
        let mut kills = Vec::new();
        let mut starts = Vec::new();
        let mut kept = 0;
        let mut has_ended = true;
        let mut may_start = true;
        for index in 0..count {
            let own = &self.containers[index];
            let plan = own.plan;
            let exited = own
                .known
                .iter()
                .rev()
                .flatten()
                .find_map(|known| known.ended);
            let exited = exited.map(|(at, _)| at);
            let Some(newest) = own.known[1] else {
                has_ended = false;
                if may_start {
                    starts.push(Step::Start(index, exited));
                }
                may_start &= !plan.is_sidecar;
                continue;
            };
            if let Some((_, code)) = newest.ended {
                if self.restarts(index, code) {
                    starts.push(Step::Start(index, exited));
                    has_ended &= plan.is_sidecar;
                }
                may_start &= !plan.is_sidecar;
                continue;
            }
            has_ended &= plan.is_sidecar;
            let failed = |kind| own.result(kind, newest.number) == Some(ProbeResult::Failure);
            let kind = [ProbeKind::Liveness, ProbeKind::Startup];
            let Some(kind) = kind.into_iter().find(|kind| failed(*kind)) else {
                kept += usize::from(!plan.is_sidecar);
                let is_started = plan.probe(ProbeKind::Startup).is_none()
                    || own.result(ProbeKind::Startup, newest.number) == Some(ProbeResult::Success);
                may_start &= !plan.is_sidecar || is_started;
                continue;
            };
            may_start &= !plan.is_sidecar;
            let grace = plan
                .probe(kind)
                .map_or(self.plan.grace_period, |probe| probe.grace_period);
            kills.push(Step::Kill(index, Some(kind), grace));
            if plan.restart_policy != RestartPolicy::Never {
                starts.push(Step::Start(index, exited));
            }
        }
        if has_ended {
            return false;
        }
        let apps = |step: &Step| matches!(step, Step::Start(index, _) if !self.containers[*index].plan.is_sidecar);
        if kept == 0 && !starts.iter().any(apps) && !kills.is_empty() {
            // Nothing remains: the Pod ends, and the grace period is the Pod's.
            for step in &mut kills {
                if let Step::Kill(_, kind, grace) = step {
                    *kind = None;
                    *grace = self.plan.grace_period;
                }
            }
        }
        self.has_acted = !kills.is_empty() || !starts.is_empty();
        self.steps.extend(kills);
        self.steps.extend(starts);
        true
    }

    /// Does the steps that take no time, and begins the next one that does.
    pub(super) fn advance(&mut self) {
        while let Some(step) = self.steps.pop_front() {
            if let Some(takes) = self.begin_step(step)
                && !takes.is_zero()
            {
                self.work = Work::Busy(self.now + takes);
                return;
            }
        }
        self.complete();
    }

    fn begin_step(&mut self, step: Step) -> Option<Duration> {
        match step {
            Step::Kill(index, kind, grace) => {
                self.containers[index]
                    .newest()
                    .filter(|newest| newest.ended.is_none())?;
                self.note(index, Happening::Kill(kind.map(Into::into)));
                let hook = self.containers[index]
                    .plan
                    .pre_stop
                    .filter(|_| !grace.is_zero());
                let known = hook.filter(|time| !time.is_zero());
                let takes = known
                    .or(hook.map(|_| self.does.pre_stop_takes))
                    .unwrap_or_default();
                let takes = takes.min(grace);
                let left = grace - Duration::from_secs(takes.as_secs());
                self.steps.push_front(Step::Terminate(index, left));
                Some(takes)
            }
            Step::Terminate(index, grace) => {
                self.containers[index]
                    .newest()
                    .filter(|newest| newest.ended.is_none())?;
                self.note(index, Happening::SigTerm);
                let grace = grace.max(MINIMUM_GRACE);
                let takes = match self.does.stop_takes {
                    StopTakes::Time(time) => time + self.draw.between(STOP.0, STOP.1),
                    StopTakes::Never => Duration::MAX,
                };
                let (takes, code) = if takes < grace {
                    (takes, 143)
                } else {
                    (grace, 137)
                };
                self.steps.push_front(Step::Stop(index, code));
                Some(takes)
            }
            Step::Stop(index, code) => {
                let newest = self.containers[index].newest();
                if code == 137 && newest.is_some_and(|newest| newest.ended.is_none()) {
                    self.note(index, Happening::SigKill);
                }
                self.end(index, code);
                None
            }
            Step::Start(index, exited) => {
                let own = &mut self.containers[index];
                if let Some(ended) = exited {
                    if let Some(until) = own.back_off.until(ended, self.now) {
                        self.backs_off = Some(self.backs_off.map_or(until, |at| at.min(until)));
                        return None;
                    }
                    own.back_off.grow(ended, self.now);
                }
                self.steps.push_front(Step::Run(index));
                Some(self.draw.between(START.0, START.1))
            }
            Step::Run(index) => {
                let own = &mut self.containers[index];
                let newest = own.instances[1];
                let number = newest.map_or(0, |newest| newest.number + 1);
                own.instances = [
                    newest,
                    Some(Instance {
                        number,
                        started: self.now,
                        ended: None,
                    }),
                ];
                self.origin.get_or_insert(self.now);
                if number > 0 {
                    self.containers[index].tried = [false; 3];
                    self.note(index, Happening::Restart);
                }
                None
            }
        }
    }

    /// The sync ends; the next one comes when something happens, or after a time.
    fn complete(&mut self) {
        self.last_sync = self.now;
        if self.has_acted
            && self.backs_off.is_none()
            && Gate::PLEGOnDemandRelist.is_on(self.version)
        {
            self.on_demand = Some(self.now + self.draw.between(LOOK.0, LOOK.1));
        }
        let jitter = 1.0 + self.draw.unit() / 2.0;
        let wait = match self.backs_off {
            None => RESYNC,
            Some(_) if self.version <= KubernetesVersion::V1_34 => RETRY,
            Some(until) => until.saturating_sub(self.now).min(RESYNC),
        };
        let due = self.now + wait.mul_f64(jitter);
        // The queue is looked at once a second.
        let ticks = due.saturating_sub(self.queue).as_secs() + 1;
        self.work = Work::Idle(self.queue + Duration::from_secs(ticks));
        if self.is_poked {
            self.poke();
        }
    }
}
