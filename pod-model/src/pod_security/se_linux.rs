//! The check of SELinux options: `check_seLinuxOptions.go` of
//! k8s.io/pod-security-admission/policy.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::SELinuxOptions;

use super::pod::{Found, Pod, Refusal};
use super::words;
use crate::path::FieldPath;

/// The allowed types, an empty one apart: `selinuxAllowedTypes1_31`, of which the last
/// is not in `selinuxAllowedTypes1_0`.
const TYPES: [&str; 4] = [
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "container_engine_t",
];

pub(super) fn since_1_0(pod: &Pod<'_>) -> Option<Refusal> {
    check(pod, &TYPES[..3])
}

pub(super) fn since_1_31(pod: &Pod<'_>) -> Option<Refusal> {
    check(pod, &TYPES)
}

fn check(pod: &Pod<'_>, types: &[&str]) -> Option<Refusal> {
    let mut seen = Seen::default();
    let own = pod.spec.security_context.as_ref();
    let own = own.and_then(|own| own.se_linux_options.as_ref());
    let mut found = seen.look(own, types, || Pod::context("seLinuxOptions"));
    let is_pod = !found.is_empty();
    let mut names = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        let own = own.and_then(|own| own.se_linux_options.as_ref());
        let path = || container.security_context_path("seLinuxOptions");
        let more = seen.look(own, types, path);
        if !more.is_empty() {
            names.push(container.name);
        }
        found.extend(more.into_iter().map(|own| own.in_container(container)));
    }
    let mut data = Vec::new();
    if !seen.types.is_empty() {
        let word = words::pluralize("type", "types", seen.types.len());
        data.push(format!("{word} {}", words::join_quote(&seen.types)));
    }
    if seen.has_user {
        data.push("user may not be set".to_owned());
    }
    if seen.has_role {
        data.push("role may not be set".to_owned());
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "seLinuxOptions",
        detail: format!(
            "{} set forbidden securityContext.seLinuxOptions: {}",
            words::setters(is_pod, &names),
            data.join("; ")
        ),
        found,
    })
}

#[derive(Default)]
struct Seen<'a> {
    types: BTreeSet<&'a str>,
    has_user: bool,
    has_role: bool,
}

impl<'a> Seen<'a> {
    fn look(
        &mut self,
        options: Option<&'a SELinuxOptions>,
        types: &[&str],
        path: impl Fn() -> FieldPath,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        let Some(options) = options else {
            return found;
        };
        let own = options.type_.as_deref().unwrap_or_default();
        if !own.is_empty() && !types.contains(&own) {
            self.types.insert(own);
            let message = format!("the SELinux type must be one of {}", types.join(", "));
            found.push(Found::wrong(path().field("type"), message));
        }
        let is_set = |value: &Option<String>| value.as_deref().is_some_and(|own| !own.is_empty());
        for (field, value, has) in [
            ("user", &options.user, &mut self.has_user),
            ("role", &options.role, &mut self.has_role),
        ] {
            if is_set(value) {
                *has = true;
                let message = format!("the SELinux {field} must not be set");
                found.push(Found::wrong(path().field(field), message));
            }
        }
        found
    }
}
