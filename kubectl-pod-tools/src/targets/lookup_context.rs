//! Sources of look-ups: the objects of the input, and the cluster.

use pod_model::lookup::LookupKind;
use pod_model::{Document, RulesVersion};

use crate::cluster::Cluster;

/// An object of the input that answers look-ups.
#[derive(Clone, Debug)]
pub(crate) struct LocalObject {
    pub document: Document,
    pub kind: LookupKind,
    pub name: String,
    /// Its namespace; empty for cluster-scoped kinds.
    pub namespace: String,
}

/// The sources of look-ups.
pub(crate) struct LookupContext {
    /// The objects of the input that answer look-ups.
    pub local_objects: Vec<LocalObject>,
    /// The cluster, for objects that the input lacks, or `None` if there is none or `--offline`.
    pub cluster: Option<Cluster>,
    /// Kubernetes version whose rules apply.
    pub version: RulesVersion,
    /// Namespace of objects that name none.
    pub namespace: String,
}
