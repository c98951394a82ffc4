//! The table of gated fields.

use crate::features::Gate;
use crate::version::KubernetesVersion;

/// A field that a server has only with a feature gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatedField {
    /// The object whose spec has the field.
    pub owner: Owner,
    /// Path from that spec, without the indexes of lists, such as `volumes.emptyDir.mode`. A first
    /// step `container` stands for `containers` and `initContainers`.
    pub path: &'static str,
    /// The only value that requires the gate, such as `Unmasked`, or `None` if every value does.
    pub value: Option<&'static str>,
    /// The gate.
    pub gate: Gate,
    /// Effect of the gate while it is off.
    pub effect: Effect,
}

/// An object whose spec has a gated field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A Pod, or any template of one.
    Pod,
    /// A Job, or the template of one in a `CronJob`.
    Job,
}

/// The effect of a gate that is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The server drops the field before it validates the object.
    Dropped,
    /// The server refuses the object.
    Refused,
}

impl GatedField {
    /// Returns whether a version knows the gate, and has it off by default.
    pub fn is_off(&self, version: KubernetesVersion) -> bool {
        self.gate.state(version).is_some_and(|state| !state.is_on)
    }

    const fn with_value(mut self, value: &'static str) -> Self {
        self.value = Some(value);
        self
    }

    const fn of_jobs(mut self) -> Self {
        self.owner = Owner::Job;
        self
    }
}

const fn dropped(path: &'static str, gate: Gate) -> GatedField {
    GatedField {
        owner: Owner::Pod,
        path,
        value: None,
        gate,
        effect: Effect::Dropped,
    }
}

const fn refused(path: &'static str, gate: Gate) -> GatedField {
    let mut field = dropped(path, gate);
    field.effect = Effect::Refused;
    field
}

/// The fields of Pods, then those of Jobs.
///
/// Upstream: `dropDisabledFields` and `GetValidationOptionsFromPodSpecAndMeta` in
/// k8s.io/kubernetes/pkg/api/pod, `PrepareForCreate` in pkg/registry/batch/job, and the fields'
/// `+featureGate` in k8s.io/api/{core,batch}/v1.
pub static FIELDS: &[GatedField] = &[
    dropped("container.env.valueFrom.fileKeyRef", Gate::EnvFiles),
    dropped(
        "container.lifecycle.postStart.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    dropped(
        "container.lifecycle.preStop.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    dropped("container.lifecycle.stopSignal", Gate::ContainerStopSignals),
    dropped(
        "container.livenessProbe.grpc.mode",
        Gate::GRPCContainerProbeTLS,
    ),
    dropped(
        "container.livenessProbe.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    dropped(
        "container.readinessProbe.grpc.mode",
        Gate::GRPCContainerProbeTLS,
    ),
    dropped(
        "container.readinessProbe.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    dropped("container.resizePolicy", Gate::InPlacePodVerticalScaling),
    dropped(
        "container.resources.claims",
        Gate::DynamicResourceAllocation,
    ),
    dropped("container.restartPolicyRules", Gate::ContainerRestartRules),
    refused(
        "container.restartPolicyRules.action",
        Gate::RestartAllContainersOnContainerExits,
    )
    .with_value("RestartAllContainers"),
    dropped("container.securityContext.procMount", Gate::ProcMountType).with_value("Unmasked"),
    dropped(
        "container.startupProbe.grpc.mode",
        Gate::GRPCContainerProbeTLS,
    ),
    dropped(
        "container.startupProbe.httpGet.protocol",
        Gate::H2CContainerProbe,
    ),
    dropped(
        "container.volumeMounts.bindMountOptions",
        Gate::VolumeBindMountOptions,
    ),
    dropped("containers.restartPolicy", Gate::ContainerRestartRules),
    dropped("evictionResponders", Gate::EvictionRequestAPI),
    dropped("hostUsers", Gate::UserNamespacesSupport).with_value("false"),
    dropped("hostnameOverride", Gate::HostnameOverride),
    dropped("initContainers.restartPolicy", Gate::ContainerRestartRules).with_value("Never"),
    dropped("initContainers.restartPolicy", Gate::ContainerRestartRules).with_value("OnFailure"),
    dropped("resourceClaims", Gate::DynamicResourceAllocation),
    dropped("resources", Gate::PodLevelResources),
    dropped("schedulingGroup", Gate::GenericWorkload),
    dropped(
        "securityContext.seLinuxChangePolicy",
        Gate::SELinuxChangePolicy,
    ),
    dropped(
        "securityContext.supplementalGroupsPolicy",
        Gate::SupplementalGroupsPolicy,
    ),
    refused(
        "tolerations.operator",
        Gate::TaintTolerationComparisonOperators,
    )
    .with_value("Gt"),
    refused(
        "tolerations.operator",
        Gate::TaintTolerationComparisonOperators,
    )
    .with_value("Lt"),
    dropped(
        "volumes.configMap.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.configMap.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.downwardAPI.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.downwardAPI.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped("volumes.emptyDir.mode", Gate::EmptyDirVolumeMode),
    dropped("volumes.image", Gate::ImageVolume),
    dropped(
        "volumes.projected.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.projected.sources.clusterTrustBundle",
        Gate::ClusterTrustBundleProjection,
    ),
    dropped(
        "volumes.projected.sources.podCertificate",
        Gate::PodCertificateRequest,
    ),
    dropped(
        "volumes.projected.sources.clusterTrustBundle.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.projected.sources.configMap.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.projected.sources.downwardAPI.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.projected.sources.podCertificate.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.projected.sources.secret.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.projected.sources.serviceAccountToken.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.secret.defaultUser",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped(
        "volumes.secret.items.user",
        Gate::AtomicWriteVolumeUserFields,
    ),
    dropped("workloadRef", Gate::GenericWorkload),
    dropped("managedBy", Gate::JobManagedBy).of_jobs(),
    dropped("scheduling", Gate::WorkloadWithJob).of_jobs(),
];
