//! One run of a Pod on a kubelet, with the values of one [`Draw`].
//!
//! Upstream, all in `k8s.io/kubernetes/pkg/kubelet`: `SyncPod` and `syncLoopIteration` in kubelet.go,
//! `podWorkerLoop` and `completeWork` in pod_workers.go, `Relist` in pleg/generic.go,
//! `AddPod` and `UpdatePodStatus` in prober/prober_manager.go, `SetContainerReadiness` and
//! `SetContainerStartup` in status/status_manager.go, `computePodActions`, `doBackOff` and `SyncPod` in
//! kuberuntime/kuberuntime_manager.go, `killContainer` in kuberuntime/kuberuntime_container.go.

mod actions;
mod container;
mod lane;
mod probing;
mod steady;
mod steps;
mod sync;
mod version;

use std::time::Duration;

use pod_model::KubernetesVersion;

use super::assumptions::Assumptions;
use super::draw::{Draw, Phases};
use super::happening::Happening;
use super::plan::PodPlan;
use super::reason::Reason;
use container::Container;
use lane::Lane;
use version::VersionFacts;

const SECOND: Duration = Duration::from_secs(1);
/// Between two looks at the containers: `genericPlegRelistPeriod`.
const RELIST: Duration = SECOND;
/// Steps of one run, after which it ends before the horizon: more than three workers of a container need
/// that tick every second up to [`super::MAX_HORIZON`].
const MAX_STEPS: u64 = 200_000;

/// A happening, with its time from the start of the first container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) at: Duration,
    pub(super) container: usize,
    pub(super) instance: u32,
    pub(super) happening: Happening,
    pub(super) reason: Reason,
}

/// Work of the Pod's worker.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    /// Nothing to do before this time.
    Idle(Duration),
    /// The next sync waits for a look at the containers after the last sync.
    Waiting,
    /// A step ends at this time.
    Busy(Duration),
    /// The Pod has ended.
    Done,
}

pub(super) struct Run<'a> {
    plan: &'a PodPlan,
    does: &'a Assumptions,
    version: VersionFacts,
    draw: Draw,
    containers: Vec<Container<'a>>,
    now: Duration,
    /// Start of the first container.
    origin: Option<Duration>,
    /// Next look at the containers.
    relist: Duration,
    /// Last one, on demand or not.
    relisted: Duration,
    /// Part of a second at which the queue of Pods is looked at.
    queue: Duration,
    work: Work,
    last_sync: Duration,
    is_poked: bool,
    /// Steps of a sync: lanes go on side by side.
    lanes: Vec<Lane>,
    /// Set where a container of this sync waits for its back-off: when the wait is over.
    backs_off: Option<Duration>,
    has_acted: bool,
    /// A look at this Pod alone.
    on_demand: Option<Duration>,
    /// From the start of an instance to its first answer.
    listens_after: Duration,
    /// Order of workers that tick together.
    is_reversed: bool,
    /// Time to start the first container, where it is given.
    first_start: Option<Duration>,
    events: Vec<Event>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        plan: &'a PodPlan,
        does: &'a Assumptions,
        version: KubernetesVersion,
        draw: Draw,
    ) -> Self {
        let mut run = Self {
            plan,
            does,
            version: VersionFacts::of(version),
            containers: plan.containers.iter().map(Container::new).collect(),
            now: Duration::ZERO,
            origin: None,
            relist: Duration::ZERO,
            relisted: Duration::ZERO,
            queue: Duration::ZERO,
            work: Work::Waiting,
            last_sync: Duration::ZERO,
            is_poked: false,
            lanes: Vec::new(),
            backs_off: None,
            has_acted: true,
            on_demand: None,
            first_start: None,
            listens_after: Duration::ZERO,
            is_reversed: false,
            events: Vec::new(),
            draw,
        };
        run.begin();
        run
    }

    /// The first sync: the workers are made, then sandbox and images, then the containers.
    fn begin(&mut self) {
        let Phases {
            second,
            pause,
            start,
            relist,
            queue,
            listens_after,
        } = self.draw.phases(self.plan);
        self.now = second;
        self.queue = queue;
        self.first_start = start;
        self.listens_after = listens_after;
        for container in &mut self.containers {
            container.add_workers(second);
        }
        let first = self.plan.first_to_start();
        self.lanes = vec![Lane::of_first_starts(first, second + pause)];
        self.work = Work::Busy(second + pause);
        self.relist = second + pause + relist;
    }

    /// Runs to the horizon; returns what happened, and the number of steps.
    pub(super) fn events(mut self, horizon: Duration) -> (Vec<Event>, u64) {
        let mut steps = 0;
        while steps < MAX_STEPS {
            steps += 1;
            let Some(at) = self.next() else { break };
            if self.origin.is_some_and(|origin| at > origin + horizon) {
                break;
            }
            self.now = at;
            self.step();
            if self.is_steady() && !self.skip_to_change(horizon) {
                break;
            }
        }
        let origin = self.origin.unwrap_or_default();
        for event in &mut self.events {
            event.at = event.at.saturating_sub(origin);
        }
        (self.events, steps)
    }

    fn next(&self) -> Option<Duration> {
        let mut next = match self.work {
            Work::Idle(at) | Work::Busy(at) => at,
            Work::Waiting => self.relist,
            Work::Done => return None,
        };
        if self.needs_look() {
            next = next.min(self.relist);
        }
        if let Some(at) = self.on_demand {
            next = next.min(at);
        }
        for container in &self.containers {
            for worker in container.workers.iter().flatten() {
                next = next.min(worker.next());
            }
            if let Some((at, _, _)) = container.exit(self.does) {
                next = next.min(at);
            }
        }
        Some(next)
    }

    /// Returns whether the next look at the containers has an effect.
    fn needs_look(&self) -> bool {
        let mut containers = self.containers.iter();
        self.work == Work::Waiting || containers.any(|own| own.known != own.instances)
    }

    /// Everything that happens at this time.
    fn step(&mut self) {
        let now = self.now;
        for index in 0..self.containers.len() {
            if let Some((at, code, after)) = self.containers[index].exit(self.does)
                && at <= now
            {
                self.end(index, code, Reason::Exited { after, code });
            }
        }
        // A readiness worker that a sync has triggered ticks at the same time as the kubelet looks.
        let workers_first = self.draw.coin();
        self.is_reversed = self.draw.coin();
        if workers_first {
            self.run_all_workers();
        }
        self.look_if_due();
        match self.work {
            Work::Busy(at) if at <= now => self.advance(),
            Work::Idle(at) if at <= now => self.poke(),
            _ => {}
        }
        if !workers_first {
            self.run_all_workers();
        }
    }

    fn run_all_workers(&mut self) {
        for index in 0..self.containers.len() {
            self.run_workers(index);
        }
    }

    fn look_if_due(&mut self) {
        let now = self.now;
        while self.relist <= now {
            let is_now = self.relist == now;
            // A look on demand that is under way delays the other one, and serves for both.
            let is_absorbed = self.on_demand.is_some() && self.draw.coin();
            if !is_absorbed {
                self.relisted = self.relisted.max(self.relist);
            }
            self.relist += RELIST;
            if is_now && !is_absorbed {
                self.look();
            }
        }
        if self.on_demand.is_some_and(|at| at <= now) {
            self.on_demand = None;
            self.relisted = now;
            self.look();
        }
    }

    fn note(&mut self, container: usize, happening: Happening, reason: Reason) {
        let newest = self.containers[container].newest();
        let instance = newest.map_or(0, |newest| newest.number);
        self.note_of(container, instance, happening, reason);
    }

    fn note_of(&mut self, container: usize, instance: u32, happening: Happening, reason: Reason) {
        self.events.push(Event {
            at: self.now,
            container,
            instance,
            happening,
            reason,
        });
    }

    fn end(&mut self, container: usize, code: i32, reason: Reason) {
        if self.containers[container].end(self.now, code) {
            self.note(container, Happening::Ended, reason);
        }
    }

    /// The kubelet lists the containers; a change wakes the Pod's worker.
    fn look(&mut self) {
        let is_awaited = self.work == Work::Waiting;
        let mut changed = false;
        for own in &mut self.containers {
            changed |= own.known != own.instances;
            own.known = own.instances;
        }
        if changed {
            self.poke();
        }
        if is_awaited {
            self.sync();
        }
    }

    /// The Pod's worker is to sync; it waits for a look after the last sync. Where it waits already, or
    /// is busy, it syncs once more.
    fn poke(&mut self) {
        match self.work {
            Work::Idle(_) if self.relisted > self.last_sync => self.sync(),
            Work::Idle(_) => self.work = Work::Waiting,
            Work::Waiting | Work::Busy(_) => self.is_poked = true,
            Work::Done => {}
        }
    }
}
