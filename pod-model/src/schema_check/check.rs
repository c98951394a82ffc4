//! All that the schema has to say about a manifest, in one pass.

use super::duplicate::duplicate_keys;
use super::kind::{Resolved, resolve};
use super::limits::MAX_FINDINGS;
use super::walk::Walk;
use crate::finding::Finding;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::schema::{Type, builtin};
use crate::tree::Kind;
use crate::version::KubernetesVersion;

/// Checks an object against the API of a version, all problems at once, in the
/// order of the text.
///
/// The findings are errors, each with its path, place, label and help:
///
/// | id | says |
/// |---|---|
/// | `missing-api-version`, `missing-kind` | the object does not say what it is |
/// | `unknown-kind` | Kubernetes' own groups have no such kind |
/// | `unknown-field` | the object has no such field |
/// | `wrong-type` | the value cannot be decoded |
/// | `empty-item` | a list holds null where the server takes none |
/// | `missing-field` | the schema wants a field that is absent or null |
/// | `broken-list` | a list whose items cannot be told apart |
/// | `duplicate-key` | a key stands twice in one object |
///
/// Of other groups' kinds (custom resources) only `metadata` and duplicate
/// keys are looked at. What nests deeper than 500 levels is not looked into,
/// and after 1,000 findings in one object the search ends: no person reads
/// more, and a hostile file could have millions.
///
/// Source: strict decoding of k8s.io/apimachinery/pkg/runtime/serializer/json,
/// which compares names with their case (sigs.k8s.io/json), takes `null` for
/// any value, and does not know of missing fields.
pub fn check(document: &Document, version: KubernetesVersion) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (tree, root) = (document.tree(), document.root());
    if matches!(tree.kind(root), Kind::Mapping(_)) {
        let mut walk = Walk::new(document, version, &mut findings);
        match resolve(document, version, walk.findings) {
            Resolved::Builtin(definition) => {
                walk.run(root, Type::Object(definition), FieldPath::root());
            }
            Resolved::Custom => {
                // The server decodes the metadata of a custom resource as it
                // does all others (apiextensions-apiserver, objectmeta).
                let meta = builtin().named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
                if let (Some(meta), Some(entry)) = (meta, tree.entry(root, "metadata")) {
                    let path = FieldPath::root().field("metadata");
                    walk.run(entry.value, Type::Object(meta), path);
                }
            }
            Resolved::Unknown => {}
        }
        named(document, version, &mut findings);
        listed(document, &mut findings);
    } else {
        let message = "expected an object with `apiVersion` and `kind`";
        let finding = Finding::new(&rules::WRONG_TYPE, FieldPath::root(), message);
        findings.push(finding.redacted(message));
    }
    duplicate_keys(document, &mut findings);
    findings.truncate(MAX_FINDINGS);
    let mut findings = document.place(findings);
    findings.sort_by_key(|finding| finding.location.as_ref().map(|at| at.span));
    findings
}

/// Checks a part of an object as a Pod template, whatever the object is.
///
/// The findings are those of [`check`] about fields and their types.
pub fn check_pod_template(
    document: &Document,
    path: &FieldPath,
    version: KubernetesVersion,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let template = builtin().named("io.k8s.api.core.v1.PodTemplateSpec");
    if let (Some(found), Some(template)) = (document.find(path), template) {
        let mut walk = Walk::new(document, version, &mut findings);
        walk.run(found.node, Type::Object(template), path.clone());
    }
    document.place(findings)
}

/// A list (what has `items`) that stands as an object of its own could not be taken
/// apart: kubectl's decoder refuses it (`unstructuredJSONScheme` in
/// k8s.io/apimachinery and `FlattenListVisitor` in
/// k8s.io/cli-runtime/pkg/resource), and no server stores one.
fn listed(document: &Document, findings: &mut Vec<Finding>) {
    let tree = document.tree();
    let kind = document.kind().unwrap_or_default();
    let field = FieldPath::root().field("items");
    let items = tree.get(document.root(), "items");
    let (path, message) = match items.map(|items| tree.kind(items)) {
        Some(Kind::Sequence(_)) if !document.base().segments().is_empty() => (
            field,
            "a list cannot be an item of a list; move its items to the outer list",
        ),
        Some(Kind::Sequence(_) | Kind::Null | Kind::Alias(_)) => return,
        Some(_) => (field, "`items` must be a list"),
        // Another group may have a kind with such a name.
        None if kind == "List" => (FieldPath::root(), "missing field `items` in List"),
        None => return,
    };
    // Most kinds do not know the field.
    findings.retain(|told| told.path != path || !told.is(&rules::UNKNOWN_FIELD));
    let told = findings.iter().any(|told| told.path == path);
    if !told {
        findings.push(Finding::new(&rules::BROKEN_LIST, path, message).redacted(message));
    }
}

/// Checks that an object has a name or a prefix for a generated one.
fn named(document: &Document, version: KubernetesVersion, findings: &mut Vec<Finding>) {
    let (Some(api_version), Some(kind)) = (document.api_version(), document.kind()) else {
        return;
    };
    let tree = document.tree();
    let metadata = tree.get(document.root(), "metadata");
    if metadata.is_some_and(|m| !matches!(tree.kind(m), Kind::Mapping(_) | Kind::Null)) {
        return;
    }
    let text = |name| metadata.and_then(|m| tree.get(m, name));
    let empty = |id| matches!(tree.kind(id), Kind::Null) || tree.str(id) == Some("");
    let absent = |name| text(name).is_none_or(empty);
    // A list, a review or an eviction is not stored.
    let mut rows = builtin()
        .rows(kind)
        .filter(|r| r.api_version == api_version);
    let is_stored = match rows.next() {
        Some(row) => row.range.has(version) && row.resource.is_some(),
        None => api_version.contains('.') && !kind.ends_with("List"),
    };
    if is_stored && absent("name") && absent("generateName") {
        let mut path = FieldPath::root().field("metadata");
        path.push(Segment::Field("name".into()));
        findings.push(
            Finding::new(
                &rules::MISSING_FIELD,
                path,
                format!("missing `metadata.name` in {kind}"),
            )
            .label("missing name")
            .help("add `name` or `generateName` to `metadata`")
            .redacted("missing `metadata.name` in the object")
            .redacted_help("add `name` or `generateName` to `metadata`"),
        );
    }
}
