//! Requests and limits.
//!
//! Upstream: `validateResourceRequirements` and what it calls, in
//! `k8s.io/kubernetes/pkg/apis/core/validation`; the names of resources in
//! `…/core/helper`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::claims::{self, ClaimNames};
use super::errors::{Errors, invalid_message, quoted};
use super::names;
use super::path::Path;
use crate::quantity::Quantity;

pub(super) type ResourceList = BTreeMap<String, ApiQuantity>;

const HUGE_PAGES: &str = "hugepages-";
/// Resources without a domain.
const STANDARD: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];
const OF_CONTAINERS: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
const OF_PODS: [&str; 2] = ["cpu", "memory"];
/// Resources that are counted.
const COUNTED: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

/// The owner of the resources.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Container,
    Pod,
}

pub(super) fn is_huge_pages(name: &str) -> bool {
    name.starts_with(HUGE_PAGES)
}

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || is_huge_pages(name) || name.starts_with("requests.hugepages-")
}

/// Upstream: `IsNativeResource`.
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Upstream: `IsExtendedResourceName`.
fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::label_key(&format!("requests.{name}")).is_none()
}

/// Upstream: `IsOvercommitAllowed`.
fn is_divisible(name: &str) -> bool {
    is_native(name) && !is_huge_pages(name)
}

/// Amounts that upstream can read; others are no amounts for its decoder.
pub(super) fn amount(quantity: &ApiQuantity) -> Option<Quantity> {
    Quantity::try_from(quantity).ok()
}

pub(super) fn requirements(
    resources: &ResourceRequirements,
    of: Of,
    claims: &ClaimNames<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let (limits_path, requests_path) = (path.field("limits"), path.field("requests"));
    let none = ResourceList::new();
    let limits = resources.limits.as_ref().unwrap_or(&none);
    let requests = resources.requests.as_ref().unwrap_or(&none);
    for (list, path) in [(limits, &limits_path), (requests, &requests_path)] {
        for (name, own) in list {
            let path = path.field(name);
            resource_name(name, of, &path, errors);
            if let Some(own) = amount(own) {
                quantity(name, &own, &path, errors);
                huge_pages(name, &own, &path, errors);
            }
        }
    }
    for (name, own) in requests {
        let at = requests_path.field(name);
        match (limits.get(name).and_then(amount), amount(own)) {
            (Some(limit), Some(own)) => within(name, &own, &limit, &requests_path, &at, errors),
            (None, _) if !is_divisible(name) => {
                errors
                    .required(
                        &limits_path,
                        format!("request for {} requires a limit", quoted(name)),
                    )
                    .help("set the limit to the request")
                    .display_path(&at);
            }
            _ => {}
        }
    }
    let all = || limits.keys().chain(requests.keys());
    if all().any(|name| is_huge_pages(name)) && !all().any(|name| OF_PODS.contains(&name.as_str()))
    {
        errors
            .forbidden(path, "huge pages require a request for cpu or memory")
            .help("add a request for cpu or memory");
    }
    let own = resources.claims.as_deref().unwrap_or_default();
    claims::of_container(own, claims, &path.field("claims"), errors);
}

/// A request is not more than its limit, and equal to it where nodes cannot
/// give out more than they have.
fn within(
    name: &str,
    request: &Quantity,
    limit: &Quantity,
    path: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    if request != limit && !is_divisible(name) {
        errors
            .invalid(
                path,
                format!(
                    "request for {}, {request}, must equal its limit, {limit}",
                    quoted(name)
                ),
            )
            .help("set both to the same amount, or remove the request")
            .display_path(at);
    } else if request > limit {
        errors
            .invalid(
                path,
                format!(
                    "request for {}, {request}, exceeds its limit, {limit}",
                    quoted(name)
                ),
            )
            .help("lower the request, or raise the limit")
            .display_path(at);
    }
}

fn resource_name(name: &str, of: Of, path: &Path<'_>, errors: &mut Errors) {
    if let Some(wrong) = names::label_key(name) {
        errors
            .invalid(path, invalid_message(name, "resource name", &wrong))
            .points_at_key();
        if of == Of::Pod {
            return;
        }
    } else if !name.contains('/') && !is_standard(name) {
        no_resource(name, &OF_CONTAINERS, path, errors);
        return;
    }
    match of {
        Of::Pod => {
            if !OF_PODS.contains(&name) && !is_huge_pages(name) {
                errors.not_supported(
                    path,
                    name,
                    "Pod-level resource",
                    &["cpu", "memory", "hugepages-"],
                );
            }
        }
        Of::Container => {
            let known = if name.split('/').count() == 1 {
                OF_CONTAINERS.contains(&name) || is_huge_pages(name)
            } else {
                is_native(name) || is_extended(name)
            };
            if !known && names::label_key(name).is_none() {
                no_resource(name, &OF_CONTAINERS, path, errors);
            }
        }
    }
}

fn no_resource(name: &str, known: &[&str], path: &Path<'_>, errors: &mut Errors) {
    const HELP: &str = "use `cpu`, `memory`, `ephemeral-storage`, `hugepages-SIZE`, or an extended resource with a domain such as `example.com/gpu`";
    let message = format!("unsupported container resource {}", quoted(name));
    // Among three letters, everything is near.
    let meant = crate::nearest::nearest(name, known.iter().copied());
    let meant = meant.filter(|meant| meant.eq_ignore_ascii_case(name) || name.len() > 3);
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => HELP.to_owned(),
    };
    errors.invalid(path, message).help(help).points_at_key();
}

/// Upstream: `ValidateResourceQuantityValue`.
pub(super) fn quantity(name: &str, own: &Quantity, path: &Path<'_>, errors: &mut Errors) {
    if own.signum() < 0 {
        errors.invalid(
            path,
            format!(
                "amount of {} must not be negative, found {own}",
                quoted(name)
            ),
        );
    }
    if (COUNTED.contains(&name) || is_extended(name)) && own.milli_value() % 1000 != 0 {
        errors.invalid(
            path,
            format!("amount of {} must be an integer, found {own}", quoted(name)),
        );
    }
}

/// Upstream: `IsHugePageResourceValueDivisible`.
fn huge_pages(name: &str, own: &Quantity, path: &Path<'_>, errors: &mut Errors) {
    let Some(size) = name.strip_prefix(HUGE_PAGES) else {
        return;
    };
    let sound = size.parse::<Quantity>().is_ok_and(|size| {
        let whole = size.signum() > 0 && size.milli_value() % 1000 == 0;
        // Upstream divides by what may be 0 for an enormous size.
        whole && size.value() != 0 && own.value().wrapping_rem(size.value()) == 0
    });
    if !sound {
        errors.invalid(
            path,
            format!(
                "{own} must be a multiple of the page size of {}",
                quoted(name)
            ),
        );
    }
}
