//! Feature gates that a version has on by default.

use crate::version::KubernetesVersion;

/// The feature gates on which the validation of Pods and Jobs depends, with
/// the version from which their default is on.
///
/// Upstream: `k8s.io/kubernetes/pkg/features/kube_features.go`. A cluster may
/// be told otherwise; what needs such a gate says so in its help.
#[derive(Clone, Copy)]
pub(super) enum Gate {
    ClusterTrustBundleProjection,
    ContainerRestartRules,
    DynamicResourceAllocation,
    EnvFiles,
    HostnameOverride,
    ImageVolume,
    InPlacePodVerticalScaling,
    JobManagedBy,
    MatchLabelKeysInPodTopologySpreadSelectorMerge,
    PodLevelResources,
    PodCertificateRequest,
    PodLifecycleSleepActionAllowZero,
    ProcMountType,
    RelaxedDnsSearchValidation,
    RelaxedEnvironmentVariableValidation,
    RestartAllContainersOnContainerExits,
    SeLinuxChangePolicy,
    SeLinuxMount,
    StrictIpCidrValidation,
    SupplementalGroupsPolicy,
    UserNamespacesSupport,
    VolumeAttributesClass,
}

impl Gate {
    fn since(self) -> KubernetesVersion {
        match self {
            Self::JobManagedBy | Self::RelaxedEnvironmentVariableValidation => {
                KubernetesVersion::V1_32
            }
            Self::InPlacePodVerticalScaling
            | Self::PodLifecycleSleepActionAllowZero
            | Self::ProcMountType
            | Self::RelaxedDnsSearchValidation
            | Self::SeLinuxChangePolicy
            | Self::SupplementalGroupsPolicy
            | Self::UserNamespacesSupport => KubernetesVersion::V1_33,
            Self::DynamicResourceAllocation
            | Self::MatchLabelKeysInPodTopologySpreadSelectorMerge
            | Self::PodLevelResources
            | Self::VolumeAttributesClass => KubernetesVersion::V1_34,
            Self::ContainerRestartRules
            | Self::EnvFiles
            | Self::HostnameOverride
            | Self::ImageVolume => KubernetesVersion::V1_35,
            Self::RestartAllContainersOnContainerExits => KubernetesVersion::V1_36,
            Self::ClusterTrustBundleProjection
            | Self::PodCertificateRequest
            | Self::SeLinuxMount
            | Self::StrictIpCidrValidation => KubernetesVersion::V1_37,
        }
    }

    /// Returns whether a server of this version has it on.
    pub(super) fn is_on(self, version: KubernetesVersion) -> bool {
        version >= self.since()
    }
}
