//! The security of one container.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{PodSpec, SELinuxOptions};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Serialize, Serializer};

use super::capabilities::{Capabilities, capabilities};
use super::context::Contexts;
use super::effective::{Effective, Origin};
use super::groups::{Group, GroupsPolicy, PolicyIssue};
use super::low_ports::{LowPorts, low_ports};
use super::non_root::NonRoot;
use super::proc_mount::{ProcMount, proc_mount};
use super::profile::{Profile, seccomp};
use super::settings::Settings;
use super::user::{User, user};
use super::{app_armor, groups, non_root};
use crate::container::{ContainerType, ContainerView};
use crate::path::FieldPath;

/// The security of a container's first process.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerSecurity {
    /// The container's name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    /// The container, from the Pod's root.
    #[serde(skip)]
    pub path: FieldPath,
    /// The user.
    pub run_as_user: Effective<User>,
    /// The primary group.
    pub run_as_group: Effective<Group>,
    /// The groups that are asked of the runtime: `fsGroup` first. All containers of a Pod share them.
    #[serde(serialize_with = "shared")]
    pub supplemental_groups: Arc<[Effective<i64>]>,
    /// The treatment of groups of the image.
    pub supplemental_groups_policy: Effective<GroupsPolicy>,
    /// The trouble that the policy makes where the runtime does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_issue: Option<PolicyIssue>,
    /// `runAsNonRoot`.
    pub run_as_non_root: Effective<bool>,
    /// The kubelet's verdict on it.
    pub non_root_verdict: NonRoot,
    /// `privileged`.
    pub privileged: Effective<bool>,
    /// The capabilities.
    pub capabilities: Capabilities,
    /// `no_new_privs`: true where `allowPrivilegeEscalation` is false, and nowhere else.
    pub no_new_privileges: Effective<bool>,
    /// `readOnlyRootFilesystem`.
    pub read_only_root_filesystem: Effective<bool>,
    /// The seccomp profile.
    pub seccomp: Effective<Profile>,
    /// The AppArmor profile, on a node that has AppArmor.
    pub app_armor: Effective<Profile>,
    /// The SELinux options, or `None` where the runtime chooses.
    pub se_linux: Option<Effective<SELinuxOptions>>,
    /// `/proc`.
    pub proc_mount: Effective<ProcMount>,
    /// The ports that it can listen on.
    pub low_ports: LowPorts,
}

fn shared<S: Serializer>(list: &[Effective<i64>], serializer: S) -> Result<S::Ok, S::Error> {
    list.serialize(serializer)
}

/// `supplemental_groups` are those of the Pod.
pub(super) fn container(
    metadata: &ObjectMeta,
    spec: &PodSpec,
    container: &ContainerView<'_>,
    supplemental_groups: &Arc<[Effective<i64>]>,
    settings: &Settings<'_>,
) -> ContainerSecurity {
    let contexts = Contexts {
        pod: spec.security_context.as_ref(),
        container,
    };
    let image = (settings.images)(container);
    let is_false = || Effective::of(false, Origin::Default);
    let privileged = contexts.own("privileged", |own| own.privileged);
    let privileged = privileged.unwrap_or_else(is_false);
    let is_privileged = privileged.value;
    let user = user(&contexts, &image);
    let capabilities = capabilities(&contexts, is_privileged, &user.value, settings.runtime);
    let escalation = contexts.own("allowPrivilegeEscalation", |own| {
        own.allow_privilege_escalation
    });
    let read_only = contexts.own("readOnlyRootFilesystem", |own| {
        own.read_only_root_filesystem
    });
    let policy = groups::policy(&contexts);
    let annotations = metadata.annotations.as_ref();
    ContainerSecurity {
        name: container.name.to_owned(),
        container_type: container.container_type,
        path: container.path.clone(),
        run_as_group: groups::group(&contexts),
        supplemental_groups: Arc::clone(supplemental_groups),
        policy_issue: groups::policy_issue(policy.value, settings),
        supplemental_groups_policy: policy,
        run_as_non_root: non_root::run_as_non_root(&contexts),
        non_root_verdict: non_root::verdict(&contexts, &image, settings.version),
        privileged,
        no_new_privileges: escalation.map_or_else(is_false, |own| own.map(|own| !own)),
        read_only_root_filesystem: read_only.unwrap_or_else(is_false),
        seccomp: seccomp(&contexts, is_privileged, settings.seccomp_default),
        app_armor: app_armor::app_armor(&contexts, annotations, is_privileged),
        se_linux: contexts.either(
            "seLinuxOptions",
            |own| own.se_linux_options.clone(),
            |pod| pod.se_linux_options.clone(),
        ),
        proc_mount: proc_mount(&contexts, is_privileged),
        low_ports: low_ports(spec, &capabilities, settings.runtime),
        run_as_user: user,
        capabilities,
    }
}
