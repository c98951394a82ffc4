//! References to fields and resources of the Pod itself.
//!
//! Upstream: `validateObjectFieldSelector`,
//! `validateContainerResourceFieldSelector` and
//! `validateContainerResourceDivisor` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`, `ConvertDownwardAPIFieldLabel`
//! in `…/core/pods`.

use k8s_openapi::api::core::v1::{ObjectFieldSelector, ResourceFieldSelector};

use super::errors::{Errors, quoted};
use super::names;
use super::path::Path;
use crate::nearest::nearest;
use crate::quantity::Quantity;

/// The use of the value, which decides the supported fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Env,
    Volume,
}

const ENV_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const VOLUME_FIELDS: [&str; 5] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "metadata.uid",
];
/// Fields with a label of their own, which need not be usable.
const LABELLED: [&str; 14] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
];
const HUGE_PAGES: [&str; 2] = ["requests.hugepages-", "limits.hugepages-"];
const BYTE_DIVISORS: [&str; 13] = [
    "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
];

pub(super) fn field(selector: &ObjectFieldSelector, to: Use, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("fieldPath");
    let version = selector.api_version.as_deref().unwrap_or_default();
    let label = selector.field_path.as_str();
    if version.is_empty() {
        errors.required(
            &path.field("apiVersion"),
            "the API version of the field is required",
        );
        return;
    }
    if label.is_empty() {
        errors.required(&at, "the path of a Pod field is required");
        return;
    }
    if version != "v1" {
        errors
            .invalid(
                &at,
                format!("unsupported API version {} of Pods", quoted(version)),
            )
            .help("remove `apiVersion`, or use `v1`")
            .display_path(&path.field("apiVersion"));
        return;
    }
    if let Some((map, key)) = subscripted(label) {
        match map {
            "metadata.annotations" => {
                errors
                    .syntax(path, key, "annotation key", names::annotation_key)
                    .display_path(&at);
            }
            "metadata.labels" => {
                errors
                    .syntax(path, key, "label key", names::label_key)
                    .display_path(&at);
            }
            _ => {
                errors
                    .invalid(
                        &at,
                        format!("{} cannot have a key in brackets", quoted(map)),
                    )
                    .help("use `metadata.labels['KEY']` or `metadata.annotations['KEY']`");
            }
        }
        return;
    }
    let known = match to {
        Use::Env => &ENV_FIELDS[..],
        Use::Volume => &VOLUME_FIELDS[..],
    };
    // An older name of `spec.nodeName`.
    let label = if label == "spec.host" {
        "spec.nodeName"
    } else {
        label
    };
    if !LABELLED.contains(&label) {
        let added = errors.invalid(&at, format!("unsupported field {}", quoted(label)));
        if let Some(meant) = nearest(label, known.iter().copied()) {
            added.help(format!("did you mean `{meant}`?"));
        }
    } else if !known.contains(&label) {
        let (what, help) = match (to, label) {
            (Use::Env, "metadata.labels" | "metadata.annotations") => (
                "field for an environment variable",
                Some(format!("use one of its keys, `{label}['KEY']`")),
            ),
            (Use::Env, _) => ("field for an environment variable", None),
            (Use::Volume, _) => ("field for a volume", None),
        };
        let added = errors.not_supported(&at, label, what, known);
        if let Some(help) = help {
            added.help(help);
        }
    }
}

/// Upstream: `SplitMaybeSubscriptedPath` in `k8s.io/kubernetes/pkg/fieldpath`.
fn subscripted(label: &str) -> Option<(&str, &str)> {
    let (map, key) = label.strip_suffix("']")?.split_once("['")?;
    (!map.is_empty()).then_some((map, key))
}

fn is_huge_pages(resource: &str) -> bool {
    HUGE_PAGES.iter().any(|prefix| resource.starts_with(prefix))
}

pub(super) fn resource(
    selector: &ResourceFieldSelector,
    to: Use,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let resource = selector.resource.as_str();
    let container = selector.container_name.as_deref().unwrap_or_default();
    if to == Use::Volume && container.is_empty() {
        errors.required(
            &path.field("containerName"),
            "in a volume, the name of the container is required",
        );
    } else if resource.is_empty() {
        errors.required(
            &path.field("resource"),
            "the name of the resource is required",
        );
    } else if !RESOURCES.contains(&resource) && !is_huge_pages(resource) {
        errors.not_supported(&path.field("resource"), resource, "resource", &RESOURCES);
    }
    let divisor = selector
        .divisor
        .as_ref()
        .and_then(|own| Quantity::try_from(own).ok());
    let Some(divisor) = divisor.filter(|divisor| !divisor.is_zero()) else {
        return;
    };
    let known = match resource {
        "limits.cpu" | "requests.cpu" => &["1m", "1"][..],
        _ if RESOURCES.contains(&resource) || is_huge_pages(resource) => &BYTE_DIVISORS[..],
        _ => return,
    };
    let divisor = divisor.to_string();
    if !known.contains(&divisor.as_str()) {
        errors
            .invalid(
                &path.field("divisor"),
                format!("unsupported divisor `{divisor}` for `{resource}`"),
            )
            .help(format!("use {}", super::errors::either(known)));
    }
}
