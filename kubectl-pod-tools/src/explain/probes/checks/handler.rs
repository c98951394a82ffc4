//! Checks of handlers: ports and hosts.

use std::net::IpAddr;

use k8s_openapi::api::core::v1::Probe as ApiProbe;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::pod_security::{Level, violations};
use pod_model::{FieldPath, Finding, Severity, nearest, rules};
use pod_probe::{Handler, ProbeKind};

use super::super::effective::field;
use super::super::report::EffectiveProbe;
use super::super::words::word;
use super::ports;
use super::subject::{Probed, Subject};

/// Upstream's id of the check of hosts.
const HOSTS: &str = "hostProbesAndHostLifecycle";

pub(super) fn check(probed: Probed<'_>, found: &mut Vec<Finding>) {
    for own in &probed.own.probes {
        let declared = declared(probed, own.probe.kind);
        let Some((action, port)) = declared.and_then(port_of) else {
            continue;
        };
        let path = own.path.field(action).field("port");
        match (&own.probe.handler, port) {
            (Handler::Unresolved { reason }, port) => {
                found.push(errored(probed, own, path, &port, reason));
            }
            // Another host's ports are not declared here.
            (handler, _) if host_of(handler).is_some() => {}
            (_, port) => found.extend(ports::check(probed, path, &port)),
        }
    }
}

fn declared(probed: Probed<'_>, kind: ProbeKind) -> Option<&ApiProbe> {
    let mut fields = probed.view.probes.iter();
    fields.find(|(name, _)| *name == field(kind))?.1
}

/// Returns the port of a probe and the field that has it. The kubelet takes the first action.
fn port_of(probe: &ApiProbe) -> Option<(&'static str, IntOrString)> {
    if probe.exec.is_some() {
        return None;
    }
    if let Some(action) = &probe.http_get {
        return Some(("httpGet", action.port.clone()));
    }
    if let Some(action) = &probe.tcp_socket {
        return Some(("tcpSocket", action.port.clone()));
    }
    let action = probe.grpc.as_ref()?;
    Some(("grpc", IntOrString::Int(action.port)))
}

/// A port that cannot be resolved: each attempt is an error, which counts as nothing.
fn errored(
    probed: Probed<'_>,
    own: &EffectiveProbe,
    path: FieldPath,
    port: &IntOrString,
    reason: &str,
) -> Finding {
    let kind = own.probe.kind;
    let follows = match kind {
        ProbeKind::Startup => {
            "the container is never started, its other probes never run, and nothing kills it"
        }
        ProbeKind::Readiness => "the container is never ready",
        ProbeKind::Liveness => "it never kills the container, whatever happens",
    };
    let message = format!(
        "the {} probe can never be run: {reason}. Each attempt is an error, which counts neither as a \
         failure nor as a success: {follows}",
        word(kind)
    );
    let finding = Finding::new(&rules::ERRORED_PROBE, path, message);
    let names = probed.view.ports.iter();
    let names = names.filter_map(|port| port.name.as_deref());
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    let name = match port {
        IntOrString::String(name) if !names.contains(&name.as_str()) => name,
        _ => return finding.help("use a number from 1 to 65535"),
    };
    let elsewhere = probed.all.iter().find(|other| {
        let mut ports = other.ports.iter();
        other.path != probed.view.path && ports.any(|port| port.name.as_ref() == Some(name))
    });
    match (
        nearest(name, names.iter().copied()),
        elsewhere,
        names.as_slice(),
    ) {
        (None, Some(other), _) => finding.help(format!(
            "use the number: container {} declares the name, which counts only for its own probes",
            other.name
        )),
        (Some(near), _, _) => finding.help(format!("use `{near}`, or declare the port")),
        (None, None, [only]) => finding.help(format!("use `{only}`, or declare the port")),
        (None, None, _) => finding.help("use the number, or declare the port with this name"),
    }
}

/// A host that the Pod Security Standards refuse.
pub(super) fn check_hosts(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let mut probes = subject.containers.iter().flat_map(|own| &own.probes);
    if !probes.any(|own| host_of(&own.probe.handler).is_some()) {
        return;
    }
    let target = subject.target;
    let on_node = subject.spec.host_network == Some(true);
    let metadata = &target.metadata;
    let refused = violations(Level::Baseline, subject.version, metadata, subject.spec);
    for violation in refused.into_iter().filter(|own| own.check == HOSTS) {
        // Violations have paths from a Pod's root.
        let path = violation.path.to_string();
        let Some(path) = path.strip_prefix("spec.") else {
            continue;
        };
        let path = target.spec_path.join(&FieldPath::parse(path));
        let is_in = |own: &EffectiveProbe| path.segments().starts_with(own.path.segments());
        let mut probes = subject.containers.iter().flat_map(|own| &own.probes);
        let Some(host) = probes
            .find(|own| is_in(own))
            .and_then(|own| host_of(&own.probe.handler))
        else {
            continue;
        };
        found.push(refused_host(path, host, on_node));
    }
}

/// Returns the host to which a probe goes in place of the Pod's address.
fn host_of(handler: &Handler) -> Option<&str> {
    match handler {
        Handler::HttpGet(request) => request.host.as_deref(),
        Handler::TcpSocket { host, .. } => host.as_deref(),
        _ => None,
    }
}

fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

/// The kubelet connects from the node: its loopback address is that of a Pod in the node's network.
fn refused_host(path: FieldPath, host: &str, on_node: bool) -> Finding {
    const REFUSED: &str = "which the Pod Security Standards refuse at `baseline` and `restricted` since Kubernetes 1.34";
    if on_node && is_loopback(host) {
        let message = format!(
            "the probe goes to the node's loopback address, which is this Pod's own under `hostNetwork`: \
             it works, and needs the namespace level `privileged`, as `hostNetwork` does. A `host` is \
             something {REFUSED}"
        );
        let finding = Finding::new(&rules::PROBE_HOST, path, message);
        return finding.with_severity(Severity::Info).help(
            "leave out `host` only if the server listens on the node's address, too: without it, the \
             probe goes there",
        );
    }
    if host.starts_with('[') {
        let message = format!(
            "the kubelet puts brackets around an IPv6 address itself, so it cannot connect to `{host}`. A \
             `host` is something {REFUSED}"
        );
        let finding = Finding::new(&rules::PROBE_HOST, path, message);
        return finding.help("leave out `host`, or at least the brackets");
    }
    let instead = if is_loopback(host) {
        "the probe goes to the node's own loopback address instead of the Pod"
    } else if on_node {
        "the probe goes to a host of its own instead of the node's address"
    } else {
        "the probe goes to a host of its own instead of the Pod"
    };
    let finding = Finding::new(&rules::PROBE_HOST, path, format!("{instead}, {REFUSED}"));
    finding.help("leave out `host`; for a virtual host, use the header `Host`")
}
