//! Label selectors as text: one reader for `-l`, for the flags of `create`, and for what is
//! compared here and not by the server.
//!
//! Mirrors `labels.Parse` and `Requirement.Matches` (k8s.io/apimachinery/pkg/labels).
//! Each piece knows its place in the text, so that what is wrong can be underlined.

mod read;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use read::{Term, Wrong, read_terms};

/// Comparison of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// It has one of the values.
    In,
    /// It has none of the values, or is not there.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
    /// It is a larger whole number.
    Gt,
    /// It is a smaller whole number.
    Lt,
}

impl Operator {
    /// The API's word.
    pub fn word(self) -> &'static str {
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

/// A selector of objects by their labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(Vec<Requirement>);

/// What a selector requires of one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// Its comparison.
    pub operator: Operator,
    /// With these values; none for presence, one for sizes.
    pub values: BTreeSet<String>,
}

impl Selector {
    /// Reads a text as the server does. An empty one selects everything.
    ///
    /// # Errors
    /// What `labels.Parse` refuses.
    pub(crate) fn read(text: &str) -> Result<Self, Wrong> {
        let terms = read_terms(text)?;
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

    /// What it requires, all of it.
    pub fn requirements(&self) -> &[Requirement] {
        &self.0
    }

    /// Whether an object has labels as they are required.
    pub fn matches(&self, object: &Value) -> bool {
        let labels = object
            .get("metadata")
            .and_then(|metadata| metadata.get("labels"));
        self.0.iter().all(|required| {
            let found = labels.and_then(|labels| labels.get(&required.key)?.as_str());
            required.matches(found)
        })
    }
}

impl Requirement {
    fn matches(&self, found: Option<&str>) -> bool {
        let is_listed = || found.is_some_and(|found| self.values.contains(found));
        let sizes = || {
            let required = self.values.first()?.parse::<i64>().ok()?;
            Some((found?.parse::<i64>().ok()?, required))
        };
        match self.operator {
            Operator::In => is_listed(),
            Operator::NotIn => !is_listed(),
            Operator::Exists => found.is_some(),
            Operator::DoesNotExist => found.is_none(),
            Operator::Gt => sizes().is_some_and(|(found, required)| found > required),
            Operator::Lt => sizes().is_some_and(|(found, required)| found < required),
        }
    }
}

/// Reads a text as [`Selector::read`] does; `None` if it is refused.
pub fn read_label_selector(text: &str) -> Option<Selector> {
    Selector::read(text).ok()
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
            let selector = Selector::read(text).unwrap();
            assert_eq!(selector.matches(&object), expected, "{text}");
        }
        assert!(!Selector::read("x").unwrap().matches(&json!({})));
    }
}
