//! Starts of containers, and what their probes find out first, if everything answers at once or nothing
//! ever does.
//!
//! Each range follows from the kubelet's rules, which the module `kubelet` runs: a test compares both.

use super::super::assumptions::ProbePlan;
use super::super::plan::{ContainerPlan, PodPlan};
use super::super::time::{ASK, MILLISECOND, SECOND, START, Time, time};
use super::span::Span;
use crate::probes::ProbeKind;

/// From the start of a program to the moment when it listens.
const LISTEN: Time = 300 * MILLISECOND;
/// From a result to the sync that sees it: the kubelet looks at its containers once a second.
pub(super) const SYNC: Time = SECOND;
/// From the start of a container to a look at it that the kubelet asks for.
const LOOK_ON_DEMAND: Time = 100 * MILLISECOND;
/// Between two syncs without a cause, which trigger readiness probes, too.
const RESYNC: (Time, Time) = (60 * SECOND, 92 * SECOND);

/// Course of the first run of a container, up to its first results.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) start: Span,
    /// The kubelet sees that it runs.
    pub(super) visible: Span,
    /// By kind: the first attempt.
    pub(super) first: [Option<Span>; 3],
    pub(super) started: Option<Span>,
    pub(super) ready: Option<Span>,
}

/// Facts about a Pod that the course of each container depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// A start is followed by a look at the Pod alone; else by the next look at all Pods.
    pub(super) looks_on_demand: bool,
    /// Everything answers at once; else nothing ever does.
    pub(super) answers: bool,
}

impl Setting {
    /// Returns the courses of the containers that start, in their order.
    pub(super) fn courses(self, plan: &PodPlan) -> Vec<Course> {
        let mut courses: Vec<Course> = Vec::with_capacity(plan.containers.len());
        let mut next = Some((Span::ZERO, false));
        let sidecars = plan.sidecars();
        let asked = plan
            .containers
            .iter()
            .map(asked)
            .fold(0, u32::saturating_add);
        while let Some((gate, is_look)) = next
            && courses.len() < plan.containers.len()
        {
            let from = courses.len();
            let to = if from < sidecars {
                from + 1
            } else {
                plan.containers.len()
            };
            let starts = starts(gate, from == 0, to - from);
            let last = starts.last().copied().unwrap_or(gate);
            let visible = self.visible(gate, is_look, last);
            for (index, start) in (from..to).zip(starts) {
                courses.push(self.course(plan, index, (start, visible), asked));
            }
            // A sidecar lets the next container start in the sync that sees it run, or started.
            next = courses.last().and_then(|own| {
                let has_startup = plan.containers[to - 1].probe(ProbeKind::Startup).is_some();
                if has_startup {
                    Some((own.started?.plus(0, SYNC), false))
                } else {
                    Some((own.visible, true))
                }
            });
        }
        courses
    }

    /// Returns when the kubelet sees that containers run, of which the last one has started. They were
    /// started by a sync, which came right after a look at all Pods if `is_look`.
    fn visible(self, gate: Span, is_look: bool, last: Span) -> Span {
        if self.looks_on_demand {
            return last.plus(0, LOOK_ON_DEMAND);
        }
        let visible = last.plus(0, SYNC);
        if is_look && last.hi.saturating_sub(gate.hi) < SECOND {
            return gate.plus(SECOND, SECOND);
        }
        visible
    }

    fn course(
        self,
        plan: &PodPlan,
        index: usize,
        (start, visible): (Span, Span),
        asked_of_all: u32,
    ) -> Course {
        let own = &plan.containers[index];
        let mut course = Course {
            start,
            visible,
            first: [None; 3],
            started: Some(visible),
            ready: None,
        };
        if let Some(startup) = own.probe(ProbeKind::Startup) {
            let first = ticks(startup, start, visible);
            course.first[ProbeKind::Startup as usize] = Some(first);
            course.started = (self.answers && !startup.is_errored).then(|| {
                let again = time(startup.period).max(connecting(startup));
                let refused = start.hi.saturating_add(LISTEN + again);
                Span::new(first.lo, first.hi.max(refused)).plus(ASK.0, ASK.1)
            });
        }
        let Some(started) = course.started else {
            return course;
        };
        if let Some(liveness) = own.probe(ProbeKind::Liveness) {
            let mut first = ticks(liveness, start, started);
            if let (Some(startup), Some(tried)) = (
                own.probe(ProbeKind::Startup),
                course.first[ProbeKind::Startup as usize],
            ) {
                // The tickers of a Pod start together: they tick together, or this far apart.
                let apart = gcd(time(startup.period), time(liveness.period));
                first.lo = first.lo.max(tried.lo.saturating_add(apart)).min(first.hi);
            }
            course.first[ProbeKind::Liveness as usize] = Some(first);
        }
        match own.probe(ProbeKind::Readiness) {
            Some(probe) => {
                let readiness = Readiness {
                    probe,
                    start,
                    started,
                    has_startup: own.probe(ProbeKind::Startup).is_some(),
                    looks_on_demand: self.looks_on_demand,
                    // The first look of a worker at its container, and its result.
                    pokes: 2 * asked_of_all.saturating_sub(asked(own)),
                    syncs: syncs(plan, index) + Time::from(own.probe(ProbeKind::Startup).is_some()),
                };
                let first = readiness.first();
                course.first[ProbeKind::Readiness as usize] = Some(first);
                let is_ready = self.answers && !probe.is_errored;
                course.ready = is_ready.then(|| readiness.ready(first));
            }
            None if own.probe(ProbeKind::Startup).is_some() => {
                course.ready = Some(started.plus(0, SYNC));
            }
            None => course.ready = Some(visible),
        }
        course
    }
}

/// Returns the starts of containers that start one after the other.
fn starts(gate: Span, is_first: bool, count: usize) -> Vec<Span> {
    let mut starts = Vec::with_capacity(count);
    // Times count from the start of the first container.
    let mut start = if is_first {
        gate
    } else {
        gate.plus(START.0, START.1)
    };
    for _ in 0..count {
        starts.push(start);
        start = start.plus(START.0, START.1);
    }
    starts
}

/// Returns the moment when a probe's initial delay is over: it counts whole seconds, from a start that is
/// cut to one.
fn delayed(probe: &ProbePlan, start: Span) -> Span {
    let delay = time(probe.initial_delay);
    start.plus(delay.saturating_sub(SECOND), delay)
}

/// Returns the first tick of a probe whose ticker is at any phase, after a time and after its delay.
fn ticks(probe: &ProbePlan, start: Span, since: Span) -> Span {
    since
        .later(delayed(probe, start))
        .plus(0, time(probe.period))
}

/// Returns the number of probes of a container that make the Pod sync while it starts.
fn asked(own: &ContainerPlan) -> u32 {
    let probes = own.probes.iter();
    let probes = probes.filter(|probe| probe.kind != ProbeKind::Liveness);
    u32::try_from(probes.count()).unwrap_or(u32::MAX)
}

/// Returns the number of syncs that follow the one that first sees a container run: one for the first
/// look of its worker at it, and those of containers that start behind it or are seen one by one.
fn syncs(plan: &PodPlan, index: usize) -> Time {
    let is_behind = |sidecars: usize| sidecars.saturating_sub(index);
    let several = usize::from(plan.containers.len() > 1);
    (1 + several + is_behind(plan.sidecars())) as Time
}

/// A readiness probe: each sync of the Pod triggers it while the container is not ready, and its ticker
/// starts anew.
struct Readiness<'a> {
    probe: &'a ProbePlan,
    start: Span,
    started: Span,
    has_startup: bool,
    looks_on_demand: bool,
    /// Syncs that the probes of other containers cause, at any time: each triggers a readiness probe.
    pokes: u32,
    /// Syncs that follow the first one.
    syncs: Time,
}

impl Readiness<'_> {
    /// Returns the time between two attempts: a sync without a cause makes one, too.
    fn step(&self) -> (Time, Time) {
        let period = time(self.probe.period);
        (period.min(RESYNC.0), period.min(RESYNC.1))
    }

    fn delayed(&self) -> Span {
        delayed(self.probe, self.start)
    }

    fn first(&self) -> Span {
        let delayed = self.delayed();
        let earliest = self.started.lo.max(delayed.lo);
        let (_, period) = self.step();
        let latest = if !self.has_startup {
            // The worker may read the status before the sync has set it: the trigger is lost.
            self.started.hi.max(delayed.hi).saturating_add(period)
        } else if delayed.hi <= self.started.lo {
            // The sync that sees the startup probe's success.
            return Span::new(earliest, self.started.hi.saturating_add(SYNC));
        } else {
            let synced = self.started.hi.saturating_add(SYNC);
            synced.max(delayed.hi.saturating_add(period))
        };
        let delay = time(self.probe.initial_delay);
        if delay == 0 || self.pokes > 0 || delayed.hi >= self.started.hi.saturating_add(RESYNC.0) {
            return Span::new(earliest, latest);
        }
        // The ticker starts anew with each of the first syncs.
        let anew = self.started.plus(0, SYNC * self.syncs);
        let before = delayed.lo.saturating_sub(anew.hi).div_ceil(period) * period;
        let after = latest.saturating_sub(anew.lo + 1) / period * period;
        Span::new(
            earliest.max(anew.lo.saturating_add(before)),
            latest.min(anew.hi.saturating_add(after)),
        )
    }

    fn ready(&self, first: Span) -> Span {
        let (least, most) = self.step();
        let others = self.probe.success_threshold.saturating_sub(1);
        Span::new(
            self.ready_earliest(first, others, least),
            self.ready_latest(first, others, most),
        )
    }

    /// Syncs make some of the attempts at once.
    fn ready_earliest(&self, first: Span, others: u32, step: Time) -> Time {
        let others = Time::from(others);
        let after = |from: Time, syncs: Time, apart: Time| {
            let synced = syncs.min(others);
            let ticked = step.saturating_mul(others - synced);
            from.saturating_add(ASK.0 + apart.min(step) * synced)
                .saturating_add(ticked)
        };
        if self.pokes > 0 || self.has_startup {
            return after(first.lo, Time::from(self.pokes) + self.syncs, 0);
        }
        // Each of these syncs follows a look at all Pods, and a tick may come with it.
        let apart = if self.looks_on_demand || step <= SECOND {
            0
        } else {
            SECOND
        };
        if self.delayed().lo > self.started.hi {
            // The first sync makes none, unless its trigger was lost.
            let lost = after(self.started.lo.saturating_add(step), self.syncs, 0);
            return after(first.lo, self.syncs - 1, apart).min(lost.max(first.lo));
        }
        after(first.lo, self.syncs, apart)
    }

    fn ready_latest(&self, first: Span, others: u32, step: Time) -> Time {
        let listens = self.start.hi.saturating_add(LISTEN);
        let mut latest = first.hi;
        if !self.has_startup && self.probe.initial_delay.is_zero() && others > 0 {
            // A lost trigger makes up for it: the first attempt makes the Pod sync.
            latest = self.started.hi;
        }
        if !self.has_startup && first.lo <= listens {
            let connected = listens.saturating_add(connecting(self.probe));
            latest = latest.max(connected).max(if self.looks_on_demand {
                // Two syncs may come before the program listens.
                listens.saturating_add(step)
            } else {
                self.started.hi.saturating_add(SYNC)
            });
        }
        let others = step.saturating_mul(Time::from(others));
        latest.saturating_add(others).saturating_add(2 * ASK.1)
    }
}

/// Returns the time that a refused attempt goes on.
pub(super) fn connecting(probe: &ProbePlan) -> Time {
    if probe.connects_again {
        time(probe.timeout)
    } else {
        0
    }
}

fn gcd(a: Time, b: Time) -> Time {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Returns whether an attempt that comes before the program listens can have consequences.
pub(super) fn is_hasty(own: &ContainerPlan, course: &Course) -> bool {
    let listens = course.start.hi.saturating_add(LISTEN);
    own.probes.iter().any(|probe| {
        let first = course.first[probe.kind as usize];
        probe.kind != ProbeKind::Readiness
            && probe.failure_threshold == 1
            && !probe.is_errored
            && first.is_some_and(|first| first.lo <= listens)
    })
}
