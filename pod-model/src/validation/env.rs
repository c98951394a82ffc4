//! Environment variables and where their values come from.
//!
//! Upstream: `ValidateEnv`, `ValidateEnvFrom`, `validateEnvVarValueFrom` and
//! `validateFileKeyRefVolumes` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{EnvFromSource, EnvVar, EnvVarSource, FileKeySelector, PodSpec};

use super::containers::Containers;
use super::downward::{self, Use};
use super::errors::{Errors, quoted};
use super::gates::Gate;
use super::path::Path;
use super::{files, names};
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
        let at = path.field("name");
        if var.name.is_empty() {
            errors.required(&at, "the name of the environment variable is required");
        } else {
            let what = "environment variable name";
            errors.syntax(&at, &var.name, what, name_check(version));
        }
        if let Some(source) = &var.value_from {
            value_from(var, source, version, &path.field("valueFrom"), errors);
        }
    }
}

fn value_from(
    var: &EnvVar,
    source: &EnvVarSource,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mut sources = 0;
    if let Some(selector) = &source.field_ref {
        sources += 1;
        downward::field(selector, Use::Env, &path.field("fieldRef"), errors);
    }
    if let Some(selector) = &source.resource_field_ref {
        sources += 1;
        downward::resource(selector, Use::Env, &path.field("resourceFieldRef"), errors);
    }
    if let Some(selector) = &source.config_map_key_ref {
        sources += 1;
        let path = path.field("configMapKeyRef");
        key_of("ConfigMap", &selector.name, &selector.key, &path, errors);
    }
    if let Some(selector) = &source.secret_key_ref {
        sources += 1;
        let path = path.field("secretKeyRef");
        key_of("Secret", &selector.name, &selector.key, &path, errors);
    }
    if let Some(selector) = &source.file_key_ref {
        sources += 1;
        file_key(selector, &path.field("fileKeyRef"), errors);
    }
    let name = quoted(&var.name);
    if sources == 0 {
        let files = if Gate::EnvFiles.is_on(version) {
            ", `fileKeyRef`"
        } else {
            ""
        };
        errors
            .invalid(path, format!("`valueFrom` of {name} has no source"))
            .help(format!("set one of `fieldRef`, `resourceFieldRef`{files}, `configMapKeyRef` or `secretKeyRef`"));
    } else if var.value.as_deref().is_some_and(|value| !value.is_empty()) {
        errors
            .invalid(
                path,
                format!("cannot combine `value` and `valueFrom` in {name}"),
            )
            .help("remove one of them");
    } else if sources > 1 {
        errors
            .invalid(path, format!("`valueFrom` of {name} has {sources} sources"))
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
        if let Some(prefix) = source.prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
            let what = "prefix of environment variables";
            errors.syntax(&at.field("prefix"), prefix, what, name_check(version));
        }
        let of_config_map = source
            .config_map_ref
            .as_ref()
            .map(|map| ("configMapRef", "ConfigMap", &map.name));
        let of_secret = source
            .secret_ref
            .as_ref()
            .map(|secret| ("secretRef", "Secret", &secret.name));
        let mut named = 0;
        for (field, of, name) in of_config_map.into_iter().chain(of_secret) {
            named += 1;
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
        if named != 1 {
            let message = match named {
                0 => "an entry of `envFrom` has no source",
                _ => "an entry of `envFrom` has two sources",
            };
            errors
                .invalid(path, message)
                .help("set exactly one of `configMapRef` and `secretRef`")
                .display_path(&at);
        }
    }
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
            match volumes.get(volume_name.as_str()) {
                None => {
                    errors.not_found(
                        &at,
                        format!("the Pod has no volume {}", quoted(volume_name)),
                    );
                }
                Some(volume) if volume.empty_dir.is_none() => {
                    errors.invalid(&at, format!("volume `{volume_name}` must be an `emptyDir`"));
                }
                Some(_) => {}
            }
        }
    });
}
