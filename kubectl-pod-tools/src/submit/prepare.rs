//! Documents to objects that can be sent, with everything that is wrong with
//! those that cannot.

use pod_model::{
    Document, FieldPath, Finding, KubernetesVersion, Manifest, Segment, Severity, image, validation,
};
use serde_json::{Map, Value};

use super::options::{Action, Validate};
use super::order::rank;
use crate::cluster::object_name;
use crate::input;
use crate::render::Placed;

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
    pub(super) fn object(&self) -> Value {
        // What nests too deep was refused when it was prepared.
        self.document.to_value().unwrap_or_default()
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
    pub findings: Vec<Placed>,
    /// Those that cannot be sent: `pod/web`, `pod.yaml, document 2`.
    pub refused: Vec<String>,
}

/// What the rules are chosen by.
pub(super) struct Rules {
    pub action: Action,
    pub validate: Validate,
    pub version: KubernetesVersion,
    /// The server is newer than every version whose fields are known, so that
    /// an unknown field is for it to judge.
    pub newer_server: bool,
    /// `-n`.
    pub namespace: Option<String>,
}

pub(super) fn prepare(manifests: &[Manifest], rules: &Rules) -> Input {
    let mut input = Input::default();
    for manifest in manifests {
        for error in &manifest.errors {
            input.refused.push(match &error.location {
                Some(location) => location.to_string(),
                None => manifest.source.name().to_string(),
            });
            input.findings.push(Placed {
                finding: error.clone(),
                source: Some(manifest.source.clone()),
                object: String::new(),
            });
        }
        for document in &manifest.documents {
            prepare_one(document, rules, &mut input);
        }
    }
    input.objects.sort_by_key(|prepared| rank(&prepared.kind));
    input
}

fn prepare_one(document: &Document, rules: &Rules, input: &mut Input) {
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
    let shown = match (shown_name, kind.as_str()) {
        (Some(name), kind) if !kind.is_empty() => object_name(group, kind, &name),
        _ => {
            let number = document.index() + 1;
            format!("{}, document {number}", document.source().name())
        }
    };
    let mut findings = schema_findings(document, rules);
    // Much would follow from what the schema has against it.
    if findings.iter().all(|finding| finding.id == image::INVALID) {
        let mut refused = validation_findings(document, rules);
        refused.retain(|finding| findings.iter().all(|first| first.path != finding.path));
        findings.extend(refused);
    }
    findings.extend(name_findings(document, rules));
    if document.is_too_deep() {
        let message = "the object nests deeper than any object of the API";
        findings.push(Finding::error("too-deep", FieldPath::root(), message));
    }
    let refused = findings.iter().any(|f| f.severity == Severity::Error);
    input
        .findings
        .extend(document.place(findings).into_iter().map(|finding| Placed {
            finding,
            source: Some(document.source().clone()),
            object: shown.clone(),
        }));
    if refused {
        input.refused.push(shown);
        return;
    }
    input.objects.push(Prepared {
        document: document.clone(),
        api_version,
        kind,
        name,
        shown,
    });
}

/// What the API's schema says, as `--validate` weighs it.
fn schema_findings(document: &Document, rules: &Rules) -> Vec<Finding> {
    let mut findings = input::problems(document, rules.version);
    if rules.newer_server {
        findings.retain(|finding| !matches!(finding.id, "unknown-field" | "unknown-kind"));
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
fn validation_findings(document: &Document, rules: &Rules) -> Vec<Finding> {
    if rules.newer_server || rules.validate == Validate::Ignore || document.is_too_deep() {
        return Vec::new();
    }
    let mut findings = validation::check(document, rules.version);
    for finding in &mut findings {
        let may_be_there = matches!(finding.id, "required" | "not-found");
        let is_made_up = document.kind() == Some("Job") && is_of_generated_labels(&finding.path);
        let of_apply = rules.action == Action::Apply && (may_be_there || is_made_up);
        if rules.validate == Validate::Warn || of_apply {
            finding.severity = finding.severity.max(Severity::Warning);
        }
    }
    findings
}

/// The selector of a Job and the labels that go with it.
fn is_of_generated_labels(path: &FieldPath) -> bool {
    let path = path.to_string();
    path == "spec.selector" || path.starts_with("spec.template.metadata.labels")
}

/// An object without a kind has no URL, whoever validates: no object at all, or
/// one whose `apiVersion` or `kind` is absent or no string.
fn leaves_no_url(finding: &Finding) -> bool {
    match finding.path.segments() {
        [] => finding.id == "wrong-type",
        [Segment::Field(name)] if matches!(&**name, "apiVersion" | "kind") => {
            finding.id != "unknown-kind"
        }
        _ => false,
    }
}

/// What the command needs beside what the schema says.
fn name_findings(document: &Document, rules: &Rules) -> Vec<Finding> {
    let mut findings = Vec::new();
    let metadata = FieldPath::root().field("metadata");
    // The schema's check asks for a name or a prefix; apply cannot do with a prefix.
    let prefix_only = document.find(&metadata.field("generateName")).is_some()
        && document.find(&metadata.field("name")).is_none();
    if rules.action == Action::Apply && prefix_only {
        findings.push(
            Finding::error(
                "missing-name",
                metadata.field("generateName"),
                "apply needs the name of the object, and this is only its beginning",
            )
            .help("set metadata.name; `create` takes metadata.generateName"),
        );
    }
    if let (Some(wanted), Some(written)) = (&rules.namespace, document.namespace())
        && wanted != written
        && !written.is_empty()
    {
        findings.push(
            Finding::error(
                "namespace-mismatch",
                metadata.field("namespace"),
                format!("the namespace of the object, `{written}`, is not the one of the command, `{wanted}`"),
            )
            .help(format!("use -n {written}, or leave the field out of the file")),
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
