//! Changes of validation that no feature gate controls.

use crate::version::KubernetesVersion;

/// A change of validation between two minor versions.
///
/// Upstream: the differences between the releases of `k8s.io/kubernetes/pkg/apis/{apps,core}/validation`
/// and `k8s.io/apimachinery/pkg/api/validation`.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// The Pod template of a `StatefulSet` is checked as every other one.
    StatefulSetTemplate,
    /// Volume devices are refused beside `hostUsers: false`.
    DevicesInUserNamespaces,
    /// An empty name of a CSI driver is required and not invalid besides.
    EmptyDriverName,
    /// Lists of restart rules and exit codes are too many, and not too long.
    RestartRulesTooMany,
    /// The resize policy `RestartContainer` is refused for init containers that end.
    InitContainerResize,
    /// An image volume of a template must name its image, too.
    ImageOfTemplate,
    /// The path of `shareProcessNamespace` is that of the API, and not of upstream's own type.
    ShareProcessNamespacePath,
    /// Fields of an owner reference are required, not invalid, and the path has the index.
    OwnerReferenceFields,
}

impl Change {
    fn since(self) -> KubernetesVersion {
        match self {
            Self::StatefulSetTemplate | Self::DevicesInUserNamespaces => KubernetesVersion::V1_34,
            Self::EmptyDriverName => KubernetesVersion::V1_35,
            Self::RestartRulesTooMany | Self::InitContainerResize => KubernetesVersion::V1_36,
            Self::ImageOfTemplate
            | Self::ShareProcessNamespacePath
            | Self::OwnerReferenceFields => KubernetesVersion::V1_37,
        }
    }

    /// Returns whether servers of this version have it.
    pub(super) fn is_in(self, version: KubernetesVersion) -> bool {
        version >= self.since()
    }
}
