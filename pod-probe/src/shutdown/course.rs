//! The events of a shutdown, as ranges.
//!
//! Upstream, in `k8s.io/kubernetes/pkg/kubelet`: `SyncTerminatingPod` in kubelet.go,
//! `killContainersWithSyncResult`, `killContainer` and `executePreStopHook` in
//! kuberuntime/kuberuntime_container.go, `waitForTurn` in kuberuntime/kuberuntime_termination_order.go; and
//! `stopContainer` in `containerd/internal/cri/server/container_stop.go`.

use std::time::Duration;

use serde::Serialize;

use super::plan::{PreStop, ShutdownPlan, ShutdownRole, StoppingContainer, Stops};
use super::reason::ShutdownReason;
use super::span::Span;

/// A step of a container's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShutdownStep {
    /// The API has the deletion.
    Delete,
    /// Its preStop hook starts.
    #[serde(rename = "preStop")]
    PreStop,
    /// The hook has ended, or is not waited for any longer.
    #[serde(rename = "preStopEnd")]
    PreStopEnd,
    /// Its stop signal.
    SigTerm,
    /// Its time is over.
    SigKill,
    /// Its process has ended.
    Ended,
}

/// An event, with the range of its time from the deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShutdownEvent {
    /// Index of the container in the plan.
    pub container: usize,
    /// Its step.
    pub step: ShutdownStep,
    /// Earliest time.
    pub earliest: Duration,
    /// Latest time.
    pub latest: Duration,
    /// False if it depends on chance.
    pub is_certain: bool,
    /// The reason of the time.
    pub reason: ShutdownReason,
}

/// The kubelet's minimum after SIGTERM: `minimumGracePeriodInSeconds`.
const MINIMUM: Duration = Duration::from_secs(2);
/// Until the kubelet has seen the deletion, and its worker of the Pod acts.
const NOTICE: Span = Span::of_millis(0, 500);
/// To start a command in the container and to see its end, or to send a request.
const RUN: Span = Span::of_millis(1, 300);
/// The kubelet's own timers.
const TIMER: Span = Span::of_millis(0, 50);
/// To ask the runtime to stop a container.
const CALL: Span = Span::of_millis(0, 100);
/// From a signal to the end of a process, as the kubelet sees it.
const STOP: Span = Span::of_millis(1, 300);

/// Returns the events of a shutdown, by container, each in the order of its course.
pub fn shutdown(plan: &ShutdownPlan) -> Vec<ShutdownEvent> {
    let mut courses: Vec<Option<Course>> = vec![None; plan.containers.len()];
    let indexed = || plan.containers.iter().enumerate();
    for (index, own) in indexed().filter(|(_, own)| own.role != ShutdownRole::Sidecar) {
        courses[index] = Some(Course::of(plan, own, None));
    }
    let apps = indexed().filter(|(_, own)| own.role == ShutdownRole::App);
    let apps: Vec<usize> = apps.map(|(index, _)| index).collect();
    for (index, own) in indexed().rev() {
        if own.role != ShutdownRole::Sidecar {
            continue;
        }
        let before: Vec<usize> = apps.iter().copied().chain(own.next_sidecar).collect();
        let ends = before.iter().filter_map(|index| courses[*index].as_ref());
        let turn = ends.map(|own| own.ended.plus(CALL)).reduce(Span::later);
        let turn = turn.map(|at| Turn {
            at,
            before: before
                .iter()
                .map(|index| plan.containers[*index].name.clone())
                .collect(),
        });
        courses[index] = Some(Course::of(plan, own, turn.as_ref()));
    }
    let courses = courses.into_iter().enumerate();
    courses
        .filter_map(|(index, course)| Some(course?.events(index)))
        .flatten()
        .collect()
}

/// The turn of a sidecar.
struct Turn {
    /// The end of the last container that it waits for.
    at: Span,
    before: Vec<String>,
}

/// An event of one container.
#[derive(Clone, Debug)]
struct Event {
    step: ShutdownStep,
    at: Span,
    is_certain: bool,
    reason: ShutdownReason,
}

/// The course of one container.
#[derive(Clone, Debug)]
struct Course {
    steps: Vec<Event>,
    ended: Span,
}

impl Course {
    fn of(plan: &ShutdownPlan, own: &StoppingContainer, turn: Option<&Turn>) -> Self {
        let grace_period = plan.grace_period;
        let mut course = Self {
            steps: Vec::new(),
            ended: Span::ZERO,
        };
        let deleted = ShutdownReason::Deleted { grace_period };
        course.push(ShutdownStep::Delete, Span::ZERO, deleted);
        let elapsed = match own.pre_stop {
            Some(hook) => course.hook(hook, grace_period),
            None => Span::ZERO,
        };
        let hook_end = NOTICE.plus(elapsed);
        let grace = Span::new(grace_period, grace_period);
        // The kubelet counts whole seconds, so what is cut off is granted again.
        let deadline = NOTICE.plus(grace).plus(elapsed.fraction());
        let left = grace.since(elapsed.whole_seconds());
        let (signal, wait, waited) = match turn {
            Some(turn) => {
                let signal = hook_end.later(turn.at.earlier(deadline));
                (signal, signal.since(hook_end), Some(turn))
            }
            None => (hook_end, Span::ZERO, None),
        };
        let left = left.since(wait.whole_seconds());
        let granted = Span::new(left.lo.max(MINIMUM), left.hi.max(MINIMUM));
        let reason = signal_reason(own, waited, deadline, granted.hi, grace_period);
        let signal = signal.plus(CALL);
        course.push(ShutdownStep::SigTerm, signal, reason);
        let kill = signal
            .plus_exactly(MINIMUM)
            .later(deadline.plus(wait.fraction()).plus(CALL))
            .plus(TIMER);
        course.end(own.stops, signal, granted, kill, grace_period);
        course
    }

    fn push(&mut self, step: ShutdownStep, at: Span, reason: ShutdownReason) {
        self.push_perhaps(step, at, true, reason);
    }

    fn push_perhaps(
        &mut self,
        step: ShutdownStep,
        at: Span,
        is_certain: bool,
        reason: ShutdownReason,
    ) {
        self.steps.push(Event {
            step,
            at,
            is_certain,
            reason,
        });
    }

    /// Adds the hook; returns the time until it is over for the kubelet.
    fn hook(&mut self, hook: PreStop, grace_period: Duration) -> Span {
        self.push(ShutdownStep::PreStop, NOTICE, ShutdownReason::Together);
        let around = if hook.is_action || hook.fails {
            TIMER
        } else {
            RUN
        };
        let endless = grace_period.saturating_add(MINIMUM);
        let takes = hook.takes.unwrap_or(endless);
        let ends = Span::new(takes, takes).plus(around);
        let limit = Span::new(grace_period, grace_period);
        let elapsed = ends.earlier(limit.plus(TIMER));
        let reason = match hook {
            _ if takes >= grace_period => ShutdownReason::HookOverruns {
                takes,
                grace_period,
            },
            PreStop { fails: true, .. } => ShutdownReason::HookFails,
            PreStop { is_assumed, .. } => ShutdownReason::HookEnds { takes, is_assumed },
        };
        self.push(ShutdownStep::PreStopEnd, NOTICE.plus(elapsed), reason);
        elapsed
    }

    /// Adds the end, after SIGTERM with this much left.
    fn end(
        &mut self,
        stops: Stops,
        signal: Span,
        granted: Span,
        kill: Span,
        grace_period: Duration,
    ) {
        let by_itself = |takes| signal.plus_exactly(takes).plus(STOP);
        let killed = kill.plus(STOP);
        let kill_reason = if granted.hi <= MINIMUM {
            ShutdownReason::MinimumGrace { minimum: MINIMUM }
        } else {
            ShutdownReason::GracePeriod {
                grace_period,
                left: granted.hi,
            }
        };
        // One that ends in the moment of SIGKILL may end by either.
        let (is_killed, ended, reason) = match stops {
            Stops::After(takes) if takes + STOP.hi < granted.lo => {
                let reason = ShutdownReason::Stopped { takes };
                (None, by_itself(takes), reason)
            }
            Stops::After(takes) if takes <= granted.hi + TIMER.hi => {
                let ended = by_itself(takes);
                let latest = ended.hi.saturating_add(STOP.hi).min(killed.hi);
                let ended = Span::new(ended.lo.min(killed.lo), latest);
                (Some(false), ended, ShutdownReason::StoppedOrKilled)
            }
            Stops::Perhaps => {
                let ended = Span::new(by_itself(Duration::ZERO).lo, killed.hi);
                (Some(false), ended, ShutdownReason::StoppedOrKilled)
            }
            Stops::After(_) | Stops::Never => (Some(true), killed, ShutdownReason::Killed),
        };
        if let Some(is_certain) = is_killed {
            self.push_perhaps(ShutdownStep::SigKill, kill, is_certain, kill_reason);
        }
        self.push(ShutdownStep::Ended, ended, reason);
        self.ended = ended;
    }

    fn events(self, container: usize) -> impl Iterator<Item = ShutdownEvent> {
        self.steps.into_iter().map(move |own| ShutdownEvent {
            container,
            step: own.step,
            earliest: own.at.lo,
            latest: own.at.hi,
            is_certain: own.is_certain,
            reason: own.reason,
        })
    }
}

fn signal_reason(
    own: &StoppingContainer,
    turn: Option<&Turn>,
    deadline: Span,
    left: Duration,
    grace_period: Duration,
) -> ShutdownReason {
    match turn {
        Some(turn) if turn.at.lo >= deadline.hi => ShutdownReason::GraceUsedUp { grace_period },
        Some(turn) => ShutdownReason::AfterContainers {
            containers: turn.before.clone(),
            left,
            is_late: turn.at.hi >= deadline.lo,
        },
        None if own.pre_stop.is_some() => ShutdownReason::AfterHook { left },
        None => ShutdownReason::NoHook,
    }
}
