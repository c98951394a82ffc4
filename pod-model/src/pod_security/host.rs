//! Checks of what a Pod has of its node: `check_hostNamespaces.go`, `check_hostPorts.go`,
//! `check_privileged.go`, `check_procMount_baseline.go`, `check_sysctls.go` and
//! `check_windowsHostProcess.go` of k8s.io/pod-security-admission/policy.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::WindowsSecurityContextOptions;

use super::pod::{Found, Pod, Refusal};
use super::words;
use crate::path::FieldPath;

/// The allowed sysctls with the minor version that added them:
/// `sysctlsAllowedV1Dot0` to `sysctlsAllowedV1Dot37`.
const SYSCTLS: &[(u8, &str)] = &[
    (0, "kernel.shm_rmid_forced"),
    (0, "net.ipv4.ip_local_port_range"),
    (0, "net.ipv4.tcp_syncookies"),
    (0, "net.ipv4.ping_group_range"),
    (0, "net.ipv4.ip_unprivileged_port_start"),
    (27, "net.ipv4.ip_local_reserved_ports"),
    (29, "net.ipv4.tcp_keepalive_time"),
    (29, "net.ipv4.tcp_fin_timeout"),
    (29, "net.ipv4.tcp_keepalive_intvl"),
    (29, "net.ipv4.tcp_keepalive_probes"),
    (32, "net.ipv4.tcp_rmem"),
    (32, "net.ipv4.tcp_wmem"),
    (37, "net.ipv4.tcp_slow_start_after_idle"),
    (37, "net.ipv4.tcp_notsent_lowat"),
];

pub(super) fn namespaces(pod: &Pod<'_>) -> Option<Refusal> {
    let fields = [
        ("hostNetwork", pod.spec.host_network, "network"),
        ("hostPID", pod.spec.host_pid, "process"),
        ("hostIPC", pod.spec.host_ipc, "IPC"),
    ];
    let shared = fields.into_iter().filter(|(_, is, _)| *is == Some(true));
    let mut details = Vec::new();
    let mut found = Vec::new();
    for (field, _, name) in shared {
        details.push(format!("{field}=true"));
        let path = FieldPath::root().field("spec").field(field);
        let message = format!("the node's {name} namespace must not be shared");
        found.push(Found::wrong(path, message));
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "host namespaces",
        detail: details.join(", "),
        found,
    })
}

pub(super) fn ports(pod: &Pod<'_>) -> Option<Refusal> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    // Upstream sorts them as texts.
    let mut ports = BTreeSet::new();
    for container in &pod.containers {
        let before = found.len();
        for (i, port) in container.ports.iter().enumerate() {
            if let Some(port) = port.host_port.filter(|port| *port != 0) {
                ports.insert(port.to_string());
                let path = container.path.field("ports").index(i).field("hostPort");
                let own = Found::wrong(path, "a port of the node must not be taken");
                found.push(own.in_container(container));
            }
        }
        if found.len() > before {
            names.push(container.name);
        }
    }
    let word = words::pluralize("hostPort", "hostPorts", ports.len());
    let ports: Vec<String> = ports.into_iter().collect();
    (!found.is_empty()).then(|| Refusal {
        reason: "hostPort",
        detail: format!(
            "{} {} {word} {}",
            words::containers(&names),
            words::pluralize("uses", "use", names.len()),
            ports.join(", ")
        ),
        found,
    })
}

pub(super) fn privileged(pod: &Pod<'_>) -> Option<Refusal> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        if own.is_some_and(|own| own.privileged == Some(true)) {
            names.push(container.name);
            let path = container.security_context_path("privileged");
            let own = Found::wrong(path, "a container must not be privileged");
            found.push(own.in_container(container));
        }
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "privileged",
        detail: format!(
            "{} must not set securityContext.privileged=true",
            words::containers(&names)
        ),
        found,
    })
}

/// `procMount1_35baseline`.
pub(super) fn proc_mount_outside_user_namespace(pod: &Pod<'_>) -> Option<Refusal> {
    (!pod.has_user_namespace())
        .then(|| proc_mount(pod))
        .flatten()
}

/// `procMount_1_0`.
pub(super) fn proc_mount(pod: &Pod<'_>) -> Option<Refusal> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    let mut mounts = BTreeSet::new();
    for container in &pod.containers {
        let own = container.security_context;
        let mount = own.and_then(|own| own.proc_mount.as_deref());
        if let Some(mount) = mount.filter(|mount| *mount != "Default") {
            names.push(container.name);
            mounts.insert(mount);
            let path = container.security_context_path("procMount");
            let own = Found::wrong(path, "procMount must be Default");
            found.push(own.in_container(container));
        }
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "procMount",
        detail: format!(
            "{} must not set securityContext.procMount to {}",
            words::containers(&names),
            words::join_quote(&mounts)
        ),
        found,
    })
}

pub(super) fn sysctls_since_1_0(pod: &Pod<'_>) -> Option<Refusal> {
    sysctls(pod, 0)
}

pub(super) fn sysctls_since_1_27(pod: &Pod<'_>) -> Option<Refusal> {
    sysctls(pod, 27)
}

pub(super) fn sysctls_since_1_29(pod: &Pod<'_>) -> Option<Refusal> {
    sysctls(pod, 29)
}

pub(super) fn sysctls_since_1_32(pod: &Pod<'_>) -> Option<Refusal> {
    sysctls(pod, 32)
}

pub(super) fn sysctls_since_1_37(pod: &Pod<'_>) -> Option<Refusal> {
    sysctls(pod, 37)
}

fn sysctls(pod: &Pod<'_>, minor: u8) -> Option<Refusal> {
    let own = pod.spec.security_context.as_ref();
    let sysctls = own.and_then(|own| own.sysctls.as_deref());
    let is_allowed = |name: &str| {
        let mut rows = SYSCTLS.iter();
        rows.any(|(since, own)| *own == name && *since <= minor)
    };
    let mut names = Vec::new();
    let mut found = Vec::new();
    for (i, sysctl) in sysctls.unwrap_or_default().iter().enumerate() {
        if !is_allowed(&sysctl.name) {
            names.push(sysctl.name.as_str());
            let message = format!("the sysctl {} is not among the safe ones", sysctl.name);
            let path = Pod::context("sysctls").index(i).field("name");
            found.push(Found::wrong(path, message));
        }
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "forbidden sysctls",
        detail: names.join(", "),
        found,
    })
}

pub(super) fn windows_host_process(pod: &Pod<'_>) -> Option<Refusal> {
    let message = "a Windows container must not be a process of the host";
    let is_bad = |options: Option<&WindowsSecurityContextOptions>| {
        options.is_some_and(|options| options.host_process == Some(true))
    };
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    let is_pod = is_bad(own.and_then(|own| own.windows_options.as_ref()));
    if is_pod {
        let path = Pod::context("windowsOptions").field("hostProcess");
        found.push(Found::wrong(path, message));
    }
    let mut names = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        if is_bad(own.and_then(|own| own.windows_options.as_ref())) {
            names.push(container.name);
            let path = container.security_context_path("windowsOptions");
            let own = Found::wrong(path.field("hostProcess"), message);
            found.push(own.in_container(container));
        }
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "hostProcess",
        detail: format!(
            "{} must not set securityContext.windowsOptions.hostProcess=true",
            words::setters(is_pod, &names)
        ),
        found,
    })
}
