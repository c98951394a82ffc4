//! One view over all containers of a Pod, whichever list they are in.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::{
    Container, ContainerPort, EnvFromSource, EnvVar, EphemeralContainer, Lifecycle, PodSpec, Probe,
    ResourceRequirements, SecurityContext, VolumeDevice, VolumeMount,
};
use serde::Serialize;

use crate::path::FieldPath;

/// The part a container has in the life of its Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ContainerType {
    /// Runs to its end before the next one starts.
    Init,
    /// An init container with `restartPolicy: Always`.
    Sidecar,
    /// One of `spec.containers`.
    App,
    /// Added to a running Pod.
    Ephemeral,
}

impl ContainerType {
    /// The field of a Pod's spec that holds the containers of this type.
    pub fn field(self) -> &'static str {
        match self {
            Self::Init | Self::Sidecar => "initContainers",
            Self::App => "containers",
            Self::Ephemeral => "ephemeralContainers",
        }
    }

    /// Returns the noun that people use: `init container`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Init => "init container",
            Self::Sidecar => "sidecar",
            Self::App => "container",
            Self::Ephemeral => "ephemeral container",
        }
    }
}

/// A container of any type, with its fields as they are in the spec.
///
/// [`Container`] and [`EphemeralContainer`] have these fields in common without
/// sharing a type, as they do in Go (`EphemeralContainerCommon`).
#[derive(Clone, Debug)]
pub struct ContainerView<'a> {
    /// The container's name.
    pub name: &'a str,
    /// The part it has in the life of its Pod.
    pub container_type: ContainerType,
    /// The path of the container in the object.
    pub path: FieldPath,
    /// Its index in its list, from 0.
    pub index: usize,
    /// `image`.
    pub image: Option<&'a str>,
    /// `command`, or empty where the image decides.
    pub command: &'a [String],
    /// `args`, or empty where the image decides.
    pub args: &'a [String],
    /// `env`.
    pub env: &'a [EnvVar],
    /// `envFrom`.
    pub env_from: &'a [EnvFromSource],
    /// `ports`.
    pub ports: &'a [ContainerPort],
    /// `resources`.
    pub resources: Option<&'a ResourceRequirements>,
    /// `volumeMounts`.
    pub volume_mounts: &'a [VolumeMount],
    /// `volumeDevices`.
    pub volume_devices: &'a [VolumeDevice],
    /// `startupProbe`, `readinessProbe` and `livenessProbe`, each with the name of
    /// its field.
    pub probes: [(&'static str, Option<&'a Probe>); 3],
    /// `lifecycle`.
    pub lifecycle: Option<&'a Lifecycle>,
    /// `restartPolicy` of the container itself.
    pub restart_policy: Option<&'a str>,
    /// `securityContext`.
    pub security_context: Option<&'a SecurityContext>,
    /// `tty`.
    pub tty: bool,
    spec: ContainerSpec<'a>,
}

#[derive(Clone, Copy, Debug)]
enum ContainerSpec<'a> {
    Common(&'a Container),
    Ephemeral(&'a EphemeralContainer),
}

impl<'a> ContainerView<'a> {
    /// Returns the path of a field of its `securityContext`.
    pub fn security_context_path(&self, field: &'static str) -> FieldPath {
        self.path.fields(&["securityContext", field])
    }

    /// The container as the type that app and init containers have. An ephemeral
    /// one is copied, without its `targetContainerName`.
    pub fn to_container(&self) -> Cow<'a, Container> {
        match self.spec {
            ContainerSpec::Common(container) => Cow::Borrowed(container),
            ContainerSpec::Ephemeral(container) => Cow::Owned(common(container)),
        }
    }
}

macro_rules! view {
    ($container:expr, $spec:ident, $container_type:expr, $base:expr, $index:expr) => {
        ContainerView {
            name: &$container.name,
            container_type: $container_type,
            path: $base.element($container_type.field(), $index),
            index: $index,
            image: $container.image.as_deref(),
            command: $container.command.as_deref().unwrap_or_default(),
            args: $container.args.as_deref().unwrap_or_default(),
            env: $container.env.as_deref().unwrap_or_default(),
            env_from: $container.env_from.as_deref().unwrap_or_default(),
            ports: $container.ports.as_deref().unwrap_or_default(),
            resources: $container.resources.as_ref(),
            volume_mounts: $container.volume_mounts.as_deref().unwrap_or_default(),
            volume_devices: $container.volume_devices.as_deref().unwrap_or_default(),
            probes: [
                ("startupProbe", $container.startup_probe.as_ref()),
                ("readinessProbe", $container.readiness_probe.as_ref()),
                ("livenessProbe", $container.liveness_probe.as_ref()),
            ],
            lifecycle: $container.lifecycle.as_ref(),
            restart_policy: $container.restart_policy.as_deref(),
            security_context: $container.security_context.as_ref(),
            tty: $container.tty.unwrap_or_default(),
            spec: ContainerSpec::$spec($container),
        }
    };
}

/// Returns all containers of a Pod in upstream's order (`VisitContainers` in
/// pkg/api/v1/pod): init containers and sidecars as they are listed, app
/// containers, ephemeral containers. `base` is the path of `spec` in the object.
pub fn containers<'a>(spec: &'a PodSpec, base: &FieldPath) -> Vec<ContainerView<'a>> {
    let init = spec.init_containers.as_deref().unwrap_or_default();
    let ephemeral = spec.ephemeral_containers.as_deref().unwrap_or_default();
    let mut all = Vec::with_capacity(init.len() + spec.containers.len() + ephemeral.len());
    for (i, c) in init.iter().enumerate() {
        let container_type = match c.restart_policy.as_deref() {
            Some("Always") => ContainerType::Sidecar,
            _ => ContainerType::Init,
        };
        all.push(view!(c, Common, container_type, base, i));
    }
    for (i, c) in spec.containers.iter().enumerate() {
        all.push(view!(c, Common, ContainerType::App, base, i));
    }
    for (i, c) in ephemeral.iter().enumerate() {
        all.push(view!(c, Ephemeral, ContainerType::Ephemeral, base, i));
    }
    all
}

/// Copies the fields that an ephemeral container has in common with the others.
fn common(container: &EphemeralContainer) -> Container {
    let own = container.clone();
    Container {
        args: own.args,
        command: own.command,
        env: own.env,
        env_from: own.env_from,
        image: own.image,
        image_pull_policy: own.image_pull_policy,
        lifecycle: own.lifecycle,
        liveness_probe: own.liveness_probe,
        name: own.name,
        ports: own.ports,
        readiness_probe: own.readiness_probe,
        resize_policy: own.resize_policy,
        resources: own.resources,
        restart_policy: own.restart_policy,
        restart_policy_rules: own.restart_policy_rules,
        security_context: own.security_context,
        startup_probe: own.startup_probe,
        stdin: own.stdin,
        stdin_once: own.stdin_once,
        termination_message_path: own.termination_message_path,
        termination_message_policy: own.termination_message_policy,
        tty: own.tty,
        volume_devices: own.volume_devices,
        volume_mounts: own.volume_mounts,
        working_dir: own.working_dir,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_list_is_seen_in_upstreams_order_with_its_paths() {
        let spec: PodSpec = serde_json::from_value(json!({
            "containers": [{"name": "a", "command": ["x"], "tty": true}],
            "initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}],
            "ephemeralContainers": [{"name": "e", "targetContainerName": "a", "args": ["y"]}],
        }))
        .unwrap();
        let all = containers(&spec, &FieldPath::root().field("spec"));
        let seen: Vec<_> = all
            .iter()
            .map(|c| (c.name, c.container_type, c.path.to_string(), c.index))
            .collect();
        let path = |text: &str| text.to_owned();
        assert_eq!(
            seen,
            [
                ("i", ContainerType::Init, path("spec.initContainers[0]"), 0),
                (
                    "s",
                    ContainerType::Sidecar,
                    path("spec.initContainers[1]"),
                    1
                ),
                ("a", ContainerType::App, path("spec.containers[0]"), 0),
                (
                    "e",
                    ContainerType::Ephemeral,
                    path("spec.ephemeralContainers[0]"),
                    0
                ),
            ]
        );
        assert!(all[2].tty && all[2].command == ["x"] && all[3].args == ["y"]);
        assert_eq!(*all[2].to_container(), spec.containers[0]);
        let ephemeral = all[3].to_container();
        assert_eq!(
            (ephemeral.name.as_str(), ephemeral.args.as_deref()),
            ("e", Some(all[3].args))
        );
    }
}
