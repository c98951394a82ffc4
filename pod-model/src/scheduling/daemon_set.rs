//! The nodes on which a DaemonSet has a Pod, and the Pod that it has there.
//!
//! Two questions: whether the controller makes a Pod for a node, which looks at `nodeName`,
//! affinity and taints alone; and whether the scheduler finds that Pod to fit there.
//!
//! Upstream: `NodeShouldRunDaemonPod` (pkg/controller/daemon/daemon_controller.go),
//! `AddOrUpdateDaemonPodTolerations`, `ReplaceDaemonSetPodNodeNameNodeAffinity`
//! (pkg/controller/daemon/util/daemonset_util.go).

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSpec,
    Toleration,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::node_affinity;
use super::node_filters;
use super::node_info::NodeInfo;
use super::outcome::{Outcome, Reason};
use super::required_affinity::RequiredNodeAffinity;
use super::tolerations;
use crate::version::KubernetesVersion;

/// Keys and effects of the taints that Pods of a DaemonSet tolerate.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", tolerations::NO_EXECUTE),
    ("node.kubernetes.io/unreachable", tolerations::NO_EXECUTE),
    ("node.kubernetes.io/disk-pressure", tolerations::NO_SCHEDULE),
    (
        "node.kubernetes.io/memory-pressure",
        tolerations::NO_SCHEDULE,
    ),
    ("node.kubernetes.io/pid-pressure", tolerations::NO_SCHEDULE),
    (tolerations::UNSCHEDULABLE, tolerations::NO_SCHEDULE),
];

/// The taint that Pods on the host's network tolerate as well.
const NETWORK_UNAVAILABLE: (&str, &str) = (
    "node.kubernetes.io/network-unavailable",
    tolerations::NO_SCHEDULE,
);

/// The controller's answer about a node.
#[derive(Clone, Debug, PartialEq)]
pub struct ShouldRun {
    /// A Pod is made for the node.
    pub run: bool,
    /// A Pod that is there already may stay.
    pub continue_running: bool,
    /// The reasons against a Pod, under the names of the scheduler's plugins.
    pub reasons: Vec<Reason>,
}

/// Returns whether a DaemonSet has a Pod on a node.
pub fn should_run(
    daemon_set: &DaemonSet,
    node: &NodeInfo,
    version: KubernetesVersion,
) -> ShouldRun {
    let spec = template_spec(daemon_set);
    let name = spec.node_name.as_deref().unwrap_or_default();
    let tolerated = tolerations_of(&spec);
    let affinity = node_affinity::judge_required(&RequiredNodeAffinity::of(&spec), node);
    let taints = node_filters::taint_toleration(node, &tolerated, version);
    let fits = [node_filters::node_name(node, name), affinity];
    let is_elsewhere = fits.iter().any(Outcome::is_failure);
    let mut evicting = tolerations::untolerated(node.taints(), &tolerated, version, |taint| {
        taint.effect == tolerations::NO_EXECUTE
    });
    ShouldRun {
        run: !is_elsewhere && !taints.is_failure(),
        continue_running: !is_elsewhere && evicting.next().is_none(),
        reasons: fits
            .iter()
            .chain([&taints])
            .flat_map(|outcome| outcome.reasons().to_vec())
            .collect(),
    }
}

/// Returns the tolerations that the controller adds to Pods with this spec: six, and one more
/// on the host's network.
pub fn added_tolerations(spec: &PodSpec) -> Vec<Toleration> {
    let network = (spec.host_network == Some(true)).then_some(NETWORK_UNAVAILABLE);
    let all = TOLERATED.into_iter().chain(network);
    let all = all.map(|(key, effect)| Toleration {
        key: Some(key.to_owned()),
        operator: Some("Exists".to_owned()),
        effect: Some(effect.to_owned()),
        ..Toleration::default()
    });
    all.collect()
}

/// The tolerations of the template and those that are added. One that is there already, the
/// same in key, effect, operator and value, is replaced: it then lasts without a limit of time.
fn tolerations_of(spec: &PodSpec) -> Vec<Toleration> {
    let mut all = spec.tolerations.clone().unwrap_or_default();
    for added in added_tolerations(spec) {
        let mut is_known = false;
        for known in &mut all {
            if is_same(known, &added) {
                *known = added.clone();
                is_known = true;
            }
        }
        if !is_known {
            all.push(added);
        }
    }
    all
}

/// Upstream: `MatchToleration`.
fn is_same(one: &Toleration, other: &Toleration) -> bool {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [&one.key, &one.operator, &one.effect, &one.value].map(text)
        == [&other.key, &other.operator, &other.effect, &other.value].map(text)
}

/// Returns the Pod that the controller makes for a node: it names the node in its affinity, in
/// place of the required terms of the template.
pub fn pod_for(daemon_set: &DaemonSet, node_name: &str) -> Pod {
    let metadata = daemon_set.spec.template.metadata.clone();
    let mut spec = template_spec(daemon_set);
    spec.tolerations = Some(tolerations_of(&spec));
    let affinity = spec.affinity.get_or_insert_with(Affinity::default);
    let node_affinity = affinity
        .node_affinity
        .get_or_insert_with(NodeAffinity::default);
    node_affinity.required_during_scheduling_ignored_during_execution = Some(NodeSelector {
        node_selector_terms: vec![NodeSelectorTerm {
            match_fields: Some(vec![NodeSelectorRequirement {
                key: "metadata.name".to_owned(),
                operator: "In".to_owned(),
                values: Some(vec![node_name.to_owned()]),
            }]),
            ..NodeSelectorTerm::default()
        }],
    });
    Pod {
        metadata: ObjectMeta {
            namespace: daemon_set.metadata.namespace.clone(),
            ..metadata.unwrap_or_default()
        },
        spec: Some(spec),
        status: None,
    }
}

fn template_spec(daemon_set: &DaemonSet) -> PodSpec {
    let spec = &daemon_set.spec.template.spec;
    spec.clone().unwrap_or_default()
}
