//! Times at which nothing changes, which a run skips.

use std::time::Duration;

use super::super::worker::Worker;
use super::container::Container;
use super::{RELIST, Run, Work};
use crate::probes::ProbeKind;
use crate::worker::is_delay_over;

impl Run<'_> {
    /// Returns whether all probes go on as they do until the behaviour of a container changes: the
    /// kubelet knows everything, and each attempt confirms the result that is there.
    pub(super) fn is_steady(&self) -> bool {
        let Work::Idle(_) = self.work else {
            return false;
        };
        if self.on_demand.is_some() || self.backs_off.is_some() {
            return false;
        }
        let mut containers = 0..self.containers.len();
        containers.all(|index| self.is_container_steady(index))
    }

    fn is_container_steady(&self, index: usize) -> bool {
        let own = &self.containers[index];
        if own.known != own.instances {
            return false;
        }
        for worker in own.workers.iter().flatten() {
            if worker.attempt.is_some() || worker.is_woken() {
                return false;
            }
            if worker.current().map(|(instance, _)| instance) != own.status.instance {
                return false;
            }
            let Some(running) = own.running() else {
                continue;
            };
            if self.now < running.started + self.listens_after {
                return false;
            }
            if worker.is_on_hold()
                || own.status.is_started == (worker.plan.kind == ProbeKind::Startup)
            {
                continue;
            }
            let age = self.now.saturating_sub(running.started);
            let answer =
                self.does
                    .answer(running.number, age, worker.plan.timeout, self.listens_after);
            let is_settled = worker.plan.is_errored || worker.is_settled(answer.verdict);
            let is_tried = own.tried[worker.plan.kind as usize] == Some(running.number);
            if self.is_probed(own, worker) && !(is_tried && is_settled) {
                return false;
            }
        }
        let status = self.status_of(index);
        let is_over = status.seen.is_over && own.workers.iter().flatten().next().is_some();
        status.seen == own.status && status.is_ready == own.is_ready && !is_over
    }

    /// Returns whether the initial delay of a probe is over.
    fn is_probed(&self, own: &Container<'_>, worker: &Worker<'_>) -> bool {
        is_delay_over(own.status.started_at, self.now, worker.plan.initial_delay)
    }

    /// Goes to a time shortly before the next change. Returns false if there is none before the
    /// horizon.
    pub(super) fn skip_to_change(&mut self, horizon: Duration) -> bool {
        let end = self.origin.unwrap_or_default().saturating_add(horizon);
        let mut change = None;
        let mut margin = RELIST * 2;
        for own in &self.containers {
            let Some(running) = own.running() else {
                continue;
            };
            let changes = self.does.changes(running.number).into_iter().flatten();
            let changes = changes.map(|age| running.started.saturating_add(age));
            for at in changes.filter(|at| *at > self.now) {
                change = Some(change.map_or(at, |change: Duration| change.min(at)));
            }
            for worker in own.workers.iter().flatten() {
                let plan = worker.plan;
                if !self.is_probed(own, worker) {
                    let at = own.status.started_at.saturating_add(plan.initial_delay);
                    change = Some(change.map_or(at, |change: Duration| change.min(at)));
                }
                // An attempt that is under way at that time began before.
                let takes = plan.timeout.min(self.does.slow).saturating_mul(3);
                let takes = takes.max(self.does.hangs_at.map_or(takes, |_| plan.timeout));
                let lasts = plan.period.saturating_add(takes);
                margin = margin.max(lasts.saturating_add(RELIST));
            }
        }
        let Some(change) = change.filter(|change| *change <= end) else {
            return false;
        };
        let target = change.saturating_sub(margin);
        if target <= self.now {
            return true;
        }
        for worker in self
            .containers
            .iter_mut()
            .flat_map(|own| own.workers.iter_mut().flatten())
        {
            worker.ticker.advance(target);
            worker.ticker.is_due = false;
        }
        if let Work::Idle(at) = self.work
            && at < target
        {
            let wait = Duration::from_secs(75).mul_f64(self.draw.unit());
            self.work = Work::Idle(self.queued(target + wait));
        }
        while self.relist <= target {
            self.relisted = self.relist;
            self.relist += RELIST;
        }
        self.now = target;
        true
    }
}
