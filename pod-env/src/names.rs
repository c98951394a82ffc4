//! Names of variables: which are valid, and who can refer to them.

use pod_model::KubernetesVersion;

/// How the API server checks the names in `env` and the prefixes in `envFrom`.
/// The kubelet itself skips none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// Letters, digits, `_`, `-` and `.`, no digit in front, not `..`.
    Strict,
    /// Printable ASCII without `=`.
    Relaxed,
}

impl NameRule {
    /// The rule of a version.
    ///
    /// Upstream: `RelaxedEnvironmentVariableValidation` in
    /// pkg/features/kube_features.go: off by default up to 1.31, on by default
    /// from 1.32, locked on from 1.34.
    pub fn of(version: KubernetesVersion) -> Self {
        if version >= KubernetesVersion::V1_32 {
            Self::Relaxed
        } else {
            Self::Strict
        }
    }

    /// Whether a name keeps the rule.
    pub fn allows(self, name: &str) -> bool {
        match self {
            Self::Strict => is_env_var_name(name),
            Self::Relaxed => is_relaxed_env_var_name(name),
        }
    }

    /// Returns the rule as the end of a sentence.
    pub fn says(self) -> &'static str {
        match self {
            Self::Strict => {
                "letters, digits, `_`, `-` and `.`, not beginning with a digit or with `..`"
            }
            Self::Relaxed => "printable ASCII characters other than `=`",
        }
    }
}

/// The strict rule.
///
/// Upstream: `IsEnvVarName` in k8s.io/apimachinery/pkg/util/validation.
pub fn is_env_var_name(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|b| !b.is_ascii_digit())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        && name != "."
        && !name.starts_with("..")
}

/// The relaxed rule.
///
/// Upstream: `IsRelaxedEnvVarName` in k8s.io/apimachinery/pkg/util/validation;
/// what Go's `unicode.IsPrint` takes of ASCII is the space and what is visible.
pub fn is_relaxed_env_var_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'=')
}

/// Whether a key of a ConfigMap or Secret passes the API server.
///
/// Upstream: `IsConfigMapKey` in k8s.io/apimachinery/pkg/util/validation.
pub fn is_config_map_key(key: &str) -> bool {
    (1..=253).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        && key != "."
        && !key.starts_with("..")
}

/// Whether a POSIX shell can refer to a variable of this name, or set it.
///
/// POSIX.1-2024, Base Definitions, 3.216 Name.
pub fn is_shell_name(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|b| !b.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_own_names() {
        // name, strict, relaxed, shell, key
        let table = [
            ("A", true, true, true, true),
            ("a_B9", true, true, true, true),
            ("_", true, true, true, true),
            ("db-url", true, true, false, true),
            ("my.name", true, true, false, true),
            ("-", true, true, false, true),
            (".a", true, true, false, true),
            (".", false, true, false, false),
            ("..", false, true, false, false),
            ("..a", false, true, false, false),
            ("9A", false, true, false, true),
            ("", false, false, false, false),
            ("a b", false, true, false, false),
            ("a=b", false, false, false, false),
            ("a\tb", false, false, false, false),
            ("a\u{7f}", false, false, false, false),
            ("é", false, false, false, false),
            ("$(A)", false, true, false, false),
        ];
        for (name, strict, relaxed, shell, key) in table {
            assert_eq!(is_env_var_name(name), strict, "strict {name:?}");
            assert_eq!(is_relaxed_env_var_name(name), relaxed, "relaxed {name:?}");
            assert_eq!(is_shell_name(name), shell, "shell {name:?}");
            assert_eq!(is_config_map_key(name), key, "key {name:?}");
        }
    }

    #[test]
    fn the_rule_changes_with_1_32() {
        assert_eq!(NameRule::of(KubernetesVersion::V1_31), NameRule::Strict);
        for version in &KubernetesVersion::ALL[1..] {
            assert_eq!(NameRule::of(*version), NameRule::Relaxed, "{version}");
        }
    }
}
