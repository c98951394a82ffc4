//! Manifests that name their node: they are taken as Pods that run, unless they never will.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::admission::{Admitted, admit};
use pod_model::lookup::Answers;
use pod_model::scheduling::{Snapshot, kubelet_admission};

use crate::explain::stored::is_manifest;
use crate::targets::Target;

/// The namespace of a Pod, and its name or the start of it.
type Name = (String, String);

/// The Pods of manifests that name their node.
#[derive(Debug, Default)]
pub(in crate::explain::scheduling) struct NamedPods {
    /// Those that never run.
    never: BTreeSet<Name>,
}

impl NamedPods {
    /// Takes the Pods that never run out of the snapshot that has them all: the server refuses them
    /// whatever the cluster has, or their kubelet does without the other manifests, or there is no
    /// such node.
    pub(super) fn settle(pods: Vec<Pod>, snapshot: &mut Snapshot) -> Self {
        if pods.is_empty() {
            return Self::default();
        }
        let without = snapshot.without_pods(&pods);
        let mut never = pods;
        never.retain(|own| is_refused(own, &without));
        if !never.is_empty() {
            *snapshot = snapshot.without_pods(&never);
        }
        let names = never.iter();
        let names = names.map(|own| name(&own.metadata, own.metadata.namespace.as_deref()));
        Self {
            never: names.collect(),
        }
    }

    /// Returns whether a target is one of those that never run.
    pub(super) fn never_runs(&self, target: &Target) -> bool {
        // Of most clusters there is none.
        !self.never.is_empty()
            && is_manifest(target)
            && self
                .never
                .contains(&name(&target.metadata, Some(&target.pod_namespace)))
    }

    /// Returns the number of those that never run.
    pub(super) fn never_run(&self) -> usize {
        self.never.len()
    }
}

fn name(metadata: &ObjectMeta, namespace: Option<&str>) -> Name {
    let name = metadata.name.as_ref().or(metadata.generate_name.as_ref());
    (
        namespace.unwrap_or_default().to_owned(),
        name.cloned().unwrap_or_default(),
    )
}

fn is_refused(pod: &Pod, snapshot: &Snapshot) -> bool {
    let version = snapshot.version();
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let admitted = admit(pod, namespace, &Answers::default(), version);
    if admitted.refusals.iter().any(|own| own.code == 422) {
        return true;
    }
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    let Some(index) = node.and_then(|node| snapshot.index_of(node)) else {
        return true;
    };
    let pod = Admitted::as_written(pod, version).pod;
    !kubelet_admission::admit(&snapshot.only_node(index), 0, &pod).is_empty()
}
