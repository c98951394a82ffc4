//! The `oom_score_adj` of a container: the higher, the sooner the kernel kills
//! its processes when the node's memory is used up.
//!
//! Upstream: `GetContainerOOMScoreAdjust` in pkg/kubelet/qos/policy.go and
//! helpers.go; `IsCriticalPod` in pkg/kubelet/types/pod_update.go.

use k8s_openapi::api::core::v1::{Container, Pod};

use super::effective::Part;
use super::list::amount_or_zero;
use super::options::Options;
use super::qos::{QosClass, qos_class};
use super::total::{is_pod_level_request_set, request_list};
use crate::container::{ContainerType, ContainerView};
use crate::features::Gate;
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// The value of the sandbox, which holds the Pod's namespaces; containerd's
/// `defaultSandboxOOMAdj`.
pub const SANDBOX_OOM_SCORE_ADJ: i64 = -998;

const GUARANTEED: i64 = -997;
const BEST_EFFORT: i64 = 1000;
const LEAST: i64 = 3;

/// The `oom_score_adj` of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OomScoreAdj {
    /// The value, or `None` if it depends on the node's memory, which is not known.
    pub value: Option<i64>,
    /// The reason for the value.
    pub reason: OomReason,
}

/// The reason for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OomReason {
    /// The Pod is critical for the node.
    NodeCritical,
    /// The Pod is Guaranteed.
    Guaranteed,
    /// The Pod is BestEffort.
    BestEffort,
    /// 1000, less the thousandths of the node's memory that the container requests.
    Request {
        /// The container's request, in bytes.
        request: i64,
        /// Its share of what the Pod requests beyond its containers, where the Pod requests
        /// something itself.
        share_of_pod: Option<i64>,
        /// The least request of an app container, for a sidecar: it is not killed before that.
        smallest_app: Option<i64>,
        /// The result of the formula was below 3 or above 999.
        kept_within: bool,
    },
}

/// The facts of a Pod that the `oom_score_adj` of each of its containers depends on.
#[derive(Clone, Copy, Debug)]
pub struct OomScores {
    is_node_critical: bool,
    class: QosClass,
    share_of_pod: Option<i64>,
    smallest_app: Option<i64>,
}

impl OomScores {
    /// Finds them once for all containers of a Pod.
    pub fn of(pod: &Pod, version: KubernetesVersion) -> Self {
        Self {
            is_node_critical: is_node_critical(pod),
            class: qos_class(pod, version),
            share_of_pod: share_of_pod(pod, version),
            smallest_app: smallest_app(pod, version),
        }
    }

    /// Returns the `oom_score_adj` of a container of the Pod on a node with that capacity of memory.
    pub fn of_container(
        &self,
        container: &ContainerView<'_>,
        node_memory: Option<i64>,
    ) -> OomScoreAdj {
        let fixed = |value, reason| OomScoreAdj {
            value: Some(value),
            reason,
        };
        if self.is_node_critical {
            return fixed(GUARANTEED, OomReason::NodeCritical);
        }
        match self.class {
            QosClass::Guaranteed => fixed(GUARANTEED, OomReason::Guaranteed),
            QosClass::BestEffort => fixed(BEST_EFFORT, OomReason::BestEffort),
            QosClass::Burstable => self.burstable(container, node_memory),
        }
    }

    fn burstable(&self, container: &ContainerView<'_>, node_memory: Option<i64>) -> OomScoreAdj {
        let requests = Part::Requests.of(container.resources);
        let request = amount_or_zero(requests, "memory").value();
        let share_of_pod = self.share_of_pod;
        let is_sidecar = container.container_type == ContainerType::Sidecar;
        let smallest_app = self.smallest_app.filter(|_| is_sidecar);
        let node_memory = node_memory.filter(|bytes| *bytes > 0);
        let score = |request: i64, node: i64| {
            let request = request.wrapping_add(share_of_pod.unwrap_or_default());
            1000_i64.wrapping_sub(1000_i64.wrapping_mul(request) / node)
        };
        let computed = node_memory.map(|node| {
            let own = score(request, node);
            smallest_app.map_or(own, |least| own.min(score(least, node)))
        });
        let value = computed.map(|score| match score {
            ..LEAST => LEAST,
            BEST_EFFORT => BEST_EFFORT - 1,
            score => score,
        });
        OomScoreAdj {
            value,
            reason: OomReason::Request {
                request,
                share_of_pod,
                smallest_app,
                kept_within: value != computed,
            },
        }
    }
}

/// Returns the `oom_score_adj` of one container; [`OomScores`] is for all of a Pod.
pub fn oom_score_adj(
    pod: &Pod,
    container: &ContainerView<'_>,
    version: KubernetesVersion,
    node_memory: Option<i64>,
) -> OomScoreAdj {
    OomScores::of(pod, version).of_container(container, node_memory)
}

fn memory(container: &Container) -> i64 {
    amount_or_zero(Part::Requests.of(container.resources.as_ref()), "memory").value()
}

/// Upstream: `remainingPodMemReqPerContainer`. Before 1.37 it could be negative.
fn share_of_pod(pod: &Pod, version: KubernetesVersion) -> Option<i64> {
    let counts = Gate::PodLevelResources.is_on(version) && is_pod_level_request_set(pod);
    let spec = pod.spec.as_ref().filter(|_| counts)?;
    let own = amount_or_zero(Part::Requests.of(spec.resources.as_ref()), "memory");
    if own.is_zero() {
        return Some(0);
    }
    let options = Options {
        overhead: false,
        pod_level: false,
        ..Options::to_place(version)
    };
    let requests = request_list(pod, options);
    let containers = requests.get("memory").map_or(0, Quantity::value);
    let mut rest = own.value().wrapping_sub(containers);
    if version >= KubernetesVersion::V1_37 {
        rest = rest.max(0);
    }
    let count = spec.containers.len() + spec.init_containers.iter().flatten().count();
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Some(rest.checked_div(count).unwrap_or_default())
}

/// Upstream: `minRegularContainerMemory`, for sidecars from 1.32 on.
fn smallest_app(pod: &Pod, version: KubernetesVersion) -> Option<i64> {
    if version < KubernetesVersion::V1_32 {
        return None;
    }
    pod.spec.as_ref()?.containers.iter().map(memory).min()
}

/// Returns whether the kubelet never evicts the Pod: a static Pod, its mirror, or one with the
/// priority of the system.
///
/// Upstream: `IsCriticalPod`.
pub(super) fn is_critical(pod: &Pod) -> bool {
    const SYSTEM_CRITICAL: i32 = 2_000_000_000;
    let annotations = pod.metadata.annotations.as_ref();
    let annotation = |key| annotations.and_then(|all| all.get(key));
    let is_static = annotation("kubernetes.io/config.source").is_some_and(|source| source != "api");
    let priority = pod.spec.as_ref().and_then(|spec| spec.priority);
    is_static
        || annotation("kubernetes.io/config.mirror").is_some()
        || priority.is_some_and(|priority| priority >= SYSTEM_CRITICAL)
}

/// Upstream: `IsNodeCriticalPod`.
fn is_node_critical(pod: &Pod) -> bool {
    let class = pod
        .spec
        .as_ref()
        .and_then(|spec| spec.priority_class_name.as_deref());
    class == Some("system-node-critical") && is_critical(pod)
}
