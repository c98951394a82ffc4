//! Users, profiles and kernel parameters.
//!
//! Upstream: `ValidateSecurityContext`, `validatePodSpecSecurityContext` and
//! what they call, in `k8s.io/kubernetes/pkg/apis/core/validation`. Servers
//! are taken to allow privileged containers, as they do by default.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{
    AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext, Sysctl,
};

use super::annotations::{
    APP_ARMOR_CONTAINER, DOCKER_DEFAULT, LOCALHOST, RUNTIME_DEFAULT, SECCOMP_CONTAINER,
    SECCOMP_POD, UNCONFINED,
};
use super::containers::Containers;
use super::errors::{Errors, quoted};
use super::path::Path;
use super::{files, names, windows};

const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];
const PROC_MOUNTS: [&str; 2] = ["Default", "Unmasked"];
const FS_GROUP_POLICIES: [&str; 2] = ["OnRootMismatch", "Always"];
const SUPPLEMENTAL_POLICIES: [&str; 2] = ["Merge", "Strict"];
/// A path of the kernel's, without its end.
const PROFILE_MOST: usize = 4095;

/// Upstream: `IsValidUserID`, `IsValidGroupID`.
fn id(id: Option<i64>, what: &str, path: &Path<'_>, errors: &mut Errors) {
    let most = i64::from(i32::MAX);
    if let Some(id) = id.filter(|id| !(0..=most).contains(id)) {
        errors.invalid(
            path,
            format!("the ID of a {what} goes from 0 to {most}, and this is {id}"),
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
        errors.one_of(&at, mount, "a way to mount /proc", &PROC_MOUNTS);
        if host_users && mount == "Unmasked" {
            errors
                .invalid(&at, "`Unmasked` needs users of the Pod's own")
                .help("set `hostUsers: false` of the Pod");
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
                    "a privileged container can always escalate its privileges",
                )
                .help("leave `allowPrivilegeEscalation: false` or `privileged: true` out")
                .stands_at(&path.field("allowPrivilegeEscalation"));
        }
        let added = context
            .capabilities
            .iter()
            .filter_map(|own| own.add.as_ref());
        if added.flatten().any(|name| name == "CAP_SYS_ADMIN") {
            errors.invalid(path, "with the capability `CAP_SYS_ADMIN` a container can always escalate its privileges")
                .help("leave `allowPrivilegeEscalation: false` or the capability out")
                .stands_at(&path.field("allowPrivilegeEscalation"));
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

pub(super) fn of_pod(spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("shareProcessNamespace");
    let path = path.field("securityContext");
    if spec.share_process_namespace == Some(true) && spec.host_pid == Some(true) {
        // In upstream's own type the field is there.
        errors
            .invalid(
                &path.field("shareProcessNamespace"),
                "`hostPID` and `shareProcessNamespace` exclude each other",
            )
            .help("leave one of them out")
            .stands_at(&at);
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
    sysctls(list, spec, &path.field("sysctls"), errors);
    policies(context, &path, errors);
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

fn policies(context: &PodSecurityContext, path: &Path<'_>, errors: &mut Errors) {
    if let Some(policy) = &context.fs_group_change_policy {
        let what = "a policy for the groups of volumes";
        errors.one_of(
            &path.field("fsGroupChangePolicy"),
            policy,
            what,
            &FS_GROUP_POLICIES,
        );
    }
    if let Some(policy) = &context.supplemental_groups_policy {
        let what = "a policy for supplemental groups";
        errors.one_of(
            &path.field("supplementalGroupsPolicy"),
            policy,
            what,
            &SUPPLEMENTAL_POLICIES,
        );
    }
    let at = path.field("seLinuxChangePolicy");
    match context.se_linux_change_policy.as_deref() {
        None | Some("Recursive") => {}
        Some("MountOption") => {
            errors
                .not_supported(&at, "MountOption", "a policy for SELinux labels", &["Recursive"])
                .help("the feature gate SELinuxMount brings it, which is off unless somebody switches it on");
        }
        Some(other) => {
            errors.not_supported(&at, other, "a policy for SELinux labels", &["Recursive"]);
        }
    }
}

/// Upstream: `validateSysctls`.
fn sysctls(sysctls: &[Sysctl], spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, sysctl) in sysctls.iter().enumerate() {
        let path = path.index(i);
        let at = path.field("name");
        let name = sysctl.name.as_str();
        if name.is_empty() {
            errors.required(&at, "a kernel parameter needs a name");
        } else if names::sysctl(name).is_some() {
            errors.syntax(&at, name, "the name of a kernel parameter", names::sysctl);
        } else if !seen.insert(name) {
            errors.duplicate(&at, format!("the kernel parameter `{name}` is set twice"));
        }
        let shared = match namespace_of(name) {
            Some("net") if spec.host_network == Some(true) => "hostNetwork",
            Some("ipc") if spec.host_ipc == Some(true) => "hostIPC",
            _ => continue,
        };
        errors
            .invalid(
                &at,
                format!(
                    "with `{shared}`, the kernel parameter {} would be the node's own",
                    quoted(name)
                ),
            )
            .help(format!("leave the parameter or `{shared}` out"));
    }
}

/// Which of the Pod's namespaces has a kernel parameter.
///
/// Upstream: `GetNamespace` in `k8s.io/component-helpers/node/util/sysctl`.
fn namespace_of(name: &str) -> Option<&'static str> {
    const IPC: [&str; 10] = [
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
        "kernel.shm",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.msg",
    ];
    // A name with slashes between its parts has dots inside them.
    let by_slash = name
        .find(['.', '/'])
        .is_some_and(|at| name.as_bytes()[at] == b'/');
    let swapped = |c: char| match c {
        '.' => '/',
        '/' => '.',
        c => c,
    };
    let dotted: String = if by_slash {
        name.chars().map(swapped).collect()
    } else {
        name.to_owned()
    };
    let dotted = dotted.split('*').next().unwrap_or_default();
    if IPC.contains(&dotted) || dotted.starts_with("fs.mqueue.") {
        Some("ipc")
    } else if dotted.starts_with("net.") {
        Some("net")
    } else {
        None
    }
}

/// Upstream: `validateSeccompProfileField`.
fn seccomp(profile: Option<&SeccompProfile>, path: &Path<'_>, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let at = path.field("type");
    if profile.type_.is_empty() {
        errors.required(&at, "a seccomp profile needs its type");
    } else {
        errors.one_of(&at, &profile.type_, "a type of seccomp profiles", &PROFILES);
    }
    let at = path.field("localhostProfile");
    match (profile.type_.as_str(), &profile.localhost_profile) {
        ("Localhost", None) => {
            errors.required(&at, "a profile on the node needs its path there");
        }
        ("Localhost", Some(file)) => files::descending(file, &at, &at, errors),
        (_, Some(_)) => {
            errors.invalid(&at, "only a profile of the type `Localhost` has a path");
        }
        (_, None) => {}
    }
}

/// Upstream: `ValidateAppArmorProfileField`.
fn app_armor(profile: Option<&AppArmorProfile>, path: &Path<'_>, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let at = path.field("localhostProfile");
    match (profile.type_.as_str(), profile.localhost_profile.as_deref()) {
        ("Localhost", None) => {
            errors.required(&at, "a profile on the node needs its name there");
        }
        ("Localhost", Some(name)) => {
            if name.trim() != name {
                errors.invalid(
                    &at,
                    format!(
                        "the name of the profile, {}, has blanks around it",
                        quoted(name)
                    ),
                );
            } else if name.is_empty() {
                errors.required(&at, "a profile on the node needs its name there");
            }
            if name.len() > PROFILE_MOST {
                errors.too_long(
                    &at,
                    format!(
                        "the name of a profile has {PROFILE_MOST} bytes at most, and this has {}",
                        name.len()
                    ),
                );
            }
        }
        ("RuntimeDefault" | "Unconfined", Some(_)) => {
            errors.invalid(&at, "only a profile of the type `Localhost` has a name");
        }
        ("RuntimeDefault" | "Unconfined", None) => {}
        ("", _) => {
            errors.required(&path.field("type"), "an AppArmor profile needs its type");
        }
        (other, _) => {
            errors.not_supported(
                &path.field("type"),
                other,
                "a type of AppArmor profiles",
                &PROFILES,
            );
        }
    }
}

/// Whether [`app_armor`] has nothing to say of it.
pub(super) fn app_armor_profile_is_sound(profile: &AppArmorProfile) -> bool {
    let mut errors = Errors::default();
    let root = crate::path::FieldPath::root();
    app_armor(Some(profile), &Path::base(&root), &mut errors);
    errors.len() == 0
}

/// The annotations of old and the fields of today say the same.
///
/// Upstream: `validateSeccompAnnotationsAndFields`,
/// `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
pub(super) fn annotations_match(
    annotations: &BTreeMap<String, String>,
    spec: &PodSpec,
    containers: &Containers<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let pods = spec.security_context.as_ref();
    if let Some(profile) = pods.and_then(|context| context.seccomp_profile.as_ref())
        && let Some(annotation) = annotations.get(SECCOMP_POD)
    {
        let path = path.field("securityContext");
        seccomp_matches(annotation, profile, &path.field("seccompProfile"), errors);
    }
    containers.visit(path, |container, path| {
        let own = container.security_context.as_ref();
        if let Some(profile) = own.and_then(|context| context.seccomp_profile.as_ref())
            && let Some(annotation) =
                annotations.get(&format!("{SECCOMP_CONTAINER}{}", container.name))
        {
            let path = path.field("securityContext");
            seccomp_matches(annotation, profile, &path.field("seccompProfile"), errors);
        }
    });
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return;
    }
    let pods = pods.and_then(|context| context.app_armor_profile.as_ref());
    containers.visit(path, |container, path| {
        let own = container.security_context.as_ref();
        let own = own.and_then(|context| context.app_armor_profile.as_ref());
        if let Some(profile) = own.or(pods)
            && let Some(annotation) =
                annotations.get(&format!("{APP_ARMOR_CONTAINER}{}", container.name))
        {
            let path = path.field("securityContext");
            let local = profile.localhost_profile.as_deref();
            let path = path.field("appArmorProfile");
            matches(
                annotation,
                &profile.type_,
                local,
                &[RUNTIME_DEFAULT],
                &path,
                errors,
            );
        }
    });
}

fn seccomp_matches(
    annotation: &str,
    profile: &SeccompProfile,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let local = profile.localhost_profile.as_deref();
    let defaults = [RUNTIME_DEFAULT, DOCKER_DEFAULT];
    matches(annotation, &profile.type_, local, &defaults, path, errors);
}

fn matches(
    annotation: &str,
    type_: &str,
    local: Option<&str>,
    defaults: &[&str],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let field = match type_ {
        "Unconfined" if annotation != UNCONFINED => "type",
        "RuntimeDefault" if !defaults.contains(&annotation) => "type",
        "Localhost" => match annotation.strip_prefix(LOCALHOST) {
            None => "type",
            Some(name) if local != Some(name) => "localhostProfile",
            Some(_) => return,
        },
        _ => return,
    };
    errors
        .forbidden(
            &path.field(field),
            format!(
                "the annotation says {}, which is another profile",
                quoted(annotation)
            ),
        )
        .help("leave the annotation out: the field is enough");
}
