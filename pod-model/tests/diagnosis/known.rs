//! A random Pod with what may be known about it.

use k8s_openapi::api::core::v1::{ContainerStatus, Node, Pod};
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::diagnosis::{Diagnosis, PodEvent, Scene, diagnose};
use serde_json::{Value, json};

use crate::events::events;
use crate::random::Rng;
use crate::random::status::{odd_pod, pod_with_status};
use crate::{CLOCK, NOW};

/// Reasons of a container that waits since something is wrong.
const ERRORS: [&str; 8] = [
    "CrashLoopBackOff",
    "ErrImagePull",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
];

fn node(rng: &mut Rng) -> Node {
    let ready = rng.pick(&["True", "True", "False", "Unknown"]);
    let node = json!({
        "metadata": {"name": "node-1"},
        "spec": {"unschedulable": rng.percent(10)},
        "status": {"conditions": [{"type": "Ready", "status": ready}], "allocatable": {"cpu": "4"}},
    });
    serde_json::from_value(node).unwrap()
}

/// A Pod with what may be known about it.
pub(crate) struct Known {
    pub(crate) object: Value,
    pub(crate) pod: Pod,
    pub(crate) events: Vec<PodEvent>,
    pub(crate) node: Node,
    pub(crate) has_events: bool,
    pub(crate) has_node: bool,
    pub(crate) version: KubernetesVersion,
}

impl Known {
    pub(crate) fn any(rng: &mut Rng) -> Self {
        let object = if rng.percent(60) {
            pod_with_status(rng, CLOCK)
        } else {
            odd_pod(rng, CLOCK)
        };
        Self::of(rng, object)
    }

    pub(crate) fn of(rng: &mut Rng, object: Value) -> Self {
        let has_events = rng.percent(85);
        Self {
            pod: serde_json::from_value(object.clone()).unwrap(),
            object,
            events: if has_events { events(rng) } else { Vec::new() },
            node: node(rng),
            has_events,
            has_node: rng.percent(70),
            version: rng.pick(&KubernetesVersion::ALL),
        }
    }

    pub(crate) fn diagnose(&self) -> Diagnosis {
        self.with(|scene| diagnose(&scene))
    }

    fn with<T>(&self, use_it: impl FnOnce(Scene<'_>) -> T) -> T {
        let nodes: &[&Node] = if self.has_node { &[&self.node] } else { &[] };
        use_it(Scene {
            pod: &self.pod,
            events: &self.events,
            has_events: self.has_events,
            now: Timestamp::from_second(NOW).ok(),
            version: self.version,
            node: nodes.first().copied(),
            nodes,
            claims: &[],
            volumes: &[],
            keys: &[],
        })
    }

    pub(crate) fn phase(&self) -> &str {
        let status = self.pod.status.as_ref();
        status
            .and_then(|own| own.phase.as_deref())
            .unwrap_or_default()
    }

    pub(crate) fn is_ready(&self) -> bool {
        let status = self.pod.status.as_ref();
        let mut conditions = status
            .and_then(|own| own.conditions.as_ref())
            .into_iter()
            .flatten();
        conditions.any(|own| own.type_ == "Ready" && own.status == "True")
    }

    pub(crate) fn is_deleted(&self) -> bool {
        self.pod.metadata.deletion_timestamp.is_some()
    }

    /// Returns whether a container waits since something is wrong; a sidecar of a Pod that has ended does not count.
    pub(crate) fn waits_with_an_error(&self) -> bool {
        let status = self.pod.status.as_ref();
        let lists = status.map(|own| [&own.init_container_statuses, &own.container_statuses]);
        let mut all = lists.into_iter().flatten().flatten().flatten();
        let spec = self.pod.spec.as_ref().unwrap();
        let has_ended = self.phase() == "Succeeded";
        let init = spec.init_containers.iter().flatten();
        let init = init.filter(|own| !has_ended || own.restart_policy.as_deref() != Some("Always"));
        let names: Vec<&str> = spec
            .containers
            .iter()
            .chain(init)
            .map(|own| own.name.as_str())
            .collect();
        all.any(|own: &ContainerStatus| {
            let waiting = own.state.as_ref().and_then(|state| state.waiting.as_ref());
            let reason = waiting.and_then(|waiting| waiting.reason.as_deref());
            // A status of no container is nobody's.
            names.contains(&own.name.as_str())
                && reason.is_some_and(|reason| ERRORS.contains(&reason))
        })
    }
}
