//! The checks of the level `baseline`: `check_*.go` of
//! k8s.io/pod-security-admission/policy.

use k8s_openapi::api::core::v1::{
    AppArmorProfile, HTTPGetAction, SELinuxOptions, SeccompProfile, TCPSocketAction,
    WindowsSecurityContextOptions,
};

use super::pod::{Found, Pod};
use crate::path::FieldPath;

const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// `capabilities_allowed_1_0`.
const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// `selinuxAllowedTypes1_31`.
const SE_LINUX_TYPES: &[&str] = &[
    "",
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "container_engine_t",
];

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

pub(super) fn app_armor(pod: &Pod<'_>) -> Vec<Found> {
    let is_bad = |profile: &AppArmorProfile| {
        !matches!(profile.type_.as_str(), "RuntimeDefault" | "Localhost")
    };
    let message = "the AppArmor profile must be RuntimeDefault or Localhost";
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    if own
        .and_then(|own| own.app_armor_profile.as_ref())
        .is_some_and(is_bad)
    {
        let path = Pod::context("appArmorProfile").field("type");
        found.push(Found::wrong(path, message));
    }
    for container in &pod.containers {
        let profile = container
            .security_context
            .and_then(|own| own.app_armor_profile.as_ref());
        if profile.is_some_and(is_bad) {
            let path = container
                .security_context_path("appArmorProfile")
                .field("type");
            found.push(Found::wrong(path, message));
        }
    }
    for (key, value) in pod.metadata.annotations.iter().flatten() {
        let is_good =
            value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
        if key.starts_with(APP_ARMOR_ANNOTATION) && !is_good {
            let path = FieldPath::root().field("metadata").field("annotations");
            found.push(Found::wrong(path.field(key.clone()), message));
        }
    }
    found
}

pub(super) fn capabilities(pod: &Pod<'_>) -> Vec<Found> {
    added_beyond(
        pod,
        CAPABILITIES,
        "is not among those that baseline lets add",
    )
}

/// The capabilities that are added and not in the list.
pub(super) fn added_beyond(pod: &Pod<'_>, list: &[&str], why: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for container in &pod.containers {
        let capabilities = container
            .security_context
            .and_then(|own| own.capabilities.as_ref());
        let added = capabilities.and_then(|both| both.add.as_deref());
        for (i, name) in added.unwrap_or_default().iter().enumerate() {
            if !list.contains(&name.as_str()) {
                let path = container
                    .security_context_path("capabilities")
                    .field("add")
                    .index(i);
                found.push(Found::wrong(path, format!("the capability {name} {why}")));
            }
        }
    }
    found
}

pub(super) fn host_namespaces(pod: &Pod<'_>) -> Vec<Found> {
    let fields = [
        ("hostNetwork", pod.spec.host_network, "network"),
        ("hostPID", pod.spec.host_pid, "process"),
        ("hostIPC", pod.spec.host_ipc, "IPC"),
    ];
    let shared = fields.into_iter().filter(|(_, is, _)| *is == Some(true));
    shared
        .map(|(field, _, name)| {
            let path = FieldPath::root().field("spec").field(field);
            Found::wrong(
                path,
                format!("the node's {name} namespace must not be shared"),
            )
        })
        .collect()
}

pub(super) fn host_path_volumes(pod: &Pod<'_>) -> Vec<Found> {
    let volumes = pod.spec.volumes.iter().flatten().enumerate();
    volumes
        .filter(|(_, volume)| volume.host_path.is_some())
        .map(|(i, volume)| {
            let path = FieldPath::root().field("spec").field("volumes").index(i);
            let message = format!("the volume {} must not be a hostPath", volume.name);
            Found::wrong(path.field("hostPath"), message)
        })
        .collect()
}

pub(super) fn host_ports(pod: &Pod<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for container in &pod.containers {
        for (i, port) in container.ports.iter().enumerate() {
            if port.host_port.is_some_and(|port| port != 0) {
                let path = container.path.field("ports").index(i).field("hostPort");
                found.push(Found::wrong(path, "a port of the node must not be taken"));
            }
        }
    }
    found
}

pub(super) fn hosts_of_handlers(pod: &Pod<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut look =
        |path: FieldPath, http: Option<&HTTPGetAction>, tcp: Option<&TCPSocketAction>| {
            let hosts = [
                ("httpGet", http.and_then(|get| get.host.as_deref())),
                ("tcpSocket", tcp.and_then(|socket| socket.host.as_deref())),
            ];
            for (handler, host) in hosts {
                if host.is_some_and(|host| !host.is_empty()) {
                    let path = path.field(handler).field("host");
                    found.push(Found::wrong(
                        path,
                        "another host than the Pod must not be asked",
                    ));
                }
            }
        };
    for container in &pod.containers {
        for (field, probe) in container.probes.into_iter().rev() {
            if let Some(probe) = probe {
                let path = container.path.field(field);
                look(path, probe.http_get.as_ref(), probe.tcp_socket.as_ref());
            }
        }
        let Some(lifecycle) = container.lifecycle else {
            continue;
        };
        let hooks = [
            ("postStart", &lifecycle.post_start),
            ("preStop", &lifecycle.pre_stop),
        ];
        for (field, hook) in hooks {
            if let Some(hook) = hook {
                let path = container.path.field("lifecycle").field(field);
                look(path, hook.http_get.as_ref(), hook.tcp_socket.as_ref());
            }
        }
    }
    found
}

pub(super) fn privileged(pod: &Pod<'_>) -> Vec<Found> {
    let privileged = pod.containers.iter().filter(|container| {
        container
            .security_context
            .is_some_and(|own| own.privileged == Some(true))
    });
    privileged
        .map(|container| {
            let path = container.security_context_path("privileged");
            Found::wrong(path, "a container must not be privileged")
        })
        .collect()
}

/// `procMount1_35baseline`: the check of 1.35 on.
pub(super) fn proc_mount_outside_user_namespace(pod: &Pod<'_>) -> Vec<Found> {
    if pod.has_user_namespace() {
        return Vec::new();
    }
    proc_mount(pod)
}

/// `procMount_1_0`.
pub(super) fn proc_mount(pod: &Pod<'_>) -> Vec<Found> {
    let unmasked = pod.containers.iter().filter(|container| {
        let mount = container
            .security_context
            .and_then(|own| own.proc_mount.as_deref());
        mount.is_some_and(|mount| mount != "Default")
    });
    unmasked
        .map(|container| {
            Found::wrong(
                container.security_context_path("procMount"),
                "procMount must be Default",
            )
        })
        .collect()
}

pub(super) fn se_linux(pod: &Pod<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut look = |options: Option<&SELinuxOptions>, path: FieldPath| {
        let Some(options) = options else { return };
        let type_ = options.type_.as_deref().unwrap_or_default();
        if !SE_LINUX_TYPES.contains(&type_) {
            let message = format!(
                "the SELinux type must be one of {}",
                SE_LINUX_TYPES[1..].join(", ")
            );
            found.push(Found::wrong(path.field("type"), message));
        }
        for (field, value) in [("user", &options.user), ("role", &options.role)] {
            if value.as_deref().is_some_and(|value| !value.is_empty()) {
                let message = format!("the SELinux {field} must not be set");
                found.push(Found::wrong(path.field(field), message));
            }
        }
    };
    let own = pod.spec.security_context.as_ref();
    look(
        own.and_then(|own| own.se_linux_options.as_ref()),
        Pod::context("seLinuxOptions"),
    );
    for container in &pod.containers {
        let own = container.security_context;
        look(
            own.and_then(|own| own.se_linux_options.as_ref()),
            container.security_context_path("seLinuxOptions"),
        );
    }
    found
}

/// `validSeccomp`.
pub(super) fn is_good_seccomp(profile: &SeccompProfile) -> bool {
    matches!(profile.type_.as_str(), "RuntimeDefault" | "Localhost")
}

pub(super) fn seccomp(pod: &Pod<'_>) -> Vec<Found> {
    let message = "the seccomp profile must be RuntimeDefault or Localhost";
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    let own = own.and_then(|own| own.seccomp_profile.as_ref());
    if own.is_some_and(|profile| !is_good_seccomp(profile)) {
        let path = Pod::context("seccompProfile").field("type");
        found.push(Found::wrong(path, message));
    }
    for container in &pod.containers {
        let own = container
            .security_context
            .and_then(|own| own.seccomp_profile.as_ref());
        if own.is_some_and(|profile| !is_good_seccomp(profile)) {
            let path = container
                .security_context_path("seccompProfile")
                .field("type");
            found.push(Found::wrong(path, message));
        }
    }
    found
}

pub(super) fn sysctls(pod: &Pod<'_>) -> Vec<Found> {
    let own = pod.spec.security_context.as_ref();
    let sysctls = own.and_then(|own| own.sysctls.as_deref());
    let is_allowed = |name: &str| {
        let mut rows = SYSCTLS.iter();
        rows.any(|(since, own)| *own == name && *since <= pod.version.minor())
    };
    let all = sysctls.unwrap_or_default().iter().enumerate();
    all.filter(|(_, sysctl)| !is_allowed(&sysctl.name))
        .map(|(i, sysctl)| {
            let path = Pod::context("sysctls").index(i).field("name");
            let message = format!("the sysctl {} is not among the safe ones", sysctl.name);
            Found::wrong(path, message)
        })
        .collect()
}

pub(super) fn windows_host_process(pod: &Pod<'_>) -> Vec<Found> {
    let message = "a Windows container must not be a process of the host";
    let is_bad = |options: &WindowsSecurityContextOptions| options.host_process == Some(true);
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    if own
        .and_then(|own| own.windows_options.as_ref())
        .is_some_and(is_bad)
    {
        let path = Pod::context("windowsOptions").field("hostProcess");
        found.push(Found::wrong(path, message));
    }
    for container in &pod.containers {
        let own = container.security_context;
        if own
            .and_then(|own| own.windows_options.as_ref())
            .is_some_and(is_bad)
        {
            let path = container
                .security_context_path("windowsOptions")
                .field("hostProcess");
            found.push(Found::wrong(path, message));
        }
    }
    found
}
