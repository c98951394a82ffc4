//! One view of containers, whichever list they stand in.

use k8s_openapi::api::core::v1::{
    EnvFromSource, EnvVar, Lifecycle, PodSpec, Probe, ResourceRequirements, VolumeMount,
};
use pod_model::FieldPath;

use crate::report::ContainerType;

/// What the environment needs of a container.
pub(crate) struct ContainerView<'a> {
    pub(crate) name: &'a str,
    pub(crate) container_type: ContainerType,
    pub(crate) env: &'a [EnvVar],
    pub(crate) env_from: &'a [EnvFromSource],
    pub(crate) command: &'a [String],
    pub(crate) args: &'a [String],
    pub(crate) volume_mounts: &'a [VolumeMount],
    pub(crate) lifecycle: Option<&'a Lifecycle>,
    /// Startup, readiness and liveness probe, each with the name of its field.
    pub(crate) probes: [(&'static str, Option<&'a Probe>); 3],
    pub(crate) tty: bool,
    pub(crate) resources: Option<&'a ResourceRequirements>,
    pub(crate) path: FieldPath,
}

macro_rules! view {
    ($container:expr, $container_type:expr, $path:expr) => {
        ContainerView {
            name: &$container.name,
            container_type: $container_type,
            env: $container.env.as_deref().unwrap_or_default(),
            env_from: $container.env_from.as_deref().unwrap_or_default(),
            command: $container.command.as_deref().unwrap_or_default(),
            args: $container.args.as_deref().unwrap_or_default(),
            volume_mounts: $container.volume_mounts.as_deref().unwrap_or_default(),
            lifecycle: $container.lifecycle.as_ref(),
            probes: [
                ("startupProbe", $container.startup_probe.as_ref()),
                ("readinessProbe", $container.readiness_probe.as_ref()),
                ("livenessProbe", $container.liveness_probe.as_ref()),
            ],
            tty: $container.tty.unwrap_or_default(),
            resources: $container.resources.as_ref(),
            path: $path,
        }
    };
}

/// All containers of a Pod: init containers and sidecars as they stand, then
/// app containers, then ephemeral ones.
pub(crate) fn containers<'a>(spec: &'a PodSpec, base: &FieldPath) -> Vec<ContainerView<'a>> {
    let mut all = Vec::new();
    let at = base.field("initContainers");
    for (i, c) in spec.init_containers.iter().flatten().enumerate() {
        let container_type = match c.restart_policy.as_deref() {
            Some("Always") => ContainerType::Sidecar,
            _ => ContainerType::Init,
        };
        all.push(view!(c, container_type, at.index(i)));
    }
    let at = base.field("containers");
    for (i, c) in spec.containers.iter().enumerate() {
        all.push(view!(c, ContainerType::App, at.index(i)));
    }
    let at = base.field("ephemeralContainers");
    for (i, c) in spec.ephemeral_containers.iter().flatten().enumerate() {
        all.push(view!(c, ContainerType::Ephemeral, at.index(i)));
    }
    all
}
