//! The Pods that the DaemonSets among the targets have already.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;

use crate::targets::Candidate;

/// The Pods of some DaemonSets. The controller makes no other Pod for a node that has one, so that
/// they are not in the way of themselves: as many are kept as there are nodes.
#[derive(Default)]
pub(super) struct DaemonPods {
    /// Namespaces and names of the DaemonSets.
    owners: BTreeSet<(String, String)>,
    pods: Vec<Pod>,
}

impl DaemonPods {
    /// Makes an empty set for the DaemonSets of the cluster that are asked for.
    pub(super) fn of(candidates: &[Candidate]) -> Self {
        let live = candidates.iter().filter_map(|own| match own {
            Candidate::Live(target) if target.id.kind == "DaemonSet" => {
                Some((target.pod_namespace.clone(), target.id.name.clone()?))
            }
            _ => None,
        });
        Self {
            owners: live.collect(),
            pods: Vec::new(),
        }
    }

    /// Adds a DaemonSet of a file.
    pub(super) fn add_owner(&mut self, namespace: String, name: String) {
        self.owners.insert((namespace, name));
    }

    /// Adds a Pod of a file if a DaemonSet controls it: the file may name that later.
    pub(super) fn add_of_file(&mut self, pod: Pod) {
        if owner(&pod).is_some() {
            self.pods.push(pod);
        }
    }

    /// Adds a Pod if it is one of theirs, once all of these are added.
    pub(super) fn add(&mut self, pod: Pod) {
        if self.has(&pod) {
            self.pods.push(pod);
        }
    }

    /// Drops the Pods that are not theirs, once all of these are added.
    pub(super) fn settle(&mut self) {
        let mut pods = std::mem::take(&mut self.pods);
        pods.retain(|pod| self.has(pod));
        self.pods = pods;
    }

    /// Returns the Pods.
    pub(super) fn into_pods(self) -> Vec<Pod> {
        self.pods
    }

    fn has(&self, pod: &Pod) -> bool {
        let owner = owner(pod);
        let owner = owner.map(|(namespace, name)| (namespace.to_owned(), name.to_owned()));
        owner.is_some_and(|owner| self.owners.contains(&owner))
    }
}

/// Returns the namespace and the name of the DaemonSet that controls a Pod.
pub(in crate::explain::scheduling) fn owner(pod: &Pod) -> Option<(&str, &str)> {
    let mut owners = pod.metadata.owner_references.iter().flatten();
    let owner = owners.find(|own| own.controller == Some(true))?;
    let namespace = pod.metadata.namespace.as_deref()?;
    (owner.kind == "DaemonSet").then_some((namespace, owner.name.as_str()))
}
