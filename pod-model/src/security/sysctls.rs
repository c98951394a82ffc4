//! Sysctls of a Pod, as the kubelet judges them.
//!
//! Upstream: pkg/kubelet/sysctl, and k8s.io/component-helpers/node/util/sysctl.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::PodSpec;
use serde::Serialize;

use super::context::pod_path;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// The safe ones, each with the minor version that has it and the kernel that it needs
/// (`safeSysctls`).
const SAFE: &[(u8, &str, Option<&str>)] = &[
    (0, "kernel.shm_rmid_forced", None),
    (0, "net.ipv4.ip_local_port_range", None),
    (0, "net.ipv4.tcp_syncookies", None),
    (0, "net.ipv4.ping_group_range", None),
    (0, "net.ipv4.ip_unprivileged_port_start", None),
    (27, "net.ipv4.ip_local_reserved_ports", Some("3.16")),
    (29, "net.ipv4.tcp_keepalive_time", Some("4.5")),
    (29, "net.ipv4.tcp_fin_timeout", Some("4.6")),
    (29, "net.ipv4.tcp_keepalive_intvl", Some("4.5")),
    (29, "net.ipv4.tcp_keepalive_probes", Some("4.5")),
    (32, "net.ipv4.tcp_rmem", Some("4.15")),
    (32, "net.ipv4.tcp_wmem", Some("4.15")),
    (37, "net.ipv4.tcp_slow_start_after_idle", Some("4.15")),
    (37, "net.ipv4.tcp_notsent_lowat", Some("4.6")),
];

/// The kernel namespace of a sysctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SysctlNamespace {
    /// The IPC namespace.
    #[serde(rename = "IPC")]
    Ipc,
    /// The network namespace.
    Net,
    /// The UTS namespace.
    #[serde(rename = "UTS")]
    Uts,
    /// The user namespace.
    User,
}

impl SysctlNamespace {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ipc => "IPC",
            Self::Net => "Net",
            Self::Uts => "UTS",
            Self::User => "User",
        }
    }
}

/// The kubelet's verdict on a sysctl.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "camelCase")]
pub enum Safety {
    /// Every kubelet of the version takes it, from a kernel version on.
    Safe {
        /// The kernel version, or `None` for all.
        #[serde(skip_serializing_if = "Option::is_none")]
        kernel: Option<&'static str>,
    },
    /// The kubelet refuses it (reason `SysctlForbidden`), unless its
    /// `allowedUnsafeSysctls` has it.
    Unsafe {
        /// The kubelet's message.
        message: String,
    },
    /// The kubelet refuses it, and cannot be told otherwise: it belongs to the node.
    NotNamespaced {
        /// The kubelet's message.
        message: String,
    },
    /// The kubelet refuses it together with the node's own namespace.
    HostNamespace {
        /// The kubelet's message.
        message: String,
    },
}

/// A sysctl of a Pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SysctlUse {
    /// Its name, as it is written.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its namespace, or `None` if it has none.
    pub namespace: Option<SysctlNamespace>,
    /// The kubelet's verdict.
    pub safety: Safety,
    /// The field of its name, from the Pod's root.
    pub path: FieldPath,
}

/// Returns a name with dots, where its first separator is a slash (`NormalizeName`).
pub(super) fn normalized(name: &str) -> Cow<'_, str> {
    let first = name.find(['.', '/']);
    if first.is_none_or(|at| name[at..].starts_with('.')) {
        return Cow::Borrowed(name);
    }
    let turned = name.chars().map(|c| match c {
        '.' => '/',
        '/' => '.',
        c => c,
    });
    Cow::Owned(turned.collect())
}

/// `namespaceOf`; `user.` came with 1.37.
fn namespace_of(name: &str, version: KubernetesVersion) -> Option<SysctlNamespace> {
    let name = name.split('*').next().unwrap_or_default();
    match name {
        "kernel.domainname" if version >= KubernetesVersion::V1_37 => Some(SysctlNamespace::Uts),
        "kernel.sem"
        | "kernel.shmall"
        | "kernel.shmmax"
        | "kernel.shmmni"
        | "kernel.shm_rmid_forced"
        | "kernel.shm"
        | "kernel.msgmax"
        | "kernel.msgmnb"
        | "kernel.msgmni"
        | "kernel.msg" => Some(SysctlNamespace::Ipc),
        _ if name.starts_with("net.") => Some(SysctlNamespace::Net),
        _ if name.starts_with("fs.mqueue.") => Some(SysctlNamespace::Ipc),
        _ if name.starts_with("user.") && version >= KubernetesVersion::V1_37 => {
            Some(SysctlNamespace::User)
        }
        _ => None,
    }
}

pub(super) fn sysctls(spec: &PodSpec, version: KubernetesVersion) -> Vec<SysctlUse> {
    let own = spec.security_context.as_ref();
    let list = own.and_then(|own| own.sysctls.as_deref());
    let list = list.unwrap_or_default().iter().enumerate();
    list.map(|(i, sysctl)| {
        let name = normalized(&sysctl.name);
        let namespace = namespace_of(&name, version);
        SysctlUse {
            safety: safety(&name, namespace, spec, version),
            name: sysctl.name.clone(),
            value: sysctl.value.clone(),
            namespace,
            path: pod_path("sysctls").index(i).field("name"),
        }
    })
    .collect()
}

/// `validateSysctl` of a kubelet that allows the safe ones alone.
fn safety(
    name: &str,
    namespace: Option<SysctlNamespace>,
    spec: &PodSpec,
    version: KubernetesVersion,
) -> Safety {
    let mut rows = SAFE.iter();
    let row = rows.find(|(since, own, _)| *own == name && *since <= version.minor());
    let Some((_, _, kernel)) = row else {
        let message = format!("forbidden sysctl: {name:?} not allowlisted");
        return match namespace {
            Some(_) => Safety::Unsafe { message },
            None => Safety::NotNamespaced { message },
        };
    };
    let of_host = match namespace {
        Some(SysctlNamespace::Ipc) => spec.host_ipc == Some(true),
        Some(SysctlNamespace::Net) => spec.host_network == Some(true),
        _ => false,
    };
    match namespace.filter(|_| of_host) {
        Some(namespace) => Safety::HostNamespace {
            message: format!(
                "forbidden sysctl: {name:?} not allowed with host {} enabled",
                namespace.as_str()
            ),
        },
        None => Safety::Safe { kernel: *kernel },
    }
}
