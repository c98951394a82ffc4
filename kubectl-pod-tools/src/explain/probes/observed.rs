//! The course of a Pod that has run: the kubelet's events about its probes, and its restarts.

use std::time::Duration;

use k8s_openapi::api::core::v1::ContainerStatus;
use k8s_openapi::jiff::Timestamp;
use pod_model::lookup::{Answers, Need};
use serde::Serialize;

use super::seen_events::{SeenEvent, seen};
use crate::explain::events::Events;
use crate::targets::Target;

/// The course of a Pod.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Observed {
    pub containers: Vec<SeenContainer>,
    pub events: Vec<SeenEvent>,
    /// The reason why the events were not read, or `None` if they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// Time of the last change to Ready, if the Pod is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready_since: Option<Timestamp>,
}

/// The status of a container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SeenContainer {
    pub name: String,
    pub restart_count: i32,
    pub ready: bool,
    /// Start of the current run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// The reason why it does not run, such as `CrashLoopBackOff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
}

/// The last run of a container that has ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct LastRun {
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub exit_code: i32,
    /// Such as `OOMKilled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// True if the container had not run before.
    #[serde(skip)]
    pub is_first: bool,
}

impl LastRun {
    /// Returns the time that it took; both ends are whole seconds.
    pub(super) fn lasted(&self) -> Duration {
        let lasted = self.finished_at.duration_since(self.started_at);
        Duration::from_secs(u64::try_from(lasted.as_secs()).unwrap_or_default())
    }
}

/// Returns whether a target is a Pod that has run.
fn has_run(target: &Target) -> bool {
    let statuses = |target: &Target| {
        let status = target.status.as_ref()?;
        let own = status.container_statuses.iter().flatten();
        let init = status.init_container_statuses.iter().flatten();
        Some(own.chain(init).count())
    };
    target.is_pod() && statuses(target).is_some_and(|count| count > 0)
}

/// Returns the look-up of a Pod's events, if it has run.
pub(super) fn needs(target: &Target) -> Vec<Need> {
    let need = || Events::need("Pod", &target.metadata, &target.pod_namespace);
    has_run(target).then(need).flatten().into_iter().collect()
}

/// Returns the course of a Pod, or `None` if it has not run.
pub(super) fn observed(target: &Target, answers: &Answers) -> Option<Observed> {
    if !has_run(target) {
        return None;
    }
    let status = target.status.as_ref()?;
    let sidecars = status.init_container_statuses.iter().flatten();
    let is_sidecar = |status: &&ContainerStatus| {
        let mut init = target.spec.init_containers.iter().flatten();
        init.any(|own| own.name == status.name && own.restart_policy.as_deref() == Some("Always"))
    };
    let statuses = sidecars
        .filter(is_sidecar)
        .chain(status.container_statuses.iter().flatten());
    let about = Events::about("Pod", &target.metadata, &target.pod_namespace, answers);
    let mut events = seen(&about);
    events.sort_by_key(|event| event.first_seen);
    let conditions = status.conditions.iter().flatten();
    let ready = conditions
        .filter(|condition| condition.type_ == "ContainersReady" && condition.status == "True")
        .find_map(|condition| condition.last_transition_time.as_ref());
    Some(Observed {
        containers: statuses.map(container).collect(),
        events,
        unread: about.unread,
        ready_since: ready.map(|time| time.0),
    })
}

fn container(status: &ContainerStatus) -> SeenContainer {
    let state = status.state.as_ref();
    let running = state.and_then(|state| state.running.as_ref());
    let waiting = state.and_then(|state| state.waiting.as_ref());
    let ended = state.and_then(|state| state.terminated.as_ref());
    let last = status.last_state.as_ref();
    let last = ended.or_else(|| last.and_then(|state| state.terminated.as_ref()));
    let started = running.and_then(|running| running.started_at.as_ref());
    SeenContainer {
        name: status.name.clone(),
        restart_count: status.restart_count,
        ready: status.ready,
        started_at: started.map(|time| time.0),
        waiting: waiting.and_then(|waiting| waiting.reason.clone()),
        last_run: last.and_then(|last| {
            Some(LastRun {
                started_at: last.started_at.as_ref()?.0,
                finished_at: last.finished_at.as_ref()?.0,
                exit_code: last.exit_code,
                reason: last.reason.clone().filter(|reason| !reason.is_empty()),
                // A run that has ended counts as soon as the next one has started.
                is_first: status.restart_count == i32::from(running.is_some()),
            })
        }),
    }
}
