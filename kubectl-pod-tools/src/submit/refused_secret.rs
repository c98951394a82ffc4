//! Refusals of objects that may be a Secret. The server's messages quote invalid values
//! (`Invalid value: "hunter2"`), and those of webhooks anything: only messages are shown that
//! the API server is known to send and that contain no value.

use std::borrow::Cow;

use kube::core::Status;
use kube::core::response::StatusCause;
use pod_model::{Document, FieldPath, Kind, NodeId};

use super::refusal::{STRICT, resolve_keys, strict_decoding};
use crate::cluster::ClusterError;

/// Returns the error without values if the object may be a Secret.
pub(super) fn without_values(error: ClusterError, document: &Document) -> ClusterError {
    if !document.may_be_secret() {
        return error;
    }
    match error {
        ClusterError::Refused {
            request,
            mut status,
        } => {
            status.message = message(&status, document);
            if let Some(details) = &mut status.details {
                let causes = details.causes.iter();
                details.causes = causes.map(|own| cause(own, document)).collect();
                details.causes.dedup();
            }
            ClusterError::Refused { request, status }
        }
        ClusterError::NotAnApi { server, .. } => ClusterError::NotAnApi {
            server,
            cause: "response hidden: it may contain Secret data".into(),
        },
        // A firewall's page may quote what it refuses.
        ClusterError::Foreign {
            server,
            request,
            status,
            ..
        } => ClusterError::Foreign {
            server,
            request,
            status,
            answer: "a response that is hidden because it may contain Secret data".into(),
        },
        ClusterError::Unknown { request, cause } => ClusterError::Unknown {
            request,
            cause: Box::new(without_values(*cause, document)),
        },
        other => other,
    }
}

/// A warning as it may be shown for an object: as it is, unless that may be a
/// Secret.
pub(super) fn warning_without_values<'a>(warning: &'a str, document: &Document) -> Cow<'a, str> {
    if !document.may_be_secret() {
        return Cow::Borrowed(warning);
    }
    // The fields that the server does not know, as `--validate=warn` has it say.
    let known = strict(&format!("{STRICT}{warning}"), document);
    Cow::Owned(match known {
        Some(known) => known.trim_start_matches(STRICT).to_owned(),
        None => "message hidden: it may contain Secret data".to_owned(),
    })
}

/// Returns the server's words, if they are known to quote nothing, or the class of its
/// refusal.
fn message(status: &Status, document: &Document) -> String {
    if let Some(strict) = strict(&status.message, document) {
        return strict;
    }
    let own = known_message(&status.message);
    if let Some(own) = own.filter(|own| !holds_a_value(own, document)) {
        return own.to_owned();
    }
    let reason = if REASONS.contains(&&*status.reason) {
        format!(" {}", status.reason)
    } else {
        String::new()
    };
    format!(
        "the server refuses it ({}{reason}); message hidden: it may contain Secret data",
        status.code
    )
}

/// The classes of refusals (`StatusReason` in k8s.io/apimachinery/pkg/apis/meta/v1).
const REASONS: [&str; 16] = [
    "AlreadyExists",
    "BadRequest",
    "Conflict",
    "Forbidden",
    "Gone",
    "InternalError",
    "Invalid",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "RequestEntityTooLarge",
    "ServerTimeout",
    "ServiceUnavailable",
    "Timeout",
    "TooManyRequests",
    "Unauthorized",
];

/// The part of a message that the API server makes of names alone: who may not
/// (`ForbiddenMessage` in k8s.io/apiserver), what exists or does not
/// (k8s.io/apimachinery/pkg/api/errors), a quota, a namespace that ends, another
/// owner of fields.
fn known_message(message: &str) -> Option<&str> {
    let subject_end = message.find(" is forbidden: ");
    if let Some(end) = subject_end.filter(|end| is_subject(&message[..*end])) {
        let why = &message[end + " is forbidden: ".len()..];
        if why.starts_with("User \"") && why.contains(" cannot ") {
            let scope = why.find(" at the cluster scope").map(|at| at + 21);
            let scope = scope.or_else(|| {
                let name = why.find(" in the namespace \"")? + 19;
                Some(name + why[name..].find('"')? + 1)
            })?;
            return message.get(..end + " is forbidden: ".len() + scope);
        }
        let is_known = why.starts_with("exceeded quota: ")
            || why.starts_with("unable to create new content in namespace ");
        return is_known.then_some(message);
    }
    let named = [" already exists", " not found"];
    if named
        .iter()
        .any(|end| message.strip_suffix(end).is_some_and(is_subject))
    {
        return Some(message);
    }
    let nowhere = "the server could not find the requested resource";
    (message == nowhere || message == "Unauthorized").then_some(message)
}

/// `secrets` or `secrets "name"`, and the like.
fn is_subject(text: &str) -> bool {
    let (resource, name) = text.split_once(' ').unwrap_or((text, "\"\""));
    let is_name = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b))
    };
    let name = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    is_name(resource) && name.is_some_and(is_name)
}

/// A strict decoding error with those of its fields that the object has.
fn strict(message: &str, document: &Document) -> Option<String> {
    let fields = strict_decoding(message).into_iter();
    let known = fields.filter_map(|(field, what)| {
        let is_known = matches!(&*what, "unknown field" | "duplicate field");
        let field = known_field(&field, document);
        (is_known && !field.is_empty()).then(|| format!("{what} \"{field}\""))
    });
    let known: Vec<String> = known.collect();
    (!known.is_empty()).then(|| format!("{STRICT}{}", known.join(", ")))
}

/// One of the server's objections: to which field, and in how far.
fn cause(own: &StatusCause, document: &Document) -> StatusCause {
    let message = match &*own.reason {
        "FieldManagerConflict" => other_owner(&own.message),
        "FieldValueDuplicate" => "duplicate value",
        "FieldValueForbidden" | "FieldValueTooLong" | "FieldValueTooMany" => {
            let known = KNOWN.iter().find(|known| own.message.ends_with(**known));
            known.copied().unwrap_or("forbidden value")
        }
        "FieldValueInvalid" | "FieldValueTypeInvalid" => {
            let known = KNOWN.iter().find(|known| own.message.ends_with(**known));
            known.copied().unwrap_or("invalid value")
        }
        "FieldValueNotFound" => "value not found",
        "FieldValueNotSupported" => "unsupported value",
        "FieldValueRequired" => "required value",
        _ => "refused",
    };
    let message = if holds_a_value(message, document) {
        "refused"
    } else {
        message
    };
    StatusCause {
        field: known_field(&own.field, document),
        message: message.to_owned(),
        reason: own.reason.clone(),
    }
}

/// Sentences of the validation of Secrets, beside the value
/// (`ValidateSecret` and `ValidateSecretUpdate` in k8s.io/kubernetes/pkg/apis/core/validation).
const KNOWN: [&str; 3] = [
    "field is immutable",
    "field is immutable when `immutable` is set",
    "may not be more than 1048576 bytes",
];

/// `conflict with "kubectl" using v1`: it names another program.
fn other_owner(message: &str) -> &str {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._/\" ".contains(c);
    let is_known = message.starts_with("conflict with \"") && message.chars().all(is_name);
    if is_known { message } else { "conflict" }
}

/// The part of the server's path that leads to a field of the object.
fn known_field(field: &str, document: &Document) -> String {
    let path = document.certain_path(&resolve_keys(document, field));
    let mut known = FieldPath::root();
    for segment in path.segments() {
        let mut next = known.clone();
        next.push(segment.clone());
        if document.find(&next).is_none() {
            break;
        }
        known = next;
    }
    known.to_string()
}

/// Returns whether a text contains a value of the object, other than of the fields that
/// identify it.
fn holds_a_value(text: &str, document: &Document) -> bool {
    const LEAST: usize = 3;
    let tree = document.tree();
    let Kind::Mapping(entries) = tree.kind(document.root()) else {
        return true;
    };
    let named = |key: &str| matches!(key, "apiVersion" | "kind" | "metadata" | "type");
    let mut open: Vec<NodeId> = entries
        .iter()
        .filter(|entry| !named(&entry.key))
        .map(|entry| entry.value)
        .collect();
    while let Some(node) = open.pop() {
        match tree.kind(node) {
            Kind::Mapping(entries) => open.extend(entries.iter().map(|entry| entry.value)),
            Kind::Sequence(elements) => open.extend(elements),
            Kind::String(value) => {
                let mut lines = value.lines().map(str::trim);
                if lines.any(|line| line.len() >= LEAST && text.contains(line)) {
                    return true;
                }
            }
            Kind::Number(_) => {
                let value = tree.to_json(node);
                if value.len() >= LEAST && text.contains(&value) {
                    return true;
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Alias(_) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_made_of_names_are_known() {
        for (message, known) in [
            (
                "secrets is forbidden: User \"u\" cannot create resource \"secrets\" in API group \"\" in the namespace \"n\"",
                true,
            ),
            ("secrets \"s\" already exists", true),
            ("namespaces \"n\" not found", true),
            (
                "secrets \"s\" is forbidden: exceeded quota: q, requested: secrets=1, used: secrets=1, limited: secrets=1",
                true,
            ),
            ("secrets \"s\" is forbidden: hunter2 is too weak", false),
            ("admission webhook \"w\" denied the request: hunter2", false),
            (
                "Secret \"s\" is invalid: data[x]: Invalid value: \"hunter2\"",
                false,
            ),
            (
                "illegal base64 data at input byte 4: hunter2 not found",
                false,
            ),
            ("hunter2 hunter2 already exists", false),
        ] {
            assert_eq!(known_message(message).is_some(), known, "{message}");
        }
        let more = "secrets is forbidden: User \"u\" cannot create resource \"secrets\" in API group \"\" in the namespace \"n\": hunter2";
        assert!(!known_message(more).unwrap().contains("hunter2"));
    }

    /// The authorizer's reason after the scope may be anything.
    #[test]
    fn forbidden_message_is_cut_after_its_scope() {
        let asks =
            "secrets is forbidden: User \"u\" cannot create resource \"secrets\" in API group \"\"";
        for (scope, reason) in [
            (" in the namespace \"n\"", ""),
            (" in the namespace \"n\"", ": hunter2"),
            (" in the namespace \"n\"", ": \"hunter2\""),
            (
                " in the namespace \"a-longer-one\"",
                ": RBAC: role \"x\" not found",
            ),
            (" in the namespace \"\"", "x"),
            (" at the cluster scope", ""),
            (" at the cluster scope", ": hunter2"),
            (
                " at the cluster scope",
                ": \"hunter2\" in the namespace \"n\"",
            ),
        ] {
            let known = format!("{asks}{scope}");
            let message = format!("{known}{reason}");
            assert_eq!(known_message(&message), Some(&*known), "{message}");
        }
        for scope in [
            "",
            " in the namespace \"n",
            " in the namespace",
            " at the cluster",
        ] {
            let message = format!("{asks}{scope}");
            assert_eq!(known_message(&message), None, "{message}");
        }
    }

    #[test]
    fn warning_names_only_fields() {
        let text = "kind: Secret\nstringData: {a: hunter2}\ntyp: hunter2\n";
        let manifest = pod_model::manifest::read("f", text.as_bytes().to_vec());
        let shown =
            |warning: &str| warning_without_values(warning, &manifest.documents[0]).into_owned();
        assert_eq!(shown("unknown field \"typ\""), "unknown field \"typ\"");
        for warning in ["unknown field \"hunter2\"", "hunter2 is weak", "hunt"] {
            assert!(!shown(warning).contains("hunt"), "{warning}");
        }
        let manifest = pod_model::manifest::read("f", b"kind: Pod\n".to_vec());
        let warning = warning_without_values("as it is", &manifest.documents[0]);
        assert_eq!(warning, "as it is");
    }

    #[test]
    fn known_field_ends_at_a_field_of_the_object() {
        let text = "kind: Secret\ndata: {a.b: eA==}\ntypo: hunter2\n";
        let manifest = pod_model::manifest::read("f", text.as_bytes().to_vec());
        let document = &manifest.documents[0];
        for (field, known) in [
            ("data[a.b]", "data['a.b']"),
            ("data.hunter2", "data"),
            ("hunter2", ""),
            ("typo", "typo"),
        ] {
            let found = known_field(field, document);
            assert_eq!(FieldPath::parse(&found), FieldPath::parse(known), "{field}");
        }
    }
}
