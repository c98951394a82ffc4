//! Selectors in flags, as kubectl's `-l` takes them: of Pods by their labels, and of nodes by
//! their labels and their name.

use k8s_openapi::api::core::v1::NodeSelectorRequirement;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use pod_model::selector::{Operator, SelectorError, Term, parse_terms};

use super::fragment::{Fragment, ValueError};

const SYNTAX: &str =
    "use key=value, key!=value, key in (a,b), key notin (a,b), key or !key; commas mean and";

/// A requirement on a node's label or field.
pub(super) struct NodeRequirement {
    pub is_field: bool,
    pub requirement: NodeSelectorRequirement,
}

/// Parses requirements on nodes, all of which must hold. `metadata.name` is the one field of a
/// node that the API compares; every other key is a label.
pub(super) fn node_requirements(
    fragment: Fragment<'_>,
) -> Result<Vec<NodeRequirement>, ValueError> {
    let requirements = terms(fragment)?.into_iter().map(|term| {
        let is_field = term.key.text == "metadata.name";
        // Sizes are integers, and names of nodes may be longer than label values.
        if !is_field && !is_size(&term) {
            term.check_values()
                .map_err(|wrong| value_error(fragment, wrong))?;
        }
        Ok(NodeRequirement {
            is_field,
            requirement: NodeSelectorRequirement {
                key: term.key.text.to_owned(),
                operator: term.operator.word().to_owned(),
                values: values(&term),
            },
        })
    });
    requirements.collect()
}

/// Parses a selector of Pods; `*` selects all.
pub(super) fn label_selector(fragment: Fragment<'_>) -> Result<LabelSelector, ValueError> {
    let mut selector = LabelSelector::default();
    if fragment.trim().text() == "*" {
        return Ok(selector);
    }
    for term in terms(fragment)? {
        if is_size(&term) {
            return Err(fragment
                .cut(term.range.start, term.range.end)
                .error("`<` and `>` only compare node labels")
                .help(SYNTAX));
        }
        term.check_values()
            .map_err(|wrong| value_error(fragment, wrong))?;
        let labels = selector.match_labels.get_or_insert_default();
        if let (true, [value]) = (term.is_equality, term.values.as_slice())
            && !labels.contains_key(term.key.text)
        {
            labels.insert(term.key.text.to_owned(), value.text.to_owned());
            continue;
        }
        let expressions = selector.match_expressions.get_or_insert_default();
        expressions.push(LabelSelectorRequirement {
            key: term.key.text.to_owned(),
            operator: term.operator.word().to_owned(),
            values: values(&term),
        });
    }
    selector.match_labels = selector.match_labels.filter(|labels| !labels.is_empty());
    Ok(selector)
}

fn is_size(term: &Term<'_>) -> bool {
    matches!(term.operator, Operator::Gt | Operator::Lt)
}

fn values(term: &Term<'_>) -> Option<Vec<String>> {
    let values = term.values.iter().map(|value| value.text.to_owned());
    let values: Vec<String> = values.collect();
    (!values.is_empty()).then_some(values)
}

/// Parses the terms of a selector. An empty value is an error: `*` selects all.
fn terms(fragment: Fragment<'_>) -> Result<Vec<Term<'_>>, ValueError> {
    let terms = parse_terms(fragment.text()).map_err(|wrong| value_error(fragment, wrong))?;
    if terms.is_empty() {
        return Err(fragment.expected("a selector such as app=web").help(SYNTAX));
    }
    Ok(terms)
}

fn value_error(fragment: Fragment<'_>, wrong: SelectorError) -> ValueError {
    fragment
        .cut(wrong.range.start, wrong.range.end)
        .error(wrong.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn node_requirements_are_on_labels_and_name() {
        let long = "n".repeat(100);
        for (typed, expected) in [
            ("a", json!([[false, {"key": "a", "operator": "Exists"}]])),
            (
                "a < -5",
                json!([[false, {"key": "a", "operator": "Lt", "values": ["-5"]}]]),
            ),
            (
                "a in (b,c), !d",
                json!([
                    [false, {"key": "a", "operator": "In", "values": ["b", "c"]}],
                    [false, {"key": "d", "operator": "DoesNotExist"}],
                ]),
            ),
            (
                &format!("metadata.name={long}"),
                json!([[true, {"key": "metadata.name", "operator": "In", "values": [long]}]]),
            ),
        ] {
            let read = node_requirements(Fragment::whole(typed)).unwrap();
            let read: Vec<_> = read
                .into_iter()
                .map(|read| (read.is_field, read.requirement))
                .collect();
            assert_eq!(serde_json::to_value(read).unwrap(), expected, "{typed}");
        }
    }

    #[test]
    fn label_selector_has_labels_and_expressions() {
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
            (
                "a in (b,)",
                json!({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", ""]}]}),
            ),
        ] {
            let read = label_selector(Fragment::whole(typed)).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), expected, "{typed}");
        }
    }

    #[test]
    fn invalid_selector_is_underlined_in_its_flag() {
        let whole = Fragment::whole("80:a in (b,c=d");
        let error = node_requirements(whole.cut(3, whole.text().len()))
            .err()
            .unwrap();
        assert_eq!(&whole.text()[error.range], "=");
        for (typed, wrong, message) in [
            ("", "", "expected a selector such as app=web, found nothing"),
            (
                " ",
                " ",
                "expected a selector such as app=web, found nothing",
            ),
            ("a=b,c>5", "c>5", "`<` and `>` only compare node labels"),
            (
                "a exists",
                "exists",
                "expected in, notin, =, ==, !=, < or >, found `exists`",
            ),
        ] {
            let error = label_selector(Fragment::whole(typed)).unwrap_err();
            let found = (&typed[error.range.clone()], error.message.as_str());
            assert_eq!(found, (wrong, message), "{typed}");
        }
        for typed in ["a=-b", "a!=é", "a in (b,'c')"] {
            assert!(
                node_requirements(Fragment::whole(typed)).is_err(),
                "{typed}"
            );
            assert!(label_selector(Fragment::whole(typed)).is_err(), "{typed}");
        }
    }
}
