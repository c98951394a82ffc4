//! Validation of one part of a Pod, for callers that check nothing else.
//!
//! Upstream: `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{
    EnvFromSource, EnvVar, FileKeySelector, ObjectFieldSelector, PodSpec, ResourceFieldSelector,
    VolumeMount,
};

use super::downward::{self, Use};
use super::errors::Errors;
use super::path::Path;
use super::probes::Terms;
use super::{env, kinds_of_containers, mounts, network};
use crate::container::{ContainerView, containers};
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

fn findings(check: impl FnOnce(&mut Errors)) -> Vec<Finding> {
    let mut errors = Errors::default();
    check(&mut errors);
    errors.into_findings()
}

/// Checks `hostnameOverride`, as a server does that knows the field (by default from
/// 1.35 on); `at` is the path of the Pod's spec.
///
/// Upstream: `validatePodHostName`.
pub fn validate_hostname_override(spec: &PodSpec, at: &FieldPath) -> Vec<Finding> {
    findings(|errors| network::hostname_override(spec, &Path::base(at), errors))
}

/// Checks the name of an environment variable; `at` is its path.
///
/// Upstream: `ValidateEnv`.
pub fn validate_env_name(name: &str, version: KubernetesVersion, at: &FieldPath) -> Vec<Finding> {
    findings(|errors| env::name(name, version, &Path::base(at), errors))
}

/// Checks the `prefix` of an entry of `envFrom`; `at` is its path.
///
/// Upstream: `ValidateEnvFrom`.
pub fn validate_env_prefix(
    prefix: &str,
    version: KubernetesVersion,
    at: &FieldPath,
) -> Vec<Finding> {
    findings(|errors| env::prefix(prefix, version, &Path::base(at), errors))
}

/// Checks that an entry of `envFrom` names one object; `at` is its path.
///
/// Upstream: `ValidateEnvFrom`, which names the list.
pub fn validate_env_from_object(source: &EnvFromSource, at: &FieldPath) -> Vec<Finding> {
    let path = Path::base(at);
    findings(|errors| env::one_object(source, &path, &path, errors))
}

/// Checks that a variable with a `valueFrom` has one source and no value; `at` is the
/// path of the `valueFrom`.
///
/// Upstream: `validateEnvVarValueFrom`.
pub fn validate_env_source(
    variable: &EnvVar,
    version: KubernetesVersion,
    at: &FieldPath,
) -> Vec<Finding> {
    let Some(source) = &variable.value_from else {
        return Vec::new();
    };
    findings(|errors| env::one_source(variable, source, version, &Path::base(at), errors))
}

/// Checks a `fieldRef` of `env`, whose API version is `v1` by default; `at` is its path.
///
/// Upstream: `validateObjectFieldSelector`.
pub fn validate_field_ref(selector: &ObjectFieldSelector, at: &FieldPath) -> Vec<Finding> {
    let mut selector = selector.clone();
    let version = selector.api_version.get_or_insert_default();
    if version.is_empty() {
        "v1".clone_into(version);
    }
    findings(|errors| downward::field(&selector, Use::Env, &Path::base(at), errors))
}

/// Checks a `resourceFieldRef` of `env`; `at` is its path.
///
/// Upstream: `validateContainerResourceFieldSelector`.
pub fn validate_resource_field_ref(
    selector: &ResourceFieldSelector,
    at: &FieldPath,
) -> Vec<Finding> {
    findings(|errors| downward::resource(selector, Use::Env, &Path::base(at), errors))
}

/// Checks a `fileKeyRef` by itself; `at` is its path.
///
/// Upstream: `validateFileKeySelector`.
pub fn validate_file_key(selector: &FileKeySelector, at: &FieldPath) -> Vec<Finding> {
    findings(|errors| env::file_key(selector, &Path::base(at), errors))
}

/// Checks the volume of a `fileKeyRef`; `at` is the path of its `volumeName`.
///
/// Upstream: `validateFileKeyRefVolumes`.
pub fn validate_file_volume(name: &str, spec: &PodSpec, at: &FieldPath) -> Vec<Finding> {
    // Of two with the same name, the last counts.
    let mut volumes = spec.volumes.iter().flatten().rev();
    let volume = volumes.find(|volume| volume.name == name);
    findings(|errors| env::file_volume(name, volume, &Path::base(at), errors))
}

/// Checks the `subPathExpr` of a mount by itself; `at` is the path of the mount.
///
/// Upstream: `ValidateVolumeMounts`.
pub fn validate_sub_path_expr(mount: &VolumeMount, at: &FieldPath) -> Vec<Finding> {
    let path = Path::base(at);
    findings(|errors| mounts::sub_path_expr(mount, &path, &path, errors))
}

/// Checks the probes of all containers of a Pod that has its defaults; `at` is the path of
/// its spec.
///
/// Upstream: `validateContainers`, `validateInitContainers`, `validateEphemeralContainers`.
pub fn validate_probes(spec: &PodSpec, version: KubernetesVersion, at: &FieldPath) -> Vec<Finding> {
    of_containers(spec, version, at, kinds_of_containers::probes_alone)
}

/// Checks the hooks of all containers of a Pod that has its defaults; `at` is the path of its
/// spec.
///
/// Upstream: `validateLifecycle`, `validateSleepAction`, and the callers of the former.
pub fn validate_hooks(spec: &PodSpec, version: KubernetesVersion, at: &FieldPath) -> Vec<Finding> {
    of_containers(spec, version, at, kinds_of_containers::hooks_alone)
}

fn of_containers(
    spec: &PodSpec,
    version: KubernetesVersion,
    at: &FieldPath,
    check: fn(&ContainerView<'_>, Terms, &Path<'_>, &mut Errors),
) -> Vec<Finding> {
    let terms = Terms {
        version,
        grace_period: spec.termination_grace_period_seconds,
    };
    let base = Path::base(at);
    findings(|errors| {
        for own in containers(spec, at) {
            let list = base.field(own.container_type.field());
            check(&own, terms, &list.index(own.index), errors);
        }
    })
}
