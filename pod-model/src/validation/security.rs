//! Users, privileges and policies.
//!
//! Upstream: `ValidateSecurityContext`, `validatePodSpecSecurityContext` and
//! what they call, in `k8s.io/kubernetes/pkg/apis/core/validation`. Servers
//! are taken to allow privileged containers, as they do by default.

use k8s_openapi::api::core::v1::{PodSecurityContext, PodSpec, SecurityContext};

use super::changes::Change;
use super::errors::Errors;
use super::path::Path;
use super::profiles::{app_armor, seccomp};
use super::{sysctls, windows};
use crate::features::Gate;
use crate::version::KubernetesVersion;

const PROC_MOUNTS: [&str; 2] = ["Default", "Unmasked"];
const FS_GROUP_POLICIES: [&str; 2] = ["OnRootMismatch", "Always"];
const SE_LINUX_POLICY: &str = "SELinux change policy";
const SE_LINUX_POLICIES: [&str; 2] = ["Recursive", "MountOption"];
const SUPPLEMENTAL_POLICIES: [&str; 2] = ["Merge", "Strict"];

/// Upstream: `IsValidUserID`, `IsValidGroupID`.
fn id(id: Option<i64>, what: &str, path: &Path<'_>, errors: &mut Errors) {
    let most = i64::from(i32::MAX);
    if let Some(id) = id.filter(|id| !(0..=most).contains(id)) {
        errors.invalid(
            path,
            format!("{what} ID must be from 0 to {most}, found {id}"),
        );
    }
}

pub(super) fn of_container(
    context: &SecurityContext,
    host_users: bool,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    id(
        context.run_as_user,
        "user",
        &path.field("runAsUser"),
        errors,
    );
    id(
        context.run_as_group,
        "group",
        &path.field("runAsGroup"),
        errors,
    );
    if let Some(mount) = &context.proc_mount {
        let at = path.field("procMount");
        errors.one_of(&at, mount, "`procMount` type", &PROC_MOUNTS);
        if host_users && mount == "Unmasked" {
            errors
                .invalid(&at, "`Unmasked` requires `hostUsers: false`")
                .help("set `hostUsers: false` of the Pod")
                .requires("hostUsers: false");
        }
    }
    seccomp(
        context.seccomp_profile.as_ref(),
        &path.field("seccompProfile"),
        errors,
    );
    if context.allow_privilege_escalation == Some(false) {
        if context.privileged == Some(true) {
            errors
                .invalid(
                    path,
                    "cannot combine `allowPrivilegeEscalation: false` and `privileged: true`",
                )
                .help("remove one of them")
                .display_path(&path.field("allowPrivilegeEscalation"));
        }
        let added = context
            .capabilities
            .iter()
            .filter_map(|own| own.add.as_ref());
        if added.flatten().any(|name| name == "CAP_SYS_ADMIN") {
            errors.invalid(path, "cannot combine `allowPrivilegeEscalation: false` and the capability `CAP_SYS_ADMIN`")
                .help("remove one of them")
                .display_path(&path.field("allowPrivilegeEscalation"));
        }
    }
    windows::options(
        context.windows_options.as_ref(),
        &path.field("windowsOptions"),
        errors,
    );
    app_armor(
        context.app_armor_profile.as_ref(),
        &path.field("appArmorProfile"),
        errors,
    );
}

pub(super) fn of_pod(
    spec: &PodSpec,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let at = path.field("shareProcessNamespace");
    let path = path.field("securityContext");
    if spec.share_process_namespace == Some(true) && spec.host_pid == Some(true) {
        let of_type = path.field("shareProcessNamespace");
        let is_named = Change::ShareProcessNamespacePath.is_in(version);
        errors
            .invalid(
                if is_named { &at } else { &of_type },
                "cannot combine `hostPID` and `shareProcessNamespace`",
            )
            .help("remove one of them")
            .display_path(&at);
    }
    let Some(context) = &spec.security_context else {
        return;
    };
    id(context.fs_group, "group", &path.field("fsGroup"), errors);
    id(
        context.run_as_user,
        "user",
        &path.field("runAsUser"),
        errors,
    );
    id(
        context.run_as_group,
        "group",
        &path.field("runAsGroup"),
        errors,
    );
    let groups = path.field("supplementalGroups");
    for (i, group) in context.supplemental_groups.iter().flatten().enumerate() {
        id(Some(*group), "group", &groups.index(i), errors);
    }
    let list = context.sysctls.as_deref().unwrap_or_default();
    sysctls::sysctls(list, spec, &path.field("sysctls"), errors);
    policies(context, version, &path, errors);
    seccomp(
        context.seccomp_profile.as_ref(),
        &path.field("seccompProfile"),
        errors,
    );
    windows::options(
        context.windows_options.as_ref(),
        &path.field("windowsOptions"),
        errors,
    );
    app_armor(
        context.app_armor_profile.as_ref(),
        &path.field("appArmorProfile"),
        errors,
    );
}

fn policies(
    context: &PodSecurityContext,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if let Some(policy) = &context.fs_group_change_policy {
        let what = "fsGroup change policy";
        errors.one_of(
            &path.field("fsGroupChangePolicy"),
            policy,
            what,
            &FS_GROUP_POLICIES,
        );
    }
    if let Some(policy) = &context.supplemental_groups_policy {
        let what = "supplemental groups policy";
        errors.one_of(
            &path.field("supplementalGroupsPolicy"),
            policy,
            what,
            &SUPPLEMENTAL_POLICIES,
        );
    }
    let at = path.field("seLinuxChangePolicy");
    let has_mount = Gate::SELinuxMount.is_on(version);
    let known = if has_mount {
        &SE_LINUX_POLICIES[..]
    } else {
        &SE_LINUX_POLICIES[..1]
    };
    match context.se_linux_change_policy.as_deref() {
        None => {}
        Some("MountOption") if !has_mount => {
            errors
                .not_supported(&at, "MountOption", SE_LINUX_POLICY, known)
                .help("it requires the feature gate SELinuxMount, which is off by default before Kubernetes 1.37");
        }
        Some(policy) => errors.one_of(&at, policy, SE_LINUX_POLICY, known),
    }
}
