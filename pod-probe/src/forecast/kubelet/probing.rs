//! Attempts of workers, and what their results change.

use std::time::Duration;

use super::super::assumptions::ProbePlan;
use super::super::happening::{Happening, Kind};
use super::super::reason::Reason;
use super::super::worker::{Action, Attempt, Worker};
use super::Run;
use crate::known_bugs::BugId;
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::ProbeResult;

/// To ask a container that answers at once.
const ASK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(30));

impl Run<'_> {
    /// `AddPod`: workers that have ended are made anew, unless it comes upon one that lives before:
    /// up to 1.36 it leaves out all that follow, since 1.37 those of the container.
    pub(super) fn add_workers(&mut self) {
        let count = self.containers.len();
        // The app containers come first, then the sidecars.
        let sidecars = self.plan.sidecars();
        for index in (sidecars..count).chain(0..sidecars) {
            let plan = self.containers[index].plan;
            for probe in &plan.probes {
                if self.containers[index].workers[probe.kind as usize].is_some() {
                    if !self.version.adds_each_worker {
                        return;
                    }
                    break;
                }
                let worker = Worker::new(probe, self.now);
                self.containers[index].workers[probe.kind as usize] = Some(worker);
                self.try_probe(index, probe.kind as usize, false);
            }
        }
    }

    pub(super) fn run_workers(&mut self, index: usize) {
        // Workers that started together tick together, in any order.
        for kind in 0..3 {
            let kind = if self.is_reversed { 2 - kind } else { kind };
            self.run_worker(index, kind);
        }
    }

    pub(super) fn trigger(&mut self, index: usize) {
        let worker = &mut self.containers[index].workers[ProbeKind::Readiness as usize];
        if let Some(worker) = worker {
            worker.ticker.is_triggered = true;
        }
    }

    fn run_worker(&mut self, index: usize, kind: usize) {
        let now = self.now;
        let Some(worker) = &mut self.containers[index].workers[kind] else {
            return;
        };
        worker.ticker.advance(now);
        let plan = worker.plan;
        if let Some(attempt) = worker.attempt
            && attempt.ends <= now
            && worker.finish()
        {
            let threshold = match attempt.verdict {
                Verdict::Failure => plan.failure_threshold,
                _ => plan.success_threshold,
            };
            let reason = Reason::Threshold {
                probe: plan.kind,
                verdict: attempt.verdict,
                threshold,
                period: plan.period,
                timeout: plan.timeout,
            };
            self.result_changed(index, plan.kind, reason);
        }
        // A trigger may wait behind a tick.
        for _ in 0..2 {
            let Some(worker) = &mut self.containers[index].workers[kind] else {
                return;
            };
            if worker.is_woken() {
                let is_triggered = worker.ticker.wake(now, self.draw.coin());
                self.try_probe(index, kind, is_triggered);
            }
        }
    }

    fn try_probe(&mut self, index: usize, kind: usize, is_triggered: bool) {
        let own = &mut self.containers[index];
        let status = own.status;
        let Some(worker) = &mut own.workers[kind] else {
            return;
        };
        let plan: &ProbePlan = worker.plan;
        let (action, changed) = worker.look(&status, self.now);
        match action {
            Action::Wait => {}
            Action::Try => {
                let attempt = self.attempt(index, plan);
                if let Some(worker) = &mut self.containers[index].workers[kind] {
                    worker.attempt = Some(attempt);
                }
                self.note_first(index, plan, is_triggered);
            }
            Action::Leave => {
                if changed {
                    self.result_changed(index, plan.kind, Reason::NotRunning);
                }
                self.containers[index].workers[kind] = None;
                return;
            }
        }
        if changed {
            self.result_changed(index, plan.kind, Reason::NotRunning);
        }
    }

    fn note_first(&mut self, index: usize, plan: &ProbePlan, is_triggered: bool) {
        let own = &mut self.containers[index];
        let instance = own.status.instance.unwrap_or_default();
        let tried = &mut own.tried[plan.kind as usize];
        if *tried >= Some(instance) {
            return;
        }
        *tried = Some(instance);
        let is_early = plan.kind != ProbeKind::Startup
            && own.plan.probe(ProbeKind::Startup).is_some()
            && own.result(ProbeKind::Startup, instance) != Some(ProbeResult::Success);
        let (initial_delay, period) = (plan.initial_delay, plan.period);
        let reason = if is_early {
            Reason::KnownBug(BugId::InheritedStarted)
        } else if is_triggered {
            Reason::Sync {
                initial_delay,
                period,
            }
        } else {
            Reason::Ticker {
                initial_delay,
                period,
            }
        };
        let happening = Happening::FirstProbe(Kind::from(plan.kind));
        self.note_of(index, instance, happening, reason);
    }

    fn attempt(&mut self, index: usize, plan: &ProbePlan) -> Attempt {
        // It takes some time to ask; an error is tried three times.
        let least = self.draw.between(ASK.0, ASK.1);
        let own = &self.containers[index];
        // The instance of the status may have ended, or may have been replaced.
        let probed = own
            .running()
            .filter(|running| Some(running.number) == own.status.instance);
        let Some(running) = probed.filter(|_| !plan.is_errored) else {
            let (verdict, tries) = if plan.is_errored || plan.needs_container {
                (Verdict::Errored, 3)
            } else {
                (Verdict::Failure, 1)
            };
            return Attempt {
                ends: self.now + least * tries,
                verdict,
            };
        };
        let age = self.now.saturating_sub(running.started);
        let answer = self
            .does
            .answer(running.number, age, plan.timeout, self.listens_after);
        let tries = if answer.verdict == Verdict::Errored {
            3
        } else {
            1
        };
        Attempt {
            ends: self.now + answer.takes.max(least) * tries,
            verdict: answer.verdict,
        }
    }

    /// The sync loop hears of a new result.
    fn result_changed(&mut self, index: usize, kind: ProbeKind, reason: Reason) {
        let own = &self.containers[index];
        let worker = own.workers[kind as usize].as_ref();
        let Some((instance, result)) = worker.and_then(Worker::current) else {
            return;
        };
        let is_current = own.status.instance == Some(instance);
        let is_success = result == ProbeResult::Success;
        match kind {
            ProbeKind::Liveness if result != ProbeResult::Failure => return,
            ProbeKind::Readiness if is_current => self.set_ready(index, is_success, reason),
            ProbeKind::Startup if is_current => self.set_started(index, is_success, reason),
            ProbeKind::Liveness | ProbeKind::Readiness | ProbeKind::Startup => {}
        }
        self.poke();
    }

    pub(super) fn set_ready(&mut self, index: usize, is_ready: bool, reason: Reason) {
        let own = &mut self.containers[index];
        if std::mem::replace(&mut own.is_ready, is_ready) != is_ready {
            let instance = own.status.instance.unwrap_or_default();
            let happening = if is_ready {
                Happening::Ready
            } else {
                Happening::Unready
            };
            self.note_of(index, instance, happening, reason);
        }
    }

    fn set_started(&mut self, index: usize, is_started: bool, reason: Reason) {
        let own = &mut self.containers[index];
        if std::mem::replace(&mut own.status.is_started, is_started) != is_started && is_started {
            let instance = own.status.instance.unwrap_or_default();
            self.note_of(index, instance, Happening::Started, reason);
        }
    }
}
