//! Selectors of objects by their labels.

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1;
use serde_json::Value;

use super::error::SelectorError;
use super::parse::parse_terms;
use super::requirement::{Operator, Requirement};

/// Requirements on labels, all of which must be met. Without any it selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LabelSelector(Vec<Requirement>);

impl LabelSelector {
    /// Parses the value of `-l` as kubectl and the server do. An empty text selects everything.
    ///
    /// # Errors
    /// Fails where `labels.Parse` does.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let terms = parse_terms(text)?;
        for term in &terms {
            term.check_values()?;
        }
        let requirements = terms.iter().map(|term| Requirement {
            key: term.key.text.to_owned(),
            operator: term.operator,
            values: term
                .values
                .iter()
                .map(|value| value.text.to_owned())
                .collect(),
        });
        Ok(Self(requirements.collect()))
    }

    /// Returns its requirements, in the order in which they are written.
    pub fn requirements(&self) -> &[Requirement] {
        &self.0
    }

    /// Returns whether the labels that a look-up finds meet all requirements.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        let requirements = self.0.iter();
        let mut met = requirements.map(|requirement| requirement.matches(label(&requirement.key)));
        met.all(|met| met)
    }

    /// Returns whether a map of labels meets all requirements.
    pub fn matches_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matches(|key| labels.get(key).map(String::as_str))
    }

    /// Returns whether the labels of an object as JSON meet all requirements.
    pub fn matches_object(&self, object: &Value) -> bool {
        let labels = object
            .get("metadata")
            .and_then(|metadata| metadata.get("labels"));
        self.matches(|key| labels?.get(key)?.as_str())
    }
}

impl TryFrom<&v1::LabelSelector> for LabelSelector {
    type Error = String;

    /// Mirrors `LabelSelectorAsSelector`, which says the same of an empty selector: it
    /// selects everything. That an absent one selects nothing is for the caller.
    fn try_from(selector: &v1::LabelSelector) -> Result<Self, String> {
        let mut requirements = Vec::new();
        for (key, value) in selector.match_labels.iter().flatten() {
            let values = std::slice::from_ref(value);
            requirements.push(Requirement::new(key, Operator::In, values)?);
        }
        for expression in selector.match_expressions.iter().flatten() {
            let word = expression.operator.as_str();
            let operator = Operator::from_word(word)
                .filter(|operator| !matches!(operator, Operator::Gt | Operator::Lt))
                .ok_or_else(|| format!("unsupported label selector operator `{word}`"))?;
            let values = expression.values.as_deref().unwrap_or_default();
            requirements.push(Requirement::new(&expression.key, operator, values)?);
        }
        Ok(Self(requirements))
    }
}

/// Writes it as [`LabelSelector::parse`] reads it.
impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, requirement) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(f, "{comma}{requirement}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_are_compared_as_the_server_does() {
        let object = json!({"metadata": {"labels": {"x": "y", "z": "", "n": "7"}}});
        for (text, expected) in [
            ("", true),
            ("x=y", true),
            ("x==y,z=", true),
            ("x=z", false),
            ("w=", false),
            ("x!=y", false),
            ("w!=y", true),
            ("x in (a,y)", true),
            ("x in (a,b)", false),
            ("w in (a)", false),
            ("x notin (y)", false),
            ("w notin (y)", true),
            ("z in ()", true),
            ("z", true),
            ("w", false),
            ("!w", true),
            ("!x", false),
            ("n>6,n<8", true),
            ("n>7", false),
            ("n<7", false),
            ("x>1", false),
            ("w<1", false),
        ] {
            let selector = LabelSelector::parse(text).unwrap();
            assert_eq!(selector.matches_object(&object), expected, "{text}");
            let labels = [("x", "y"), ("z", ""), ("n", "7")];
            let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
            assert_eq!(selector.matches_labels(&labels.into()), expected, "{text}");
        }
        assert!(
            !LabelSelector::parse("x")
                .unwrap()
                .matches_object(&json!({}))
        );
    }

    #[test]
    fn printed_selectors_parse_to_the_same_selector() {
        for (text, printed) in [
            ("", ""),
            ("a", "a"),
            ("! a", "!a"),
            ("a == b", "a=b"),
            ("a in (c,b,c)", "a in (b,c)"),
            ("a in ()", "a="),
            ("a!=b", "a notin (b)"),
            ("a!=", "a notin ()"),
            ("a > 5, b<7", "a>5,b<7"),
            ("a in (b,)", "a in (,b)"),
        ] {
            let selector = LabelSelector::parse(text).unwrap();
            assert_eq!(selector.to_string(), printed, "{text}");
            assert_eq!(LabelSelector::parse(printed), Ok(selector), "{text}");
        }
    }

    #[test]
    fn the_selector_of_an_object_selects_by_all_that_it_says() {
        let of = |selector: Value| {
            let selector: v1::LabelSelector = serde_json::from_value(selector).unwrap();
            LabelSelector::try_from(&selector)
        };
        let selector = of(json!({
            "matchLabels": {"b": "c", "a": "b"},
            "matchExpressions": [
                {"key": "f", "operator": "NotIn", "values": ["g"]},
                {"key": "h", "operator": "Exists"},
            ],
        }))
        .unwrap();
        assert_eq!(selector.to_string(), "a=b,b=c,f notin (g),h");
        assert_eq!(of(json!({})), Ok(LabelSelector::default()));
        for expression in [
            json!({"key": "a", "operator": "In"}),
            json!({"key": "a", "operator": "Gt", "values": ["1"]}),
            json!({"key": "a", "operator": "exists"}),
            json!({"key": "-", "operator": "Exists"}),
        ] {
            let selector = of(json!({"matchExpressions": [expression]}));
            assert!(selector.is_err(), "{expression}");
        }
    }
}
