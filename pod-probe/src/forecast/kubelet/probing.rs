//! Attempts of workers, and what their results change.

use super::super::assumptions::ProbePlan;
use super::super::behaviour::{Answer, Behaviour};
use super::super::happening::{Happening, Kind};
use super::super::reason::Reason;
use super::super::time::{NEVER, Time};
use super::super::worker::{Action, Attempt, Worker};
use super::Run;
use super::container::Instance;
use crate::known_bugs::BugId;
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::ProbeResult;

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
                self.foresee(index, probe.kind as usize);
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

    pub(super) fn trigger(&mut self, index: usize, is_late: bool) {
        let kind = ProbeKind::Readiness as usize;
        self.catch_up(index, kind, is_late);
        if let Some(worker) = &mut self.containers[index].workers[kind] {
            worker.ticker.is_triggered = true;
        }
        self.foresee(index, kind);
    }

    /// Counts the attempts up to now, before something changes that they depend on; those that begin
    /// right now only if `is_late`.
    pub(super) fn catch_up_all(&mut self, index: usize, is_late: bool) {
        for kind in 0..3 {
            self.catch_up(index, kind, is_late);
        }
    }

    fn catch_up(&mut self, index: usize, kind: usize, is_late: bool) {
        let own = &mut self.containers[index];
        // What matters right now is not passed over.
        let is_late = is_late && own.wakes[kind] > self.now;
        if let Some(worker) = &mut own.workers[kind] {
            worker.catch_up(self.now + Time::from(is_late), &mut self.draw);
        }
    }

    /// Finds out when the workers of a container do something next that matters, after something has
    /// changed that it depends on.
    pub(super) fn foresee_all(&mut self, index: usize) {
        for kind in 0..3 {
            self.foresee(index, kind);
        }
    }

    fn foresee(&mut self, index: usize, kind: usize) {
        let own = &mut self.containers[index];
        let status = own.status;
        let instance = status.instance;
        let is_tried = own.tried[kind] >= status.instance;
        let running = own.running();
        own.wakes[kind] = NEVER;
        if let Some(worker) = &mut own.workers[kind] {
            let (plan, timeout) = (worker.plan, worker.timeout);
            let (does, listens_after) = (&self.does, self.listens_after);
            let answer =
                |at| answer_of(does, running, instance, (plan, timeout), at, listens_after);
            own.wakes[kind] = worker.foresee(&status, is_tried, answer);
        }
    }

    fn run_worker(&mut self, index: usize, kind: usize) {
        let now = self.now;
        if self.containers[index].wakes[kind] > now {
            return;
        }
        let Some(worker) = &mut self.containers[index].workers[kind] else {
            return;
        };
        worker.catch_up(now, &mut self.draw);
        worker.ticker.advance(now);
        let plan = worker.plan;
        if let Some(attempt) = worker.attempt
            && attempt.ends <= now
            && worker.finish()
        {
            let reason = Reason::concluded(plan, attempt.verdict);
            self.result_changed(index, plan.kind, reason);
        }
        // A trigger may wait behind a tick.
        for _ in 0..2 {
            if let Some(worker) = &mut self.containers[index].workers[kind]
                && worker.is_woken()
            {
                let is_triggered = worker.ticker.wake(now, self.draw.coin());
                self.try_probe(index, kind, is_triggered);
            }
        }
        self.foresee(index, kind);
    }

    fn try_probe(&mut self, index: usize, kind: usize, is_triggered: bool) {
        let own = &mut self.containers[index];
        let status = own.status;
        let Some(worker) = &mut own.workers[kind] else {
            return;
        };
        let plan: &ProbePlan = worker.plan;
        let timeout = worker.timeout;
        let (action, changed) = worker.look(&status, self.now);
        match action {
            Action::Wait => {}
            Action::Try => {
                self.set_attempt(index, (plan, timeout), status.instance, None);
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

    /// Begins an attempt on an instance, or goes on with one after the container has changed.
    fn set_attempt(
        &mut self,
        index: usize,
        probe: (&ProbePlan, Time),
        instance: Option<u32>,
        goes_on: Option<Attempt>,
    ) {
        let now = self.now;
        let running = self.containers[index].running();
        let (does, listens_after) = (&self.does, self.listens_after);
        let answer = |at| answer_of(does, running, instance, probe, at, listens_after).0;
        let draw = &mut self.draw;
        let attempt = match goes_on {
            _ if probe.0.connects_again => {
                let began = goes_on.map_or(now, |attempt| attempt.began);
                let accepts = accepts_from(does, running, listens_after).max(now);
                Attempt::connecting(began, draw, probe.1, |at| at < accepts, answer)
            }
            Some(attempt) => Attempt::answered(attempt.began, attempt.asked, answer(attempt.asked)),
            None => Attempt::new(now, draw, answer),
        };
        if let Some(worker) = &mut self.containers[index].workers[probe.0.kind as usize] {
            worker.attempt = Some(attempt);
        }
    }

    /// The container has ended, or has started: attempts that have not asked yet ask what is there now.
    pub(super) fn ask_again(&mut self, index: usize) {
        for kind in 0..3 {
            if let Some(worker) = &self.containers[index].workers[kind]
                && let Some(attempt) = worker.attempt
                && attempt.asked > self.now
            {
                let instance = worker.current().map(|(instance, _)| instance);
                let probe = (worker.plan, worker.timeout);
                self.set_attempt(index, probe, instance, Some(attempt));
            }
        }
        self.foresee_all(index);
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
        let reason = if is_early {
            Reason::KnownBug(BugId::InheritedStarted)
        } else {
            Reason::attempt(plan, is_triggered)
        };
        let happening = Happening::FirstProbe(Kind::from(plan.kind));
        self.note_of(index, instance, happening, reason);
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
        if is_ready {
            own.ready_instance = own.status.instance.unwrap_or_default();
        }
        if std::mem::replace(&mut own.is_ready, is_ready) != is_ready {
            let happening = if is_ready {
                Happening::Ready
            } else {
                // Another instance may have replaced the one that was ready.
                Happening::Unready
            };
            let instance = own.ready_instance;
            self.note_of(index, instance, happening, reason);
        }
    }

    fn set_started(&mut self, index: usize, is_started: bool, reason: Reason) {
        if self.containers[index].status.is_started == is_started {
            return;
        }
        let is_late = self.workers_were_first || self.draw.coin();
        self.catch_up_all(index, is_late);
        let own = &mut self.containers[index];
        own.status.is_started = is_started;
        let instance = own.status.instance.unwrap_or_default();
        if is_started {
            self.note_of(index, instance, Happening::Started, reason);
        }
        self.foresee_all(index);
    }
}

/// Returns when connections are accepted.
fn accepts_from(does: &Behaviour, running: Option<Instance>, listens_after: Time) -> Time {
    running.map_or(NEVER, |running| {
        let age = does.accepts_from(running.number, listens_after);
        age.saturating_add(running.started)
    })
}

/// Returns the answer to an attempt that begins at a time, and up to when it is the same.
fn answer_of(
    does: &Behaviour,
    running: Option<Instance>,
    instance: Option<u32>,
    (plan, timeout): (&ProbePlan, Time),
    at: Time,
    listens_after: Time,
) -> (Answer, Time) {
    // The instance may have ended, or may have been replaced: its successor has the same address.
    let is_probed = |running: &Instance| !plan.needs_container || Some(running.number) == instance;
    let probed = running.filter(is_probed);
    let refused = Answer {
        verdict: Verdict::Failure,
        takes: timeout,
        is_late: true,
    };
    let accepts = accepts_from(does, running, listens_after);
    if plan.connects_again && !plan.is_errored && at < accepts {
        // An attempt whose time-out is not over then may still succeed.
        let until = accepts.saturating_sub(timeout);
        return (refused, if running.is_some() { until } else { NEVER });
    }
    let Some(running) = probed.filter(|_| !plan.is_errored) else {
        let verdict = if plan.is_errored || plan.needs_container {
            Verdict::Errored
        } else {
            Verdict::Failure
        };
        let answer = Answer {
            verdict,
            takes: 0,
            is_late: false,
        };
        return (answer, NEVER);
    };
    let age = at.saturating_sub(running.started);
    let (answer, until) = does.answer(running.number, age, timeout, listens_after);
    (answer, until.saturating_add(running.started))
}
