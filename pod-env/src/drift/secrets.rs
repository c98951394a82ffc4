//! The variables that a Secret may have given a value when the container started.
//!
//! The spec decides, not the present environment: the Secret or its keys may have been
//! deleted while the container runs with their values. The spec of the environment cannot
//! change once the Pod is created.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{EnvFromSource, EnvVar as SpecVar, EnvVarSource};

use pod_model::ContainerView;
use pod_model::expansion::{Piece, pieces};
use pod_model::names;

pub(super) struct Secrets<'a> {
    env_from: &'a [EnvFromSource],
    /// The last entry of each name in `env`.
    env: HashMap<&'a str, bool>,
}

impl<'a> Secrets<'a> {
    pub(super) fn of(container: &ContainerView<'a>) -> Self {
        let mut secrets = Self {
            env_from: container.env_from,
            env: HashMap::new(),
        };
        for variable in container.env {
            let may = secrets.may_set(variable);
            secrets.env.insert(&variable.name, may);
        }
        secrets
    }

    /// Returns whether the variable of this name may contain the value of a Secret.
    pub(super) fn may_be_in(&self, name: &str) -> bool {
        match self.env.get(name) {
            Some(may) => *may,
            None => self.env_from.iter().any(|from| brings(from, name)),
        }
    }

    /// The same of an entry of `env` whose predecessors are known.
    fn may_set(&self, variable: &SpecVar) -> bool {
        let text = variable.value.as_deref().unwrap_or_default();
        let before = || self.may_be_in(&variable.name);
        match &variable.value_from {
            // The order of the sources is the kubelet's.
            Some(from) if text.is_empty() => match from {
                EnvVarSource {
                    field_ref: Some(_), ..
                }
                | EnvVarSource {
                    resource_field_ref: Some(_),
                    ..
                } => false,
                EnvVarSource {
                    config_map_key_ref: Some(key),
                    ..
                } => key.optional == Some(true) && before(),
                EnvVarSource {
                    secret_key_ref: Some(_),
                    ..
                } => true,
                EnvVarSource {
                    file_key_ref: Some(key),
                    ..
                } => key.optional == Some(true) && before(),
                _ => false,
            },
            _ => pieces(text).iter().any(|piece| match piece {
                Piece::Reference { name, .. } => self.may_be_in(name),
                Piece::Text(_) | Piece::Escape { .. } => false,
            }),
        }
    }
}

/// Returns whether an entry of `envFrom` is a Secret that may set a name.
fn brings(from: &EnvFromSource, name: &str) -> bool {
    from.secret_ref.is_some() && could_bring(from, name)
}

/// Returns whether an entry of `envFrom` may set a name, whatever keys its object has
/// now.
pub(super) fn could_bring(from: &EnvFromSource, name: &str) -> bool {
    let prefix = from.prefix.as_deref().unwrap_or_default();
    name.strip_prefix(prefix)
        .is_some_and(|key| names::config_map_key(key).is_none())
}
