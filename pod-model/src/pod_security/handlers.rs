//! The check of hosts of probes and hooks: `check_hostProbesAndhostLifecycle.go` of
//! k8s.io/pod-security-admission/policy.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{HTTPGetAction, TCPSocketAction};

use super::pod::{Found, Pod, Refusal};
use super::words;
use crate::container::ContainerView;
use crate::path::FieldPath;

pub(super) fn hosts(pod: &Pod<'_>) -> Option<Refusal> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    for container in &pod.containers {
        for (path, host) in hosts_of(container) {
            names.insert(container.name);
            hosts.insert(host);
            let message = "another host than the Pod must not be asked";
            found.push(Found::wrong(path, message).in_container(container));
        }
    }
    let names: Vec<&str> = names.into_iter().collect();
    (!found.is_empty()).then(|| Refusal {
        reason: "probe or lifecycle host",
        detail: format!(
            "{} {} {} {}",
            words::containers(&names),
            words::pluralize("uses", "use", names.len()),
            words::pluralize(
                "probe or lifecycle host",
                "probe or lifecycle hosts",
                hosts.len()
            ),
            words::join_quote(&hosts)
        ),
        found,
    })
}

/// The hosts of a container's probes and hooks, each with its path.
fn hosts_of<'a>(container: &ContainerView<'a>) -> Vec<(FieldPath, &'a str)> {
    let mut all = Vec::new();
    for (field, probe) in container.probes.into_iter().rev() {
        if let Some(probe) = probe {
            let path = container.path.field(field);
            add(
                &mut all,
                &path,
                probe.http_get.as_ref(),
                probe.tcp_socket.as_ref(),
            );
        }
    }
    let Some(lifecycle) = container.lifecycle else {
        return all;
    };
    let hooks = [
        ("postStart", &lifecycle.post_start),
        ("preStop", &lifecycle.pre_stop),
    ];
    for (field, hook) in hooks {
        if let Some(hook) = hook {
            let path = container.path.field("lifecycle").field(field);
            add(
                &mut all,
                &path,
                hook.http_get.as_ref(),
                hook.tcp_socket.as_ref(),
            );
        }
    }
    all
}

fn add<'a>(
    all: &mut Vec<(FieldPath, &'a str)>,
    path: &FieldPath,
    http: Option<&'a HTTPGetAction>,
    tcp: Option<&'a TCPSocketAction>,
) {
    let hosts = [
        ("httpGet", http.and_then(|get| get.host.as_deref())),
        ("tcpSocket", tcp.and_then(|socket| socket.host.as_deref())),
    ];
    for (handler, host) in hosts {
        if let Some(host) = host.filter(|host| !host.is_empty()) {
            all.push((path.field(handler).field("host"), host));
        }
    }
}
