//! Checks of handlers that cannot be run.

use k8s_openapi::api::core::v1::Probe as ApiProbe;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::{FieldPath, Finding, nearest, rules};
use pod_probe::{Handler, ProbeKind};

use super::super::effective::field;
use super::super::report::EffectiveProbe;
use super::super::words::word;
use super::hosts::host_of;
use super::ports;
use super::subject::Probed;

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
