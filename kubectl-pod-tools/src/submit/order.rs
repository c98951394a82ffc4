//! Order in which the objects of one run are sent: first those that others depend on, so that
//! the kubelet finds a Pod's ConfigMap.

use pod_model::kinds::{KINDS, KindInfo};

/// The kind with a rank that the schema does not have.
const DEFINITION: &str = "CustomResourceDefinition";

/// Built-in kinds that are sent before all others, by rank. Objects of one rank keep their
/// order, and so do all others after them.
const RANKS: [(&[&str], &str); 5] = [
    (&["Namespace"], "objects live in them"),
    (
        &[DEFINITION],
        "the server knows no object of a kind before its definition",
    ),
    (
        &[
            "PriorityClass",
            "RuntimeClass",
            "StorageClass",
            "LimitRange",
            "ResourceQuota",
        ],
        "admission looks at them when a Pod arrives",
    ),
    (
        &[
            "ServiceAccount",
            "Role",
            "ClusterRole",
            "RoleBinding",
            "ClusterRoleBinding",
            "Secret",
            "ConfigMap",
            "PersistentVolume",
            "PersistentVolumeClaim",
        ],
        "a Pod that refers to one waits, or does not start",
    ),
    (
        &["Service"],
        "its variables are in the environment only of Pods that start after it",
    ),
];

/// Returns the rank of an object by its `apiVersion` and `kind`; lower ones are sent first.
pub(super) fn rank(api_version: &str, kind: &str) -> usize {
    RANKS
        .iter()
        .position(|(kinds, _why)| kinds.contains(&kind))
        .filter(|_| is_built_in(api_version, kind))
        .unwrap_or(RANKS.len())
}

/// Returns whether the kind is built in, in any version.
fn is_built_in(api_version: &str, kind: &str) -> bool {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let is_of_group = |row: &KindInfo| row.kind == kind && row.group == group;
    !version.is_empty() && KINDS.iter().any(is_of_group) || is_definition(api_version, kind)
}

/// Returns whether `apiVersion` and `kind` are of a definition of another kind.
pub(super) fn is_definition(api_version: &str, kind: &str) -> bool {
    kind == DEFINITION && api_version.starts_with("apiextensions.k8s.io/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_a_pod_come_before_it() {
        let mut kinds = [
            ("v1", "Pod"),
            ("v1", "Service"),
            ("batch/v1", "Job"),
            ("v1", "ConfigMap"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            ("v1", "Namespace"),
            ("v1", "Secret"),
            ("rbac.authorization.k8s.io/v1beta1", "Role"),
        ];
        kinds.sort_by_key(|(version, kind)| rank(version, kind));
        assert_eq!(
            kinds.map(|(_, kind)| kind),
            [
                "Namespace",
                "CustomResourceDefinition",
                "ConfigMap",
                "Secret",
                "Role",
                "Service",
                "Pod",
                "Job"
            ]
        );
    }

    #[test]
    fn another_groups_kind_of_the_same_name_keeps_its_place() {
        for (version, kind) in [
            ("serving.knative.dev/v1", "Service"),
            ("example.com/v1", "Secret"),
            ("example.com/v1", "Namespace"),
            ("example.com/v1", "CustomResourceDefinition"),
            ("iam.example.com/v1", "Role"),
            ("apps/v1", "ConfigMap"),
            ("", "Service"),
        ] {
            assert_eq!(rank(version, kind), RANKS.len(), "{version} {kind}");
        }
    }
}
