//! A Pod of a simulated Job, and the object that the controller sees of it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    ContainerState, ContainerStateTerminated, ContainerStatus, Pod, PodStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::life_restart::RestartWait;
use super::manage::Creation;
use super::pod::{COMPLETION_INDEX, FAILURE_COUNT, IGNORED_FAILURE_COUNT, TRACKING_FINALIZER};

/// The end of a run of a Pod, or of its container if that is restarted in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its exit code; 0 is a success.
    pub exit_code: i32,
    /// Time from its start to its end.
    pub takes: SignedDuration,
}

/// The runs of a Pod's container, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    /// The first ones.
    pub(super) first: Vec<Run>,
    /// All others; `None` if they run for ever.
    pub(super) then: Option<Run>,
    /// True if a failure is followed by the next one in the same Pod.
    pub(super) restart_in_place: bool,
}

/// A Pod of a simulated Job.
pub(super) struct LifePod {
    number: usize,
    pub(super) creation: Creation,
    created_at: Timestamp,
    runs: Runs,
    /// Begin of the run, or the end of the wait before it.
    starts_at: Timestamp,
    is_waiting: bool,
    wait: RestartWait,
    restarts: i32,
    ended: Option<(Timestamp, i32)>,
    pub(super) is_deleted: bool,
    pub(super) is_tracked: bool,
}

/// A change of a Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PodChange {
    /// It ends with this exit code.
    Ended(i32),
    /// Its container ends with this exit code, and is to be restarted.
    Crashed(i32),
    /// Its container is restarted, so many times by now.
    Restarted(i32),
}

impl LifePod {
    pub(super) fn new(
        number: usize,
        creation: Creation,
        created_at: Timestamp,
        runs: Runs,
    ) -> Self {
        Self {
            number,
            creation,
            created_at,
            runs,
            starts_at: created_at,
            is_waiting: false,
            wait: RestartWait::default(),
            restarts: 0,
            ended: None,
            is_deleted: false,
            is_tracked: true,
        }
    }

    pub(super) fn name(&self) -> String {
        format!("pod-{}", self.number)
    }

    /// Returns the number in a Pod's name.
    pub(super) fn number(name: &str) -> Option<usize> {
        name.strip_prefix("pod-")?.parse().ok()
    }

    fn run(&self) -> Option<Run> {
        let number = usize::try_from(self.restarts).unwrap_or(usize::MAX);
        self.runs.first.get(number).copied().or(self.runs.then)
    }

    /// Returns the time of its next change.
    pub(super) fn next_change(&self) -> Option<Timestamp> {
        if self.is_deleted || self.ended.is_some() {
            return None;
        }
        if self.is_waiting {
            return Some(self.starts_at);
        }
        self.starts_at.checked_add(self.run()?.takes).ok()
    }

    /// Changes it if the time of its next change has come.
    pub(super) fn change_by(&mut self, now: Timestamp) -> Option<PodChange> {
        let at = self.next_change().filter(|at| *at <= now)?;
        if self.is_waiting {
            self.is_waiting = false;
            self.restarts = self.restarts.saturating_add(1);
            return Some(PodChange::Restarted(self.restarts));
        }
        let code = self.run()?.exit_code;
        if code == 0 || !self.runs.restart_in_place {
            self.ended = Some((at, code));
            return Some(PodChange::Ended(code));
        }
        self.is_waiting = true;
        self.starts_at = self.wait.restarts_at(self.starts_at, at);
        Some(PodChange::Crashed(code))
    }
}

/// Returns the object of a Pod, in which this container ends. One that is deleted has ended at
/// once.
pub(super) fn pod_of(pod: &LifePod, container: &str) -> Pod {
    let mut annotations = BTreeMap::new();
    if let Some(index) = pod.creation.index {
        annotations.insert(COMPLETION_INDEX.to_owned(), index.to_string());
    }
    if let Some(failures) = pod.creation.failures {
        annotations.insert(FAILURE_COUNT.to_owned(), failures.counted.to_string());
        annotations.insert(
            IGNORED_FAILURE_COUNT.to_owned(),
            failures.ignored.to_string(),
        );
    }
    let phase = match pod.ended {
        Some((_, 0)) => "Succeeded",
        Some(_) => "Failed",
        None if pod.is_deleted => "Failed",
        None => "Running",
    };
    let terminated = pod.ended.map(|(end, exit_code)| ContainerStateTerminated {
        exit_code,
        finished_at: Some(Time(end)),
        ..ContainerStateTerminated::default()
    });
    let container = ContainerStatus {
        name: container.to_owned(),
        restart_count: pod.restarts,
        state: Some(ContainerState {
            terminated,
            ..ContainerState::default()
        }),
        ..ContainerStatus::default()
    };
    Pod {
        metadata: ObjectMeta {
            name: Some(pod.name()),
            uid: Some(pod.name()),
            annotations: Some(annotations),
            creation_timestamp: Some(Time(pod.created_at)),
            finalizers: pod.is_tracked.then(|| vec![TRACKING_FINALIZER.to_owned()]),
            ..ObjectMeta::default()
        },
        status: Some(PodStatus {
            phase: Some(phase.to_owned()),
            container_statuses: Some(vec![container]),
            ..PodStatus::default()
        }),
        ..Pod::default()
    }
}
