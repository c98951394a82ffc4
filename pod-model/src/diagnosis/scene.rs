//! The input: a Pod, its events, and what else is known of its place.

use k8s_openapi::api::core::v1::{
    ContainerStateTerminated, ContainerStatus, Node, PersistentVolume, PersistentVolumeClaim, Pod,
    PodCondition, PodSpec, PodStatus,
};
use k8s_openapi::jiff::Timestamp;

use super::event::PodEvent;
use super::words::seconds;
use crate::container::{ContainerType, ContainerView, containers};
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// Seconds in which much that fails at first is mended by others that start, too: programs, agents of the node.
pub(super) const YOUNG: i64 = 60;

/// Seconds in which a new node gets its agents: those of the network, and the drivers of volumes.
const NEW_NODE: i64 = 300;

/// Everything that is known about a Pod.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The Pod as the API server sent it, or as a file has it.
    pub pod: &'a Pod,
    /// The events about it, in any order.
    pub events: &'a [PodEvent],
    /// False if the events could not be read, or were not asked for.
    pub has_events: bool,
    /// The time of all this; absent where it is not known.
    pub now: Option<Timestamp>,
    /// The version whose rules apply.
    pub version: KubernetesVersion,
    /// The node of the Pod, if it is known.
    pub node: Option<&'a Node>,
    /// All nodes; empty where they are not known.
    pub nodes: &'a [&'a Node],
    /// The claims of its volumes that are known, with the events about each.
    pub claims: &'a [(&'a PersistentVolumeClaim, Vec<PodEvent>)],
    /// The volumes of these claims that are known.
    pub volumes: &'a [&'a PersistentVolume],
    /// The keys of the ConfigMaps and Secrets that its containers name, as far as they are known.
    pub keys: &'a [ObjectKeys],
}

/// The keys of a ConfigMap or a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKeys {
    /// `ConfigMap` or `Secret`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its keys.
    pub keys: Vec<String>,
}

/// A container with its state.
#[derive(Clone, Debug)]
pub(super) struct ContainerState<'a> {
    pub view: ContainerView<'a>,
    pub status: Option<&'a ContainerStatus>,
    /// Path of the status.
    pub path: String,
}

/// A run of a container that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended<'a> {
    pub run: &'a ContainerStateTerminated,
    /// True for `lastState`.
    pub is_last: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn spec(&self) -> Option<&'a PodSpec> {
        self.pod.spec.as_ref()
    }

    pub(super) fn status(&self) -> Option<&'a PodStatus> {
        self.pod.status.as_ref()
    }

    pub(super) fn phase(&self) -> &'a str {
        let status = self.status();
        let phase = status.and_then(|status| status.phase.as_deref());
        phase.unwrap_or_default()
    }

    /// Returns true if all containers have ended for good.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.phase(), "Succeeded" | "Failed")
    }

    pub(super) fn name(&self) -> &'a str {
        self.pod.metadata.name.as_deref().unwrap_or_default()
    }

    pub(super) fn node_name(&self) -> Option<&'a str> {
        let name = self.spec()?.node_name.as_deref()?;
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn condition(&self, kind: &str) -> Option<&'a PodCondition> {
        let conditions = self.status()?.conditions.as_ref()?;
        conditions.iter().find(|condition| condition.type_ == kind)
    }

    /// Returns true if a condition has this status.
    pub(super) fn is(&self, kind: &str, status: &str) -> bool {
        let condition = self.condition(kind);
        condition.is_some_and(|condition| condition.status == status)
    }

    /// Returns the seconds since a time, if both it and the present are known.
    pub(super) fn seconds_since(&self, time: Option<Timestamp>) -> Option<i64> {
        Some(seconds(time?, self.now?))
    }

    /// Returns the time at which the kubelet took up the Pod, or else the time of its creation.
    pub(super) fn begin(&self) -> Option<Timestamp> {
        let start = self.status().and_then(|own| own.start_time.as_ref());
        let created = self.pod.metadata.creation_timestamp.as_ref();
        start.or(created).map(|time| time.0)
    }

    /// Returns true if the Pod is known to be so new that first failures say little.
    pub(super) fn is_young(&self) -> bool {
        let age = self.seconds_since(self.begin());
        age.is_some_and(|age| age < YOUNG)
    }

    /// Returns true if the Pod, or its node, is known to be so new that agents of the node may still be on their way.
    pub(super) fn awaits_agents(&self) -> bool {
        let created = self
            .node
            .and_then(|node| node.metadata.creation_timestamp.as_ref());
        let age = self.seconds_since(created.map(|time| time.0));
        self.is_young() || age.is_some_and(|age| age < NEW_NODE)
    }

    /// Returns the time of the newest event of a container that the kubelet reports once the sandbox is there.
    ///
    /// Upstream: `SyncPod` in pkg/kubelet/kubelet.go waits for the volumes, and the runtime manager's makes the sandbox
    /// before it starts a container.
    pub(super) fn last_step(&self) -> Option<Timestamp> {
        let steps = self.events.iter().filter(|event| {
            matches!(
                event.reason.as_str(),
                "Pulling" | "Pulled" | "Created" | "Started"
            ) && event.is_from("kubelet")
        });
        steps.filter_map(|event| event.last).max()
    }

    /// Returns the restart policy of the Pod.
    pub(super) fn restart_policy(&self) -> &'a str {
        let policy = self.spec().and_then(|spec| spec.restart_policy.as_deref());
        policy.unwrap_or("Always")
    }

    /// Returns the containers, those that start first before the others.
    pub(super) fn containers(&self) -> Vec<ContainerState<'a>> {
        let (Some(spec), status) = (self.spec(), self.status()) else {
            return Vec::new();
        };
        let all = containers(spec, &FieldPath::root().field("spec")).into_iter();
        all.map(|view| {
            let (field, statuses) = match view.container_type {
                ContainerType::Init | ContainerType::Sidecar => (
                    "initContainerStatuses",
                    status.and_then(|status| status.init_container_statuses.as_ref()),
                ),
                ContainerType::App => (
                    "containerStatuses",
                    status.and_then(|status| status.container_statuses.as_ref()),
                ),
                ContainerType::Ephemeral => (
                    "ephemeralContainerStatuses",
                    status.and_then(|status| status.ephemeral_container_statuses.as_ref()),
                ),
            };
            let mut all = statuses.into_iter().flatten().enumerate();
            let own = all.find(|(_, status)| status.name == view.name);
            ContainerState {
                path: own.map_or_else(
                    || format!("status.{field}"),
                    |(index, _)| format!("status.{field}[{index}]"),
                ),
                status: own.map(|(_, status)| status),
                view,
            }
        })
        .collect()
    }

    /// Returns the events with a reason, about a container or about the Pod itself, the newest first. Those about
    /// containers are the kubelet's; anyone may write others.
    pub(super) fn events(&self, container: Option<&str>, reason: &str) -> Vec<&'a PodEvent> {
        let own = |event: &&PodEvent| {
            let is_believed = container.is_none() || event.is_from("kubelet");
            event.reason == reason && event.container.as_deref() == container && is_believed
        };
        let mut events: Vec<_> = self.events.iter().filter(own).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.last));
        events
    }
}

impl<'a> ContainerState<'a> {
    pub(super) fn name(&self) -> &'a str {
        self.view.name
    }

    /// Returns the reason and the message of a container that waits.
    pub(super) fn waiting(&self) -> Option<(&'a str, &'a str)> {
        let waiting = self.status?.state.as_ref()?.waiting.as_ref()?;
        let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default();
        Some((text(&waiting.reason), text(&waiting.message)))
    }

    pub(super) fn is_running(&self) -> bool {
        let state = self.status.and_then(|status| status.state.as_ref());
        state.is_some_and(|state| state.running.is_some())
    }

    pub(super) fn running_since(&self) -> Option<Timestamp> {
        let running = self.status?.state.as_ref()?.running.as_ref()?;
        running.started_at.as_ref().map(|time| time.0)
    }

    /// Returns the current state if it is an end.
    pub(super) fn ended(&self) -> Option<Ended<'a>> {
        let run = self.status?.state.as_ref()?.terminated.as_ref()?;
        Some(Ended {
            run,
            is_last: false,
        })
    }

    /// Returns the newest run that has ended.
    pub(super) fn latest_end(&self) -> Option<Ended<'a>> {
        self.ended().or_else(|| {
            let run = self.status?.last_state.as_ref()?.terminated.as_ref()?;
            Some(Ended { run, is_last: true })
        })
    }

    /// Returns the length of the run that goes on, in seconds, if it is known.
    pub(super) fn runs_for(&self, scene: &Scene<'_>) -> Option<i64> {
        scene.seconds_since(self.running_since())
    }

    pub(super) fn restarts(&self) -> i32 {
        self.status.map_or(0, |status| status.restart_count)
    }

    pub(super) fn is_ready(&self) -> bool {
        self.status.is_some_and(|status| status.ready)
    }

    /// Returns the memory limit of the container, as its spec has it.
    pub(super) fn memory_limit(&self) -> Option<String> {
        let limits = self.view.resources?.limits.as_ref()?;
        limits.get("memory").map(|limit| limit.0.clone())
    }

    /// Returns `container main`, or what the type is called.
    pub(super) fn noun(&self) -> String {
        format!("{} {}", self.view.container_type.noun(), self.name())
    }

    pub(super) fn state_path(&self, rest: &str) -> String {
        format!("{}.{rest}", self.path)
    }
}

impl Ended<'_> {
    pub(super) fn field(self) -> &'static str {
        if self.is_last {
            "lastState.terminated"
        } else {
            "state.terminated"
        }
    }

    pub(super) fn reason(&self) -> &str {
        self.run.reason.as_deref().unwrap_or_default()
    }

    pub(super) fn message(&self) -> &str {
        self.run.message.as_deref().unwrap_or_default().trim()
    }

    pub(super) fn at(self) -> Option<Timestamp> {
        self.run.finished_at.as_ref().map(|time| time.0)
    }

    pub(super) fn started(self) -> Option<Timestamp> {
        self.run.started_at.as_ref().map(|time| time.0)
    }

    /// Returns the length of the run in seconds, if both its ends are known.
    pub(super) fn lasted(self) -> Option<i64> {
        Some(seconds(self.started()?, self.at()?))
    }
}
