//! Selectors as kubectl's `-l` takes them, and `>` and `<` for labels of nodes.
//!
//! The grammar is that of k8s.io/apimachinery/pkg/labels, `Parse`; `key exists`
//! is read as `key`.

use k8s_openapi::api::core::v1::NodeSelectorRequirement;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use super::part::{Part, Slip};

const WAYS: &str =
    "write key=value, key!=value, key in (a,b), key notin (a,b), key, !key; commas mean and";

/// How a label is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Gt,
    Lt,
}

impl Operator {
    /// The API's word.
    fn word(self) -> &'static str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Exists => "Exists",
            Self::DoesNotExist => "DoesNotExist",
            Self::Gt => "Gt",
            Self::Lt => "Lt",
        }
    }
}

/// One condition on one label.
#[derive(Clone, Debug)]
struct Requirement<'a> {
    key: Part<'a>,
    operator: Operator,
    values: Vec<Part<'a>>,
    /// It was written `key=value`.
    is_equality: bool,
    /// The whole of it.
    part: Part<'a>,
}

impl Requirement<'_> {
    fn values(&self) -> Option<Vec<String>> {
        let values: Vec<String> = self.values.iter().map(|value| value.owned()).collect();
        (!values.is_empty()).then_some(values)
    }
}

/// A condition on a node; true where it is on a field, not on a label.
pub(super) struct NodeRequirement {
    pub is_field: bool,
    pub requirement: NodeSelectorRequirement,
}

/// Conditions on nodes that must all hold. `metadata.name` is the one field of a
/// node that the API compares; everything else is a label.
pub(super) fn node_requirements(part: Part<'_>) -> Result<Vec<NodeRequirement>, Slip> {
    let requirements = requirements(part)?.into_iter().map(|read| NodeRequirement {
        is_field: read.key.text() == "metadata.name",
        requirement: NodeSelectorRequirement {
            key: read.key.owned(),
            operator: read.operator.word().to_owned(),
            values: read.values(),
        },
    });
    Ok(requirements.collect())
}

/// A selector of Pods; `*` selects all.
pub(super) fn label_selector(part: Part<'_>) -> Result<LabelSelector, Slip> {
    let mut selector = LabelSelector::default();
    if part.trim().text() == "*" {
        return Ok(selector);
    }
    for read in requirements(part)? {
        if matches!(read.operator, Operator::Gt | Operator::Lt) {
            return Err(read
                .part
                .slip("only labels of nodes are compared by size")
                .help(WAYS));
        }
        let labels = selector.match_labels.get_or_insert_default();
        if read.is_equality && !labels.contains_key(read.key.text()) {
            labels.insert(read.key.owned(), read.values[0].owned());
            continue;
        }
        let expressions = selector.match_expressions.get_or_insert_default();
        expressions.push(LabelSelectorRequirement {
            key: read.key.owned(),
            operator: read.operator.word().to_owned(),
            values: read.values(),
        });
    }
    selector.match_labels = selector.match_labels.filter(|labels| !labels.is_empty());
    Ok(selector)
}

/// Reads a text for the API server as a selector; `None` if it selects by more than
/// labels' values and presence.
pub fn read_label_selector(text: &str) -> Option<LabelSelector> {
    label_selector(Part::whole(text)).ok()
}

fn requirements(part: Part<'_>) -> Result<Vec<Requirement<'_>>, Slip> {
    let pieces = split_outside_parentheses(part)?;
    pieces.into_iter().map(requirement).collect()
}

/// The pieces between commas that stand in no parentheses.
fn split_outside_parentheses(part: Part<'_>) -> Result<Vec<Part<'_>>, Slip> {
    let text = part.text();
    let (mut pieces, mut start, mut open) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        match c {
            '(' if open.is_none() => open = Some(at),
            '(' => return Err(part.cut(at, at + 1).slip("a second parenthesis opens here")),
            ')' if open.take().is_none() => {
                return Err(part.cut(at, at + 1).slip("no parenthesis is open here"));
            }
            ',' if open.is_none() => {
                pieces.push(part.cut(start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    if let Some(at) = open {
        return Err(part
            .cut(at, at + 1)
            .slip("this parenthesis is never closed"));
    }
    pieces.push(part.cut(start, text.len()));
    Ok(pieces)
}

fn requirement<'a>(part: Part<'a>) -> Result<Requirement<'a>, Slip> {
    let part = part.trim();
    if part.is_empty() {
        return Err(part.slip("a condition is missing here").help(WAYS));
    }
    let of = |key: Part<'a>, operator, values| {
        Ok(Requirement {
            key: label_key(key.trim())?,
            operator,
            values,
            is_equality: false,
            part,
        })
    };
    if let Some((head, rest)) = part.split_once("(") {
        let Some(inside) = rest.strip_suffix(")") else {
            return Err(rest.slip("nothing can stand behind the parenthesis but a comma"));
        };
        let head = head.trim();
        let Some((key, word)) = last_word(head) else {
            return Err(head.slip("`in` or `notin` is missing").help(WAYS));
        };
        let operator = match word.text() {
            "in" => Operator::In,
            "notin" => Operator::NotIn,
            _ => return Err(word.slip("only `in` and `notin` take a list").help(WAYS)),
        };
        let values: Result<_, _> = inside.split(",").into_iter().map(listed_value).collect();
        return of(key, operator, values?);
    }
    if let Some(key) = part.strip_prefix("!")
        && !key.text().starts_with('=')
    {
        return of(key, Operator::DoesNotExist, Vec::new());
    }
    // The first sign counts: a value has none of them.
    let sign = part.text().find(['=', '!', '>', '<']);
    let Some((key, rest)) = sign.map(|at| (part.cut(0, at), part.cut(at, part.text().len())))
    else {
        return match last_word(part) {
            Some((key, word)) if word.text() == "exists" => of(key, Operator::Exists, Vec::new()),
            Some((_, word)) if matches!(word.text(), "in" | "notin") => {
                Err(word.behind().slip("a list such as (a,b) is missing"))
            }
            _ => of(part, Operator::Exists, Vec::new()),
        };
    };
    for (sign, operator) in [
        ("!=", Operator::NotIn),
        ("==", Operator::In),
        ("=", Operator::In),
    ] {
        if let Some(value) = rest.strip_prefix(sign) {
            let read = of(key, operator, vec![label_value(value.trim())?])?;
            return Ok(Requirement {
                is_equality: operator == Operator::In,
                ..read
            });
        }
    }
    for (sign, operator) in [(">", Operator::Gt), ("<", Operator::Lt)] {
        if let Some(value) = rest.strip_prefix(sign) {
            let value = value.trim();
            if value.text().parse::<i64>().is_err() {
                return Err(value.slip(format!("only whole numbers are compared with `{sign}`")));
            }
            return of(key, operator, vec![value]);
        }
    }
    Err(rest.slip("this is no comparison").help(WAYS))
}

/// The last word and what stands before it, with any white space between them
/// (`isWhitespace` of upstream's lexer).
fn last_word(part: Part<'_>) -> Option<(Part<'_>, Part<'_>)> {
    let text = part.text();
    let at = text.rfind([' ', '\t', '\r', '\n'])?;
    Some((part.cut(0, at), part.cut(at + 1, text.len())))
}

fn listed_value(part: Part<'_>) -> Result<Part<'_>, Slip> {
    let value = part.trim();
    if value.is_empty() {
        return Err(value.slip("a value is missing here"));
    }
    label_value(value)
}

/// A label's value has no other characters; what it may begin and end with, and
/// how long it is, is the API's to say.
fn label_value(value: Part<'_>) -> Result<Part<'_>, Slip> {
    let is_odd = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
    match value.text().char_indices().find(|(_, c)| is_odd(*c)) {
        None => Ok(value),
        Some((at, c)) => Err(value
            .cut(at, at + c.len_utf8())
            .slip("a label's value has letters, digits, `-`, `_` and `.` only")),
    }
}

fn label_key(key: Part<'_>) -> Result<Part<'_>, Slip> {
    let is_odd = |c: char| !(c.is_ascii_alphanumeric() || "-_./".contains(c));
    if key.is_empty() {
        return Err(key.slip("the label's key is missing").help(WAYS));
    }
    match key.text().char_indices().find(|(_, c)| is_odd(*c)) {
        None => Ok(key),
        Some((at, c)) => Err(key
            .cut(at, at + c.len_utf8())
            .slip("this cannot stand in a label's key")
            .help(WAYS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_operator_has_its_words() {
        for (typed, expected) in [
            ("a", json!([{"key": "a", "operator": "Exists"}])),
            ("a exists", json!([{"key": "a", "operator": "Exists"}])),
            ("! a/b", json!([{"key": "a/b", "operator": "DoesNotExist"}])),
            (
                "a=b",
                json!([{"key": "a", "operator": "In", "values": ["b"]}]),
            ),
            (
                "a == b",
                json!([{"key": "a", "operator": "In", "values": ["b"]}]),
            ),
            (
                "a=",
                json!([{"key": "a", "operator": "In", "values": [""]}]),
            ),
            (
                "a!=b",
                json!([{"key": "a", "operator": "NotIn", "values": ["b"]}]),
            ),
            (
                "a in (b, c)",
                json!([{"key": "a", "operator": "In", "values": ["b", "c"]}]),
            ),
            (
                "a notin (b)",
                json!([{"key": "a", "operator": "NotIn", "values": ["b"]}]),
            ),
            (
                "a\tnotin\n(b)",
                json!([{"key": "a", "operator": "NotIn", "values": ["b"]}]),
            ),
            (
                "a\r\nin (b)",
                json!([{"key": "a", "operator": "In", "values": ["b"]}]),
            ),
            ("a\texists", json!([{"key": "a", "operator": "Exists"}])),
            (
                "a>5",
                json!([{"key": "a", "operator": "Gt", "values": ["5"]}]),
            ),
            (
                "a < -5",
                json!([{"key": "a", "operator": "Lt", "values": ["-5"]}]),
            ),
            (
                "a in (b,c), !d,e",
                json!([
                    {"key": "a", "operator": "In", "values": ["b", "c"]},
                    {"key": "d", "operator": "DoesNotExist"},
                    {"key": "e", "operator": "Exists"},
                ]),
            ),
        ] {
            let read = node_requirements(Part::whole(typed)).unwrap();
            let read: Vec<_> = read.into_iter().map(|read| read.requirement).collect();
            assert_eq!(serde_json::to_value(read).unwrap(), expected, "{typed}");
        }
    }

    #[test]
    fn a_selector_of_pods_has_labels_and_expressions() {
        for (typed, expected) in [
            ("*", json!({})),
            ("a=b,c=d", json!({"matchLabels": {"a": "b", "c": "d"}})),
            (
                "a=b,a=c",
                json!({
                    "matchLabels": {"a": "b"},
                    "matchExpressions": [{"key": "a", "operator": "In", "values": ["c"]}],
                }),
            ),
            (
                "!a",
                json!({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}),
            ),
        ] {
            let read = label_selector(Part::whole(typed)).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), expected, "{typed}");
        }
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        for (typed, wrong, message) in [
            ("a=b,,c", "", "a condition is missing here"),
            ("a in b", " ", "this cannot stand in a label's key"),
            ("a in", "", "a list such as (a,b) is missing"),
            ("a in (b", "(", "this parenthesis is never closed"),
            ("a in b)", ")", "no parenthesis is open here"),
            ("a in ((b)", "(", "a second parenthesis opens here"),
            ("a in (b,)", "", "a value is missing here"),
            ("a of (b)", "of", "only `in` and `notin` take a list"),
            ("a(b)", "a", "`in` or `notin` is missing"),
            (
                "a in (b) c",
                "b) c",
                "nothing can stand behind the parenthesis but a comma",
            ),
            (
                "a='b'",
                "'",
                "a label's value has letters, digits, `-`, `_` and `.` only",
            ),
            ("a>b", "b", "only whole numbers are compared with `>`"),
            ("=b", "", "the label's key is missing"),
            ("!=b", "", "the label's key is missing"),
            ("a!b", "!b", "this is no comparison"),
            ("é=b", "é", "this cannot stand in a label's key"),
        ] {
            let slip = requirements(Part::whole(typed)).unwrap_err();
            assert_eq!(
                (&typed[slip.range.clone()], slip.message.as_str()),
                (wrong, message),
                "{typed}"
            );
        }
        assert!(label_selector(Part::whole("a>5")).is_err());
    }
}
