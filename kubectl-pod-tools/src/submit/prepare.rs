//! Turns documents into objects that can be sent, and findings about those that cannot.

use pod_model::{
    Document, FieldPath, Finding, Manifest, Segment, Severity, rules, schema_check, validation,
};
use serde_json::{Map, Value};

use super::check_options::CheckOptions;
use super::gated_fields;
use super::options::{Action, Validate};
use super::order::rank;
use super::server_fields;
use crate::cluster::object_name;
use crate::input;
use crate::render::LocatedFinding;
use pod_model::kinds::group_of;

/// One object of the input.
pub(super) struct Prepared {
    pub document: Document,
    pub api_version: String,
    pub kind: String,
    /// Name, or `None` if the server makes one up from `generateName`.
    pub name: Option<String>,
    /// Name in messages, such as `pod/web`.
    pub shown: String,
}

impl Prepared {
    /// Returns the object as it is sent. It is built when it is needed: thousands of objects
    /// would take more memory than their text.
    pub(super) fn object(&self, action: Action) -> Value {
        // Objects that nest too deep were refused.
        let mut object = self.document.to_value().unwrap_or_default();
        if action == Action::Create {
            server_fields::remove(&mut object);
        }
        object
    }

    /// Returns the API group; empty for the core group.
    pub(super) fn group(&self) -> &str {
        group_of(&self.api_version)
    }
}

/// Objects and findings of the manifests.
#[derive(Default)]
pub(super) struct Input {
    /// Objects that can be sent, in the order of sending.
    pub objects: Vec<Prepared>,
    /// Findings to print before anything is sent.
    pub findings: Vec<LocatedFinding>,
    /// Names of objects that cannot be sent: `pod/web`, `pod.yaml, document 2`.
    pub refused: Vec<String>,
    /// Names of valid objects that are not sent because their file is broken.
    pub held_back: Vec<String>,
}

pub(super) fn prepare(manifests: &[Manifest], rules: &CheckOptions) -> Input {
    let mut input = Input::default();
    for manifest in manifests {
        for (at, error) in manifest.errors.iter().enumerate() {
            // A document with several errors is one object.
            if manifest.broken.contains(&at) {
                input.refused.push(match &error.location {
                    Some(location) => location.to_string(),
                    None => manifest.source.name().to_string(),
                });
            }
            input.findings.push(LocatedFinding {
                finding: error.clone(),
                source: Some(manifest.source.clone()),
                object: String::new(),
            });
        }
        let sendable = sendable(manifest, rules.action);
        let mut held_back = Vec::new();
        let mut number = 0;
        // The objects of a list are in one document.
        for list in manifest.documents.chunk_by(|a, b| a.index() == b.index()) {
            let mut sound = Vec::new();
            let mut is_decodable = true;
            for document in list {
                let prepared = prepare_one(document, rules, &mut input);
                is_decodable &= prepared.is_ok();
                sound.extend(prepared.ok().flatten().map(|object| (number, object)));
                number += 1;
            }
            for (number, object) in sound {
                if number < sendable && is_decodable {
                    input.objects.push(object);
                } else {
                    held_back.push(object.shown);
                }
            }
        }
        if !held_back.is_empty() && !manifest.errors.is_empty() {
            input.findings.push(LocatedFinding {
                finding: held_back_note(manifest, rules.action),
                source: None,
                object: String::new(),
            });
        }
        input.held_back.append(&mut held_back);
    }
    input
        .objects
        .sort_by_key(|prepared| rank(&prepared.api_version, &prepared.kind));
    input
}

/// Returns whether an object can be sent to a server of any version.
pub(super) fn may_send_any(manifests: &[Manifest], rules: &CheckOptions) -> bool {
    // A newer server judges fields that are unknown here.
    let lenient = CheckOptions {
        newer_server: true,
        namespace: rules.namespace.clone(),
        ..*rules
    };
    manifests.iter().any(|manifest| {
        let sendable = manifest.documents.iter();
        sendable
            .take(self::sendable(manifest, rules.action))
            .any(|document| {
                let prepared = prepare_one(document, &lenient, &mut Input::default());
                matches!(prepared, Ok(Some(_)))
            })
    })
}

/// Returns the number of a file's objects that may be sent. `kubectl create` sends the objects
/// before the first error of a stream (`StreamVisitor` in k8s.io/cli-runtime/pkg/resource).
/// Applying changes existing objects, so nothing is applied of a file with a syntax error.
fn sendable(manifest: &Manifest, action: Action) -> usize {
    match action {
        _ if manifest.errors.is_empty() => manifest.documents.len(),
        Action::Create => manifest.before_error,
        Action::Apply => 0,
    }
}

fn held_back_note(manifest: &Manifest, action: Action) -> Finding {
    let file = manifest.source.name();
    let message = match action {
        Action::Create => {
            format!("documents after the first syntax error in {file} are not created")
        }
        Action::Apply => {
            format!("no object in {file} is applied because part of the file cannot be read")
        }
    };
    Finding::new(&rules::HELD_BACK, FieldPath::root(), message)
}

/// An object that kubectl cannot decode, for which it refuses the whole list.
struct Undecodable;

/// Returns the object, or `None` if it cannot be sent.
fn prepare_one(
    document: &Document,
    rules: &CheckOptions,
    input: &mut Input,
) -> Result<Option<Prepared>, Undecodable> {
    let kind = document.kind().unwrap_or_default().to_owned();
    let api_version = document.api_version().unwrap_or_default().to_owned();
    let name = document
        .name()
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    let group = group_of(&api_version);
    let prefix = FieldPath::root().field("metadata").field("generateName");
    let prefix = document
        .find(&prefix)
        .and_then(|found| document.tree().str(found.node));
    let shown_name = match (&name, prefix) {
        (None, Some(prefix)) => Some(format!("{prefix}…")),
        (name, _) => name.clone(),
    };
    // The kind and name of a broken Secret may contain a line of a value.
    let swallowed = document.swallowed();
    let shown = match (shown_name, kind.as_str()) {
        (Some(name), kind) if !kind.is_empty() && swallowed.is_empty() => {
            object_name(group, kind, &name)
        }
        _ => {
            let number = document.index() + 1;
            format!("{}, document {number}", document.source().name())
        }
    };
    let mut findings = schema_findings(document, rules);
    // Schema errors would cause validation errors.
    if findings
        .iter()
        .all(|finding| finding.is(&rules::INVALID_IMAGE_NAME))
    {
        let mut refused = validation_findings(document, rules);
        refused.retain(|finding| findings.iter().all(|first| first.path != finding.path));
        let gated = gated_fields::findings(document, rules, &refused);
        findings.extend(refused);
        findings.extend(gated);
    }
    if rules.action == Action::Apply {
        add_merge_findings(document, rules, &mut findings);
    }
    findings.extend(server_fields::findings(document, rules));
    // One error per place; it replaces a warning about the same.
    let mut unnamed = swallowed;
    unnamed.extend(name_findings(document, rules));
    unnamed.retain(|own| {
        let is_told = |f: &Finding| f.path == own.path && f.severity == Severity::Error;
        !findings.iter().any(is_told)
    });
    findings.retain(|finding| unnamed.iter().all(|own| own.path != finding.path));
    findings.extend(unnamed);
    if document.is_too_deep() {
        let message = "the object nests deeper than any object of the API";
        let finding = Finding::new(&rules::TOO_DEEP, FieldPath::root(), message);
        findings.push(finding.redacted(message));
    }
    let refused = findings.iter().any(|f| f.severity == Severity::Error);
    let is_decodable = !findings.iter().any(leaves_no_url);
    input.findings.extend(
        document
            .place(findings)
            .into_iter()
            .map(|finding| LocatedFinding {
                finding,
                source: Some(document.source().clone()),
                object: shown.clone(),
            }),
    );
    if refused {
        input.refused.push(shown);
        return if is_decodable {
            Ok(None)
        } else {
            Err(Undecodable)
        };
    }
    Ok(Some(Prepared {
        document: document.clone(),
        api_version,
        kind,
        name,
        shown,
    }))
}

/// Returns the findings of the API's schema, with the severity of `--validate`.
fn schema_findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    let mut findings = input::problems(document, rules.version);
    if rules.newer_server {
        input::leave_unknown_to_server(&mut findings);
    }
    findings.retain_mut(|finding| match rules.validate {
        Validate::Strict => true,
        _ if leaves_no_url(finding) => true,
        Validate::Warn => {
            finding.severity = finding.severity.max(Severity::Warning);
            true
        }
        Validate::Ignore => false,
    });
    findings
}

/// Returns the findings of the server's validation, with the severity of `--validate`, of an
/// object that is valid by the schema.
///
/// Apply may change an existing object: a field that is missing in the file can be in the
/// cluster, and a field that the server generates can be in the file. Both are warnings, as is
/// every finding if the server is newer: it may allow more.
fn validation_findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    if rules.validate == Validate::Ignore || document.is_too_deep() {
        return Vec::new();
    }
    let mut findings = validation::check(document, rules.version);
    for finding in &mut findings {
        let may_be_there = (finding.is(&rules::REQUIRED) || finding.is(&rules::NOT_FOUND))
            && schema_check::is_merged(document, &finding.path, rules.version);
        let is_made_up = document.kind() == Some("Job") && is_of_generated_labels(&finding.path);
        let of_apply = rules.action == Action::Apply && (may_be_there || is_made_up);
        if rules.validate == Validate::Warn || rules.newer_server || of_apply {
            finding.severity = finding.severity.max(Severity::Warning);
        }
    }
    findings
}

/// Adds the findings of server-side apply alone, with the severity of `--validate`, or as
/// warnings if the server is newer. They replace the validation's findings about empty items.
fn add_merge_findings(document: &Document, rules: &CheckOptions, findings: &mut Vec<Finding>) {
    let mut own = match rules.validate {
        Validate::Ignore => return,
        _ if document.is_too_deep() => return,
        _ => schema_check::check_apply(document, rules.version),
    };
    if rules.validate == Validate::Warn || rules.newer_server {
        for own in &mut own {
            own.severity = Severity::Warning;
        }
    }
    own.retain(|own| {
        let is_told = |told: &Finding| told.path == own.path && told.severity == own.severity;
        !findings.iter().any(is_told)
    });
    let is_below =
        |path: &FieldPath, own: &Finding| path.segments().starts_with(own.path.segments());
    let empty: Vec<_> = own
        .iter()
        .filter(|own| own.is(&rules::EMPTY_ITEM))
        .collect();
    findings.retain(|told| !empty.iter().any(|own| is_below(&told.path, own)));
    findings.extend(own);
}

/// Returns whether a path is a Job's selector or its labels, which the server generates.
fn is_of_generated_labels(path: &FieldPath) -> bool {
    let path = path.to_string();
    path == "spec.selector" || path.starts_with("spec.template.metadata.labels")
}

/// Returns whether kubectl cannot decode the object whatever `--validate` is: it is not an
/// object, or its `apiVersion`, `kind` or name is missing or not a string, so it has no URL.
fn leaves_no_url(finding: &Finding) -> bool {
    if finding.is(&rules::BROKEN_LIST) {
        return true;
    }
    match finding.path.segments() {
        [] => finding.is(&rules::WRONG_TYPE),
        [Segment::Field(name)] if matches!(&**name, "apiVersion" | "kind") => {
            !finding.is(&rules::UNKNOWN_KIND)
        }
        [Segment::Field(name)] => &**name == "metadata" && finding.is(&rules::WRONG_TYPE),
        [Segment::Field(metadata), Segment::Field(name)] => {
            &**metadata == "metadata"
                && matches!(&**name, "name" | "generateName" | "namespace")
                && finding.is(&rules::WRONG_TYPE)
        }
        _ => false,
    }
}

/// Returns the findings about name and namespace that depend on the command.
fn name_findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    let metadata = FieldPath::root().field("metadata");
    // The schema's check accepts a prefix, and does not require a name of every kind.
    let is_nameless = document.name().is_none_or(str::is_empty);
    if rules.action == Action::Apply && is_nameless {
        findings.push(document.nameless("apply"));
    }
    if let (Some(wanted), Some(written)) = (&rules.namespace, document.namespace())
        && wanted != written
        && !written.is_empty()
    {
        findings.push(
            Finding::new(
                &rules::NAMESPACE_MISMATCH,
                metadata.field("namespace"),
                format!("the object is in namespace `{written}`, the command in `{wanted}`"),
            )
            .help(format!(
                "use `-n {written}`, or remove the field from the file"
            ))
            .redacted(format!(
                "the object is in another namespace than the command, which is in `{wanted}`"
            ))
            .redacted_help("remove the field from the file"),
        );
    }
    findings
}

/// Sets the namespace of an object that has none.
pub(super) fn set_namespace(object: &mut Value, namespace: &str) {
    let Some(object) = object.as_object_mut() else {
        return;
    };
    let metadata = object
        .entry("metadata")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(metadata) = metadata.as_object_mut() {
        let empty = metadata
            .get("namespace")
            .is_none_or(|n| n.is_null() || n.as_str() == Some(""));
        if empty {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
    }
}
