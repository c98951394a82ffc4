//! The row of a Pod.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::{ContainerStatus, Pod, PodSpec, PodStatus};
use k8s_openapi::jiff::Timestamp;

use super::duration::{human_duration, is_after_zero};
use super::origin::{ContainerName, StatusOrigin, StatusRule, StatusText};
use crate::container::ContainerType;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// The row of a Pod in the table of `kubectl get pods`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodRow {
    /// Number of ready containers in READY, sidecars included. App containers count once
    /// the Pod is initialized.
    pub ready: usize,
    /// Number of containers in READY: app containers and sidecars of the spec.
    pub total: usize,
    /// STATUS.
    pub status: StatusText,
    /// The text that STATUS would have without the deletion, if the deletion sets it.
    pub masked: Option<StatusText>,
    /// The number in RESTARTS. Init containers count until the Pod is initialized.
    pub restarts: i64,
    /// The latest end of a run that has a successor, for RESTARTS.
    pub last_restart: Option<Timestamp>,
}

impl PodRow {
    /// Returns the READY column: `1/2`.
    pub fn ready_column(&self) -> String {
        format!("{}/{}", self.ready, self.total)
    }

    /// Returns the RESTARTS column: `3 (5m ago)`.
    pub fn restarts_column(&self, now: Timestamp) -> String {
        match self.last_restart {
            Some(last) if self.restarts != 0 => {
                format!("{} ({} ago)", self.restarts, human_duration(last, now))
            }
            _ => self.restarts.to_string(),
        }
    }
}

/// Returns the row of a Pod as a server of a version prints it.
///
/// Upstream: pkg/printers/internalversion/printers.go, `printPod`.
pub fn pod_row(pod: &Pod, version: KubernetesVersion) -> PodRow {
    let (no_spec, no_status) = (PodSpec::default(), PodStatus::default());
    let spec = pod.spec.as_ref().unwrap_or(&no_spec);
    let status = pod.status.as_ref().unwrap_or(&no_status);
    let init = spec.init_containers.as_deref().unwrap_or_default();
    let sidecars = init
        .iter()
        .filter(|c| c.restart_policy.as_deref() == Some("Always"));
    let mut row = PodRow {
        ready: 0,
        total: spec.containers.len() + sidecars.count(),
        status: of_pod(status),
        masked: None,
        restarts: 0,
        last_restart: None,
    };
    let restarts = add_init_containers(&mut row, spec, status);
    let is_initialized = restarts.is_done || is_initialized(status);
    if is_initialized {
        (row.restarts, row.last_restart) = (restarts.sidecars.count, restarts.sidecars.last);
        add_containers(&mut row, status, version);
    } else {
        (row.restarts, row.last_restart) = (restarts.all.count, restarts.all.last);
    }
    if pod.metadata.deletion_timestamp.is_some() {
        let text = deletion_text(status);
        row.masked = text.map(|text| std::mem::replace(&mut row.status, text));
    }
    row
}

/// Returns the text of the fields that are about the whole Pod.
fn of_pod(status: &PodStatus) -> StatusText {
    let path = FieldPath::root().field("status");
    let phase = status.phase.as_deref().unwrap_or_default();
    let mut text = StatusText::of_object(phase, StatusRule::Phase, path.field("phase"));
    if let Some(reason) = status.reason.as_deref().filter(|text| !text.is_empty()) {
        text = StatusText::of_object(reason, StatusRule::PodReason, path.field("reason"));
    }
    let conditions = status.conditions.iter().flatten().enumerate();
    let mut gated = conditions.filter(|(_, condition)| {
        condition.type_ == "PodScheduled" && condition.reason.as_deref() == Some(SCHEDULING_GATED)
    });
    if let Some((index, _)) = gated.next() {
        let path = path.field("conditions").index(index).field("reason");
        text = StatusText::of_object(SCHEDULING_GATED, StatusRule::SchedulingGated, path);
    }
    text
}

const SCHEDULING_GATED: &str = "SchedulingGated";

/// Returns the text that a deletion sets. A Pod that has ended keeps its text.
fn deletion_text(status: &PodStatus) -> Option<StatusText> {
    let root = FieldPath::root();
    if status.reason.as_deref() == Some("NodeLost") {
        let path = root.field("status").field("reason");
        return Some(StatusText::of_object("Unknown", StatusRule::NodeLost, path));
    }
    let has_ended = matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let path = root.field("metadata").field("deletionTimestamp");
    let text = StatusText::of_object("Terminating", StatusRule::Deletion, path);
    (!has_ended).then_some(text)
}

/// Restarts of some containers.
#[derive(Default)]
struct Restarts {
    count: i64,
    last: Option<Timestamp>,
}

impl Restarts {
    fn add(&mut self, status: &ContainerStatus) {
        self.count += i64::from(status.restart_count);
        let last = status.last_state.as_ref();
        let last = last.and_then(|state| state.terminated.as_ref()?.finished_at.as_ref());
        let last = last.map(|time| time.0).filter(|time| is_after_zero(*time));
        self.last = self.last.max(last);
    }
}

/// Restarts up to the first container that has not done its part.
struct InitRestarts {
    all: Restarts,
    sidecars: Restarts,
    is_done: bool,
}

/// Sets the text of the first init container or sidecar that has not done its part, and
/// counts the sidecars before it that are ready.
fn add_init_containers(row: &mut PodRow, spec: &PodSpec, status: &PodStatus) -> InitRestarts {
    let statuses = status.init_container_statuses.as_deref();
    let sidecars = sidecar_names(spec);
    let mut restarts = InitRestarts {
        all: Restarts::default(),
        sidecars: Restarts::default(),
        is_done: true,
    };
    for (index, own) in statuses.unwrap_or_default().iter().enumerate() {
        let container_type = init_type(&sidecars, &own.name);
        let is_sidecar = container_type == ContainerType::Sidecar;
        restarts.all.add(own);
        if is_sidecar {
            restarts.sidecars.add(own);
        }
        let state = own.state.as_ref();
        let terminated = state.and_then(|state| state.terminated.as_ref());
        if terminated.is_some_and(|terminated| terminated.exit_code == 0) {
            continue;
        }
        if is_sidecar && own.started == Some(true) {
            row.ready += usize::from(own.ready);
            continue;
        }
        let container = ContainerName {
            name: own.name.clone(),
            container_type,
        };
        row.status = init_text(index, own, spec, container);
        restarts.is_done = false;
        break;
    }
    restarts
}

/// Returns the text of an init container or a sidecar that has not done its part.
fn init_text(
    index: usize,
    status: &ContainerStatus,
    spec: &PodSpec,
    container: ContainerName,
) -> StatusText {
    let path = FieldPath::root()
        .field("status")
        .field("initContainerStatuses")
        .index(index)
        .field("state");
    let (text, rule, path) = if let Some((text, path)) = terminated_text(status, &path) {
        (text, StatusRule::InitTerminated, path)
    } else if let Some(reason) = waiting_reason(status).filter(|text| *text != "PodInitializing") {
        let path = path.field("waiting").field("reason");
        (reason.to_owned(), StatusRule::InitWaiting, path)
    } else {
        let total = spec.init_containers.as_ref().map_or(0, Vec::len);
        let progress = format!("{index}/{total}");
        (progress, StatusRule::InitProgress, path)
    };
    StatusText {
        text: format!("Init:{text}"),
        origin: StatusOrigin {
            rule,
            path,
            container: Some(container),
        },
    }
}

/// Sets the text of the first app container that waits for a reason or has terminated, and
/// counts those that are ready.
fn add_containers(row: &mut PodRow, status: &PodStatus, version: KubernetesVersion) {
    let statuses = status.container_statuses.as_deref().unwrap_or_default();
    let mut restarts = Restarts {
        count: row.restarts,
        last: row.last_restart,
    };
    let (mut has_running, mut error) = (false, None);
    for (index, own) in statuses.iter().enumerate().rev() {
        restarts.add(own);
        let state = own.state.as_ref();
        if let Some(text) = container_text(index, own) {
            row.status = text;
            let terminated = state.and_then(|state| state.terminated.as_ref());
            if row.status.origin.rule == StatusRule::Terminated
                && terminated.is_some_and(|terminated| terminated.exit_code != 0)
            {
                error = Some(row.status.clone());
            }
        } else if own.ready && state.is_some_and(|state| state.running.is_some()) {
            has_running = true;
            row.ready += 1;
        }
    }
    (row.restarts, row.last_restart) = (restarts.count, restarts.last);
    if row.status.text == "Completed" {
        // Before 1.35, a container that failed beside it was not looked for.
        let error = error.filter(|_| version >= KubernetesVersion::V1_35);
        correct_completed(row, status, has_running, error);
    }
}

/// Replaces `Completed` where another container runs or has failed.
fn correct_completed(
    row: &mut PodRow,
    status: &PodStatus,
    has_running: bool,
    error: Option<StatusText>,
) {
    let conditions = FieldPath::root().field("status").field("conditions");
    let ready = |is_ready: bool| {
        let mut all = status.conditions.iter().flatten();
        all.position(|c| c.type_ == "Ready" && (c.status == "True") == is_ready)
    };
    let path = |index: usize| conditions.index(index).field("status");
    if has_running && let Some(index) = ready(true) {
        let rule = StatusRule::RunningBesideCompleted;
        row.status = StatusText::of_object("Running", rule, path(index));
    } else if let Some(mut error) = error {
        error.origin.rule = StatusRule::ErrorBesideCompleted;
        row.status = error;
    } else if has_running {
        let rule = StatusRule::NotReadyBesideCompleted;
        let path = ready(false).map_or_else(|| conditions.clone(), path);
        row.status = StatusText::of_object("NotReady", rule, path);
    }
}

/// Returns the text of an app container that waits for a reason or has terminated.
pub(super) fn container_text(index: usize, status: &ContainerStatus) -> Option<StatusText> {
    let list = FieldPath::root().field("status").field("containerStatuses");
    let path = list.index(index).field("state");
    let (text, rule, path) = if let Some(reason) = waiting_reason(status) {
        let path = path.field("waiting").field("reason");
        (reason.to_owned(), StatusRule::Waiting, path)
    } else {
        let (text, path) = terminated_text(status, &path)?;
        (text, StatusRule::Terminated, path)
    };
    let container = ContainerName {
        name: status.name.clone(),
        container_type: ContainerType::App,
    };
    Some(StatusText {
        text,
        origin: StatusOrigin {
            rule,
            path,
            container: Some(container),
        },
    })
}

/// Returns the reason of a container that waits for one.
fn waiting_reason(status: &ContainerStatus) -> Option<&str> {
    let waiting = status.state.as_ref()?.waiting.as_ref()?;
    waiting.reason.as_deref().filter(|text| !text.is_empty())
}

/// Returns the reason, signal or exit code of a container that has terminated, with its
/// path from that of `state` on.
fn terminated_text(status: &ContainerStatus, state: &FieldPath) -> Option<(String, FieldPath)> {
    let terminated = status.state.as_ref()?.terminated.as_ref()?;
    let path = state.field("terminated");
    let reason = terminated.reason.as_deref().unwrap_or_default();
    let signal = terminated.signal.filter(|signal| *signal != 0);
    Some(match (reason, signal) {
        ("", Some(signal)) => (format!("Signal:{signal}"), path.field("signal")),
        ("", None) => {
            let text = format!("ExitCode:{}", terminated.exit_code);
            (text, path.field("exitCode"))
        }
        (reason, _) => (reason.to_owned(), path.field("reason")),
    })
}

/// Returns the names of the sidecars. Of several init containers with one name the last
/// decides.
pub(super) fn sidecar_names(spec: &PodSpec) -> HashSet<&str> {
    let mut names = HashSet::new();
    for container in spec.init_containers.iter().flatten() {
        if container.restart_policy.as_deref() == Some("Always") {
            names.insert(container.name.as_str());
        } else {
            names.remove(container.name.as_str());
        }
    }
    names
}

/// Returns the type of a container with a status in `initContainerStatuses`.
pub(super) fn init_type(sidecars: &HashSet<&str>, name: &str) -> ContainerType {
    if sidecars.contains(name) {
        ContainerType::Sidecar
    } else {
        ContainerType::Init
    }
}

/// Returns whether the first Initialized condition is True.
fn is_initialized(status: &PodStatus) -> bool {
    let mut conditions = status.conditions.iter().flatten();
    let own = conditions.find(|condition| condition.type_ == "Initialized");
    own.is_some_and(|condition| condition.status == "True")
}
