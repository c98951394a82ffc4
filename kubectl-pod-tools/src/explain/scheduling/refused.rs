//! Manifests that name their node, beside other targets: they are taken as Pods that run, unless
//! they never will.

use pod_model::admission::admit;
use pod_model::lookup::Answers;
use pod_model::scheduling::{Snapshot, kubelet_admission};

use super::gather::is_single;
use super::subject::Subject;
use crate::explain::stored::{is_manifest, node_name};
use crate::targets::Target;

/// Returns whether a target is a Pod that never runs on the node which its manifest names: the
/// server refuses it whatever the cluster has, or its kubelet does, or there is no such node.
pub(super) fn never_runs(target: &Target, snapshot: &Snapshot) -> bool {
    let is_single = target.document.as_ref().is_some_and(is_single);
    let Some(node) = node_name(target).filter(|_| is_single && is_manifest(target)) else {
        return false;
    };
    let version = snapshot.version();
    let subject = Subject::of(target, &Answers::default(), version, true);
    let admitted = admit(
        &subject.own,
        &target.pod_namespace,
        &Answers::default(),
        version,
    );
    if admitted.refusals.iter().any(|own| own.code == 422) {
        return true;
    }
    let Some(index) = snapshot.index_of(node) else {
        return true;
    };
    let alone = snapshot.only_node(index).without_pod(&subject.own);
    !kubelet_admission::admit(&alone, 0, &subject.pod).is_empty()
}
