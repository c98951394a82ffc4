//! The report of one target.

use std::sync::Arc;

use pod_model::pod_security::Level;
use pod_model::security::{
    HostPath, PolicyIssue, ServiceAccountToken, SysctlUse, UserNamespace, VolumeOwnership,
};
use pod_model::{ContainerType, FieldPath};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::explain::topic::Explained;

/// Fields that a SecurityReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SecurityBody {
    /// The strictest level that the Pod meets.
    pub level: Level,
    /// The version of the standards.
    pub version: String,
    /// Everything that keeps the Pod from restricted: the checks of baseline first.
    pub violations: Vec<ViolationItem>,
    /// The answer of the namespace's admission, or `None` if the namespace was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceAnswer>,
    pub containers: Vec<ContainerItem>,
    /// Facts about the Pod as a whole, by their names.
    #[serde(serialize_with = "by_name")]
    pub pod: Vec<PodFact>,
    /// Fields that the API server sets on the way, as far as they are about security.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admission: Vec<AdmissionChange>,
    /// Answers that are not known, with their reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// True for a Pod of Windows, of which only the level is explained.
    #[serde(skip)]
    pub is_windows: bool,
    /// The size of the least patch to the next level, for people.
    #[serde(skip)]
    pub next_patch: Option<NextPatch>,
}

/// The size of a least patch.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct NextPatch {
    /// The level that it leads to.
    pub level: Level,
    pub changes: usize,
    /// The number of changes that a person has to decide.
    pub decisions: usize,
    /// The number of violations that it does not mend.
    pub left: usize,
}

/// A target and what is explained of it.
pub(super) type ExplainedSecurity = Explained<SecurityBody>;

/// A check that fails at a place.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ViolationItem {
    pub level: Level,
    /// Upstream's id of the check.
    pub check: &'static str,
    pub message: String,
    /// The field, in the object.
    pub path: FieldPath,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
}

/// A value with its origin.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Effective {
    /// `null` if it is not known, or too long to be listed.
    pub value: Value,
    /// pod, container, image, runtime or default; `null` if it is not known.
    pub origin: Option<&'static str>,
    /// The field that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
    /// The value for people.
    #[serde(skip)]
    pub shown: String,
}

/// A container: as whom it runs, and what it may do.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ContainerItem {
    pub name: String,
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    pub run_as_user: Effective,
    pub run_as_group: Effective,
    pub supplemental_groups: Effective,
    pub supplemental_groups_policy: Effective,
    pub run_as_non_root: Effective,
    pub privileged: Effective,
    pub capabilities: CapabilitySets,
    pub no_new_privileges: Effective,
    pub read_only_root_filesystem: Effective,
    pub seccomp_profile: Effective,
    pub app_armor_profile: Effective,
    pub se_linux_options: Effective,
    pub proc_mount: Effective,
    /// True if it can listen on ports below 1024.
    pub low_ports: Effective,
    /// The user of its first process, as the kubelet reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<ObservedUser>,
}

/// The capabilities of a container's processes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct CapabilitySets {
    /// The most that any process in it can have.
    pub bounding: Vec<&'static str>,
    /// Those of its first process; `None` if its user is not known.
    pub effective: Option<Vec<&'static str>>,
    pub origin: Option<&'static str>,
    /// Those that it lacks, if it asks for all.
    #[serde(skip)]
    pub all_but: Option<Vec<&'static str>>,
}

/// The user of a container's first process, from its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ObservedUser {
    pub uid: i64,
    pub gid: i64,
    pub supplemental_groups: Vec<i64>,
}

/// A fact about the Pod as a whole.
#[derive(Clone, Debug)]
pub(in crate::explain) struct PodFact {
    /// Name of the fact, such as `hostNamespaces`.
    pub name: &'static str,
    /// Its value for programs.
    pub value: FactValue,
    /// Its name for people.
    pub label: &'static str,
    /// The value for people, one line each; empty if there is nothing to tell.
    pub lines: Vec<String>,
}

/// The value of a fact for programs: that of the model, which only a structured report writes out.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(in crate::explain) enum FactValue {
    #[serde(rename_all = "camelCase")]
    HostNamespaces {
        network: bool,
        pid: bool,
        ipc: bool,
        shares_process_namespace: bool,
    },
    UserNamespace(UserNamespace),
    GroupsPolicy {
        value: &'static str,
        issue: PolicyIssue,
    },
    #[serde(rename_all = "camelCase")]
    FsGroup {
        value: Option<i64>,
        change_policy: Option<String>,
        volumes: Vec<VolumeOwnership>,
    },
    Token(ServiceAccountToken),
    Sysctls(Vec<SysctlUse>),
    HostPaths(Vec<HostPath>),
    WindowsUsers(Vec<WindowsUser>),
}

/// The user of a container of Windows.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct WindowsUser {
    pub container: String,
    /// `runAsUserName`; `null` if the image decides.
    pub value: Option<String>,
    pub origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
    /// True for a process of the node.
    pub host_process: bool,
}

/// A field that the API server sets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct AdmissionChange {
    pub path: FieldPath,
    pub value: Arc<Value>,
    pub origin: String,
}

/// The answer of the admission of a namespace, if the target were created now.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct NamespaceAnswer {
    pub name: String,
    /// The place of the namespace's object: a place in a file, or `cluster`.
    pub source: String,
    pub enforce: ModeAnswer,
    pub warn: ModeAnswer,
    pub audit: ModeAnswer,
    /// The refusal of the Pod in admission's own words, or of the Pods that the object makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// True if the object itself is taken, and its Pods are refused later.
    pub is_refused_later: bool,
    /// The warnings that `kubectl` prints when the object is created.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The annotation of the audit log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_violations: Option<String>,
    /// Facts that decide besides, and cannot be read.
    pub unknowable: Vec<String>,
}

/// The policy of one mode.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ModeAnswer {
    pub level: Level,
    pub version: String,
    /// label, misspelt, enforce or serverDefault.
    pub level_origin: &'static str,
    pub version_origin: &'static str,
}

fn by_name<S: Serializer>(facts: &[PodFact], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(facts.len()))?;
    for fact in facts {
        map.serialize_entry(fact.name, &fact.value)?;
    }
    map.end()
}
