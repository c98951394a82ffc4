//! Environment variables and where their values come from.
//!
//! Upstream: `ValidateEnv`, `ValidateEnvFrom`, `validateEnvVarValueFrom` and
//! `validateFileKeyRefVolumes` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    EnvFromSource, EnvVar, EnvVarSource, FileKeySelector, PodSpec, Volume,
};

use super::containers::Containers;
use super::downward::{self, Use};
use super::errors::{Errors, quoted};
use super::path::Path;
use super::{files, names};
use crate::features::Gate;
use crate::version::KubernetesVersion;

fn name_check(version: KubernetesVersion) -> names::Check {
    if Gate::RelaxedEnvironmentVariableValidation.is_on(version) {
        names::env_name
    } else {
        names::strict_env_name
    }
}

pub(super) fn env(
    vars: &[EnvVar],
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    for (i, var) in vars.iter().enumerate() {
        let path = path.index(i);
        name(&var.name, version, &path.field("name"), errors);
        if let Some(source) = &var.value_from {
            value_from(var, source, version, &path.field("valueFrom"), errors);
        }
    }
}

pub(super) fn name(name: &str, version: KubernetesVersion, path: &Path<'_>, errors: &mut Errors) {
    if name.is_empty() {
        errors.required(path, "the name of the environment variable is required");
    } else {
        let what = "environment variable name";
        errors.syntax(path, name, what, name_check(version));
    }
}

pub(super) fn prefix(
    prefix: &str,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if !prefix.is_empty() {
        let what = "prefix of environment variables";
        errors.syntax(path, prefix, what, name_check(version));
    }
}

fn value_from(
    var: &EnvVar,
    source: &EnvVarSource,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if let Some(selector) = &source.field_ref {
        downward::field(selector, Use::Env, &path.field("fieldRef"), errors);
    }
    if let Some(selector) = &source.resource_field_ref {
        downward::resource(selector, Use::Env, &path.field("resourceFieldRef"), errors);
    }
    if let Some(selector) = &source.config_map_key_ref {
        let path = path.field("configMapKeyRef");
        key_of("ConfigMap", &selector.name, &selector.key, &path, errors);
    }
    if let Some(selector) = &source.secret_key_ref {
        let path = path.field("secretKeyRef");
        key_of("Secret", &selector.name, &selector.key, &path, errors);
    }
    if let Some(selector) = &source.file_key_ref {
        file_key(selector, &path.field("fileKeyRef"), errors);
    }
    one_source(var, source, version, path, errors);
}

/// Checks that a variable has one source, and no value beside it.
pub(super) fn one_source(
    var: &EnvVar,
    source: &EnvVarSource,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let sources = usize::from(source.field_ref.is_some())
        + usize::from(source.resource_field_ref.is_some())
        + usize::from(source.config_map_key_ref.is_some())
        + usize::from(source.secret_key_ref.is_some())
        + usize::from(source.file_key_ref.is_some());
    let name = || quoted(&var.name);
    if sources == 0 {
        let files = if Gate::EnvFiles.is_on(version) {
            ", `fileKeyRef`"
        } else {
            ""
        };
        errors
            .invalid(path, format!("`valueFrom` of {} has no source", name()))
            .help(format!("set one of `fieldRef`, `resourceFieldRef`{files}, `configMapKeyRef` or `secretKeyRef`"));
    } else if var.value.as_deref().is_some_and(|value| !value.is_empty()) {
        errors
            .invalid(
                path,
                format!("cannot combine `value` and `valueFrom` in {}", name()),
            )
            .help("remove one of them");
    } else if sources > 1 {
        errors
            .invalid(
                path,
                format!("`valueFrom` of {} has {sources} sources", name()),
            )
            .help("set exactly one source");
    }
}

/// Upstream: `validateConfigMapKeySelector`, `validateSecretKeySelector`.
fn key_of(of: &str, name: &str, key: &str, path: &Path<'_>, errors: &mut Errors) {
    errors.syntax(
        &path.field("name"),
        name,
        &format!("{of} name"),
        names::dns_subdomain,
    );
    let at = path.field("key");
    if key.is_empty() {
        errors.required(&at, format!("the key of the {of} is required"));
    } else {
        errors.syntax(&at, key, &format!("{of} key"), names::config_map_key);
    }
}

/// Upstream: `validateFileKeySelector`.
pub(super) fn file_key(selector: &FileKeySelector, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("key");
    if selector.key.is_empty() {
        errors.required(&at, "the key in the file is required");
    } else {
        let what = "environment variable name";
        errors.syntax(&at, &selector.key, what, names::env_name);
    }
    let at = path.field("volumeName");
    if selector.volume_name.is_empty() {
        errors.required(&at, "the name of the file's volume is required");
    } else {
        errors.syntax(&at, &selector.volume_name, "volume name", names::dns_label);
    }
    let at = path.field("path");
    if selector.path.is_empty() {
        errors.required(&at, "the path of the file is required");
    } else {
        files::no_backsteps(&selector.path, &at, &at, errors);
    }
}

pub(super) fn env_from(
    sources: &[EnvFromSource],
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    for (i, source) in sources.iter().enumerate() {
        let at = path.index(i);
        let own_prefix = source.prefix.as_deref().unwrap_or_default();
        prefix(own_prefix, version, &at.field("prefix"), errors);
        let of_config_map = source
            .config_map_ref
            .as_ref()
            .map(|map| ("configMapRef", "ConfigMap", &map.name));
        let of_secret = source
            .secret_ref
            .as_ref()
            .map(|secret| ("secretRef", "Secret", &secret.name));
        for (field, of, name) in of_config_map.into_iter().chain(of_secret) {
            let at = at.field(field);
            let at = at.field("name");
            if name.is_empty() {
                errors.required(&at, format!("the name of the {of} is required"));
            } else {
                errors.syntax(
                    &at,
                    name,
                    &format!("{of} name"),
                    names::dns_subdomain_prefix,
                );
            }
        }
        one_object(source, path, &at, errors);
    }
}

/// Checks that an entry of `envFrom` names one object. Upstream's path is that of the
/// list; `at` is the entry.
pub(super) fn one_object(
    source: &EnvFromSource,
    path: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    let message = match (&source.config_map_ref, &source.secret_ref) {
        (None, None) => "an entry of `envFrom` has no source",
        (Some(_), Some(_)) => "an entry of `envFrom` has two sources",
        _ => return,
    };
    errors
        .invalid(path, message)
        .help("set exactly one of `configMapRef` and `secretRef`")
        .display_path(at);
}

/// A file of variables is in an `emptyDir`, where an init container has put it.
pub(super) fn file_volumes(
    spec: &PodSpec,
    containers: &Containers<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    // Of two with the same name, the last counts.
    let volumes: BTreeMap<_, _> = spec
        .volumes
        .iter()
        .flatten()
        .map(|volume| (volume.name.as_str(), volume))
        .collect();
    containers.visit(path, |container, path| {
        let path = path.field("env");
        for (i, var) in container.env.iter().flatten().enumerate() {
            let source = var
                .value_from
                .as_ref()
                .and_then(|from| from.file_key_ref.as_ref());
            let Some(FileKeySelector { volume_name, .. }) = source else {
                continue;
            };
            let at = path.index(i);
            let at = at.field("valueFrom");
            let at = at.field("fileKeyRef");
            let at = at.field("volumeName");
            file_volume(
                volume_name,
                volumes.get(volume_name.as_str()).copied(),
                &at,
                errors,
            );
        }
    });
}

/// Checks the volume of that name, if the Pod has one.
pub(super) fn file_volume(
    name: &str,
    volume: Option<&Volume>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    match volume {
        None => {
            errors.not_found(path, format!("the Pod has no volume {}", quoted(name)));
        }
        Some(volume) if volume.empty_dir.is_none() => {
            errors.invalid(
                path,
                format!("volume {} must be an `emptyDir`", quoted(name)),
            );
        }
        Some(_) => {}
    }
}
