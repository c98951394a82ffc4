//! The report of one target.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::jiff::Timestamp;
use pod_model::FieldPath;
use serde::Serialize;
use serde_json::Value;

use crate::explain::topic::Explained;

/// Fields that a SchedulingReport adds to the item of a target.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SchedulingBody {
    /// The answer in one sentence.
    pub summary: String,
    /// Number of nodes on which the Pod fits, or null if the nodes are not known.
    pub feasible: Option<usize>,
    /// Number of nodes, or null if they are not known.
    pub total: Option<usize>,
    /// Number of nodes of which it is not known, because something was not evaluated.
    #[serde(skip_serializing_if = "is_zero")]
    pub unknown: usize,
    /// By name.
    pub nodes: Vec<NodeReport>,
    /// The single changes that free nodes, those that free most first.
    pub nearest: Vec<NearestReport>,
    /// Reasons why the Pod is held back before any node is looked at, or when fitting nodes are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cycle: Vec<CycleReport>,
    /// Plugins that could not be evaluated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_evaluated: Vec<NotEvaluatedReport>,
    /// Plugins whose scores are not in those of the nodes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_scored: Vec<NotScoredReport>,
    /// The chances of eviction of other Pods, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption: Option<PreemptionReport>,
    /// The scheduler's own last event, with the reasons why it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventReport>,
    /// The node that the Pod is on, or that its manifest names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
    /// True if the manifest names the node, so that the kubelet decides and not the scheduler.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_named: bool,
    /// True if the target is a DaemonSet.
    #[serde(skip)]
    pub is_daemon_set: bool,
    /// The fields that the server sets before the Pod is scheduled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admission: Vec<AdmissionChange>,
    /// Everything that was not read, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// Objects that could change the Pod on create, and are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
    /// True if the target has claim templates, whose claims are not evaluated.
    #[serde(skip)]
    pub has_open_claims: bool,
    /// The Pods on the nodes.
    #[serde(skip)]
    pub others: Others,
    /// The node with the most similar name to that of `--node`.
    #[serde(skip)]
    pub similar_node: Option<String>,
}

/// The Pods on nodes that are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) enum Others {
    #[default]
    Known,
    /// The nodes are those of files, which have no Pods on nodes.
    NotGiven,
    /// They could not be listed.
    Unknown,
}

/// A node.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct NodeReport {
    pub name: String,
    /// Null if it is not known, because something was not evaluated.
    pub fits: Option<bool>,
    /// Every reason of every plugin.
    pub reasons: Vec<ReasonReport>,
    /// The sum of the weighted scores, for a node that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
    /// The weighted scores by plugin.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<&'static str, i64>,
    /// For a DaemonSet: true if the controller makes a Pod for the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gets_pod: Option<bool>,
    /// For a DaemonSet: true if a running Pod of it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps_pod: Option<bool>,
    /// Plugins that could not be evaluated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_evaluated: Vec<&'static str>,
}

/// A reason against a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ReasonReport {
    /// The scheduler's own name of the plugin; of the kubelet's admission its reason, such as
    /// `OutOfcpu`.
    pub plugin: String,
    /// The scheduler's own message.
    pub message: String,
    /// The thing itself, where the message does not name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// True if eviction of other Pods could lift it.
    pub preemptible: bool,
}

/// A change that frees nodes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct NearestReport {
    pub change: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Number of nodes that fit with it and do not fit now.
    pub nodes: usize,
    /// The names of some of them.
    pub node_names: Vec<String>,
    /// True if it matters only because of other Pods.
    #[serde(skip)]
    pub is_about_pods: bool,
}

/// A reason why the Pod is held back as such.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct CycleReport {
    /// `PreEnqueue`, `PreFilter` or `PreScore`.
    pub stage: &'static str,
    pub plugin: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The field that is refused, from the Pod's spec.
    #[serde(skip)]
    pub path: FieldPath,
}

/// A plugin that could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct NotEvaluatedReport {
    pub plugin: &'static str,
    pub reason: String,
    /// Number of nodes.
    pub nodes: usize,
}

/// A plugin whose scores are not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct NotScoredReport {
    pub plugin: &'static str,
    pub reason: String,
}

/// The chances of preemption.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct PreemptionReport {
    /// Number of nodes on which it could.
    pub nodes: usize,
    pub message: String,
}

/// The scheduler's event.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct EventReport {
    pub message: String,
    pub count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Reasons why it says less, or something else.
    pub differences: Vec<String>,
}

/// A field that the server sets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct AdmissionChange {
    pub path: String,
    pub value: Arc<Value>,
    pub origin: String,
}

/// A target and the nodes on which it fits.
pub(in crate::explain) type ExplainedScheduling = Explained<SchedulingBody>;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
