//! The built-in kinds whose state is known.

use serde_json::Value;

use super::fields::text;

/// A built-in kind that runs Pods, or [`WorkloadKind::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkloadKind {
    /// `batch/CronJob`.
    CronJob,
    /// `apps/DaemonSet`.
    DaemonSet,
    /// `apps/Deployment`.
    Deployment,
    /// `batch/Job`.
    Job,
    /// A Pod.
    Pod,
    /// `apps/ReplicaSet`.
    ReplicaSet,
    /// A ReplicationController.
    ReplicationController,
    /// `apps/StatefulSet`.
    StatefulSet,
    /// Any other kind, those of CustomResourceDefinitions included.
    Other,
}

/// Each kind with its group and name.
const KINDS: [(WorkloadKind, &str, &str); 8] = [
    (WorkloadKind::CronJob, "batch", "CronJob"),
    (WorkloadKind::DaemonSet, "apps", "DaemonSet"),
    (WorkloadKind::Deployment, "apps", "Deployment"),
    (WorkloadKind::Job, "batch", "Job"),
    (WorkloadKind::Pod, "", "Pod"),
    (WorkloadKind::ReplicaSet, "apps", "ReplicaSet"),
    (
        WorkloadKind::ReplicationController,
        "",
        "ReplicationController",
    ),
    (WorkloadKind::StatefulSet, "apps", "StatefulSet"),
];

impl WorkloadKind {
    /// Returns the kind of this group (empty for the core group) and name.
    pub fn of_type(group: &str, kind: &str) -> Self {
        let mut rows = KINDS.iter();
        rows.find(|row| row.1 == group && row.2 == kind)
            .map_or(Self::Other, |row| row.0)
    }

    /// Returns the kind of an object. The group of a CustomResourceDefinition has a dot,
    /// those of the kinds here have none; an object in a list may lack its `apiVersion`.
    pub fn of_object(object: &Value) -> Self {
        let group = text(object, "apiVersion").rsplit_once('/');
        if group.is_some_and(|(group, _)| group.contains('.')) {
            return Self::Other;
        }
        Self::of_name(text(object, "kind"))
    }

    /// Returns the built-in kind of this name.
    pub(super) fn of_name(kind: &str) -> Self {
        let mut rows = KINDS.iter();
        rows.find(|row| row.2 == kind)
            .map_or(Self::Other, |row| row.0)
    }

    /// Returns the name as the API has it, such as `Job`; empty for [`Self::Other`].
    pub fn name(self) -> &'static str {
        let mut rows = KINDS.iter();
        rows.find(|row| row.0 == self).map_or("", |row| row.2)
    }

    /// Returns whether its controller creates Pods and owns them.
    pub fn owns_pods(self) -> bool {
        self == Self::Job || self.rolls_out()
    }

    /// Returns whether it runs Pods that serve, and `rollout` knows when they are up to date.
    pub fn rolls_out(self) -> bool {
        matches!(
            self,
            Self::DaemonSet
                | Self::Deployment
                | Self::ReplicaSet
                | Self::ReplicationController
                | Self::StatefulSet
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_row_is_a_built_in_kind() {
        for (kind, group, name) in KINDS {
            assert_eq!(WorkloadKind::of_type(group, name), kind);
            assert_eq!((kind.name(), WorkloadKind::of_name(name)), (name, kind));
            let rows = crate::kinds::KINDS.iter();
            let is_built_in =
                |row: &&crate::kinds::KindInfo| row.group == group && row.kind == name;
            assert_eq!(rows.filter(is_built_in).count(), 1, "{name}");
        }
        assert_eq!(WorkloadKind::Other.name(), "");
    }

    #[test]
    fn a_custom_kind_of_the_same_name_is_another() {
        for (api_version, kind, expected) in [
            ("batch/v1", "Job", WorkloadKind::Job),
            ("v1", "Pod", WorkloadKind::Pod),
            ("", "Pod", WorkloadKind::Pod),
            ("batch.volcano.sh/v1alpha1", "Job", WorkloadKind::Other),
            ("v1", "ConfigMap", WorkloadKind::Other),
        ] {
            let object = json!({"apiVersion": api_version, "kind": kind});
            assert_eq!(WorkloadKind::of_object(&object), expected, "{object}");
        }
        let custom = WorkloadKind::of_type("batch.volcano.sh", "Job");
        assert_eq!(custom, WorkloadKind::Other);
    }
}
