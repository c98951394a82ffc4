//! One requirement on a label.
//!
//! Upstream: `Requirement` (k8s.io/apimachinery/pkg/labels).

use std::collections::BTreeSet;
use std::fmt;

use crate::names;

/// Comparison of a label with the values of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The label has one of the values.
    In,
    /// The label has none of the values, or is absent.
    NotIn,
    /// The label is present.
    Exists,
    /// The label is absent.
    DoesNotExist,
    /// The label is an integer greater than the value.
    Gt,
    /// The label is an integer less than the value.
    Lt,
}

impl Operator {
    const ALL: [Self; 6] = [
        Self::In,
        Self::NotIn,
        Self::Exists,
        Self::DoesNotExist,
        Self::Gt,
        Self::Lt,
    ];

    /// Returns the API's word for it, such as `NotIn`.
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

    /// Returns the operator of an API word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.word() == word)
    }
}

/// A requirement on one label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// The comparison.
    pub operator: Operator,
    /// The values: none for `Exists` and `DoesNotExist`, one for `Gt` and `Lt`.
    pub values: BTreeSet<String>,
}

impl Requirement {
    /// Checks and makes a requirement.
    ///
    /// # Errors
    /// Fails where upstream's `NewRequirement` does, with a lower-case phrase: an invalid key
    /// or value, or a number of values that does not fit the operator.
    pub fn new(key: &str, operator: Operator, values: &[String]) -> Result<Self, String> {
        check_key(key)?;
        let (word, count) = (operator.word(), values.len());
        match operator {
            Operator::In | Operator::NotIn if count == 0 => {
                return Err(format!("`{word}` requires at least one value"));
            }
            Operator::Exists | Operator::DoesNotExist if count > 0 => {
                return Err(format!("`{word}` takes no values, found {count}"));
            }
            Operator::Gt | Operator::Lt => {
                let [value] = values else {
                    return Err(format!("`{word}` requires one value, found {count}"));
                };
                if value.parse::<i64>().is_err() {
                    let value = names::quoted(value);
                    return Err(format!("`{word}` requires an integer, found {value}"));
                }
            }
            _ => {}
        }
        values.iter().try_for_each(|value| check_value(value))?;
        Ok(Self {
            key: key.to_owned(),
            operator,
            values: values.iter().cloned().collect(),
        })
    }

    /// Returns whether a label of this value, or an absent one, meets the requirement.
    pub fn matches(&self, label: Option<&str>) -> bool {
        let is_listed = || label.is_some_and(|label| self.values.contains(label));
        let integers = || {
            let required = self.values.first()?.parse::<i64>().ok()?;
            Some((label?.parse::<i64>().ok()?, required))
        };
        match self.operator {
            Operator::In => is_listed(),
            Operator::NotIn => !is_listed(),
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::Gt => integers().is_some_and(|(label, required)| label > required),
            Operator::Lt => integers().is_some_and(|(label, required)| label < required),
        }
    }
}

/// Writes it as `labels.Parse` reads it: `a=b`, `a in (b,c)`, `!a`, `a>5`.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, values, .. } = self;
        let list = || {
            values
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(",")
        };
        match self.operator {
            Operator::In if values.len() == 1 => write!(f, "{key}={}", list()),
            Operator::In => write!(f, "{key} in ({})", list()),
            Operator::NotIn => write!(f, "{key} notin ({})", list()),
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::Gt => write!(f, "{key}>{}", list()),
            Operator::Lt => write!(f, "{key}<{}", list()),
        }
    }
}

/// Checks the key of a label (`IsLabelKey` in
/// k8s.io/apimachinery/pkg/api/validate/content).
pub(super) fn check_key(text: &str) -> Result<(), String> {
    names::label_key(text).map_or(Ok(()), |wrong| {
        Err(names::invalid_message(text, "label key", &wrong))
    })
}

/// Checks the value of a label (`IsLabelValue`, as above).
pub(super) fn check_value(text: &str) -> Result<(), String> {
    names::label_value(text).map_or(Ok(()), |wrong| {
        Err(names::invalid_message(text, "label value", &wrong))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_has_the_values_that_its_operator_takes() {
        use Operator::{DoesNotExist, Exists, Gt, In, Lt, NotIn};
        for (key, operator, values, expected) in [
            ("a", In, &["b"][..], None),
            ("a", In, &["b", "b", ""], None),
            ("a", In, &[], Some("`In` requires at least one value")),
            ("a", NotIn, &[], Some("`NotIn` requires at least one value")),
            ("a", Exists, &[], None),
            (
                "a",
                Exists,
                &["b"],
                Some("`Exists` takes no values, found 1"),
            ),
            (
                "a",
                DoesNotExist,
                &["b", "c"],
                Some("`DoesNotExist` takes no values, found 2"),
            ),
            ("a", Gt, &["5"], None),
            (
                "a",
                Gt,
                &["5", "5"],
                Some("`Gt` requires one value, found 2"),
            ),
            ("a", Lt, &[], Some("`Lt` requires one value, found 0")),
            ("a", Lt, &["b"], Some("`Lt` requires an integer, found `b`")),
        ] {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            let made = Requirement::new(key, operator, &values);
            assert_eq!(made.err().as_deref(), expected, "{operator:?} {values:?}");
        }
        for (key, value) in [("-a", "b"), ("a", "-b"), ("", "b"), ("a/b/c", "b")] {
            let made = Requirement::new(key, In, &[value.to_owned()]);
            assert!(made.is_err(), "{key} {value}");
        }
    }

    #[test]
    fn an_operator_is_known_by_its_word() {
        for operator in Operator::ALL {
            assert_eq!(Operator::from_word(operator.word()), Some(operator));
        }
        assert_eq!(Operator::from_word("in"), None);
    }
}
