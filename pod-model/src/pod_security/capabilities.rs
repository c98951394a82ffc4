//! Checks of capabilities: `check_capabilities_baseline.go` and
//! `check_capabilities_restricted.go` of k8s.io/pod-security-admission/policy.

use std::collections::BTreeSet;

use super::pod::{Found, Pod, Refusal};
use super::requirement::Requirement;
use super::words;
use crate::container::ContainerView;

/// `capabilities_allowed_1_0`.
const BASELINE: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

pub(super) fn baseline(pod: &Pod<'_>) -> Option<Refusal> {
    let why = "is not among those that baseline lets add";
    let added = Added::beyond(pod, BASELINE, why);
    (!added.containers.is_empty()).then(|| Refusal {
        reason: "non-default capabilities",
        detail: added.detail(),
        found: added.found,
    })
}

/// `capabilitiesRestricted_1_25`.
pub(super) fn restricted_on_linux(pod: &Pod<'_>) -> Option<Refusal> {
    (!pod.is_windows()).then(|| restricted(pod)).flatten()
}

/// `capabilitiesRestricted_1_22`.
pub(super) fn restricted(pod: &Pod<'_>) -> Option<Refusal> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        let both = own.and_then(|own| own.capabilities.as_ref());
        let dropped = both.and_then(|both| both.drop.as_deref());
        if !dropped.unwrap_or_default().iter().any(|name| name == "ALL") {
            missing.push(container.name);
            let path = container.security_context_path("capabilities");
            let own = Found::wrong(path.field("drop"), "ALL capabilities must be dropped")
                .requires(Requirement::Contains("ALL"))
                .in_container(container);
            found.push(Found {
                is_missing: true,
                ..own
            });
        }
    }
    let why = "must not be added: NET_BIND_SERVICE is the only one";
    let added = Added::beyond(pod, &["NET_BIND_SERVICE"], why);
    let mut details = Vec::new();
    if !missing.is_empty() {
        details.push(format!(
            "{} must set securityContext.capabilities.drop=[\"ALL\"]",
            words::containers(&missing)
        ));
    }
    if !added.containers.is_empty() {
        details.push(added.detail());
    }
    found.extend(added.found);
    (!found.is_empty()).then(|| Refusal {
        reason: "unrestricted capabilities",
        detail: details.join("; "),
        found,
    })
}

/// Capabilities that are added and not in a list.
struct Added<'a> {
    containers: Vec<&'a str>,
    names: BTreeSet<&'a str>,
    found: Vec<Found>,
}

impl<'a> Added<'a> {
    fn beyond(pod: &Pod<'a>, list: &[&str], why: &str) -> Self {
        let mut added = Self {
            containers: Vec::new(),
            names: BTreeSet::new(),
            found: Vec::new(),
        };
        for container in &pod.containers {
            let before = added.found.len();
            for (i, name) in names(container).iter().enumerate() {
                if list.contains(&name.as_str()) {
                    continue;
                }
                added.names.insert(name);
                let path = container.security_context_path("capabilities");
                let path = path.field("add").index(i);
                let shown = if name.is_empty() {
                    "without a name"
                } else {
                    name.as_str()
                };
                let found = Found::wrong(path, format!("the capability {shown} {why}"));
                added.found.push(found.in_container(container));
            }
            if added.found.len() > before {
                added.containers.push(container.name);
            }
        }
        added
    }

    fn detail(&self) -> String {
        format!(
            "{} must not include {} in securityContext.capabilities.add",
            words::containers(&self.containers),
            words::join_quote(&self.names)
        )
    }
}

fn names<'a>(container: &ContainerView<'a>) -> &'a [String] {
    let own = container.security_context;
    let both = own.and_then(|own| own.capabilities.as_ref());
    both.and_then(|both| both.add.as_deref())
        .unwrap_or_default()
}
