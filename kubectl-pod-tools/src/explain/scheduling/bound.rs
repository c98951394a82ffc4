//! A Pod whose manifest names its node: the kubelet's admission, without a scheduler.

use k8s_openapi::api::core::v1::Pod;
use pod_model::scheduling::{Plugin, Snapshot, kubelet_admission};

use super::judge::{Judged, judge};
use super::report::ReasonReport;

/// The scheduler's message about a node that is not the named one (`ErrReason` in
/// pkg/scheduler/framework/plugins/nodename/node_name.go).
const OTHER_NODE: &str = "node(s) didn't match the requested node name";

/// Judges all nodes for a Pod that names one: that one as its kubelet does.
pub(super) fn judge_named(snapshot: &Snapshot, pod: &Pod, node: &str) -> Judged {
    let mut judged = judge(snapshot, pod);
    // The scheduler is not asked, and a change of other nodes frees none.
    judged.nearest = Vec::new();
    judged.cycle = Vec::new();
    judged.preemption = None;
    judged.not_evaluated = Vec::new();
    judged.not_scored = Vec::new();
    for (index, own) in judged.nodes.iter_mut().enumerate() {
        // Nobody compares nodes.
        own.score = None;
        own.scores.clear();
        if own.name == node {
            let rejections = kubelet_admission::admit(snapshot, index, pod);
            own.fits = Some(rejections.is_empty());
            own.not_evaluated = Vec::new();
            let reasons = rejections.into_iter().map(|own| ReasonReport {
                plugin: own.reason,
                message: own.message,
                detail: own.detail,
                preemptible: false,
            });
            own.reasons = reasons.collect();
        } else {
            own.fits = Some(false);
            own.not_evaluated = Vec::new();
            own.reasons = vec![ReasonReport {
                plugin: Plugin::NodeName.name().to_owned(),
                message: OTHER_NODE.to_owned(),
                detail: None,
                preemptible: false,
            }];
        }
    }
    judged
}
