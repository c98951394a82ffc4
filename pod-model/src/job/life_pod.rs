//! A Pod of a simulated Job, and the object that the controller sees of it.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    ContainerState, ContainerStateTerminated, ContainerStatus, Pod, PodStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::manage::Creation;
use super::pod::{COMPLETION_INDEX, FAILURE_COUNT, IGNORED_FAILURE_COUNT, TRACKING_FINALIZER};

/// The end of a run of a Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its exit code; 0 is a success.
    pub exit_code: i32,
    /// Time from its start to its end.
    pub takes: SignedDuration,
}

/// A Pod of a simulated Job.
pub(super) struct LifePod {
    number: usize,
    pub(super) creation: Creation,
    created_at: Timestamp,
    run: Option<Run>,
    ended_at: Option<Timestamp>,
    pub(super) is_deleted: bool,
    pub(super) is_tracked: bool,
}

impl LifePod {
    pub(super) fn new(
        number: usize,
        creation: Creation,
        created_at: Timestamp,
        run: Option<Run>,
    ) -> Self {
        Self {
            number,
            creation,
            created_at,
            run,
            ended_at: None,
            is_deleted: false,
            is_tracked: true,
        }
    }

    pub(super) fn name(&self) -> String {
        format!("pod-{}", self.number)
    }

    /// Returns the time of its end if it runs.
    pub(super) fn next_end(&self) -> Option<Timestamp> {
        if self.is_deleted || self.ended_at.is_some() {
            return None;
        }
        self.created_at.checked_add(self.run?.takes).ok()
    }

    /// Ends it if its time has come; returns the exit code if it ends now.
    pub(super) fn end_by(&mut self, now: Timestamp) -> Option<i32> {
        let end = self.next_end().filter(|end| *end <= now)?;
        self.ended_at = Some(end);
        self.run.map(|run| run.exit_code)
    }
}

/// Returns the object of a Pod. One that is deleted has ended at once.
pub(super) fn pod_of(pod: &LifePod) -> Pod {
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
    let code = pod.run.map_or(0, |run| run.exit_code);
    let phase = match pod.ended_at {
        Some(_) if code == 0 => "Succeeded",
        Some(_) => "Failed",
        None if pod.is_deleted => "Failed",
        None => "Running",
    };
    let terminated = pod.ended_at.map(|end| ContainerStateTerminated {
        exit_code: code,
        finished_at: Some(Time(end)),
        ..ContainerStateTerminated::default()
    });
    let container = ContainerStatus {
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
