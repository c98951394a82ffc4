//! A container: its instances, its workers, and its status.

use super::super::back_off::BackOff;
use super::super::behaviour::Behaviour;
use super::super::plan::ContainerPlan;
use super::super::time::{NEVER, Time};
use super::super::worker::{Seen, Worker};
use crate::probes::ProbeKind;
use crate::worker::ProbeResult;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) number: u32,
    pub(super) started: Time,
    /// Time of its end, and its exit code.
    pub(super) ended: Option<(Time, i32)>,
}

/// The two newest instances, the newest last.
pub(super) type Instances = [Option<Instance>; 2];

pub(super) struct Container<'a> {
    pub(super) plan: &'a ContainerPlan,
    /// By kind; absent where there is no probe, or where the worker has ended.
    pub(super) workers: [Option<Worker<'a>>; 3],
    /// By kind: when the worker does something that matters; [`NEVER`] where there is none.
    pub(super) wakes: [Time; 3],
    /// End of the running instance by itself: time and exit code.
    pub(super) exit: Option<(Time, i32)>,
    pub(super) instances: Instances,
    /// As of the last look.
    pub(super) known: Instances,
    pub(super) status: Seen,
    pub(super) is_ready: bool,
    /// The instance that is, or was, ready.
    pub(super) ready_instance: u32,
    /// Instances so far.
    pub(super) count: u32,
    /// Its instances are of a sandbox before.
    pub(super) is_stale: bool,
    pub(super) back_off: BackOff,
    /// Wait of the back-off that the next start had to wait for.
    pub(super) waited: Option<Time>,
    /// By kind: the newest instance that has been probed.
    pub(super) tried: [Option<u32>; 3],
}

impl<'a> Container<'a> {
    pub(super) fn new(plan: &'a ContainerPlan) -> Self {
        Self {
            plan,
            workers: [None, None, None],
            wakes: [NEVER; 3],
            exit: None,
            instances: [None; 2],
            known: [None; 2],
            status: Seen::default(),
            is_ready: false,
            ready_instance: 0,
            count: 0,
            is_stale: false,
            back_off: BackOff::default(),
            waited: None,
            tried: [None; 3],
        }
    }

    /// Begins a run: the workers are made, and nothing else is there.
    pub(super) fn begin(&mut self, now: Time) {
        *self = Self::new(self.plan);
        for plan in &self.plan.probes {
            self.workers[plan.kind as usize] = Some(Worker::new(plan, now));
        }
    }

    pub(super) fn newest(&self) -> Option<Instance> {
        self.instances[1]
    }

    pub(super) fn running(&self) -> Option<Instance> {
        self.newest().filter(|newest| newest.ended.is_none())
    }

    /// Returns when something happens next.
    pub(super) fn next(&self) -> Time {
        let exit = self.exit.map_or(NEVER, |(at, _)| at);
        self.wakes.into_iter().fold(exit, Time::min)
    }

    /// Returns the end of the newest instance that the last look has seen to have ended.
    pub(super) fn known_end(&self) -> Option<Time> {
        let known = self.known.iter().rev().flatten();
        known
            .filter_map(|known| known.ended)
            .map(|(at, _)| at)
            .next()
    }

    /// Returns the result of a probe about an instance; absent where no worker has looked at it.
    pub(super) fn result(&self, kind: ProbeKind, instance: u32) -> Option<ProbeResult> {
        self.workers[kind as usize].as_ref()?.result(instance)
    }

    pub(super) fn has_worker(&self, kind: ProbeKind) -> bool {
        self.workers[kind as usize].is_some()
    }

    /// Returns whether an instance was running.
    pub(super) fn end(&mut self, now: Time, code: i32) -> bool {
        match &mut self.instances[1] {
            Some(newest) if newest.ended.is_none() => {
                newest.ended = Some((now, code));
                self.exit = None;
                true
            }
            _ => false,
        }
    }

    /// Its instances are removed from the runtime.
    pub(super) fn remove(&mut self) {
        self.instances = [None; 2];
        self.exit = None;
    }

    pub(super) fn start(&mut self, now: Time, does: &Behaviour) -> u32 {
        let newest = self.newest();
        let number = self.count;
        self.count += 1;
        self.is_stale = false;
        let next = Instance {
            number,
            started: now,
            ended: None,
        };
        self.instances = [newest, Some(next)];
        self.exit = does.exit(number).map(|(age, code)| (now + age, code));
        number
    }
}
