//! The course of a Pod that has run: the kubelet's events about its probes, and its restarts.

use k8s_openapi::api::core::v1::{ContainerStatus, Event};
use k8s_openapi::jiff::Timestamp;
use pod_model::lookup::{Answers, Completeness, Need};
use pod_model::selector::FieldSelector;
use serde::Serialize;

use crate::targets::Target;

/// The course of a Pod.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Observed {
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
pub(super) struct SeenContainer {
    pub name: String,
    pub restart_count: i32,
    pub ready: bool,
    /// Start of the current run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
}

/// The run of a container before the current one.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LastRun {
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub exit_code: i32,
}

/// Events of the kubelet with one message.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SeenEvent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// `Unhealthy`, `Killing` or `ProbeWarning`.
    pub reason: String,
    pub message: String,
    pub count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// Reasons of events about probes.
///
/// Upstream: `k8s.io/kubernetes/pkg/kubelet/events/event.go`.
const REASONS: [&str; 3] = ["Unhealthy", "Killing", "ProbeWarning"];

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

fn events_of(target: &Target) -> Option<FieldSelector> {
    let uid = target.metadata.uid.as_deref().filter(|uid| !uid.is_empty());
    let name = target.metadata.name.as_deref();
    Some(match (uid, name) {
        (Some(uid), _) => FieldSelector::equal([("involvedObject.uid", uid)]),
        (None, Some(name)) => FieldSelector::equal([
            ("involvedObject.kind", "Pod"),
            ("involvedObject.name", name),
        ]),
        (None, None) => return None,
    })
}

/// Returns the look-up of a Pod's events, if it has run.
pub(super) fn needs(target: &Target) -> Vec<Need> {
    let selector = has_run(target).then(|| events_of(target)).flatten();
    let need = |selector| Need::with_fields::<Event>(&target.pod_namespace, selector);
    selector.map(need).into_iter().collect()
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
    let (mut events, unread) = match events_of(target) {
        None => (Vec::new(), Some("the Pod has no name".to_owned())),
        Some(selector) => {
            let list = answers.with_fields::<Event>(&target.pod_namespace, &selector);
            let unread = match list.completeness {
                Completeness::Complete => None,
                // Those of a file are all that there are.
                Completeness::NotAsked => {
                    list.objects.is_empty().then(|| "not asked for".to_owned())
                }
                Completeness::Forbidden => Some("not allowed to list them".to_owned()),
                Completeness::Failed => {
                    Some(list.failure.unwrap_or("the cluster failed").to_owned())
                }
            };
            let events = list.objects.iter().filter_map(|found| seen(found.object));
            (events.collect::<Vec<_>>(), unread)
        }
    };
    events.sort_by_key(|event| event.first_seen);
    let conditions = status.conditions.iter().flatten();
    let ready = conditions
        .filter(|condition| condition.type_ == "ContainersReady" && condition.status == "True")
        .find_map(|condition| condition.last_transition_time.as_ref());
    Some(Observed {
        containers: statuses.map(container).collect(),
        events,
        unread,
        ready_since: ready.map(|time| time.0),
    })
}

fn seen(event: &Event) -> Option<SeenEvent> {
    let reason = event.reason.as_deref()?;
    let source = event.source.as_ref();
    let component = source.and_then(|source| source.component.as_deref());
    let component = component.or(event.reporting_component.as_deref());
    if !REASONS.contains(&reason) || component != Some("kubelet") {
        return None;
    }
    let field = event.involved_object.field_path.as_deref();
    let container = field.and_then(|field| field.split_once('{')?.1.strip_suffix('}'));
    let time = event.event_time.as_ref().map(|time| time.0);
    let first = event.first_timestamp.as_ref().map(|time| time.0).or(time);
    let last = event.last_timestamp.as_ref().map(|time| time.0).or(time);
    Some(SeenEvent {
        container: container.map(str::to_owned),
        reason: reason.to_owned(),
        message: event
            .message
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        count: event
            .count
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(1)
            .max(1),
        first_seen: first,
        last_seen: last.or(first),
    })
}

fn container(status: &ContainerStatus) -> SeenContainer {
    let state = status.state.as_ref();
    let running = state.and_then(|state| state.running.as_ref());
    let last = status.last_state.as_ref();
    let last = last.and_then(|state| state.terminated.as_ref());
    SeenContainer {
        name: status.name.clone(),
        restart_count: status.restart_count,
        ready: status.ready,
        started_at: running
            .and_then(|running| running.started_at.as_ref())
            .map(|time| time.0),
        last_run: last.and_then(|last| {
            Some(LastRun {
                started_at: last.started_at.as_ref()?.0,
                finished_at: last.finished_at.as_ref()?.0,
                exit_code: last.exit_code,
            })
        }),
    }
}
