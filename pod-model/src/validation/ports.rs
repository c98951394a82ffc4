//! Ports of containers, and references to them.
//!
//! Upstream: `validateContainerPorts`, `ValidatePortNumOrName`,
//! `AccumulateUniqueHostPorts` and `validatePodHostNetworkDeps` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, ContainerPort, PodSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::containers::APP;
use super::errors::Errors;
use super::names;
use super::path::Path;

const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];

pub(super) fn ports(ports: &[ContainerPort], path: &Path<'_>, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, port) in ports.iter().enumerate() {
        let path = path.index(i);
        if let Some(name) = port.name.as_deref().filter(|name| !name.is_empty()) {
            let at = path.field("name");
            if names::port_name(name).is_some() {
                errors.syntax(&at, name, "port name", names::port_name);
            } else if !seen.insert(name) {
                errors.duplicate(&at, format!("duplicate port name `{name}`"));
            }
        }
        let at = path.field("containerPort");
        if port.container_port == 0 {
            errors.required(&at, "the number of the port is required");
        } else {
            number(port.container_port, &at, errors);
        }
        if let Some(host_port) = port.host_port.filter(|port| *port != 0) {
            number(host_port, &path.field("hostPort"), errors);
        }
        let protocol = port.protocol.as_deref().unwrap_or_default();
        errors.one_of(&path.field("protocol"), protocol, "protocol", &PROTOCOLS);
    }
}

pub(super) fn number(port: i32, path: &Path<'_>, errors: &mut Errors) {
    if !(1..=65535).contains(&port) {
        errors.invalid(
            path,
            format!("expected a port from 1 to 65535, found {port}"),
        );
    }
}

/// A port by its number, or by its name in the container.
pub(super) fn reference(port: &IntOrString, path: &Path<'_>, errors: &mut Errors) {
    match port {
        IntOrString::Int(port) => number(*port, path, errors),
        IntOrString::String(name) => {
            let added = errors.syntax(path, name, "port name", names::port_name);
            if name.parse::<u16>().is_ok() {
                added.help(format!("use `{name}` without quotes"));
            }
        }
    }
}

/// Each port of the node can be used once.
pub(super) fn host_ports<'a>(
    containers: impl Iterator<Item = (usize, &'a Container)>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mut seen = BTreeSet::new();
    for (i, container) in containers {
        let path = path.index(i);
        let path = path.field("ports");
        for (i, port) in container.ports.iter().flatten().enumerate() {
            let Some(number) = port.host_port.filter(|port| *port != 0) else {
                continue;
            };
            let protocol = port.protocol.as_deref().unwrap_or_default();
            let address = port.host_ip.as_deref().unwrap_or_default();
            if !seen.insert((protocol, address, number)) {
                let path = path.index(i);
                errors.duplicate(
                    &path.field("hostPort"),
                    format!("duplicate host port {number}/{protocol}"),
                );
            }
        }
    }
}

/// In the host's network, a container's port is the node's.
pub(super) fn host_network(spec: &PodSpec, is_pod: bool, path: &Path<'_>, errors: &mut Errors) {
    if spec.host_network != Some(true) {
        return;
    }
    let path = path.field(APP);
    for (i, container) in spec.containers.iter().enumerate() {
        let path = path.index(i);
        let path = path.field("ports");
        for (i, port) in container.ports.iter().flatten().enumerate() {
            let host_port = port.host_port.unwrap_or_default();
            // What a template leaves out is filled in when the Pod is made.
            if (is_pod || host_port != 0) && host_port != port.container_port {
                let path = path.index(i);
                let number = port.container_port;
                errors
                    .invalid(
                        &path.field("hostPort"),
                        format!("with `hostNetwork`, `hostPort` must equal `containerPort` {number}, found {host_port}"),
                    )
                    .help("remove `hostPort`");
            }
        }
    }
}
