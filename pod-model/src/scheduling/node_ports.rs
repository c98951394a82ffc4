//! The plugin `NodePorts`.
//!
//! Upstream: pkg/scheduler/framework/plugins/nodeports.

use super::host_ports::{self, HostPort};
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, Outcome, Prepared, Reason};
use super::plugin::Plugin;

/// The message about a port that is taken.
pub(super) const MESSAGE: &str = "node(s) didn't have free ports for the requested pod ports";

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(ports: Vec<HostPort>) -> Prepared<Vec<HostPort>> {
    if ports.is_empty() {
        Prepared::Skip
    } else {
        Prepared::Ready(ports)
    }
}

/// Judges a node. Upstream: `Filter`, `fitsPorts`.
pub(super) fn judge(wanted: &[HostPort], node: &NodeInfo) -> Outcome {
    let taken: Vec<&HostPort> = wanted
        .iter()
        .filter(|port| host_ports::conflict(node.pods().ports(), port).is_some())
        .collect();
    let Some(first) = taken.first() else {
        return Outcome::Passes;
    };
    let texts = taken.iter().map(|port| {
        let HostPort {
            port,
            protocol,
            host_ip,
        } = port;
        match host_ip.as_str() {
            "0.0.0.0" => format!("{port}/{protocol}"),
            host_ip => format!("{host_ip} {port}/{protocol}"),
        }
    });
    let detail = texts.collect::<Vec<_>>().join(", ");
    let cause = Cause::Port {
        host_ip: first.host_ip.clone(),
        protocol: first.protocol.clone(),
        port: first.port,
    };
    let reason = Reason::new(Plugin::NodePorts, Code::Unschedulable, MESSAGE, cause);
    Outcome::fails(reason.detailed(format!("another Pod uses {detail}")))
}
