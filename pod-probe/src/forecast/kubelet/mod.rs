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
mod steps;
mod sync;
mod version;

use pod_model::KubernetesVersion;

use super::assumptions::Assumptions;
use super::behaviour::Behaviour;
use super::draw::{Draw, Phases};
use super::happening::Happening;
use super::plan::PodPlan;
use super::reason::Reason;
use super::time::{NEVER, SECOND, Time};
use container::Container;
use lane::{Actions, Lane, Step};
use version::VersionFacts;

/// Between two looks at the containers: `genericPlegRelistPeriod`.
const RELIST: Time = SECOND;
/// Before a Pod is looked at without a cause: `SyncFrequency`.
const RESYNC: Time = 60 * SECOND;
/// Steps of one run, after which it ends before the horizon.
const MAX_STEPS: u64 = 200_000;

/// A happening, with its time from the start of the first container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) at: Time,
    pub(super) container: usize,
    pub(super) instance: u32,
    pub(super) happening: Happening,
    pub(super) reason: Reason,
}

/// Work of the Pod's worker.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    /// Nothing to do before this time.
    Idle(Time),
    /// The next sync waits for a look at the containers after the last sync.
    Waiting,
    /// A step ends at this time.
    Busy(Time),
    /// The Pod has ended.
    Done,
}

/// A Pod on a kubelet, of which one run after the other is made.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a state of its own of a part of the kubelet"
)]
pub(super) struct Run<'a> {
    plan: &'a PodPlan,
    assumed: &'a Assumptions,
    does: Behaviour,
    version: VersionFacts,
    draw: Draw,
    containers: Vec<Container<'a>>,
    now: Time,
    /// Workers whose tick comes at this time have had it.
    workers_were_first: bool,
    /// Start of the first container.
    origin: Option<Time>,
    /// Next look at the containers.
    relist: Time,
    /// Last one, on demand or not.
    relisted: Time,
    /// Containers have changed since the last look.
    is_changed: bool,
    /// Part of a second at which the queue of Pods is looked at.
    queue: Time,
    /// Time at which the queue would have given the Pod that something else has synced before.
    queued: Time,
    work: Work,
    last_sync: Time,
    is_poked: bool,
    /// Syncs change nothing before something else happens.
    is_calm: bool,
    /// Steps of a sync: lanes go on side by side.
    lanes: Vec<Lane>,
    /// Set where a container of this sync waits for its back-off: when the wait is over.
    backs_off: Option<Time>,
    has_acted: bool,
    /// False after a sync that has ended the Pod.
    has_sandbox: bool,
    /// A look at this Pod alone.
    on_demand: Option<Time>,
    /// From the start of an instance to its first answer.
    listens_after: Time,
    /// Order of workers that tick together.
    is_reversed: bool,
    /// Time to start the first container, where it is given.
    first_start: Option<Time>,
    actions: Actions,
    events: Vec<Event>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        plan: &'a PodPlan,
        assumed: &'a Assumptions,
        version: KubernetesVersion,
    ) -> Self {
        Self {
            plan,
            assumed,
            does: Behaviour::from(assumed),
            version: VersionFacts::of(version),
            draw: Draw::of(0),
            containers: plan.containers.iter().map(Container::new).collect(),
            now: 0,
            workers_were_first: false,
            origin: None,
            relist: 0,
            relisted: 0,
            is_changed: false,
            queue: 0,
            queued: NEVER,
            has_sandbox: true,
            work: Work::Waiting,
            last_sync: 0,
            is_poked: false,
            is_calm: false,
            lanes: Vec::new(),
            backs_off: None,
            has_acted: true,
            on_demand: None,
            first_start: None,
            listens_after: 0,
            is_reversed: false,
            actions: Actions::default(),
            events: Vec::new(),
        }
    }

    /// The first sync: the workers are made, then sandbox and images, then the containers.
    fn begin(&mut self, draw: Draw) {
        self.draw = draw;
        let Phases {
            second,
            pause,
            start,
            relist,
            queue,
            listens_after,
        } = self.draw.phases(self.plan);
        self.now = second;
        self.origin = None;
        self.relisted = 0;
        self.last_sync = 0;
        self.is_changed = false;
        self.is_poked = false;
        self.is_calm = false;
        self.backs_off = None;
        self.has_acted = true;
        self.on_demand = None;
        self.queue = queue;
        self.queued = NEVER;
        self.has_sandbox = true;
        self.first_start = start;
        self.listens_after = listens_after;
        self.events.clear();
        for container in &mut self.containers {
            container.begin(second);
        }
        for index in 0..self.containers.len() {
            self.foresee_all(index);
        }
        let lane = self.only_lane();
        lane.at = second + pause;
        let first = self.plan.first_to_start();
        let first = first.map(|index| Step::Start(index, None));
        self.lanes[0].steps.extend(first);
        self.work = Work::Busy(second + pause);
        self.relist = second + pause + relist;
    }

    /// Empties the lanes but for one, which has no steps.
    fn only_lane(&mut self) -> &mut Lane {
        self.lanes.truncate(1);
        if self.lanes.is_empty() {
            self.lanes.push(Lane::default());
        }
        self.lanes[0].steps.clear();
        &mut self.lanes[0]
    }

    /// Runs to the horizon with the values of a draw; returns what happened, and the number of steps.
    pub(super) fn events(&mut self, draw: Draw, horizon: Time) -> (&[Event], u64) {
        self.begin(draw);
        let mut steps = 0;
        while steps < MAX_STEPS {
            steps += 1;
            let at = self.next();
            let ends = self.origin.map_or(NEVER, |origin| origin + horizon);
            if at >= ends {
                break;
            }
            self.now = at;
            self.step();
        }
        let origin = self.origin.unwrap_or_default();
        for event in &mut self.events {
            event.at = event.at.saturating_sub(origin);
        }
        (&self.events, steps)
    }

    fn next(&self) -> Time {
        let mut next = match self.work {
            Work::Idle(_) if self.is_calm => NEVER,
            Work::Idle(at) | Work::Busy(at) => at,
            Work::Waiting => self.relist,
            Work::Done => return NEVER,
        };
        if self.is_changed {
            next = next.min(self.relist);
        }
        if let Some(at) = self.on_demand {
            next = next.min(at);
        }
        let containers = self.containers.iter().map(Container::next);
        // A worker that was woken before is to run at once.
        containers.fold(next, Time::min).max(self.now)
    }

    /// Everything that happens at this time.
    fn step(&mut self) {
        let now = self.now;
        self.workers_were_first = false;
        self.pass_looks();
        for index in 0..self.containers.len() {
            if let Some((at, code)) = self.containers[index].exit
                && at <= now
            {
                let after = self.assumed.exits_at.unwrap_or_default().0;
                self.end(index, code, Reason::Exited { after, code });
            }
        }
        // A readiness worker that a sync has triggered ticks at the same time as the kubelet looks.
        let workers_first = self.draw.coin();
        self.is_reversed = self.draw.coin();
        self.pass_calm_syncs();
        if workers_first {
            self.run_all_workers();
            self.workers_were_first = true;
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
        let count = self.containers.len();
        let is_reversed = self.draw.coin();
        for index in 0..count {
            self.run_workers(if is_reversed {
                count - 1 - index
            } else {
                index
            });
        }
    }

    /// Looks before this time, which have found nothing.
    fn pass_looks(&mut self) {
        if self.relist >= self.now {
            return;
        }
        let looks = (self.now - self.relist).div_ceil(RELIST);
        self.relist += looks * RELIST;
        // A look on demand that is under way delays the other one, and serves for both.
        if self.on_demand.is_none() || self.draw.coin() {
            self.relisted = self.relisted.max(self.relist - RELIST);
        }
    }

    fn look_if_due(&mut self) {
        let now = self.now;
        if self.relist == now {
            self.relist += RELIST;
            let is_absorbed = self.on_demand.is_some() && self.draw.coin();
            if !is_absorbed {
                self.relisted = now;
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
        self.catch_up_all(container, self.workers_were_first);
        if self.containers[container].end(self.now, code) {
            self.is_changed = true;
            self.note(container, Happening::Ended, reason);
        }
        self.ask_again(container);
    }

    /// The kubelet lists the containers; a change wakes the Pod's worker.
    fn look(&mut self) {
        let is_awaited = self.work == Work::Waiting;
        if std::mem::take(&mut self.is_changed) {
            for own in &mut self.containers {
                own.known = own.instances;
            }
            self.poke();
        }
        if is_awaited {
            self.sync();
        }
    }

    /// The Pod's worker is to sync; it waits for a look after the last sync. Where it waits already, or
    /// is busy, it syncs once more.
    fn poke(&mut self) {
        self.pass_calm_syncs();
        if let Work::Idle(at) = self.work
            && at > self.now
        {
            self.queued = at;
        }
        match self.work {
            Work::Idle(_) if self.relisted > self.last_sync => self.sync(),
            Work::Idle(_) => self.work = Work::Waiting,
            Work::Waiting | Work::Busy(_) => self.is_poked = true,
            Work::Done => {}
        }
    }

    /// The syncs of a calm time are made up for: they have changed nothing but their own times.
    fn pass_calm_syncs(&mut self) {
        while self.is_calm
            && let Work::Idle(at) = self.work
            && at < self.now
        {
            self.last_sync = at;
            self.work = Work::Idle(self.idle_until(at, RESYNC));
        }
    }
}
