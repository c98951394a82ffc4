//! The claim that is made for an ephemeral volume.
//!
//! Upstream: `validateEphemeralVolumeSource`,
//! `ValidatePersistentVolumeClaimTemplate`, `ValidatePersistentVolumeClaimSpec`.

use k8s_openapi::api::core::v1::{EphemeralVolumeSource, PersistentVolumeClaimSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::super::errors::{Errors, quoted};
use super::super::path::Path;
use super::super::{metadata, names, resources, selectors};
use crate::quantity::Quantity;

const ACCESS_MODES: [&str; 4] = [
    "ReadWriteOnce",
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOncePod",
];
const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];
const STORAGE: &str = "storage";

pub(super) fn ephemeral(
    source: &EphemeralVolumeSource,
    attributes_class: bool,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let path = path.field("volumeClaimTemplate");
    let Some(template) = &source.volume_claim_template else {
        errors.required(
            &path,
            "the claim template of the ephemeral volume is required",
        );
        return;
    };
    if let Some(own) = &template.metadata {
        template_metadata(own, &path.field("metadata"), errors);
    }
    claim(
        &template.spec,
        attributes_class,
        &path.field("spec"),
        errors,
    );
}

/// Upstream: `ValidateTemplateObjectMeta`.
fn template_metadata(own: &ObjectMeta, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("annotations");
    if let Some(annotations) = &own.annotations {
        metadata::annotations(annotations, &at, &at, errors);
    }
    let at = path.field("labels");
    selectors::labels(own.labels.as_ref(), &at, &at, errors);
    let has = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    for (field, is_set) in [
        ("name", has(&own.name)),
        ("generateName", has(&own.generate_name)),
        ("namespace", has(&own.namespace)),
        ("selfLink", has(&own.self_link)),
        ("uID", has(&own.uid)),
        ("resourceVersion", has(&own.resource_version)),
        (
            "generation",
            own.generation.is_some_and(|number| number != 0),
        ),
        ("creationTimestamp", own.creation_timestamp.is_some()),
        ("deletionTimestamp", own.deletion_timestamp.is_some()),
        (
            "deletionGracePeriodSeconds",
            own.deletion_grace_period_seconds.is_some(),
        ),
        ("ownerReferences", own.owner_references.is_some()),
        ("finalizers", own.finalizers.is_some()),
        ("managedFields", own.managed_fields.is_some()),
    ] {
        if is_set {
            errors
                .forbidden(
                    &path.field(field),
                    format!("a claim template cannot have `{field}`, only labels and annotations"),
                )
                .help("remove it");
        }
    }
}

fn claim(
    spec: &PersistentVolumeClaimSpec,
    attributes_class: bool,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    access_modes(
        spec.access_modes.as_deref().unwrap_or_default(),
        &path.field("accessModes"),
        errors,
    );
    selectors::selector(spec.selector.as_ref(), &path.field("selector"), errors);
    storage(spec, path, errors);
    if let Some(mode) = &spec.volume_mode {
        errors.one_of(
            &path.field("volumeMode"),
            mode,
            "volume mode",
            &VOLUME_MODES,
        );
    }
    let attributes = spec
        .volume_attributes_class_name
        .as_ref()
        .filter(|_| attributes_class);
    for (field, class) in [
        ("storageClassName", spec.storage_class_name.as_ref()),
        ("volumeAttributesClassName", attributes),
    ] {
        if let Some(class) = class.filter(|class| !class.is_empty()) {
            errors.syntax(
                &path.field(field),
                class,
                "class name",
                names::dns_subdomain,
            );
        }
    }
    data_sources(spec, path, errors);
}

fn access_modes(modes: &[String], path: &Path<'_>, errors: &mut Errors) {
    if modes.is_empty() {
        errors
            .required(path, "at least one access mode is required")
            .help("use `[ReadWriteOnce]` for a volume of a single Pod");
    }
    let known = |mode: &&String| ACCESS_MODES.contains(&mode.as_str());
    for (i, mode) in modes.iter().enumerate() {
        if !known(&mode) {
            errors
                .not_supported(path, mode, "access mode", &ACCESS_MODES)
                .display_path(&path.index(i));
        }
    }
    let alone = |mode: &&String| mode.as_str() == "ReadWriteOncePod";
    if modes.iter().any(|mode| alone(&mode)) && modes.iter().filter(known).any(|mode| !alone(&mode))
    {
        errors.forbidden(
            path,
            "cannot combine `ReadWriteOncePod` and other access modes",
        );
    }
}

fn storage(spec: &PersistentVolumeClaimSpec, path: &Path<'_>, errors: &mut Errors) {
    let requests = spec
        .resources
        .as_ref()
        .and_then(|resources| resources.requests.as_ref());
    let path = path.field("resources");
    let (named, at) = (path.field(STORAGE), path.field("requests"));
    let Some(size) = requests.and_then(|requests| requests.get(STORAGE)) else {
        errors
            .required(&named, "the storage request is required")
            .help("set `resources.requests.storage`")
            .display_path(&at);
        return;
    };
    let Ok(size) = Quantity::try_from(size) else {
        return;
    };
    if size.signum() <= 0 {
        errors
            .invalid(
                &named,
                format!("storage request must be greater than 0, found {size}"),
            )
            .display_path(&at.field(STORAGE));
    } else {
        resources::quantity(STORAGE, &size, &named, errors);
    }
}

/// Checks the data source of a new volume.
///
/// Upstream: `validateDataSource`, `validateDataSourceRef`.
fn data_sources(spec: &PersistentVolumeClaimSpec, path: &Path<'_>, errors: &mut Errors) {
    if let Some(own) = &spec.data_source {
        let group = own.api_group.as_deref();
        data_source(
            group,
            &own.kind,
            &own.name,
            &path.field("dataSource"),
            errors,
        );
    }
    let mut namespace = None;
    if let Some(own) = &spec.data_source_ref {
        let group = own.api_group.as_deref();
        let path = path.field("dataSourceRef");
        data_source(group, &own.kind, &own.name, &path, errors);
        namespace = own
            .namespace
            .as_deref()
            .filter(|namespace| !namespace.is_empty());
        if let Some(namespace) = namespace {
            let path = path.field("namespace");
            errors.syntax(&path, namespace, "namespace name", names::dns_label);
        }
    }
    let (Some(old), Some(new)) = (&spec.data_source, &spec.data_source_ref) else {
        return;
    };
    if namespace.is_some() {
        errors
            .invalid(
                path,
                "cannot combine `dataSource` and `dataSourceRef.namespace`",
            )
            .display_path(&path.field("dataSource"));
    } else if old.api_group != new.api_group || old.kind != new.kind || old.name != new.name {
        errors
            .invalid(
                path,
                "`dataSource` and `dataSourceRef` name different objects",
            )
            .help("remove `dataSource`")
            .display_path(&path.field("dataSource"));
    }
}

fn data_source(group: Option<&str>, kind: &str, name: &str, path: &Path<'_>, errors: &mut Errors) {
    for (field, value) in [("name", name), ("kind", kind)] {
        if value.is_empty() {
            errors.required(
                &path.field(field),
                format!("`{field}` of the data source is required"),
            );
        }
    }
    let group = group.unwrap_or_default();
    if group.is_empty() {
        if kind != "PersistentVolumeClaim" {
            errors
                .invalid(
                    path,
                    format!("{} of the core group cannot be a data source", quoted(kind)),
                )
                .help("use a PersistentVolumeClaim, or set the `apiGroup` of the kind");
        }
    } else {
        errors.syntax(
            &path.field("apiGroup"),
            group,
            "API group",
            names::dns_subdomain,
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::validation::validate_pod;
    use crate::version::KubernetesVersion;

    #[test]
    fn the_template_of_a_claim_has_labels_and_annotations_alone() {
        for (field, value, is_taken) in [
            ("labels", json!({"a": "b"}), true),
            ("annotations", json!({"a": "b"}), true),
            ("name", json!(""), true),
            ("name", json!("a"), false),
            ("generateName", json!("a"), false),
            ("namespace", json!("a"), false),
            ("selfLink", json!("a"), false),
            ("resourceVersion", json!("1"), false),
            ("generation", json!(0), true),
            ("generation", json!(1), false),
            ("generation", json!(-1), false),
            ("creationTimestamp", Value::Null, true),
            ("creationTimestamp", json!("2026-01-02T03:04:05Z"), false),
            ("deletionGracePeriodSeconds", json!(0), false),
            ("ownerReferences", json!([]), false),
            ("finalizers", json!([]), false),
            ("finalizers", Value::Null, true),
            ("managedFields", json!([]), false),
        ] {
            let pod = json!({"metadata": {"name": "web"}, "spec": {
                "containers": [{"name": "app", "image": "i"}],
                "volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {
                    "metadata": {field: value},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}}],
            }});
            let pod = serde_json::from_value(pod).unwrap();
            let found = validate_pod(&pod, KubernetesVersion::LATEST);
            let found: Vec<String> = found
                .iter()
                .map(|own| format!("{} {}", own.id(), own.path))
                .collect();
            let path = "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata";
            let expected = [format!("forbidden-field {path}.{field}")];
            let expected = if is_taken { &[][..] } else { &expected[..] };
            assert_eq!(found, expected, "{field}: {value}");
        }
    }
}
