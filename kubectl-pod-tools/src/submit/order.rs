//! In which order the objects of one run are sent: first what others stand in
//! or refer to, so that a Pod finds its ConfigMap when the kubelet looks.

/// Kinds that come before all others, by rank; those of one rank, and all
/// others after them, keep the order in which they were written.
const RANKS: [(&[&str], &str); 5] = [
    (&["Namespace"], "objects live in them"),
    (
        &["CustomResourceDefinition"],
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

/// The rank of a kind: lower ones are sent first.
pub(super) fn rank(kind: &str) -> usize {
    RANKS
        .iter()
        .position(|(kinds, _why)| kinds.contains(&kind))
        .unwrap_or(RANKS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pod_refers_to_comes_before_it() {
        let mut kinds = ["Pod", "Service", "Job", "ConfigMap", "Namespace", "Secret"];
        kinds.sort_by_key(|kind| rank(kind));
        assert_eq!(
            kinds,
            ["Namespace", "ConfigMap", "Secret", "Service", "Pod", "Job"]
        );
    }
}
