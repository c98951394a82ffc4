//! Ports of the host that Pods use.
//!
//! Upstream: `GetHostPorts` (pkg/scheduler/util/utils.go), `HostPortInfo`
//! (k8s.io/kube-scheduler/framework/types.go).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, Pod};

use crate::version::KubernetesVersion;

/// The address that stands for all.
const ALL_ADDRESSES: &str = "0.0.0.0";

/// A port of the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// The number, more than 0.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// The address, `0.0.0.0` for all.
    pub host_ip: String,
}

impl HostPort {
    /// Returns the host ports of a Pod: of its containers, and from 1.33 on of its sidecars.
    pub fn of(pod: &Pod, version: KubernetesVersion) -> Vec<Self> {
        let Some(spec) = &pod.spec else {
            return Vec::new();
        };
        let sidecars = spec.init_containers.iter().flatten().filter(|container| {
            version >= KubernetesVersion::V1_33
                && container.restart_policy.as_deref() == Some("Always")
        });
        sidecars
            .chain(&spec.containers)
            .flat_map(Self::of_container)
            .collect()
    }

    fn of_container(container: &Container) -> impl Iterator<Item = Self> {
        let or_else = |text: &Option<String>, default: &str| match text.as_deref() {
            None | Some("") => default.to_owned(),
            Some(text) => text.to_owned(),
        };
        let ports = container.ports.iter().flatten();
        ports.filter_map(move |port| {
            Some(Self {
                port: port.host_port.filter(|port| *port > 0)?,
                protocol: or_else(&port.protocol, "TCP"),
                host_ip: or_else(&port.host_ip, ALL_ADDRESSES),
            })
        })
    }

    /// Returns whether two Pods cannot have these ports on one node.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.host_ip == other.host_ip
                || self.host_ip == ALL_ADDRESSES
                || other.host_ip == ALL_ADDRESSES)
    }
}

/// Returns the port in use that conflicts with another. Ports of a number are next to each other.
pub(super) fn conflict<'a>(
    used: &'a BTreeMap<HostPort, u32>,
    wanted: &HostPort,
) -> Option<&'a HostPort> {
    let first = HostPort {
        port: wanted.port,
        protocol: String::new(),
        host_ip: String::new(),
    };
    let same_number = used.range(first..).map(|(port, _)| port);
    let mut same_number = same_number.take_while(|port| port.port == wanted.port);
    same_number.find(|port| wanted.conflicts_with(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(text: &str) -> HostPort {
        let [host_ip, protocol, port] = text.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{text}");
        };
        HostPort {
            port: port.parse().unwrap(),
            protocol: protocol.to_owned(),
            host_ip: host_ip.to_owned(),
        }
    }

    #[test]
    fn ports_conflict_on_one_address_or_on_all() {
        for (used, wanted, expected) in [
            ("0.0.0.0 TCP 80", "0.0.0.0 TCP 80", true),
            ("0.0.0.0 TCP 80", "127.0.0.1 TCP 80", true),
            ("127.0.0.1 TCP 80", "0.0.0.0 TCP 80", true),
            ("127.0.0.1 TCP 80", "127.0.0.2 TCP 80", false),
            ("0.0.0.0 TCP 80", "0.0.0.0 UDP 80", false),
            ("0.0.0.0 TCP 80", "0.0.0.0 TCP 81", false),
            (":: TCP 80", "127.0.0.1 TCP 80", false),
            (":: TCP 80", ":: TCP 80", true),
            (":: TCP 80", "0.0.0.0 TCP 80", true),
        ] {
            let used = BTreeMap::from([(port(used), 1), (port("9.9.9.9 SCTP 80"), 1)]);
            let found = conflict(&used, &port(wanted)).is_some();
            assert_eq!(found, expected, "{used:?} {wanted}");
        }
    }
}
