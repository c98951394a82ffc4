//! Decoding of values, and the findings where it fails.

use super::format::is_quantity;
use super::position::Position;
use super::unknown::last_field;
use crate::finding::Finding;
use crate::manifest::Document;
use crate::path::Segment;
use crate::rules;
use crate::schema::Type;
use crate::tree::{Entry, Kind, NodeId, Number};
use crate::yaml::timestamp::is_rfc3339;
use crate::yaml::{base64, go_number};

/// The finding for a value that its type does not take; none where it does.
///
/// Source: Go's encoding/json as sigs.k8s.io/json has it, and the
/// `UnmarshalJSON` methods of metav1.Time, resource.Quantity and
/// intstr.IntOrString.
pub(super) fn wrong_type(
    at: &Position,
    node: NodeId,
    kind: Type,
    entry: Option<&Entry>,
) -> Option<Finding> {
    let document = at.document;
    let tree = document.tree();
    if fits(document, node, kind) {
        return None;
    }
    let path = at.path();
    let field = last_field(&path);
    let known_field = if document.certain_path(&path) == path {
        field.clone()
    } else {
        "a field".to_owned()
    };
    let there = describe(document, node);
    let wanted = wanted(at, kind);
    let mut finding = Finding::new(
        &rules::WRONG_TYPE,
        path,
        format!("{field} must be {wanted}, found {there}"),
    )
    .label(format!("expected {wanted}"))
    .redacted(format!("{known_field} must be {wanted}"));
    if let Some(help) = redacted_help(kind, tree.kind(node)) {
        finding = finding.redacted_help(help);
    }
    // A list or an object is pointed at by its name: it may be long.
    let span = match (tree.kind(node), entry) {
        (Kind::Mapping(_) | Kind::Sequence(_), Some(entry)) => entry.key_span,
        _ => tree.span(node),
    };
    finding = finding.at(Some(document.location(span)));
    Some(match help(at, node, kind) {
        Some(help) => finding.help(help),
        None => finding,
    })
}

fn fits(document: &Document, node: NodeId, kind: Type) -> bool {
    let tree = document.tree();
    match (kind, tree.kind(node)) {
        (Type::Any, _)
        | (_, Kind::Null)
        | (Type::String | Type::IntOrString, Kind::String(_))
        | (Type::Boolean, Kind::Bool(_))
        | (Type::Number, Kind::Number(_))
        | (Type::Object(_) | Type::Map(_), Kind::Mapping(_))
        | (Type::List(_), Kind::Sequence(_)) => true,
        // By its JSON text, as Go does: minus zero is a whole number, too.
        (Type::Int64, Kind::Number(number)) => go_number(*number).parse::<i64>().is_ok(),
        (Type::Int32 | Type::IntOrString, Kind::Number(number)) => match number {
            Number::Int(value) => i32::try_from(*value).is_ok(),
            _ => go_number(*number).parse::<i32>().is_ok(),
        },
        (Type::Quantity, Kind::String(text)) => is_quantity(text),
        (Type::Quantity, Kind::Number(number)) => is_quantity(&go_number(*number)),
        (Type::Time, Kind::String(text)) => is_rfc3339(text, false),
        (Type::MicroTime, Kind::String(text)) => is_rfc3339(text, true),
        (Type::Bytes, Kind::String(text)) => base64::decode(text).is_some(),
        // To Go, bytes are a list of small numbers as well.
        (Type::Bytes, Kind::Sequence(elements)) => elements.iter().all(|e| match tree.kind(*e) {
            Kind::Null => true,
            Kind::Number(Number::Int(value)) => u8::try_from(*value).is_ok(),
            _ => false,
        }),
        _ => false,
    }
}

fn wanted(at: &Position, kind: Type) -> String {
    match kind {
        Type::Any => "a value".into(),
        Type::String => "a string".into(),
        Type::Boolean => "a boolean".into(),
        Type::Int32 => "a 32-bit integer".into(),
        Type::Int64 => "a 64-bit integer".into(),
        Type::Number => "a number".into(),
        Type::Quantity => "a quantity such as `500m` or `1Gi`".into(),
        Type::IntOrString => "a 32-bit integer or a string".into(),
        Type::Time => "a time such as `2026-01-31T12:00:00Z`".into(),
        Type::MicroTime => "a time such as `2026-01-31T12:00:00.000000Z`".into(),
        Type::Bytes => "base64".into(),
        Type::List(_) => "a list".into(),
        Type::Map(_) => "a map".into(),
        Type::Object(id) => format!("an object ({})", at.builtin.short_name(id)),
    }
}

/// A value in a few words: `the number 8080`.
pub(super) fn describe(document: &Document, node: NodeId) -> String {
    let tree = document.tree();
    let (word, text) = match tree.kind(node) {
        Kind::Null | Kind::Alias(_) => return "null".into(),
        Kind::Sequence(_) => return "a list".into(),
        Kind::Mapping(_) => return "an object".into(),
        Kind::Bool(value) => ("the boolean", value.to_string()),
        Kind::Number(number) => ("the number", go_number(*number)),
        Kind::String(text) => ("the string", format!("{text:?}")),
    };
    if text.chars().count() > 40 {
        let start: String = text.chars().take(30).collect();
        return format!("{word} {start}…");
    }
    format!("{word} {text}")
}

/// The way out where the value is not to be shown.
fn redacted_help(wanted: Type, there: &Kind) -> Option<&'static str> {
    match (wanted, there) {
        (Type::Bytes, Kind::String(_)) => Some("move plain text to `stringData`"),
        (Type::String, Kind::Number(_) | Kind::Bool(_)) => Some("quote it"),
        _ => None,
    }
}

/// Returns whether only the range of an integer leaves the number out. One with more digits than
/// 64 bits hold is a float.
fn is_whole(number: Number) -> bool {
    match number {
        Number::Int(_) | Number::Uint(_) => true,
        Number::Float(value) => value.fract() == 0.0,
    }
}

fn help(at: &Position, node: NodeId, kind: Type) -> Option<String> {
    let (document, tree) = (at.document, at.document.tree());
    let written = document.source().slice(tree.node(node).span);
    let short = written.len() <= 60 && !written.contains('\n');
    match (kind, tree.kind(node)) {
        (Type::String, Kind::Bool(value))
            if short && !written.eq_ignore_ascii_case(if *value { "true" } else { "false" }) =>
        {
            Some(format!(
                "in YAML 1.1 `{written}` is the boolean {value}; quote it: \"{written}\""
            ))
        }
        (Type::String | Type::IntOrString, Kind::Bool(_) | Kind::Number(_)) if short => {
            Some(format!("quote it: \"{written}\""))
        }
        (Type::Boolean, Kind::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" | "1" => Some("use `true` without quotes".into()),
            "false" | "no" | "off" | "n" | "0" => Some("use `false` without quotes".into()),
            _ => None,
        },
        (Type::Int32 | Type::Int64 | Type::Number, Kind::String(text)) => {
            let number = text.parse::<i64>().ok();
            number.map(|number| format!("use `{number}` without quotes"))
        }
        (Type::Int32, Kind::Number(number)) if is_whole(*number) => {
            Some(format!("use a number from {} to {}", i32::MIN, i32::MAX))
        }
        (Type::Int64, Kind::Number(number)) if is_whole(*number) => {
            Some(format!("use a number from {} to {}", i64::MIN, i64::MAX))
        }
        (Type::Quantity, Kind::String(text)) => {
            let trimmed = text.trim_end_matches(['B', 'b']);
            let ways = [
                trimmed.replace(' ', ""),
                trimmed.replace("KI", "Ki"),
                trimmed.replace('K', "k"),
            ];
            let meant = ways
                .into_iter()
                .find(|way| way != &**text && is_quantity(way));
            Some(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "use one of the suffixes n u m k M G T P E Ki Mi Gi Ti Pi Ei".into(),
            })
        }
        (Type::List(_), Kind::Mapping(_)) => Some("start each element with `- `".into()),
        (Type::List(inner), Kind::String(text)) if at.builtin.inner(inner) == Type::String => {
            let is_command = matches!(
                at.path().segments().last(),
                Some(Segment::Field(name)) if name == "command" || name == "args"
            );
            // Without a shell's quotes, a space ends a word.
            let is_plain = !text.contains(['"', '\'', '\\', '$', '\n']);
            let words: Vec<&str> = if is_command && is_plain {
                text.split_whitespace().collect()
            } else {
                vec![text]
            };
            short.then(|| format!("use a list: {words:?}"))
        }
        (Type::Object(_) | Type::Map(_), Kind::Sequence(_)) => {
            Some("remove `- ` before the fields".into())
        }
        _ => None,
    }
}
