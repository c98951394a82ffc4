//! Checks of the hosts to which probes go in place of the Pod.

use std::collections::HashMap;
use std::net::IpAddr;

use pod_model::pod_security::{Level, violations};
use pod_model::{FieldPath, Finding, Segment, Severity, rules};
use pod_probe::Handler;

use super::subject::Subject;

/// Upstream's id of the check of hosts.
const HOSTS: &str = "hostProbesAndHostLifecycle";

/// A host that the Pod Security Standards refuse.
pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let probes = subject.containers.iter().flat_map(|own| &own.probes);
    let hosts: HashMap<&[Segment], &str> = probes
        .filter_map(|own| Some((own.path.segments(), host_of(&own.probe.handler)?)))
        .collect();
    let Some(length) = hosts.keys().next().map(|path| path.len()) else {
        return;
    };
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
        let probe = path.segments().get(..length);
        if let Some(host) = probe.and_then(|probe| hosts.get(probe)) {
            found.push(refused_host(path, host, on_node));
        }
    }
}

/// Returns the host to which a probe goes in place of the Pod's address.
pub(super) fn host_of(handler: &Handler) -> Option<&str> {
    match handler {
        Handler::HttpGet(request) => request.host.as_deref(),
        Handler::TcpSocket { host, .. } => host.as_deref(),
        _ => None,
    }
}

/// The kubelet connects from the node, so its addresses are those of a Pod in the node's network.
fn refused_host(path: FieldPath, host: &str, on_node: bool) -> Finding {
    const REFUSED: &str = "which the Pod Security Standards refuse at `baseline` and `restricted` since Kubernetes 1.34";
    let finding = |message: String| Finding::new(&rules::PROBE_HOST, path, message);
    if host.starts_with('[') {
        let finding = finding(format!(
            "the kubelet puts brackets around an IPv6 address itself, so it cannot connect to `{host}`. A \
             `host` is something {REFUSED}"
        ));
        return finding.help("leave out `host`, or at least the brackets");
    }
    let address: Option<IpAddr> = host.parse().ok();
    let is_loopback = address.map_or(host == "localhost", |address| address.is_loopback());
    let is_hint = on_node && (is_loopback || address.is_some());
    let where_to = match (on_node, is_loopback) {
        (true, true) => {
            "the node's loopback address, which is this Pod's own under `hostNetwork`: it works, and needs \
             the namespace level `privileged`, as `hostNetwork` does"
        }
        (true, false) if is_hint => {
            "an address of its own: under `hostNetwork` it is this Pod's if it is one of its node, and needs \
             the namespace level `privileged`, as `hostNetwork` does"
        }
        (true, false) => "a host of its own instead of the node's address",
        (false, true) => "the node's own loopback address instead of the Pod",
        (false, false) => "a host of its own instead of the Pod",
    };
    if is_hint {
        let finding = finding(format!(
            "the probe goes to {where_to}. A `host` is something {REFUSED}"
        ));
        return finding.with_severity(Severity::Info).help(
            "leave out `host` only if the server listens on the address of the node, too: without it, the \
             probe goes there",
        );
    }
    finding(format!("the probe goes to {where_to}, {REFUSED}"))
        .help("leave out `host`; for a virtual host, use the header `Host`")
}
