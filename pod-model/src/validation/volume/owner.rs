//! The object that the volumes belong to.

use crate::version::KubernetesVersion;

/// The object that the volumes belong to.
#[derive(Clone, Copy)]
pub(in crate::validation) struct Owner<'a> {
    /// A Pod, and not a template.
    pub is_pod: bool,
    /// The Pod's name, where it has one.
    pub name: Option<&'a str>,
    /// The version whose rules apply.
    pub version: KubernetesVersion,
}
