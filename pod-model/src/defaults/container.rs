//! Containers of each kind.

use k8s_openapi::api::core::v1::{
    Container, ContainerPort, EnvVar, EphemeralContainer, Lifecycle, ObjectFieldSelector, Probe,
    ResourceRequirements,
};

use super::resources::resources;
use super::{each, probe, string};
use crate::image;

/// Fills in an app or init container.
///
/// Upstream: `SetDefaults_Container` and the generated walk over `Container`.
pub fn container(container: &mut Container) {
    fields(Fields {
        image: container.image.as_deref().unwrap_or_default(),
        image_pull_policy: &mut container.image_pull_policy,
        termination_message_path: &mut container.termination_message_path,
        termination_message_policy: &mut container.termination_message_policy,
        ports: &mut container.ports,
        env: &mut container.env,
        resources: container.resources.as_mut(),
        probes: [
            &mut container.liveness_probe,
            &mut container.readiness_probe,
            &mut container.startup_probe,
        ],
        lifecycle: container.lifecycle.as_mut(),
    });
}

/// Fills in an ephemeral container.
///
/// Upstream: `SetDefaults_EphemeralContainer` and the generated walk over
/// `EphemeralContainer`.
pub fn ephemeral_container(container: &mut EphemeralContainer) {
    fields(Fields {
        image: container.image.as_deref().unwrap_or_default(),
        image_pull_policy: &mut container.image_pull_policy,
        termination_message_path: &mut container.termination_message_path,
        termination_message_policy: &mut container.termination_message_policy,
        ports: &mut container.ports,
        env: &mut container.env,
        resources: container.resources.as_mut(),
        probes: [
            &mut container.liveness_probe,
            &mut container.readiness_probe,
            &mut container.startup_probe,
        ],
        lifecycle: container.lifecycle.as_mut(),
    });
}

/// Fields of both types of containers; in Go they share a type.
struct Fields<'a> {
    image: &'a str,
    image_pull_policy: &'a mut Option<String>,
    termination_message_path: &'a mut Option<String>,
    termination_message_policy: &'a mut Option<String>,
    ports: &'a mut Option<Vec<ContainerPort>>,
    env: &'a mut Option<Vec<EnvVar>>,
    resources: Option<&'a mut ResourceRequirements>,
    probes: [&'a mut Option<Probe>; 3],
    lifecycle: Option<&'a mut Lifecycle>,
}

fn fields(container: Fields<'_>) {
    let policy = container.image_pull_policy;
    if policy.as_deref().is_none_or(str::is_empty) {
        *policy = Some(image::pull_policy(container.image).to_owned());
    }
    string(container.termination_message_path, "/dev/termination-log");
    string(container.termination_message_policy, "File");
    for port in each(container.ports) {
        string(&mut port.protocol, "TCP");
    }
    for source in each(container.env).filter_map(|var| var.value_from.as_mut()) {
        if let Some(selector) = &mut source.field_ref {
            object_field_selector(selector);
        }
        if let Some(selector) = &mut source.file_key_ref {
            selector.optional.get_or_insert(false);
        }
    }
    resources(container.resources);
    for field in container.probes.into_iter().flatten() {
        probe::probe(field);
    }
    if let Some(lifecycle) = container.lifecycle {
        probe::lifecycle(lifecycle);
    }
}

/// Upstream: `SetDefaults_ObjectFieldSelector`.
pub(super) fn object_field_selector(selector: &mut ObjectFieldSelector) {
    string(&mut selector.api_version, "v1");
}
