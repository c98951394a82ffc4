//! State of a container: what its probes have concluded, and whether it runs.

use std::cell::{Cell, Ref, RefCell};
use std::time::Duration;

use k8s_openapi::api::core::v1::{ContainerState as ApiState, ContainerStatus, PodStatus};
use pod_probe::{ProbeKind, ProbeResult, Verdict, Worker, WorkerState};
use tokio::sync::Notify;

use super::subject::Subject;

/// The container itself, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It runs.
    Running {
        /// Differs from one instance to the next.
        instance: String,
        /// Since the Unix epoch.
        started_at: Duration,
        /// True if the kubelet's own startup probe has succeeded.
        is_started: bool,
    },
    /// It does not run, for this reason.
    Waiting(String),
    /// Its Pod is gone or has ended.
    Gone,
}

impl Standing {
    /// A process that is no container.
    pub(super) fn local(started_at: Duration) -> Self {
        Self::Running {
            instance: String::new(),
            started_at,
            is_started: false,
        }
    }

    /// Reads the status of a container. The second value is true if it is ready.
    pub(super) fn of_status(status: Option<&PodStatus>, container: &str) -> (Self, bool) {
        let lists =
            status.map(|status| [&status.container_statuses, &status.init_container_statuses]);
        let mut all = lists.into_iter().flatten().flatten().flatten();
        let Some(own) = all.find(|own: &&ContainerStatus| own.name == container) else {
            return (Self::Waiting("not created yet".to_owned()), false);
        };
        let standing = match own.state.clone().unwrap_or_default() {
            ApiState {
                running: Some(running),
                ..
            } => {
                let started = running.started_at.map(|time| time.0.as_second());
                let seconds = started.and_then(|seconds| u64::try_from(seconds).ok());
                Self::Running {
                    instance: own.container_id.clone().unwrap_or_default(),
                    started_at: Duration::from_secs(seconds.unwrap_or_default()),
                    is_started: own.started.unwrap_or_default(),
                }
            }
            ApiState {
                terminated: Some(ended),
                ..
            } => Self::Waiting(format!("it ended with exit code {}", ended.exit_code)),
            ApiState {
                waiting: Some(waiting),
                ..
            } => Self::Waiting(waiting.reason.unwrap_or_else(|| "waiting".to_owned())),
            _ => Self::Waiting("waiting".to_owned()),
        };
        (standing, own.ready)
    }
}

/// State of a container whose probes are run.
pub(super) struct ContainerState {
    standing: RefCell<Standing>,
    /// One for each probe of the subject, in their order.
    workers: Vec<RefCell<Worker>>,
    /// The last verdict of each in words.
    last: Vec<RefCell<Option<String>>>,
    kinds: Vec<ProbeKind>,
    /// Readiness until our own probe has concluded.
    was_ready: bool,
    has_concluded: Cell<bool>,
    startup_attempts: Cell<u32>,
    /// True if the liveness probe has passed.
    has_lived: Cell<bool>,
    /// Signals that the container has started, or runs anew.
    pub(super) changed: Notify,
}

impl ContainerState {
    /// Returns the state before the first attempt.
    pub(super) fn new(subject: &Subject, standing: Standing, was_ready: bool) -> Self {
        let probes = || subject.probes.iter().map(|run| &run.probe);
        Self {
            standing: RefCell::new(standing),
            workers: probes().map(Worker::new).map(RefCell::new).collect(),
            last: probes().map(|_| RefCell::default()).collect(),
            kinds: probes().map(|probe| probe.kind).collect(),
            was_ready,
            has_concluded: Cell::new(false),
            startup_attempts: Cell::new(0),
            has_lived: Cell::new(false),
            changed: Notify::new(),
        }
    }

    pub(super) fn standing(&self) -> Ref<'_, Standing> {
        self.standing.borrow()
    }

    /// Returns whether its Pod is gone or has ended.
    pub(super) fn is_gone(&self) -> bool {
        matches!(*self.standing.borrow(), Standing::Gone)
    }

    /// Takes over what the cluster says. A new instance begins anew.
    pub(super) fn set_standing(&self, standing: Standing) {
        let instance = |standing: &Standing| match standing {
            Standing::Running { instance, .. } => Some(instance.clone()),
            _ => None,
        };
        let (new, old) = (instance(&standing), instance(&self.standing.borrow()));
        self.standing.replace(standing);
        if new.is_some() && new != old {
            self.has_lived.set(false);
            // The readiness that the cluster said was that of the instance before.
            self.has_concluded.set(true);
            for worker in &self.workers {
                worker.borrow_mut().restart();
            }
        }
        self.changed.notify_waiters();
    }

    /// Returns whether the probes of a kind wait: the startup probe holds the others back, and
    /// ends with its success.
    pub(super) fn is_held_back(&self, kind: ProbeKind) -> bool {
        if kind == ProbeKind::Startup && self.kinds == [ProbeKind::Startup] {
            return false;
        }
        (kind == ProbeKind::Startup) == self.has_started()
    }

    fn has_started(&self) -> bool {
        let is_started = matches!(
            *self.standing.borrow(),
            Standing::Running {
                is_started: true,
                ..
            }
        );
        is_started
            || self
                .result(ProbeKind::Startup)
                .is_none_or(|result| result == ProbeResult::Success)
    }

    fn result(&self, kind: ProbeKind) -> Option<ProbeResult> {
        let at = self.kinds.iter().position(|known| *known == kind)?;
        Some(self.workers.get(at)?.borrow().result())
    }

    /// Returns whether the container is ready, as the kubelet concludes from the probes.
    pub(super) fn is_ready(&self) -> bool {
        if !matches!(*self.standing.borrow(), Standing::Running { .. }) || !self.has_started() {
            return false;
        }
        match self.result(ProbeKind::Readiness) {
            None => true,
            Some(_) if !self.has_concluded.get() => self.was_ready,
            Some(result) => result == ProbeResult::Success,
        }
    }

    /// Returns whether only a liveness probe is run.
    pub(super) fn has_only_liveness(&self) -> bool {
        self.kinds == [ProbeKind::Liveness]
    }

    /// Returns whether nothing is known yet of a container of which only the liveness probe is run.
    pub(super) fn awaits_liveness(&self) -> bool {
        self.has_only_liveness() && !self.has_lived.get()
    }

    /// Counts the verdict of an attempt.
    pub(super) fn record(&self, probe: usize, verdict: Verdict) -> WorkerState {
        let worker = &self.workers[probe];
        let state = worker.borrow_mut().record(verdict);
        let is_reached = state.threshold > 0 && state.consecutive >= state.threshold;
        if self.kinds.get(probe) == Some(&ProbeKind::Readiness) && is_reached {
            self.has_concluded.set(true);
        }
        let has_passed = matches!(verdict, Verdict::Success | Verdict::Warning);
        if self.kinds.get(probe) == Some(&ProbeKind::Liveness) && has_passed {
            self.has_lived.set(true);
        }
        if self.kinds.get(probe) == Some(&ProbeKind::Startup) {
            self.startup_attempts.set(self.startup_attempts.get() + 1);
            if state.has_changed {
                self.changed.notify_waiters();
            }
        }
        state
    }

    /// Keeps an attempt in words, for the reason of a time-out.
    pub(super) fn set_last(&self, probe: usize, words: String) {
        if let Some(last) = self.last.get(probe) {
            last.replace(Some(words));
        }
    }

    /// Returns the number of attempts of the startup probe.
    pub(super) fn startup_attempts(&self) -> u32 {
        self.startup_attempts.get()
    }

    /// Lets a probe that has failed begin anew.
    pub(super) fn restart(&self, probe: usize) {
        if let Some(worker) = self.workers.get(probe) {
            worker.borrow_mut().restart();
        }
    }

    /// Returns whether a probe makes no attempt before the container runs anew.
    pub(super) fn is_on_hold(&self, probe: usize) -> bool {
        let worker = self.workers.get(probe);
        worker.is_some_and(|worker| worker.borrow().is_on_hold())
    }

    /// Returns the last verdict of the probe that keeps the container from being ready.
    pub(super) fn blame(&self) -> Option<String> {
        if let Standing::Waiting(reason) = &*self.standing.borrow() {
            return Some(reason.clone());
        }
        let kind = if self.awaits_liveness() {
            ProbeKind::Liveness
        } else if self.has_started() {
            ProbeKind::Readiness
        } else {
            ProbeKind::Startup
        };
        let at = self.kinds.iter().position(|known| *known == kind)?;
        self.last.get(at)?.borrow().clone()
    }
}
