//! Documents to objects that can be sent, with everything that is wrong with
//! those that cannot.

use pod_model::{
    Document, FieldPath, Finding, Manifest, Segment, Severity, rules, schema_check, validation,
};
use serde_json::{Map, Value};

use super::check_options::CheckOptions;
use super::options::{Action, Validate};
use super::order::rank;
use super::server_fields;
use crate::cluster::object_name;
use crate::input;
use crate::render::LocatedFinding;

/// One object of the input.
pub(super) struct Prepared {
    pub document: Document,
    pub api_version: String,
    pub kind: String,
    /// None when the server is to make one up from `generateName`.
    pub name: Option<String>,
    /// As `pod/web`; what lines and errors call it.
    pub shown: String,
}

impl Prepared {
    /// The object as it is sent. It is made when it is needed: thousands of
    /// them would take more memory than their text.
    pub(super) fn object(&self, action: Action) -> Value {
        // What nests too deep was refused when it was prepared.
        let mut object = self.document.to_value().unwrap_or_default();
        if action == Action::Create {
            server_fields::remove(&mut object);
        }
        object
    }

    /// `apps`; empty for the core group.
    pub(super) fn group(&self) -> &str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }
}

/// What the inputs hold.
#[derive(Default)]
pub(super) struct Input {
    /// Those that can be sent, in the order in which to send them.
    pub objects: Vec<Prepared>,
    /// What is to be told before anything is sent.
    pub findings: Vec<LocatedFinding>,
    /// Those that cannot be sent: `pod/web`, `pod.yaml, document 2`.
    pub refused: Vec<String>,
    /// Those that are sound and not sent, because their file is broken.
    pub held_back: Vec<String>,
}

pub(super) fn prepare(manifests: &[Manifest], rules: &CheckOptions) -> Input {
    let mut input = Input::default();
    for manifest in manifests {
        for (at, error) in manifest.errors.iter().enumerate() {
            // A document is one object, however much is wrong with it.
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
        // Those of a list stand in one document.
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

/// Returns whether a cluster of some version may be sent one of the objects.
pub(super) fn may_send_any(manifests: &[Manifest], rules: &CheckOptions) -> bool {
    // It is the judge of what it has and we do not know.
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

/// How many of a file's objects may be sent. `kubectl create` sends what stands
/// before the first error of a stream (`StreamVisitor` in
/// k8s.io/cli-runtime/pkg/resource) and nothing behind it. Applying replaces what
/// is there, so nothing of a file is applied that cannot be read to its end.
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

/// An object that kubectl cannot decode. It sends nothing of a list that holds one.
struct Undecodable;

/// Returns the object, if it can be sent.
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
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let prefix = FieldPath::root().field("metadata").field("generateName");
    let prefix = document
        .find(&prefix)
        .and_then(|found| document.tree().str(found.node));
    let shown_name = match (&name, prefix) {
        (None, Some(prefix)) => Some(format!("{prefix}…")),
        (name, _) => name.clone(),
    };
    // In a Secret that is broken, its kind and name may hold a line of a value.
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
    // Much would follow from what the schema has against it.
    if findings
        .iter()
        .all(|finding| finding.is(&rules::INVALID_IMAGE_NAME))
    {
        let mut refused = validation_findings(document, rules);
        refused.retain(|finding| findings.iter().all(|first| first.path != finding.path));
        findings.extend(refused);
    }
    if rules.action == Action::Apply {
        add_merge_findings(document, rules, &mut findings);
    }
    findings.extend(server_fields::findings(document, rules));
    // One error is enough of a place, and stands for a warning that says the same.
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

/// What the API's schema says, as `--validate` weighs it.
fn schema_findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    let mut findings = input::problems(document, rules.version);
    if rules.newer_server {
        findings.retain(|finding| {
            !finding.is(&rules::UNKNOWN_FIELD) && !finding.is(&rules::UNKNOWN_KIND)
        });
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

/// What the server would refuse though the schema allows it, as `--validate`
/// weighs it. It is only asked about what the schema has nothing against.
///
/// Applying may only add to an object that is there: what is missing in the
/// file can be in the cluster, and what the server makes up for a new object
/// can be in the file. Neither is an error then.
fn validation_findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    if rules.newer_server || rules.validate == Validate::Ignore || document.is_too_deep() {
        return Vec::new();
    }
    let mut findings = validation::check(document, rules.version);
    for finding in &mut findings {
        let may_be_there = (finding.is(&rules::REQUIRED) || finding.is(&rules::NOT_FOUND))
            && schema_check::is_merged(document, &finding.path, rules.version);
        let is_made_up = document.kind() == Some("Job") && is_of_generated_labels(&finding.path);
        let of_apply = rules.action == Action::Apply && (may_be_there || is_made_up);
        if rules.validate == Validate::Warn || of_apply {
            finding.severity = finding.severity.max(Severity::Warning);
        }
    }
    findings
}

/// What server-side apply alone refuses, as `--validate` weighs it. It comes before
/// the validation, so what is told of an empty item is told once.
fn add_merge_findings(document: &Document, rules: &CheckOptions, findings: &mut Vec<Finding>) {
    let mut own = match rules.validate {
        Validate::Ignore => return,
        _ if document.is_too_deep() => return,
        _ => schema_check::check_apply(document, rules.version),
    };
    if rules.validate == Validate::Warn {
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

/// The selector of a Job and the labels that go with it.
fn is_of_generated_labels(path: &FieldPath) -> bool {
    let path = path.to_string();
    path == "spec.selector" || path.starts_with("spec.template.metadata.labels")
}

/// Whether kubectl cannot decode the object, whoever validates: it is none, or one whose
/// `apiVersion`, `kind` or name is absent or no string. It has no URL.
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

/// What the command needs beside what the schema says.
fn name_findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    let metadata = FieldPath::root().field("metadata");
    // The schema's check asks for a name or a prefix, and not of every kind.
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
                format!("the namespace of the object, `{written}`, is not the one of the command, `{wanted}`"),
            )
            .help(format!("use -n {written}, or leave the field out of the file"))
            .redacted(format!(
                "the namespace of the object is not the one of the command, `{wanted}`"
            ))
            .redacted_help("leave the field out of the file"),
        );
    }
    findings
}

/// Puts the object into a namespace, where it says none.
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
