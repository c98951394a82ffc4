//! Ports of probes beside those that containers declare.

use k8s_openapi::api::core::v1::ContainerPort;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::{FieldPath, Finding, nearest, prose, rules};
use pod_probe::Handler;

use super::declared::Declared;
use super::subject::Probed;

/// A port that may be a mistake, although the probe works if the program listens there.
pub(super) fn check(probed: Probed<'_>, path: FieldPath, port: &IntOrString) -> Option<Finding> {
    match port {
        IntOrString::String(name) => {
            let mut own = probed.view.ports.iter();
            let declared = own.find(|port| port.name.as_ref() == Some(name))?;
            not_tcp(&[declared], declared.container_port, path)
        }
        IntOrString::Int(port) => match probed.declared.by_number.get(port) {
            None => undeclared(probed, path, *port),
            Some(same) => not_tcp(same, *port, path),
        },
    }
}

/// A port that is declared for another protocol alone.
fn not_tcp(declared: &[&ContainerPort], number: i32, path: FieldPath) -> Option<Finding> {
    let protocol = |port: &&ContainerPort| port.protocol.clone().unwrap_or_default();
    let protocols: Vec<String> = declared.iter().map(protocol).collect();
    let is_other = |name: &String| name == "UDP" || name == "SCTP";
    if !protocols.iter().all(is_other) {
        return None;
    }
    let message = format!(
        "port {number} is declared for {} alone, and the probe connects by TCP",
        prose::list_up_to(&protocols, 2)
    );
    let finding = Finding::new(&rules::UNDECLARED_PORT, path, message);
    Some(finding.help("use a port on which the program listens by TCP, or an exec probe"))
}

/// A number that no container of the Pod declares.
fn undeclared(probed: Probed<'_>, path: FieldPath, port: i32) -> Option<Finding> {
    let Declared { numbers, told, .. } = probed.declared;
    let text = port.to_string();
    // Whoever gives the number to a program means it.
    if numbers.is_empty() || told.contains(text.as_str()) {
        return None;
    }
    let asking = asking(probed, port);
    // Once for each container is enough.
    if asking
        .first()
        .is_some_and(|first| !path.segments().starts_with(first.segments()))
    {
        return None;
    }
    let message = format!(
        "no container of the Pod declares port {port}; declared: {}",
        prose::list_up_to(numbers, 5)
    );
    let finding = Finding::new(&rules::UNDECLARED_PORT, path, message);
    let near = nearest(&text, numbers.iter().map(String::as_str));
    // A number that several probes have is no slip of the pen, nor one beside which the near one is used.
    let is_meant = asking.len() > 1
        || near.is_some_and(|near| {
            let asked = near.parse().map(|near| self::asking(probed, near));
            asked.is_ok_and(|asked| !asked.is_empty())
        });
    Some(match near.filter(|_| !is_meant) {
        Some(near) => finding.help(format!("did you mean {near}?")),
        None => finding.help("declare the port if the program listens there"),
    })
}

/// Returns the paths of the container's probes of a port.
fn asking(probed: Probed<'_>, number: i32) -> Vec<&FieldPath> {
    let mut all = Vec::new();
    for own in &probed.own.probes {
        let port = match &own.probe.handler {
            Handler::HttpGet(request) => i32::from(request.port),
            Handler::TcpSocket { port, .. } => i32::from(*port),
            Handler::Grpc { port, .. } => *port,
            _ => continue,
        };
        if port == number {
            all.push(&own.path);
        }
    }
    all
}
