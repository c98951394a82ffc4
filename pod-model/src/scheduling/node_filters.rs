//! The plugins `NodeUnschedulable`, `NodeName` and `TaintToleration`.
//!
//! Upstream: pkg/scheduler/framework/plugins/{nodeunschedulable,nodename,tainttoleration}.

use k8s_openapi::api::core::v1::{Taint, Toleration};

use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, Outcome, Reason};
use super::plugin::Plugin;
use super::tolerations;
use crate::version::KubernetesVersion;

/// A cordoned node, unless the taint of cordoned nodes is tolerated.
pub(super) fn node_unschedulable(
    node: &NodeInfo,
    tolerations: &[Toleration],
    version: KubernetesVersion,
) -> Outcome {
    let taint = Taint {
        key: tolerations::UNSCHEDULABLE.to_owned(),
        effect: tolerations::NO_SCHEDULE.to_owned(),
        ..Taint::default()
    };
    if !node.is_unschedulable || tolerations::are_tolerated(tolerations, &taint, version) {
        return Outcome::Passes;
    }
    Outcome::fails(Reason::new(
        Plugin::NodeUnschedulable,
        Code::UnschedulableAndUnresolvable,
        "node(s) were unschedulable",
        Cause::Unschedulable,
    ))
}

/// A node of another name than `spec.nodeName`.
pub(super) fn node_name(node: &NodeInfo, required: &str) -> Outcome {
    if required.is_empty() || required == node.name() {
        return Outcome::Passes;
    }
    let reason = Reason::new(
        Plugin::NodeName,
        Code::UnschedulableAndUnresolvable,
        "node(s) didn't match the requested node name",
        Cause::NodeName,
    );
    Outcome::fails(reason.detailed(format!("the Pod requests `{required}`")))
}

/// A taint that keeps new Pods away and is not tolerated. The first is the scheduler's.
pub(super) fn taint_toleration(
    node: &NodeInfo,
    tolerations: &[Toleration],
    version: KubernetesVersion,
) -> Outcome {
    let taints = node.taints();
    let relevant = tolerations::keeps_pods_away;
    let untolerated = tolerations::untolerated(taints, tolerations, version, relevant);
    let untolerated: Vec<&Taint> = untolerated.collect();
    let Some(first) = untolerated.first() else {
        return Outcome::Passes;
    };
    let message = if version >= KubernetesVersion::V1_34 {
        "node(s) had untolerated taint(s)".to_owned()
    } else {
        let value = first.value.as_deref().unwrap_or_default();
        format!("node(s) had untolerated taint {{{}: {value}}}", first.key)
    };
    let texts = untolerated
        .iter()
        .map(|taint| tolerations::taint_text(taint));
    let detail = texts.collect::<Vec<_>>().join(", ");
    let reason = Reason::new(
        Plugin::TaintToleration,
        Code::UnschedulableAndUnresolvable,
        &message,
        Cause::Taint((*first).clone()),
    );
    Outcome::fails(reason.detailed(detail))
}
