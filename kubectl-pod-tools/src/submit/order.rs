//! In which order the objects of one run are sent: first what others stand in
//! or refer to, so that a Pod finds its ConfigMap when the kubelet looks.

use pod_model::kinds::{KINDS, KindInfo};

/// The one kind with a rank that no schema of ours has.
const DEFINITION: &str = "CustomResourceDefinition";

/// Kinds that come before all others, by rank; those of one rank, and all
/// others after them, keep the order in which they were written. They are
/// Kubernetes' own: another group's kind of the same name has no rank.
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

/// The rank of an object by its `apiVersion` and `kind`: lower ones are sent first.
pub(super) fn rank(api_version: &str, kind: &str) -> usize {
    RANKS
        .iter()
        .position(|(kinds, _why)| kinds.contains(&kind))
        .filter(|_| is_built_in(api_version, kind))
        .unwrap_or(RANKS.len())
}

/// Whether the kind is Kubernetes' own, in whatever version.
fn is_built_in(api_version: &str, kind: &str) -> bool {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let is_of_group = |row: &KindInfo| row.kind == kind && row.group == group;
    !version.is_empty() && KINDS.iter().any(is_of_group) || is_definition(api_version, kind)
}

/// Whether an object of this `apiVersion` and `kind` defines another kind.
pub(super) fn is_definition(api_version: &str, kind: &str) -> bool {
    kind == DEFINITION && api_version.starts_with("apiextensions.k8s.io/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pod_refers_to_comes_before_it() {
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
