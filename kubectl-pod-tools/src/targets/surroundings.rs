//! Objects and cluster that answer the look-ups of targets.

use pod_model::lookup::LookupKind;
use pod_model::{Document, KubernetesVersion};

use crate::cluster::Cluster;

/// An object of the input from which look-ups are answered.
#[derive(Clone, Debug)]
pub(crate) struct LocalObject {
    pub document: Document,
    pub kind: LookupKind,
    pub name: String,
    /// Its namespace; empty for kinds without namespaces.
    pub namespace: String,
}

/// Objects and cluster that answer look-ups.
pub(crate) struct Surroundings {
    /// The objects of the input that answer look-ups.
    pub local_objects: Vec<LocalObject>,
    /// The cluster, which is asked for anything else, or `None` if it must not be asked.
    pub cluster: Option<Cluster>,
    /// Version whose rules apply.
    pub version: KubernetesVersion,
    /// Namespace of objects that name none.
    pub namespace: String,
}
