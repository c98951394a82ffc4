//! The command of an exec probe.

use std::borrow::Cow;
use std::collections::HashMap;

use k8s_openapi::api::core::v1::EnvVar;
use pod_model::expansion;

/// Returns the command that an exec probe runs: `$(VAR)` is replaced by what the container's `env`
/// declares. A variable with `valueFrom` is empty, and one of `envFrom` is not known.
///
/// Upstream: `ExpandContainerCommandOnlyStatic` in `k8s.io/kubernetes/pkg/kubelet/container`.
pub fn expand_command(command: &[String], env: &[EnvVar]) -> Vec<String> {
    let values: HashMap<&str, &str> = env
        .iter()
        .map(|variable| {
            let value = variable.value.as_deref().unwrap_or_default();
            (variable.name.as_str(), value)
        })
        .collect();
    let lookup = |name: &str| values.get(name).map(|value| Cow::Borrowed(*value));
    command
        .iter()
        .map(|word| expansion::expand(word, lookup))
        .collect()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::EnvVarSource;

    use super::*;

    #[test]
    fn a_variable_from_elsewhere_is_empty_and_an_unknown_one_stays() {
        let env = [
            EnvVar {
                name: "PORT".to_owned(),
                value: Some("80".to_owned()),
                ..EnvVar::default()
            },
            EnvVar {
                name: "SECRET".to_owned(),
                value_from: Some(EnvVarSource::default()),
                ..EnvVar::default()
            },
        ];
        let command = ["$(PORT)", "[$(SECRET)]", "$(OTHER)", "$$(PORT)"].map(str::to_owned);
        let expected = ["80", "[]", "$(OTHER)", "$(PORT)"];
        assert_eq!(expand_command(&command, &env), expected);
    }
}
