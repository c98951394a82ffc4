//! Fields that the server sets, which an exported object still has.
//!
//! Sources: `FillObjectMetaSystemFields` and `BeforeCreate` in
//! k8s.io/apiserver/pkg/registry/rest, `Create` in pkg/storage/etcd3
//! (`ErrResourceVersionSetOnCreate`), `Apply` in
//! k8s.io/apimachinery/pkg/util/managedfields, and `Helper.Create` in
//! k8s.io/cli-runtime/pkg/resource, which clears the `resourceVersion`.

use pod_model::{Document, FieldPath, Finding, Kind, Severity, rules};
use serde_json::Value;

use super::check_options::CheckOptions;
use super::options::{Action, Validate};

/// Fields of `metadata` that the server overwrites when it creates an object.
const REPLACED: [&str; 6] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "managedFields",
    "selfLink",
    "uid",
];

/// Kinds whose `status` is dropped on creation (`PrepareForCreate` of their
/// strategies in k8s.io/kubernetes/pkg/registry).
const WITHOUT_STATUS: [&str; 12] = [
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Job",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "ReplicaSet",
    "ReplicationController",
    "Service",
    "StatefulSet",
];

/// Returns the findings about fields that the server sets: a `resourceVersion` on create, and
/// `managedFields` or an invalid `resourceVersion` on apply are errors. Other fields that the
/// server overwrites are an info, if there is no error.
pub(super) fn findings(document: &Document, rules: &CheckOptions) -> Vec<Finding> {
    let mut findings = match rules.action {
        Action::Create => created(document),
        Action::Apply => applied(document),
    };
    match rules.validate {
        Validate::Strict => {}
        Validate::Warn => {
            for finding in &mut findings {
                finding.severity = finding.severity.max(Severity::Warning);
            }
        }
        Validate::Ignore => findings.clear(),
    }
    findings
}

fn created(document: &Document) -> Vec<Finding> {
    let ignored = ignored(document);
    let list = ignored.join(", ");
    if let Some((path, _)) = resource_version(document).filter(|(_, version)| is_set(version)) {
        let mut help = "remove the field: the server sets it".to_owned();
        if !ignored.is_empty() {
            help.push_str(&format!("; it also overwrites {list}"));
        }
        let message = "`resourceVersion` must not be set on a new object";
        return vec![
            Finding::new(&rules::SERVER_FIELD, path, message)
                .label("of an existing object")
                .help(help.clone())
                .redacted(message)
                .redacted_help(help),
        ];
    }
    let metadata = FieldPath::root().field("metadata");
    let telling = ["uid", "deletionTimestamp"];
    let set = telling
        .iter()
        .find(|field| is_there(document, &metadata.field(**field)));
    let Some(field) = set else {
        return Vec::new();
    };
    let message = format!("{list} in the file is ignored: the server sets it");
    vec![
        Finding::new(
            &rules::SERVER_FIELD,
            metadata.field(*field),
            message.clone(),
        )
        .with_severity(Severity::Info)
        .redacted(message),
    ]
}

/// Returns the fields that the server overwrites, as `` `metadata.uid` ``.
fn ignored(document: &Document) -> Vec<String> {
    let metadata = FieldPath::root().field("metadata");
    let fields = REPLACED.iter().map(|field| metadata.field(*field));
    let mut paths: Vec<FieldPath> = fields.collect();
    if document
        .kind()
        .is_some_and(|kind| WITHOUT_STATUS.contains(&kind))
    {
        paths.push(FieldPath::root().field("status"));
    }
    paths.retain(|path| is_there(document, path));
    paths.iter().map(|path| format!("`{path}`")).collect()
}

fn is_there(document: &Document, path: &FieldPath) -> bool {
    let tree = document.tree();
    document
        .find(path)
        .is_some_and(|found| match tree.kind(found.node) {
            Kind::Null => false,
            Kind::String(text) => !text.is_empty(),
            Kind::Mapping(entries) => !entries.is_empty(),
            Kind::Sequence(items) => !items.is_empty(),
            _ => true,
        })
}

fn applied(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    let managed = FieldPath::root().field("metadata").field("managedFields");
    let tree = document.tree();
    let is_set = |path| {
        let found = document.find(path);
        found.is_some_and(|found| !matches!(tree.kind(found.node), Kind::Null))
    };
    if is_set(&managed) {
        let message = "`managedFields` must not be set on an applied object";
        let help = "remove the field: the server sets it";
        findings.push(
            Finding::new(&rules::SERVER_FIELD, managed, message)
                .help(help)
                .redacted(message)
                .redacted_help(help),
        );
    }
    let version = resource_version(document);
    if let Some((path, _)) = version.filter(|(_, version)| version.parse::<u64>().is_err()) {
        let message = "`resourceVersion` must be a number that the server has set";
        let help = "remove the field, unless only this version of the object may be changed";
        findings.push(
            Finding::new(&rules::SERVER_FIELD, path, message)
                .help(help)
                .redacted(message)
                .redacted_help(help),
        );
    }
    findings
}

/// Returns the `resourceVersion` of the file, or `None` if it is empty or not a string.
fn resource_version(document: &Document) -> Option<(FieldPath, &str)> {
    let path = FieldPath::root().field("metadata").field("resourceVersion");
    let version = document.tree().str(document.find(&path)?.node)?;
    (!version.is_empty()).then_some((path, version))
}

/// Returns whether the server takes a text for a version: it ignores texts that are not
/// numbers.
fn is_set(version: &str) -> bool {
    version.parse::<u64>().is_ok_and(|number| number != 0)
}

/// Removes the fields that kubectl removes before it creates an object.
pub(super) fn remove(object: &mut Value) {
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        metadata.shift_remove("resourceVersion");
    }
}

#[cfg(test)]
mod tests {
    use pod_model::KubernetesVersion;

    use super::*;

    fn said(action: Action, validate: Validate, metadata: &str, rest: &str) -> Vec<String> {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a, {metadata}}}\n{rest}");
        let manifest = pod_model::manifest::read("f", text.into_bytes());
        let rules = CheckOptions {
            action,
            validate,
            version: KubernetesVersion::LATEST,
            newer_server: false,
            namespace: None,
        };
        let found = findings(&manifest.documents[0], &rules).into_iter();
        found
            .map(|finding| {
                format!(
                    "{:?} {} {}",
                    finding.severity,
                    finding.path,
                    finding.help.unwrap_or_default()
                )
            })
            .collect()
    }

    #[test]
    fn new_object_must_not_have_a_version() {
        let create =
            |metadata: &str, rest: &str| said(Action::Create, Validate::Strict, metadata, rest);
        let own = "remove the field: the server sets it";
        let error = format!("Error metadata.resourceVersion {own}");
        assert_eq!(
            create("resourceVersion: '5'", ""),
            std::slice::from_ref(&error)
        );
        assert_eq!(
            create(
                "resourceVersion: '5', uid: u, managedFields: []",
                "status: {phase: Running}\n"
            ),
            [format!(
                "{error}; it also overwrites `metadata.uid`, `status`"
            )]
        );
        // The server and kubectl ignore these.
        for none in ["''", "'0'", "abc", "~", "' 5'"] {
            assert!(
                create(&format!("resourceVersion: {none}"), "").is_empty(),
                "{none}"
            );
        }
        assert_eq!(create("uid: u", ""), ["Info metadata.uid "]);
        assert!(create("creationTimestamp: ~, generation: 3", "status: {}\n").is_empty());
    }

    #[test]
    fn applied_object_may_have_a_version() {
        let apply = |metadata: &str| said(Action::Apply, Validate::Strict, metadata, "");
        assert!(apply("resourceVersion: '5', uid: u, managedFields: ~").is_empty());
        for wrong in ["managedFields: []", "managedFields: [{}]"] {
            let help = "remove the field: the server sets it";
            assert_eq!(
                apply(wrong),
                [format!("Error metadata.managedFields {help}")]
            );
        }
        for wrong in ["abc", "' 5'", "'-1'"] {
            let found = apply(&format!("resourceVersion: {wrong}"));
            assert!(
                found[0].starts_with("Error metadata.resourceVersion remove"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn severity_follows_validate() {
        let create = |validate| said(Action::Create, validate, "resourceVersion: '5'", "");
        assert!(create(Validate::Warn)[0].starts_with("Warning "));
        assert!(create(Validate::Ignore).is_empty());
        let mut object = serde_json::json!({"metadata": {"name": "a", "resourceVersion": "5"}});
        remove(&mut object);
        assert_eq!(object, serde_json::json!({"metadata": {"name": "a"}}));
    }
}
