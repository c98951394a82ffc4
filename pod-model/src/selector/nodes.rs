//! Selectors of nodes, by their labels and their name.
//!
//! Upstream: k8s.io/component-helpers/scheduling/corev1/nodeaffinity.

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::api::core::v1;

use super::error::SelectorError;
use super::parse::{Term, parse_terms};
use super::requirement::{Operator, Requirement};
use crate::names::quoted;

/// The one field of nodes that the API compares.
const NAME: &str = "metadata.name";

/// Returns the required node affinity of a Pod.
pub fn required_node_affinity(spec: &v1::PodSpec) -> Option<&v1::NodeSelector> {
    let affinity = spec.affinity.as_ref()?.node_affinity.as_ref()?;
    affinity
        .required_during_scheduling_ignored_during_execution
        .as_ref()
}

/// Alternative terms, one of which a node must match. Without any it selects no node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSelector(Vec<Result<NodeSelectorTerm, String>>);

/// Requirements on a node, all of which must be met. Without any it matches no node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSelectorTerm {
    labels: Vec<Requirement>,
    fields: Vec<FieldRequirement>,
}

/// A requirement on a node's field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FieldRequirement {
    key: String,
    value: String,
    is_equality: bool,
}

impl NodeSelector {
    /// Returns whether a node with these labels and this name matches one of the terms.
    ///
    /// # Errors
    /// No term matches, and one is invalid: why. As in the scheduler, a term that matches
    /// makes an invalid one harmless.
    pub fn matches(&self, labels: &BTreeMap<String, String>, name: &str) -> Result<bool, &str> {
        let mut invalid = None;
        for term in &self.0 {
            match term {
                Ok(term) if term.matches(labels, name) => return Ok(true),
                Ok(_) => {}
                Err(why) => invalid = invalid.or(Some(why.as_str())),
            }
        }
        invalid.map_or(Ok(false), Err)
    }

    /// Returns the terms in the API's order; instead of an invalid one, why it is invalid.
    pub fn terms(&self) -> &[Result<NodeSelectorTerm, String>] {
        &self.0
    }
}

impl From<&v1::NodeSelector> for NodeSelector {
    fn from(selector: &v1::NodeSelector) -> Self {
        let terms = selector.node_selector_terms.iter();
        Self(terms.map(NodeSelectorTerm::try_from).collect())
    }
}

impl NodeSelectorTerm {
    /// Parses requirements that are written as a label selector, such as
    /// `zone in (a,b),cores>4,metadata.name!=node-1`. `metadata.name` is the node's name;
    /// every other key is a label.
    ///
    /// # Errors
    /// Fails where `labels.Parse` or `NewNodeSelector` does.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut parsed = Self::default();
        for term in parse_terms(text)? {
            parsed.push(&term).map_err(|message| SelectorError {
                range: term.range.clone(),
                message,
            })?;
        }
        Ok(parsed)
    }

    fn push(&mut self, term: &Term<'_>) -> Result<(), String> {
        let values = term.values.iter().map(|value| value.text.to_owned());
        let values: Vec<String> = values.collect();
        if term.key.text == NAME {
            let word = term.operator.word();
            self.fields
                .push(FieldRequirement::new(NAME, word, &values)?);
        } else {
            let requirement = Requirement::new(term.key.text, term.operator, &values)?;
            self.labels.push(requirement);
        }
        Ok(())
    }

    /// Returns whether a node with these labels and this name meets all requirements.
    pub fn matches(&self, labels: &BTreeMap<String, String>, name: &str) -> bool {
        if self.labels.is_empty() && self.fields.is_empty() {
            return false;
        }
        let label = |key: &str| labels.get(key).map(String::as_str);
        let mut requirements = self.labels.iter();
        requirements.all(|requirement| requirement.matches(label(&requirement.key)))
            // A node without a name has no field that could be compared.
            && (name.is_empty() || self.fields.iter().all(|field| field.matches(name)))
    }
}

impl TryFrom<&v1::NodeSelectorTerm> for NodeSelectorTerm {
    type Error = String;

    /// Mirrors `newNodeSelectorTerm`; of several mistakes the first is the error.
    fn try_from(term: &v1::NodeSelectorTerm) -> Result<Self, String> {
        let expressions = term.match_expressions.iter().flatten().map(|expression| {
            let word = expression.operator.as_str();
            let operator = Operator::from_word(word)
                .ok_or_else(|| format!("unsupported node selector operator {}", quoted(word)))?;
            let values = expression.values.as_deref().unwrap_or_default();
            Requirement::new(&expression.key, operator, values)
        });
        let fields = term.match_fields.iter().flatten().map(|field| {
            let values = field.values.as_deref().unwrap_or_default();
            FieldRequirement::new(&field.key, &field.operator, values)
        });
        Ok(Self {
            labels: expressions.collect::<Result<_, _>>()?,
            fields: fields.collect::<Result<_, _>>()?,
        })
    }
}

impl FieldRequirement {
    /// Mirrors `nodeSelectorRequirementsAsFieldSelector`.
    fn new(key: &str, operator: &str, values: &[String]) -> Result<Self, String> {
        let is_equality = match operator {
            "In" => true,
            "NotIn" => false,
            other => {
                let other = quoted(other);
                return Err(format!(
                    "expected `In` or `NotIn` for a field, found {other}"
                ));
            }
        };
        let [value] = values else {
            let count = values.len();
            return Err(format!("a field is compared with one value, found {count}"));
        };
        Ok(Self {
            key: key.to_owned(),
            value: value.clone(),
            is_equality,
        })
    }

    fn matches(&self, name: &str) -> bool {
        // A field that nodes do not have is empty.
        let field = if self.key == NAME { name } else { "" };
        (field == self.value) == self.is_equality
    }
}

/// Writes it as [`NodeSelectorTerm::parse`] reads it.
impl fmt::Display for NodeSelectorTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels.iter().map(ToString::to_string);
        let fields = self.fields.iter().map(|field| {
            let operator = if field.is_equality { "=" } else { "!=" };
            format!("{}{operator}{}", field.key, field.value)
        });
        f.write_str(&labels.chain(fields).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn labels() -> BTreeMap<String, String> {
        let labels = [("disk", "ssd"), ("size", "5"), ("odd", "5x")];
        labels
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into()
    }

    fn selector(terms: &Value) -> NodeSelector {
        let selector: v1::NodeSelector =
            serde_json::from_value(json!({"nodeSelectorTerms": terms})).unwrap();
        NodeSelector::from(&selector)
    }

    #[test]
    fn one_of_the_terms_is_enough() {
        let expression = |key: &str, operator: &str, values: &[&str]| json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
        let name = |operator: &str, values: &[&str]| json!({"matchFields": [{"key": "metadata.name", "operator": operator, "values": values}]});
        let ssd = expression("disk", "In", &["ssd"]);
        let hdd = expression("disk", "In", &["hdd"]);
        let invalid = expression("disk", "In", &[]);
        let mut both = ssd.clone();
        both["matchFields"] = name("In", &["n2"])["matchFields"].clone();
        for (terms, expected) in [
            (json!([]), Ok(false)),
            (json!([{}]), Ok(false)),
            (json!([{}, ssd]), Ok(true)),
            (json!([hdd]), Ok(false)),
            (json!([hdd, ssd]), Ok(true)),
            (json!([expression("disk", "NotIn", &["hdd"])]), Ok(true)),
            (json!([expression("gpu", "NotIn", &["a"])]), Ok(true)),
            (json!([expression("disk", "Exists", &[])]), Ok(true)),
            (json!([expression("gpu", "DoesNotExist", &[])]), Ok(true)),
            (json!([expression("size", "Gt", &["4"])]), Ok(true)),
            (json!([expression("size", "Gt", &["5"])]), Ok(false)),
            (json!([expression("size", "Lt", &["6"])]), Ok(true)),
            (json!([expression("odd", "Gt", &["4"])]), Ok(false)),
            (json!([expression("gpu", "Lt", &["4"])]), Ok(false)),
            (json!([name("In", &["n1"])]), Ok(true)),
            (json!([name("NotIn", &["n1"])]), Ok(false)),
            (json!([name("NotIn", &["n2"])]), Ok(true)),
            (json!([both]), Ok(false)),
            // An invalid term is told only where no other matches.
            (json!([invalid, ssd]), Ok(true)),
            (
                json!([invalid, hdd]),
                Err("`In` requires at least one value"),
            ),
            (
                json!([expression("size", "Gt", &["x"])]),
                Err("`Gt` requires an integer, found `x`"),
            ),
            (
                json!([expression("disk", "gt", &["1"])]),
                Err("unsupported node selector operator `gt`"),
            ),
            (
                json!([name("In", &["n1", "n2"])]),
                Err("a field is compared with one value, found 2"),
            ),
            (
                json!([name("Exists", &[])]),
                Err("expected `In` or `NotIn` for a field, found `Exists`"),
            ),
        ] {
            let found = selector(&terms);
            assert_eq!(found.matches(&labels(), "n1"), expected, "{terms}");
        }
    }

    #[test]
    fn a_term_is_printed_as_it_is_parsed() {
        for (text, printed) in [
            ("disk", "disk"),
            ("metadata.name = n1 , disk", "disk,metadata.name=n1"),
            ("metadata.name!=n1", "metadata.name!=n1"),
            ("size > 4, zone in (b,a)", "size>4,zone in (a,b)"),
        ] {
            let term = NodeSelectorTerm::parse(text).unwrap();
            assert_eq!(term.to_string(), printed, "{text}");
            assert_eq!(NodeSelectorTerm::parse(printed), Ok(term), "{text}");
        }
        for (text, place, message) in [
            (
                "disk,metadata.name",
                "metadata.name",
                "expected `In` or `NotIn` for a field, found `Exists`",
            ),
            (
                "metadata.name in (a,b)",
                "metadata.name in (a,b)",
                "a field is compared with one value, found 2",
            ),
            ("size>x", "x", "only integers can be compared with `>`"),
        ] {
            let error = NodeSelectorTerm::parse(text).unwrap_err();
            let found = (&text[error.range], error.message.as_str());
            assert_eq!(found, (place, message), "{text}");
        }
        let term = NodeSelectorTerm::parse("size>4,metadata.name!=n2").unwrap();
        assert!(term.matches(&labels(), "n1") && !term.matches(&labels(), "n2"));
    }
}
