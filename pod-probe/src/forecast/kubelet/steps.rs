//! Steps of a sync: containers are killed and started.

use std::time::Duration;

use super::super::assumptions::StopTakes;
use super::super::back_off::CLEANS;
use super::super::draw::part;
use super::super::happening::{Happening, Kind};
use super::super::reason::Reason;
use super::super::time::{MILLISECOND, NEVER, SECOND, START, STOP, Time, time, whole_seconds};
use super::lane::Step;
use super::{RESYNC, Run, Work};

/// Between two syncs while a container waits for its back-off, to 1.34: `backOffPeriod`.
const RETRY: Time = 10 * SECOND;
/// The kubelet's minimum grace period: `minimumGracePeriodInSeconds`.
const MINIMUM_GRACE: Time = 2 * SECOND;
/// To remove a container that has ended.
const REMOVE: (Time, Time) = (MILLISECOND, 50 * MILLISECOND);
/// To make another sandbox.
const SANDBOX: (Time, Time) = (100 * MILLISECOND, SECOND);
/// To ask the runtime for one Pod.
const LOOK: (Time, Time) = (MILLISECOND, 100 * MILLISECOND);

impl Run<'_> {
    /// Does the steps that take no time, and begins the next ones that do.
    pub(super) fn advance(&mut self) {
        let mut busy: Option<Time> = None;
        for lane in 0..self.lanes.len() {
            while self.lanes[lane].at <= self.now {
                let Some(step) = self.lanes[lane].steps.pop_front() else {
                    break;
                };
                if let Some(takes) = self.begin_step(lane, step) {
                    self.lanes[lane].at = self.now.saturating_add(takes);
                }
            }
            let at = self.lanes[lane].at;
            if at > self.now {
                busy = Some(busy.map_or(at, |busy| busy.min(at)));
            }
        }
        match busy {
            Some(at) => self.work = Work::Busy(at),
            None => self.complete(),
        }
    }

    /// Begins a step; returns how long it takes, if it takes any time.
    fn begin_step(&mut self, lane: usize, step: Step) -> Option<Time> {
        match step {
            Step::Kill(index, kind, grace, reason) => {
                self.containers[index].running()?;
                self.note(index, Happening::Kill(kind), reason);
                Some(self.begin_hook(lane, index, kind, grace))
            }
            Step::Await(index, from, until) => self.wait_for_turn(lane, index, from, until),
            Step::Terminate(index, left, grace, reason) => {
                self.containers[index].running()?;
                self.note(index, Happening::SigTerm, reason);
                let left = left.max(MINIMUM_GRACE);
                let (takes, code, reason) = match self.assumed.stop_takes {
                    StopTakes::Time(takes) => {
                        let own = self.draw.between(STOP.0, STOP.1);
                        let code = self.assumed.stop_code;
                        (time(takes) + own, code, Reason::Stopped { takes })
                    }
                    StopTakes::Never => (NEVER, 137, Reason::Killed),
                };
                let end = if takes < left {
                    Step::Stop(index, code, reason)
                } else {
                    Step::Stop(
                        index,
                        137,
                        Reason::GracePeriod {
                            grace_period: grace,
                            left: Duration::from_nanos(left),
                        },
                    )
                };
                self.lanes[lane].steps.push_front(end);
                Some(takes.min(left))
            }
            Step::Stop(index, code, reason) => {
                self.containers[index].running()?;
                if matches!(reason, Reason::GracePeriod { .. }) {
                    self.note(index, Happening::SigKill, reason);
                    self.end(index, code, Reason::Killed);
                } else {
                    self.end(index, code, reason);
                }
                None
            }
            Step::Remove(index) => {
                self.catch_up_all(index, self.workers_were_first);
                self.containers[index].remove();
                self.is_changed = true;
                self.foresee_all(index);
                // SyncPod asks for the next sync itself.
                self.is_poked = true;
                Some(self.draw.between(REMOVE.0, REMOVE.1))
            }
            Step::CreateSandbox => {
                self.has_sandbox = true;
                for own in &mut self.containers {
                    own.is_stale = true;
                    if own.plan.is_sidecar {
                        own.remove();
                    }
                }
                self.is_changed = true;
                Some(self.draw.between(SANDBOX.0, SANDBOX.1))
            }
            Step::Start(index, exited) => self.begin_start(lane, index, exited),
            Step::Run(index, reason) => {
                let now = self.now;
                self.origin.get_or_insert(now);
                self.catch_up_all(index, self.workers_were_first);
                self.is_changed = true;
                if self.containers[index].start(now, &self.does) > 0 {
                    self.note(index, Happening::Restart, reason);
                }
                self.ask_again(index);
                None
            }
        }
    }

    /// The preStop hook runs before SIGTERM, which follows.
    fn begin_hook(
        &mut self,
        lane: usize,
        index: usize,
        kind: Option<Kind>,
        grace: Duration,
    ) -> Time {
        let plan = self.containers[index].plan;
        let hook = plan.pre_stop.filter(|_| !grace.is_zero());
        let known = hook.filter(|time| !time.is_zero());
        let takes = known.or(hook.map(|_| self.assumed.pre_stop_takes));
        let reason = takes.map_or(Reason::NoHook, |takes| Reason::PreStop {
            takes,
            grace_period: grace,
        });
        let takes = time(takes.unwrap_or_default().min(grace));
        let left = time(grace).saturating_sub(whole_seconds(takes));
        let steps = &mut self.lanes[lane].steps;
        steps.push_front(Step::Terminate(index, left, grace, reason));
        if kind.is_none() && plan.is_sidecar {
            let from = self.now + takes;
            steps.push_front(Step::Await(index, from, from + left));
        }
        takes
    }

    /// Upstream: `terminationOrdering` in kuberuntime_termination_order.go.
    fn wait_for_turn(
        &mut self,
        lane: usize,
        index: usize,
        from: Time,
        until: Time,
    ) -> Option<Time> {
        let later = &self.containers[index + 1..];
        if self.now >= until || later.iter().all(|own| own.running().is_none()) {
            // The wait counts within the grace period, in whole seconds.
            let waited = whole_seconds(self.now - from);
            if let Some(Step::Terminate(_, left, ..)) = self.lanes[lane].steps.front_mut() {
                *left = left.saturating_sub(waited);
            }
            return None;
        }
        let again = Step::Await(index, from, until);
        self.lanes[lane].steps.push_front(again);
        let others = self.lanes.iter().map(|lane| lane.at);
        let next = others.filter(|at| *at > self.now).min().unwrap_or(until);
        Some(next.min(until).saturating_sub(self.now))
    }

    fn begin_start(&mut self, lane: usize, index: usize, exited: Option<Time>) -> Option<Time> {
        let own = &mut self.containers[index];
        let newest = own.newest();
        let is_one_behind = newest.is_some_and(|newest| newest.ended.map(|(at, _)| at) != exited);
        if let Some(ended) = exited {
            if let Some(until) = own.back_off.until(ended, self.now) {
                own.waited = Some(until.saturating_sub(ended));
                self.backs_off = Some(self.backs_off.map_or(until, |at| at.min(until)));
                return None;
            }
            let cleaned = self.draw.between(0, CLEANS);
            own.back_off.grow(ended, self.now, cleaned);
        }
        let reason = match own.waited.take() {
            Some(wait) => Reason::BackOff {
                wait: Duration::from_nanos(wait),
                is_one_behind,
            },
            None => Reason::AtOnce {
                restarts: newest.map_or(0, |newest| newest.number),
                is_one_behind,
            },
        };
        self.lanes[lane].steps.push_front(Step::Run(index, reason));
        let takes = self.first_start.take();
        let (now, relist) = (self.now, self.relist);
        Some(takes.unwrap_or_else(|| self.draw.between_near(START, now, relist)))
    }

    /// The sync ends; the next one comes when something happens, or after a time.
    fn complete(&mut self) {
        self.last_sync = self.now;
        if self.has_acted && self.backs_off.is_none() && self.version.relists_on_demand {
            self.on_demand = Some(self.now + self.draw.between(LOOK.0, LOOK.1));
        }
        let wait = match self.backs_off {
            None => RESYNC,
            Some(_) if !self.version.waits_for_back_off => RETRY,
            Some(until) => until.saturating_sub(self.now).min(RESYNC),
        };
        self.is_calm = !self.has_acted
            && self.backs_off.is_none()
            && (0..self.containers.len()).all(|index| self.is_calm(index));
        // The queue may have given the Pod meanwhile.
        self.is_poked |= std::mem::replace(&mut self.queued, NEVER) <= self.now;
        self.work = Work::Idle(self.idle_until(self.now, wait));
        if std::mem::take(&mut self.is_poked) {
            self.poke();
        }
    }

    /// Returns when the Pod is looked at again that is to wait from a time on: the queue of Pods is
    /// looked at once a second.
    pub(super) fn idle_until(&mut self, from: Time, wait: Time) -> Time {
        let due = from + wait + part(wait, self.draw.unit() / 2.0);
        let looks = due.saturating_sub(self.queue) / SECOND + 1;
        self.queue + SECOND * looks
    }
}
