//! What the checks ask of containers, of all three kinds.

use k8s_openapi::api::core::v1::{ContainerPort, Lifecycle, PodSpec, Probe, SecurityContext};

use crate::path::FieldPath;

/// A container of any kind.
pub(super) struct Container<'a> {
    pub path: FieldPath,
    pub security: Option<&'a SecurityContext>,
    pub ports: &'a [ContainerPort],
    pub probes: [(&'static str, Option<&'a Probe>); 3],
    pub lifecycle: Option<&'a Lifecycle>,
}

impl Container<'_> {
    /// The path of a field of its security context.
    pub(super) fn context(&self, field: &'static str) -> FieldPath {
        self.path.field("securityContext").field(field)
    }
}

/// The two API types have the same fields without having anything in common.
macro_rules! container {
    ($container:expr, $path:expr) => {
        Container {
            path: $path,
            security: $container.security_context.as_ref(),
            ports: $container.ports.as_deref().unwrap_or_default(),
            probes: [
                ("livenessProbe", $container.liveness_probe.as_ref()),
                ("readinessProbe", $container.readiness_probe.as_ref()),
                ("startupProbe", $container.startup_probe.as_ref()),
            ],
            lifecycle: $container.lifecycle.as_ref(),
        }
    };
}

/// All containers, in upstream's order (`visitContainers`).
pub(super) fn containers(spec: &PodSpec) -> Vec<Container<'_>> {
    let root = FieldPath::root().field("spec");
    let mut all = Vec::new();
    for (list, containers) in [
        ("initContainers", spec.init_containers.as_deref()),
        ("containers", Some(spec.containers.as_slice())),
    ] {
        for (i, container) in containers.unwrap_or_default().iter().enumerate() {
            all.push(container!(container, root.field(list).index(i)));
        }
    }
    for (i, container) in spec.ephemeral_containers.iter().flatten().enumerate() {
        let path = root.field("ephemeralContainers").index(i);
        all.push(container!(container, path));
    }
    all
}
