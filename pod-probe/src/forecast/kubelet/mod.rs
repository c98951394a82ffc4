//! One run of a Pod on a kubelet, with the values of one [`Draw`].
//!
//! Upstream, all in `k8s.io/kubernetes/pkg/kubelet`: `SyncPod` and `syncLoopIteration` in kubelet.go,
//! `podWorkerLoop` and `completeWork` in pod_workers.go, `Relist` in pleg/generic.go,
//! `UpdatePodStatus` in prober/prober_manager.go, `SetContainerReadiness` and `SetContainerStartup` in
//! status/status_manager.go, `computePodActions`, `doBackOff` and `SyncPod` in
//! kuberuntime/kuberuntime_manager.go, `killContainer` in kuberuntime/kuberuntime_container.go.

mod sync;

use std::collections::VecDeque;
use std::time::Duration;

use pod_model::KubernetesVersion;

use super::assumptions::{Assumptions, ProbePlan};
use super::back_off::BackOff;
use super::draw::{Draw, Spread};
use super::plan::{ContainerPlan, PodPlan};
use super::worker::{Action, Attempt, Seen, Worker};
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::ProbeResult;

/// To ask a container that answers at once.
const ASK: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(30));
const SECOND: Duration = Duration::from_secs(1);
/// Between two looks at the containers: `genericPlegRelistPeriod`.
const RELIST: Duration = SECOND;

/// Something that happens to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// A probe makes its first attempt on the instance.
    FirstProbe(Kind),
    /// Its startup probe has succeeded, or there is none.
    Started,
    /// It gets traffic.
    Ready,
    /// It gets none.
    Unready,
    /// By a probe; by none where the whole Pod ends.
    Kill(Option<Kind>),
    /// After its preStop hook.
    SigTerm,
    /// Its grace period is over.
    SigKill,
    /// Its process has ended.
    Ended,
    /// The next instance starts.
    Restart,
}

/// A probe's kind, in the order of upstream's workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Holds the others back.
    Startup,
    /// Decides on traffic.
    Readiness,
    /// Kills the container.
    Liveness,
}

impl From<ProbeKind> for Kind {
    fn from(kind: ProbeKind) -> Self {
        match kind {
            ProbeKind::Startup => Self::Startup,
            ProbeKind::Readiness => Self::Readiness,
            ProbeKind::Liveness => Self::Liveness,
        }
    }
}

/// A happening, with its time from the start of the first container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) at: Duration,
    pub(super) container: usize,
    pub(super) instance: u32,
    pub(super) happening: Happening,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Instance {
    number: u32,
    started: Duration,
    /// When it ended, and its exit code.
    ended: Option<(Duration, i32)>,
}

/// The two newest instances, the newest last.
type Instances = [Option<Instance>; 2];

struct Container<'a> {
    plan: &'a ContainerPlan,
    workers: Vec<Worker<'a>>,
    instances: Instances,
    /// As of the last look.
    known: Instances,
    status: Seen,
    is_ready: bool,
    back_off: BackOff,
    tried: [bool; 3],
}

impl Container<'_> {
    fn newest(&self) -> Option<Instance> {
        self.instances[1]
    }

    fn result(&self, kind: ProbeKind, instance: u32) -> Option<ProbeResult> {
        let mut workers = self.workers.iter();
        workers
            .find(|worker| worker.plan.kind == kind)?
            .result(instance)
    }

    fn has_worker(&self, kind: ProbeKind) -> bool {
        self.workers.iter().any(|worker| worker.plan.kind == kind)
    }
}

/// A step of a sync; the Pod's worker does one after the other.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A probe, or the end of the Pod, kills a container, which has this time.
    Kill(usize, Option<ProbeKind>, Duration),
    Terminate(usize, Duration),
    Stop(usize, i32),
    /// A container starts, unless its back-off since this end of an instance is not over.
    Start(usize, Option<Duration>),
    Run(usize),
}

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
    version: KubernetesVersion,
    draw: Draw,
    containers: Vec<Container<'a>>,
    now: Duration,
    /// Start of the first container.
    origin: Option<Duration>,
    relist: Duration,
    relisted: Duration,
    queue: Duration,
    work: Work,
    last_sync: Duration,
    is_poked: bool,
    steps: VecDeque<Step>,
    /// Set where a container of this sync waits for its back-off: when the wait is over.
    backs_off: Option<Duration>,
    has_acted: bool,
    /// A look at this Pod alone.
    on_demand: Option<Duration>,
    events: Vec<Event>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        plan: &'a PodPlan,
        does: &'a Assumptions,
        version: KubernetesVersion,
        draw: Draw,
    ) -> Self {
        let containers = plan.containers.iter().map(|plan| Container {
            plan,
            workers: Vec::new(),
            instances: [None; 2],
            known: [None; 2],
            status: Seen::default(),
            is_ready: false,
            back_off: BackOff::default(),
            tried: [false; 3],
        });
        let mut run = Self {
            plan,
            does,
            version,
            containers: containers.collect(),
            now: draw.spread(Spread::Second, SECOND),
            origin: None,
            relist: draw.spread(Spread::Relist, RELIST),
            relisted: Duration::ZERO,
            queue: draw.spread(Spread::Queue, SECOND),
            work: Work::Waiting,
            last_sync: Duration::ZERO,
            is_poked: false,
            steps: VecDeque::new(),
            backs_off: None,
            has_acted: true,
            on_demand: None,
            events: Vec::new(),
            draw,
        };
        run.begin();
        run
    }

    /// The first sync: the workers are made, then sandbox and images, then the containers.
    fn begin(&mut self) {
        let periods = self.plan.probes().map(|probe| probe.period);
        let longest = periods.max().unwrap_or(SECOND);
        let now = self.now;
        for container in &mut self.containers {
            let plans = container.plan.probes.iter();
            container.workers = plans.map(|plan| Worker::new(plan, now)).collect();
        }
        let first = self.plan.first_to_start();
        self.steps = first.map(|index| Step::Start(index, None)).collect();
        // Images take any time: all that matters is where in the workers' periods it ends.
        let pause = Duration::from_millis(300) + self.draw.spread(Spread::Workers, longest * 4);
        self.work = Work::Busy(self.now + pause);
        while self.relist <= self.now {
            self.relist += RELIST;
        }
    }

    /// Runs to the horizon; returns what happened.
    pub(super) fn events(mut self, horizon: Duration) -> Vec<Event> {
        while let Some(at) = self.next() {
            if self.origin.is_some_and(|origin| at > origin + horizon) {
                break;
            }
            self.now = at;
            self.step();
        }
        let origin = self.origin.unwrap_or_default();
        for event in &mut self.events {
            event.at = event.at.saturating_sub(origin);
        }
        self.events
    }

    fn next(&self) -> Option<Duration> {
        let workers = self.containers.iter().flat_map(|own| &own.workers);
        let workers = workers.map(Worker::next).min();
        let exits = self.containers.iter().enumerate();
        let exits = exits
            .filter_map(|(_, own)| self.exit_of(own).map(|(at, _)| at))
            .min();
        let work = match self.work {
            Work::Idle(at) | Work::Busy(at) => Some(at),
            Work::Waiting => None,
            Work::Done => return None,
        };
        [workers, exits, work, self.on_demand, Some(self.relist)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Returns when a running instance ends by itself.
    fn exit_of(&self, container: &Container<'_>) -> Option<(Duration, i32)> {
        let newest = container.newest().filter(|newest| newest.ended.is_none())?;
        let (age, code) = self.does.exit(newest.number)?;
        Some((newest.started + age, code))
    }

    /// Everything that happens at this time.
    fn step(&mut self) {
        let now = self.now;
        for index in 0..self.containers.len() {
            if let Some((at, code)) = self.exit_of(&self.containers[index])
                && at <= now
            {
                self.end(index, code);
            }
        }
        if self.relist <= now {
            self.relist += RELIST;
            self.look();
        }
        if self.on_demand.is_some_and(|at| at <= now) {
            self.on_demand = None;
            self.look();
        }
        match self.work {
            Work::Busy(at) if at <= now => self.advance(),
            Work::Idle(at) if at <= now => self.poke(),
            _ => {}
        }
        for index in 0..self.containers.len() {
            self.run_workers(index);
        }
    }

    fn note(&mut self, container: usize, happening: Happening) {
        let newest = self.containers[container].newest();
        let instance = newest.map_or(0, |newest| newest.number);
        self.note_of(container, instance, happening);
    }

    fn note_of(&mut self, container: usize, instance: u32, happening: Happening) {
        self.events.push(Event {
            at: self.now,
            container,
            instance,
            happening,
        });
    }

    fn end(&mut self, container: usize, code: i32) {
        let own = &mut self.containers[container];
        if let Some(newest) = &mut own.instances[1]
            && newest.ended.is_none()
        {
            newest.ended = Some((self.now, code));
            self.note(container, Happening::Ended);
        }
    }

    /// The kubelet lists the containers; a change wakes the Pod's worker.
    fn look(&mut self) {
        let mut changed = false;
        for own in &mut self.containers {
            changed |= own.known != own.instances;
            own.known = own.instances;
        }
        self.relisted = self.now;
        if changed {
            self.poke();
        } else if self.work == Work::Waiting {
            self.sync();
        }
    }

    fn poke(&mut self) {
        match self.work {
            Work::Idle(_) | Work::Waiting if self.relisted > self.last_sync => self.sync(),
            Work::Idle(_) | Work::Waiting => self.work = Work::Waiting,
            Work::Busy(_) => self.is_poked = true,
            Work::Done => {}
        }
    }

    fn run_workers(&mut self, index: usize) {
        for worker in 0..self.containers[index].workers.len() {
            self.run_worker(index, worker);
        }
    }

    fn trigger(&mut self, index: usize) {
        let mut workers = self.containers[index].workers.iter_mut();
        if let Some(worker) = workers.find(|worker| worker.plan.kind == ProbeKind::Readiness) {
            worker.ticker.is_triggered = true;
        }
    }

    fn run_worker(&mut self, index: usize, worker: usize) {
        let now = self.now;
        let own = &mut self.containers[index].workers[worker];
        own.ticker.advance(now);
        let kind = own.plan.kind;
        if own.attempt.is_some_and(|attempt| attempt.ends <= now) && own.finish() {
            self.result_changed(index, kind);
        }
        // A trigger may wait behind a tick.
        for _ in 0..2 {
            if self.containers[index].workers[worker].is_woken() {
                let coin = self.draw.coin();
                self.containers[index].workers[worker]
                    .ticker
                    .wake(now, coin);
                self.try_probe(index, worker);
            }
        }
    }

    fn try_probe(&mut self, index: usize, worker: usize) {
        let own = &mut self.containers[index];
        let status = own.status;
        let (action, changed) = own.workers[worker].look(&status, self.now);
        let plan: &ProbePlan = own.workers[worker].plan;
        if action == Action::Try {
            let attempt = self.attempt(index, plan);
            let kind = Kind::from(plan.kind);
            self.containers[index].workers[worker].attempt = Some(attempt);
            let tried = &mut self.containers[index].tried[kind as usize];
            if !std::mem::replace(tried, true) {
                self.note_of(
                    index,
                    status.instance.unwrap_or_default(),
                    Happening::FirstProbe(kind),
                );
            }
        }
        if changed {
            self.result_changed(index, plan.kind);
        }
    }

    fn attempt(&mut self, index: usize, plan: &ProbePlan) -> Attempt {
        // It takes some time to ask; an error is tried three times.
        let least = self.draw.between(ASK.0, ASK.1);
        let newest = self.containers[index].newest();
        let Some(running) = newest.filter(|newest| newest.ended.is_none() && !plan.is_errored)
        else {
            let is_error = plan.is_errored || plan.needs_container;
            let verdict = if is_error {
                Verdict::Errored
            } else {
                Verdict::Failure
            };
            return Attempt {
                ends: self.now + least,
                verdict,
            };
        };
        let age = self.now.saturating_sub(running.started);
        let answer = self.does.answer(running.number, age, plan.timeout);
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
    fn result_changed(&mut self, index: usize, kind: ProbeKind) {
        let own = &mut self.containers[index];
        let Some(worker) = own.workers.iter().find(|worker| worker.plan.kind == kind) else {
            return;
        };
        let Some((instance, result)) = worker.current() else {
            return;
        };
        let is_current = own.status.instance == Some(instance);
        let is_success = result == ProbeResult::Success;
        match kind {
            ProbeKind::Liveness if result != ProbeResult::Failure => return,
            ProbeKind::Liveness => {}
            ProbeKind::Readiness if is_current => self.set_ready(index, is_success),
            ProbeKind::Startup if is_current => self.set_started(index, is_success),
            ProbeKind::Readiness | ProbeKind::Startup => {}
        }
        self.poke();
    }

    fn set_ready(&mut self, index: usize, is_ready: bool) {
        let own = &mut self.containers[index];
        if std::mem::replace(&mut own.is_ready, is_ready) != is_ready {
            let instance = own.status.instance.unwrap_or_default();
            let happening = if is_ready {
                Happening::Ready
            } else {
                Happening::Unready
            };
            self.note_of(index, instance, happening);
        }
    }

    fn set_started(&mut self, index: usize, is_started: bool) {
        let own = &mut self.containers[index];
        if std::mem::replace(&mut own.status.is_started, is_started) != is_started && is_started {
            let instance = own.status.instance.unwrap_or_default();
            self.note_of(index, instance, Happening::Started);
        }
    }
}
