//! The lowest port that a container can listen on.

use k8s_openapi::api::core::v1::PodSpec;
use serde::Serialize;

use super::capabilities::Capabilities;
use super::settings::Runtime;
use super::sysctls::normalized;

const START: &str = "net.ipv4.ip_unprivileged_port_start";

/// The lowest port that a container's first process can listen on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LowPorts {
    /// The port, or `None` if that is not known.
    pub first: Option<u32>,
    /// The reason, as a lower-case phrase.
    pub reason: String,
}

/// containerd 2 sets the sysctl to 0 for Pods with a network of their own
/// (`EnableUnprivilegedPorts`, off in 1.x unless configured).
pub(super) fn low_ports(spec: &PodSpec, own: &Capabilities, runtime: Runtime) -> LowPorts {
    let known = |first, reason: String| LowPorts {
        first: Some(first),
        reason,
    };
    let unknown = |reason: &str| LowPorts {
        first: None,
        reason: reason.to_owned(),
    };
    let effective = own.effective.as_deref();
    if effective.is_some_and(|set| set.contains(&"NET_BIND_SERVICE")) {
        return known(0, "it has NET_BIND_SERVICE".to_owned());
    }
    let sysctls = spec.security_context.as_ref();
    let sysctls = sysctls.and_then(|own| own.sysctls.as_deref());
    let mut sysctls = sysctls.unwrap_or_default().iter();
    let set = sysctls.find(|own| normalized(&own.name) == START);
    if let Some(set) = set {
        let first = set.value.trim().parse();
        return first.map_or_else(
            |_| unknown("the sysctl ip_unprivileged_port_start is not a number"),
            |first| known(first, format!("the Pod sets {START}")),
        );
    }
    if spec.host_network == Some(true) {
        return unknown(
            "the node's network decides by its own ip_unprivileged_port_start, 1024 by default",
        );
    }
    match runtime {
        Runtime::Containerd { major, .. } if major >= 2 => {
            known(0, format!("{runtime} lets every user have low ports"))
        }
        Runtime::Unknown => unknown(
            "containerd 2 lets every user have low ports, older ones and CRI-O only root with NET_BIND_SERVICE",
        ),
        _ if effective.is_none() => unknown("the user is not known"),
        _ => known(
            1024,
            format!("{runtime} leaves low ports to NET_BIND_SERVICE"),
        ),
    }
}
