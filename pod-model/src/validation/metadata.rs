//! The metadata of an object.
//!
//! Upstream: `ValidateObjectMeta` in `k8s.io/apimachinery/pkg/api/validation`
//! and in `k8s.io/kubernetes/pkg/apis/core/validation`. `managedFields` are not
//! looked at: a server forgets those that it cannot read before it validates.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::annotations::Annotations;
use super::changes::Change;
use super::errors::{Errors, invalid_message, quoted};
use super::path::Path;
use super::{names, selectors};
use crate::version::KubernetesVersion;

/// Bytes of all keys and values together.
const ANNOTATIONS_MOST: usize = 256 << 10;
/// Finalizers of Kubernetes, which have no domain.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", ORPHAN, FOREGROUND];
const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

pub(super) fn object_meta(
    metadata: &ObjectMeta,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let text = |field: &'_ Option<String>| field.clone().filter(|text| !text.is_empty());
    let prefix = text(&metadata.generate_name);
    if let Some(prefix) = &prefix {
        let path = path.field("generateName");
        errors.syntax(&path, prefix, "name prefix", names::dns_subdomain_prefix);
    }
    match (text(&metadata.name), prefix) {
        (Some(name), _) => {
            let path = path.field("name");
            let added = errors.syntax(&path, &name, "object name", names::dns_subdomain);
            added.help_with(|| names::similar_label(&name));
        }
        // The server has made up a name by then.
        (None, Some(prefix)) => {
            if let Some(wrong) = names::dns_subdomain(&generated(&prefix)) {
                let wrong = format!("with five letters appended, it {wrong}");
                errors
                    .invalid(
                        &path.field("name"),
                        invalid_message(&prefix, "name prefix", &wrong),
                    )
                    .display_path(&path.field("generateName"));
            }
        }
        (None, None) => {
            errors
                .required(&path.field("name"), "the name of the object is required")
                .help("set metadata.name, or metadata.generateName for a generated name");
        }
    }
    if let Some(namespace) = text(&metadata.namespace) {
        let path = path.field("namespace");
        errors.syntax(&path, &namespace, "namespace name", names::dns_label);
    }
    let at = path.field("labels");
    selectors::labels(metadata.labels.as_ref(), &at, &at, errors);
    if let Some(list) = &metadata.annotations {
        let at = path.field("annotations");
        annotations(list, &at, &at, errors);
    }
    let owners = metadata.owner_references.as_deref().unwrap_or_default();
    owner_references(owners, version, &path.field("ownerReferences"), errors);
    let finalizers = metadata.finalizers.as_deref().unwrap_or_default();
    finalizer_names(finalizers, &path.field("finalizers"), errors);
}

/// Upstream: `simpleNameGenerator` in `k8s.io/apiserver/pkg/storage/names`.
pub(super) fn generated(prefix: &str) -> String {
    const KEPT: usize = 63 - 5;
    let kept = if prefix.len() > KEPT {
        String::from_utf8_lossy(&prefix.as_bytes()[..KEPT]).into_owned()
    } else {
        prefix.to_owned()
    };
    kept + "xxxxx"
}

/// Upstream: `ValidateAnnotations`.
pub(super) fn annotations(list: &Annotations, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    for key in list.keys() {
        if let Some(wrong) = names::annotation_key(key) {
            errors
                .invalid(path, invalid_message(key, "annotation key", &wrong))
                .display_path(&at.field(key))
                .points_at_key();
        }
    }
    annotations_size(list, path, at, errors);
}

/// Upstream: `ValidateAnnotationsSize`.
pub(super) fn annotations_size(
    list: &Annotations,
    path: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    let size: usize = list
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    if size > ANNOTATIONS_MOST {
        errors
            .too_long(
                path,
                format!(
                    "annotations must be no more than {ANNOTATIONS_MOST} bytes in total, found {size}"
                ),
            )
            .help("move large data to a ConfigMap")
            .display_path(at);
    }
}

/// Upstream: `ValidateOwnerReferences`.
fn owner_references(
    owners: &[OwnerReference],
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mut controller: Option<&OwnerReference> = None;
    for (i, owner) in owners.iter().enumerate() {
        owner_reference(owner, version, path, &path.index(i), errors);
        if owner.controller != Some(true) {
            continue;
        }
        match controller {
            Some(first) => {
                let message = format!(
                    "{}/{} cannot be a second controller besides {}/{}",
                    owner.kind, owner.name, first.kind, first.name
                );
                errors.invalid(path, message).display_path(&path.index(i));
            }
            None => controller = Some(owner),
        }
    }
}

/// Upstream: `validateOwnerReference`, which names no index before
/// [`Change::OwnerReferenceFields`].
fn owner_reference(
    owner: &OwnerReference,
    version: KubernetesVersion,
    list: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    let are_required = Change::OwnerReferenceFields.is_in(version);
    let path = if are_required { at } else { list };
    let version = match owner.api_version.split('/').collect::<Vec<_>>()[..] {
        [version] | [_, version] => version,
        _ => "",
    };
    for (field, value) in [
        ("apiVersion", version),
        ("kind", &owner.kind),
        ("name", &owner.name),
        ("uid", &owner.uid),
    ] {
        if !value.is_empty() {
            continue;
        }
        let named = path.field(field);
        let is_absent = field != "apiVersion" || owner.api_version.is_empty();
        let message = if is_absent {
            format!("`{field}` of an owner is required")
        } else {
            format!(
                "expected `{field}` as GROUP/VERSION or VERSION, found {}",
                quoted(&owner.api_version)
            )
        };
        let added = if are_required && is_absent {
            errors.required(&named, message)
        } else {
            errors.invalid(&named, message)
        };
        added.display_path(&at.field(field));
    }
    if matches!(owner.api_version.as_str(), "v1" | "/v1") && owner.kind == "Event" {
        errors
            .invalid(path, "an Event cannot own anything")
            .display_path(at);
    }
}

/// Upstream: `ValidateFinalizers`, `validateKubeFinalizerName`.
pub(super) fn finalizer_names(finalizers: &[String], path: &Path<'_>, errors: &mut Errors) {
    for (i, finalizer) in finalizers.iter().enumerate() {
        let at = path.index(i);
        if let Some(wrong) = names::label_key(finalizer) {
            errors
                .invalid(path, invalid_message(finalizer, "finalizer name", &wrong))
                .display_path(&at);
        }
        if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer.as_str()) {
            errors
                .invalid(
                    &at,
                    format!("unknown Kubernetes finalizer {}", quoted(finalizer)),
                )
                .help("use a domain for your own finalizer, such as `example.com/cleanup`");
        }
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if has(ORPHAN) && has(FOREGROUND) {
        errors.invalid(
            path,
            format!("cannot combine the finalizers `{ORPHAN}` and `{FOREGROUND}`"),
        );
    }
}
