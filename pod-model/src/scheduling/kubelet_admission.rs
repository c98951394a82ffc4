//! The admission of a Pod by the kubelet of its node. A Pod with `spec.nodeName` meets no
//! scheduler, only this.
//!
//! Upstream: `predicateAdmitHandler.Admit`, `generalFilter` (pkg/kubelet/lifecycle/predicate.go),
//! `AdmissionCheck` (pkg/scheduler/scheduler.go).

use k8s_openapi::api::core::v1::{Container, Pod, PodSpec};

use super::host_ports::HostPort;
use super::node_filters;
use super::node_info::NodeInfo;
use super::node_ports;
use super::node_resources::{self, Insufficient};
use super::outcome::Outcome;
use super::plugin::Plugin;
use super::requests;
use super::required_affinity::RequiredNodeAffinity;
use super::resources::is_extended;
use super::snapshot::Snapshot;
use super::tolerations;
use crate::features::{Gate, Stage};
use crate::version::KubernetesVersion;

/// The label of a node's operating system.
const OS: &str = "kubernetes.io/os";

/// A reason why the kubelet refuses a Pod: the Pod's phase is then `Failed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The word in `status.reason`, such as `OutOfcpu`.
    pub reason: String,
    /// The kubelet's message, without `Pod was rejected: ` in front.
    pub message: String,
    /// The thing itself, where the message does not name it.
    pub detail: Option<String>,
}

/// Returns the reasons why the kubelet of a node refuses a Pod that is not on it yet, in the
/// order in which it looks. It says the first alone.
///
/// The node's operating system is that of its label; without the label it is taken as `linux`.
pub fn admit(snapshot: &Snapshot, index: usize, pod: &Pod) -> Vec<Rejection> {
    let empty = PodSpec::default();
    let spec = pod.spec.as_ref().unwrap_or(&empty);
    let Some(node) = snapshot.nodes().get(index) else {
        return Vec::new();
    };
    let version = snapshot.version();
    let mut rejections = unforeseen(snapshot, index, pod);
    let mut counted = pod.clone();
    if let Some(spec) = &mut counted.spec {
        remove_missing_extended(&mut spec.containers, node);
        remove_missing_extended(spec.init_containers.iter_mut().flatten(), node);
    }
    let requests = requests::asked(&counted, version);
    // Without the classes of devices, the kubelet of 1.35 and before leaves all extended
    // resources that the node lacks to them; those were removed above.
    let insufficient = node_resources::insufficient(&requests, node, |_| false);
    rejections.extend(insufficient.into_iter().map(out_of));
    rejections.extend(predicates(pod, spec, node, version));
    rejections
}

/// Returns those reasons of the kubelet for which no plugin of the scheduler looks: it may choose
/// the node all the same.
pub fn unforeseen(snapshot: &Snapshot, index: usize, pod: &Pod) -> Vec<Rejection> {
    let (Some(spec), Some(node)) = (&pod.spec, snapshot.nodes().get(index)) else {
        return Vec::new();
    };
    let own = [
        operating_system(pod, spec, node),
        supplemental_groups(spec, node, snapshot.version()),
    ];
    own.into_iter().flatten().collect()
}

fn out_of(insufficient: Insufficient) -> Rejection {
    let Insufficient {
        resource,
        requested,
        used,
        capacity,
    } = insufficient;
    Rejection {
        reason: format!("OutOf{resource}"),
        message: format!(
            "Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}"
        ),
        detail: None,
    }
}

fn predicates(
    pod: &Pod,
    spec: &PodSpec,
    node: &NodeInfo,
    version: KubernetesVersion,
) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let mut fail = |plugin: Plugin, why: &str, detail: Option<String>| {
        rejections.push(Rejection {
            reason: plugin.name().to_owned(),
            message: format!("Predicate {plugin} failed: {why}"),
            detail,
        });
    };
    let affinity = RequiredNodeAffinity::of(spec);
    if !affinity.matches(node.labels(), node.name()) {
        let why = "node(s) didn't match Pod's node affinity/selector";
        let missing = affinity.missing_labels(node.labels());
        let missing: Vec<String> = missing
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let detail = (!missing.is_empty()).then(|| missing.join(", "));
        fail(Plugin::NodeAffinity, why, detail);
    }
    let outcomes = [
        node_filters::node_name(node, spec.node_name.as_deref().unwrap_or_default()),
        node_ports::judge(&HostPort::of(pod, version), node),
    ];
    for reason in outcomes.iter().flat_map(Outcome::reasons) {
        fail(reason.plugin, &reason.message, reason.detail.clone());
    }
    if !is_static(pod) {
        let (taints, tolerated) = (node.taints(), tolerations::of(pod));
        let mut taints = tolerations::untolerated(taints, tolerated, version, |taint| {
            taint.effect == tolerations::NO_EXECUTE
        });
        if let Some(taint) = taints.next() {
            let why = "node(s) had taints that the pod didn't tolerate";
            let taint = tolerations::taint_text(taint);
            fail(Plugin::TaintToleration, why, Some(taint));
        }
    }
    rejections
}

/// A Pod that a file of the node made, or its mirror in the API.
fn is_static(pod: &Pod) -> bool {
    let annotations = pod.metadata.annotations.as_ref();
    let source = annotations.and_then(|known| known.get("kubernetes.io/config.source"));
    source.is_some_and(|source| source != "api")
}

/// Upstream: `rejectPodAdmissionBasedOnOSSelector`, `rejectPodAdmissionBasedOnOSField`. The
/// first looks at the Pod's labels, not at its selector.
fn operating_system(pod: &Pod, spec: &PodSpec, node: &NodeInfo) -> Option<Rejection> {
    let node_os = node.label(OS).unwrap_or("linux");
    let label = pod
        .metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(OS));
    if let Some(label) = label.filter(|label| *label != node_os) {
        return Some(Rejection {
            reason: "PodOSSelectorNodeLabelDoesNotMatch".to_owned(),
            message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"
                .to_owned(),
            detail: Some(format!(
                "the Pod's label is `{label}`, the node's `{node_os}`"
            )),
        });
    }
    let os = &spec.os.as_ref()?.name;
    (os != node_os).then(|| Rejection {
        reason: "PodOSNotSupported".to_owned(),
        message: "Failed to admit pod as the OS field doesn't match node OS".to_owned(),
        detail: Some(format!("spec.os.name is `{os}`, the node's is `{node_os}`")),
    })
}

/// Upstream: `rejectPodAdmissionBasedOnSupplementalGroupsPolicy`.
fn supplemental_groups(
    spec: &PodSpec,
    node: &NodeInfo,
    version: KubernetesVersion,
) -> Option<Rejection> {
    let policy = spec
        .security_context
        .as_ref()?
        .supplemental_groups_policy
        .as_deref()?;
    let stage = Gate::SupplementalGroupsPolicy.stage(version);
    let is_judged = matches!(stage, Some(Stage::Beta | Stage::Ga));
    (is_judged && policy == "Strict" && !node.has_strict_groups).then(|| Rejection {
        reason: "SupplementalGroupsPolicyNotSupported".to_owned(),
        message: "SupplementalGroupsPolicy=Strict is not supported in this node".to_owned(),
        detail: None,
    })
}

/// Upstream: `removeMissingExtendedResources`.
fn remove_missing_extended<'a>(
    containers: impl IntoIterator<Item = &'a mut Container>,
    node: &NodeInfo,
) {
    for container in containers {
        let resources = container.resources.as_mut();
        let requests = resources.and_then(|resources| resources.requests.as_mut());
        if let Some(requests) = requests {
            let scalars = &node.allocatable().scalars;
            requests.retain(|name, _| !is_extended(name) || scalars.contains_key(name.as_str()));
        }
    }
}
