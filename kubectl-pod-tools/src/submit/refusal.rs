//! Places a server's refusal at the fields of the file.

pub(super) use super::refused_secret::{warning_without_values, without_values};

use pod_model::{Document, FieldPath, Finding, Segment, rules};

use super::refused_merge;

use crate::cluster::ClusterError;
use crate::error::Failure;

/// Returns the findings of a refusal: one for each field that the server names, or one for the
/// object. [`without_values`] comes first for objects that may be a Secret.
pub(super) fn findings(
    error: ClusterError,
    shown: &str,
    document: &Document,
) -> (Vec<Finding>, Failure) {
    let mut fields: Vec<(String, String)> = error
        .causes()
        .iter()
        .filter(|cause| !cause.field.is_empty())
        .map(|cause| (cause.field.clone(), cause.message.clone()))
        .collect();
    if fields.is_empty() && error.code() == Some(400) {
        fields = strict_decoding(&error.to_string());
    }
    if fields.is_empty() {
        fields = refused_merge::fields(&error.to_string());
    }
    let conflict = error.code() == Some(409);
    let unknown_kind = matches!(error, ClusterError::UnknownKind { .. });
    let failure = Failure::from(error);
    let mut findings: Vec<Finding> = fields
        .into_iter()
        .map(|(field, message)| {
            let path = resolve_keys(document, &field);
            if conflict {
                let field = field.trim_start_matches('.');
                let message = format!("{shown}: `{field}` has another owner: {message}");
                let help = "remove the field from the file, or take it over with --force-conflicts";
                return Finding::new(&rules::CONFLICT, path, message.clone())
                    .help(help)
                    .redacted(message)
                    .redacted_help(help);
            }
            let message = match field.as_str() {
                "" => format!("{shown}: {message}"),
                field => format!("{shown}: {field}: {message}"),
            };
            Finding::new(&rules::REFUSED_BY_SERVER, path, message.clone()).redacted(message)
        })
        .collect();
    if findings.is_empty() {
        let root = FieldPath::root();
        let name = if unknown_kind {
            root.field("kind")
        } else {
            root.field("metadata").field("name")
        };
        let message = format!("{shown}: {}", failure.message);
        let mut finding =
            Finding::new(&rules::REFUSED_BY_SERVER, name, message.clone()).redacted(message);
        if let Some(help) = &failure.help {
            finding = finding.help(help).redacted_help(help);
        }
        findings.push(finding);
    }
    (document.place(findings), failure)
}

/// Prefix of the server's list of unknown fields.
pub(super) const STRICT: &str = "strict decoding error: ";

/// Returns the fields of `… strict decoding error: unknown field "spec.x", duplicate
/// field "spec.y"`.
pub(super) fn strict_decoding(message: &str) -> Vec<(String, String)> {
    let Some((_, list)) = message.split_once(STRICT) else {
        return Vec::new();
    };
    list.split(", ")
        .filter_map(|entry| {
            let (what, field) = entry.split_once(" \"")?;
            let field = field.strip_suffix('"')?;
            Some((field.to_owned(), what.to_owned()))
        })
        .collect()
}

/// Parses a path whose list items are identified by their keys, as in server-side apply:
/// `.spec.containers[name="web"].image`.
pub(super) fn resolve_keys(document: &Document, text: &str) -> FieldPath {
    let mut resolved = FieldPath::root();
    for segment in FieldPath::parse(text).segments() {
        let item = match segment {
            Segment::Field(name) => keyed_item(document, &resolved, name),
            Segment::Index(_) => None,
        };
        resolved.push(item.unwrap_or_else(|| segment.clone()));
    }
    resolved
}

fn keyed_item(document: &Document, list: &FieldPath, selector: &str) -> Option<Segment> {
    let keys: Vec<(&str, &str)> = selector
        .split(',')
        .map(|key| key.split_once('='))
        .collect::<Option<_>>()?;
    let tree = document.tree();
    let items = tree.elements(document.find(list)?.node);
    items
        .iter()
        .position(|item| {
            keys.iter().all(|(key, value)| {
                tree.get(*item, key).is_some_and(|id| {
                    tree.str(id) == Some(value.trim_matches('"')) || tree.to_json(id) == *value
                })
            })
        })
        .map(Segment::Index)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::{Request, Verb};

    fn document(text: &str) -> Document {
        let manifest = pod_model::manifest::read("f", text.as_bytes().to_vec());
        manifest.documents[0].clone()
    }

    #[test]
    fn conflict_and_refusal_are_different_rules() {
        let document = document("spec: {replicas: 2}\n");
        for (code, cause, id) in [
            (409, "spec.replicas", "conflict"),
            (422, "spec.replicas", "refused-by-server"),
            (409, "", "refused-by-server"),
        ] {
            let causes = match cause {
                "" => json!([]),
                field => json!([{"field": field, "message": "m"}]),
            };
            let status = json!({"code": code, "message": "m", "details": {"causes": causes}});
            let error = ClusterError::Refused {
                request: Request {
                    verb: Verb::Create,
                    resource: "deployments".into(),
                    name: Some("d".into()),
                    namespace: None,
                },
                status: Box::new(serde_json::from_value(status).unwrap()),
            };
            let (found, _) = findings(error, "deployment.apps/d", &document);
            let ids: Vec<_> = found.iter().map(Finding::id).collect();
            assert_eq!(ids, [id], "{code} {cause}");
        }
    }

    #[test]
    fn list_items_are_found_by_their_keys() {
        let document = document(
            "spec:\n  containers:\n  - {name: a}\n  - name: b\n    ports:\n    - {containerPort: 80, protocol: TCP}\n",
        );
        let resolve = |text| resolve_keys(&document, text).to_string();
        assert_eq!(
            resolve(".spec.containers[name=\"b\"].image"),
            "spec.containers[1].image"
        );
        assert_eq!(
            resolve(".spec.containers[name=\"b\"].ports[containerPort=80,protocol=\"TCP\"].name"),
            "spec.containers[1].ports[0].name"
        );
    }

    #[test]
    fn strict_decoding_error_names_unknown_fields() {
        let message = "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.a\", duplicate field \"spec.b\"";
        assert_eq!(
            strict_decoding(message),
            [
                ("spec.a".to_owned(), "unknown field".to_owned()),
                ("spec.b".to_owned(), "duplicate field".to_owned())
            ]
        );
        assert!(strict_decoding("something else").is_empty());
    }
}
