//! Kernel parameters of a Pod.
//!
//! Upstream: `validateSysctls`, `ValidateHostSysctl` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodSpec, Sysctl};

use super::errors::{Errors, quoted};
use super::names;
use super::path::Path;

pub(super) fn sysctls(sysctls: &[Sysctl], spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, sysctl) in sysctls.iter().enumerate() {
        let path = path.index(i);
        let at = path.field("name");
        let name = sysctl.name.as_str();
        if name.is_empty() {
            errors.required(&at, "the name of the sysctl is required");
        } else if names::sysctl(name).is_some() {
            errors.syntax(&at, name, "sysctl name", names::sysctl);
        } else if !seen.insert(name) {
            errors.duplicate(&at, format!("duplicate sysctl `{name}`"));
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
                    "cannot combine `{shared}` and the sysctl {}, which would change the node",
                    quoted(name)
                ),
            )
            .help(format!("remove the sysctl or `{shared}`"));
    }
}

/// Returns the namespace of a sysctl.
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
