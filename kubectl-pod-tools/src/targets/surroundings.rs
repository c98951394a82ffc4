//! What look-ups of targets are answered from.

use pod_model::lookup::LookupKind;
use pod_model::{Document, KubernetesVersion};

use crate::cluster::Cluster;

/// An object of the input from which look-ups are answered.
#[derive(Clone, Debug)]
pub(crate) struct LocalObject {
    pub document: Document,
    pub kind: LookupKind,
    pub name: String,
    /// Empty for what lives in no namespace.
    pub namespace: String,
}

/// What look-ups are answered from.
pub(crate) struct Surroundings {
    /// The objects of the input that answer look-ups.
    pub local_objects: Vec<LocalObject>,
    /// Asked for what they do not hold; none when it is not to be asked.
    pub cluster: Option<Cluster>,
    /// Whose rules apply.
    pub version: KubernetesVersion,
    /// The namespace of what names none.
    pub namespace: String,
}
