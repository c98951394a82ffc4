//! Pods for Windows, and what only Pods for Linux have.
//!
//! Upstream: `validateWindowsSecurityContextOptions`,
//! `validateWindowsHostProcessPod`, `validateOS`, `validateLinux`,
//! `validateWindows` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{PodSpec, SecurityContext, WindowsSecurityContextOptions};

use super::containers::Containers;
use super::errors::{Errors, quoted};
use super::names;
use super::path::Path;

const SYSTEMS: [&str; 2] = ["linux", "windows"];
const CREDENTIALS_MOST: usize = 64 << 10;
const DOMAIN_MOST: usize = 255;
const USER_MOST: usize = 104;

pub(super) fn options(
    options: Option<&WindowsSecurityContextOptions>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let Some(options) = options else { return };
    if let Some(name) = &options.gmsa_credential_spec_name {
        let path = path.field("gmsaCredentialSpecName");
        errors.syntax(&path, name, "object name", names::dns_subdomain);
    }
    if let Some(credentials) = &options.gmsa_credential_spec {
        let path = path.field("gmsaCredentialSpec");
        match credentials.len() {
            0 => {
                errors.invalid(&path, "the gMSA credential spec must not be empty");
            }
            size if size > CREDENTIALS_MOST => {
                errors.invalid(&path, format!("the gMSA credential spec must be no more than {CREDENTIALS_MOST} bytes, found {size}"));
            }
            _ => {}
        }
    }
    if let Some(name) = &options.run_as_user_name
        && let Some(wrong) = user_name(name)
    {
        let path = path.field("runAsUserName");
        errors.invalid(
            &path,
            format!("invalid Windows user name {}: {wrong}", quoted(name)),
        );
    }
}

/// Returns why `[DOMAIN\]USER` is invalid, or `None` if it is valid.
fn user_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.chars().any(|c| c.is_ascii_control()) {
        return Some("it has control characters");
    }
    let (domain, user) = match name.split('\\').collect::<Vec<_>>()[..] {
        [user] => (None, user),
        [domain, user] => (Some(domain), user),
        _ => return Some("it has more than one backslash"),
    };
    if domain.is_some_and(|domain| domain.len() > DOMAIN_MOST) {
        return Some("its domain is longer than 255 characters");
    }
    if domain.is_some_and(|domain| !is_net_bios(domain) && !is_domain(domain)) {
        return Some("its domain must be a NetBIOS or DNS name");
    }
    if user.is_empty() {
        return Some("it has a domain but no user");
    }
    if user.len() > USER_MOST {
        return Some("the user is longer than 104 characters");
    }
    if user.bytes().all(|b| matches!(b, b'.' | b' ')) {
        return Some("it has only dots and spaces");
    }
    user.contains([
        '"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']',
    ])
    .then_some("it has one of \" / \\ : ; | = , + * ? < > @ [ ]")
}

fn is_net_bios(domain: &str) -> bool {
    let refused = ['\\', '/', ':', '*', '?', '"', '<', '>', '|'];
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(refused)
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|part| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    })
}

/// Containers that are processes of the node are so all together.
pub(super) fn host_processes(
    spec: &PodSpec,
    containers: &Containers<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let context = spec.security_context.as_ref();
    let pods = context.and_then(|context| context.windows_options.as_ref());
    let pods = pods.and_then(|options| options.host_process);
    let (mut all, mut processes) = (0, 0);
    containers.visit(path, |container, path| {
        all += 1;
        let own = container.security_context.as_ref();
        let own = own.and_then(|context| context.windows_options.as_ref());
        let own = own.and_then(|options| options.host_process);
        if let (Some(pods), Some(own)) = (pods, own)
            && pods != own
        {
            let path = path.field("securityContext");
            let path = path.field("windowsOptions");
            errors
                .invalid(
                    &path.field("hostProcess"),
                    format!("the container has {own}, but the Pod has {pods}"),
                )
                .help("set it only for the Pod");
        }
        if own.or(pods) == Some(true) {
            processes += 1;
        }
    });
    if processes == 0 {
        return;
    }
    if processes != all {
        errors
            .invalid(
                path,
                format!("{processes} of {all} containers are host processes; expected all or none"),
            )
            .help("set securityContext.windowsOptions.hostProcess of the Pod");
    }
    if spec.host_network != Some(true) {
        errors
            .invalid(
                &path.field("hostNetwork"),
                "host process containers require `hostNetwork: true`",
            )
            .help("set `hostNetwork: true`");
    }
}

/// Checks fields that the operating system of a Pod forbids.
pub(super) fn system(
    spec: &PodSpec,
    containers: &Containers<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let Some(os) = &spec.os else { return };
    let at = path.field("os");
    match os.name.as_str() {
        "" => {
            errors
                .required(&at.field("name"), "the operating system is required")
                .help("use `linux` or `windows`");
        }
        "linux" => only_linux(spec, containers, path, errors),
        "windows" => only_windows(spec, containers, path, errors),
        other => {
            errors
                .not_supported(&at, other, "operating system", &SYSTEMS)
                .display_path(&at.field("name"));
        }
    }
}

fn only_linux(spec: &PodSpec, containers: &Containers<'_>, path: &Path<'_>, errors: &mut Errors) {
    let refuse = |is_set: bool, path: &Path<'_>, errors: &mut Errors| {
        if is_set {
            let path = path.field("securityContext");
            let path = path.field("windowsOptions");
            errors.forbidden(&path, "a Linux Pod cannot have Windows options");
        }
    };
    let context = spec.security_context.as_ref();
    refuse(
        context.is_some_and(|own| own.windows_options.is_some()),
        path,
        errors,
    );
    containers.visit(path, |container, path| {
        let context = container.security_context.as_ref();
        refuse(
            context.is_some_and(|own| own.windows_options.is_some()),
            path,
            errors,
        );
    });
}

fn refuse(fields: &[(&str, bool)], path: &Path<'_>, errors: &mut Errors) {
    for (field, is_set) in fields {
        if *is_set {
            errors
                .forbidden(
                    &path.field(field),
                    format!("a Windows Pod cannot have `{field}`"),
                )
                .help("remove it");
        }
    }
}

fn only_windows(spec: &PodSpec, containers: &Containers<'_>, path: &Path<'_>, errors: &mut Errors) {
    let of_spec = [
        ("hostUsers", spec.host_users.is_some()),
        ("hostPID", spec.host_pid == Some(true)),
        ("hostIPC", spec.host_ipc == Some(true)),
        (
            "shareProcessNamespace",
            spec.share_process_namespace.is_some(),
        ),
    ];
    refuse(&of_spec, path, errors);
    if let Some(own) = &spec.security_context {
        let fields = [
            ("appArmorProfile", own.app_armor_profile.is_some()),
            ("seLinuxOptions", own.se_linux_options.is_some()),
            ("seccompProfile", own.seccomp_profile.is_some()),
            ("fsGroup", own.fs_group.is_some()),
            ("fsGroupChangePolicy", own.fs_group_change_policy.is_some()),
            (
                "sysctls",
                own.sysctls.as_ref().is_some_and(|list| !list.is_empty()),
            ),
            ("runAsUser", own.run_as_user.is_some()),
            ("runAsGroup", own.run_as_group.is_some()),
            ("supplementalGroups", own.supplemental_groups.is_some()),
            (
                "supplementalGroupsPolicy",
                own.supplemental_groups_policy.is_some(),
            ),
            ("seLinuxChangePolicy", own.se_linux_change_policy.is_some()),
        ];
        refuse(&fields, &path.field("securityContext"), errors);
    }
    containers.visit(path, |container, path| {
        if let Some(context) = &container.security_context {
            refuse(&of_linux(context), &path.field("securityContext"), errors);
        }
    });
}

fn of_linux(own: &SecurityContext) -> [(&'static str, bool); 10] {
    [
        ("appArmorProfile", own.app_armor_profile.is_some()),
        ("seLinuxOptions", own.se_linux_options.is_some()),
        ("seccompProfile", own.seccomp_profile.is_some()),
        ("capabilities", own.capabilities.is_some()),
        (
            "readOnlyRootFilesystem",
            own.read_only_root_filesystem.is_some(),
        ),
        ("privileged", own.privileged.is_some()),
        (
            "allowPrivilegeEscalation",
            own.allow_privilege_escalation.is_some(),
        ),
        ("procMount", own.proc_mount.is_some()),
        ("runAsUser", own.run_as_user.is_some()),
        ("runAsGroup", own.run_as_group.is_some()),
    ]
}
