//! Evaluates paths on objects. Errors that kubectl finds only during evaluation, such as an
//! index out of bounds or a comparison of a text with a number, select nothing here: the
//! object may change.

use std::cmp::Ordering;

use serde_json::Value;

use super::path::{Filter, JsonPath, Operator, Slice, Step};

impl JsonPath {
    pub(super) fn find<'a>(&'a self, object: &'a Value) -> Vec<&'a Value> {
        follow(object, &self.steps).values
    }
}

/// Values that steps select.
struct Found<'a> {
    values: Vec<&'a Value>,
    /// True if kubectl would refuse one of the steps where it met it.
    refused: bool,
}

fn follow<'a>(from: &'a Value, steps: &'a [Step]) -> Found<'a> {
    let mut found = Found {
        values: vec![from],
        refused: false,
    };
    for step in steps {
        found.take(step);
    }
    found
}

impl<'a> Found<'a> {
    fn take(&mut self, step: &'a Step) {
        let from = std::mem::take(&mut self.values);
        match step {
            // A text stands there once, any other literal once for each value.
            Step::Literal(text @ Value::String(_)) => self.values.push(text),
            Step::Literal(literal) => self.values.extend(from.iter().map(|_| literal)),
            Step::Union(lists) => {
                for step in lists {
                    let mut found = Found {
                        values: from.clone(),
                        refused: false,
                    };
                    found.take(step);
                    self.refused |= found.refused;
                    self.values.append(&mut found.values);
                }
            }
            _ => {
                for value in from {
                    self.step_from(value, step);
                }
            }
        }
    }

    fn step_from(&mut self, value: &'a Value, step: &'a Step) {
        match (step, value) {
            (Step::Field(name), Value::Object(map)) => self.values.extend(map.get(name)),
            (Step::All, _) => self.values.extend(children(value)),
            (Step::Below, _) => self.descend(value),
            (Step::Slice(slice), Value::Array(items)) => match slice.of(items) {
                Some(items) => self.values.extend(items),
                None => self.refused = true,
            },
            (Step::Filter(filter), Value::Array(items)) => {
                self.values
                    .extend(items.iter().filter(|item| filter.takes(item)));
            }
            (Step::Slice(_), Value::Null) | (Step::Field(_), _) => {}
            _ => self.refused = true,
        }
    }

    fn descend(&mut self, value: &'a Value) {
        self.values.push(value);
        for child in children(value) {
            self.descend(child);
        }
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

impl Slice {
    /// The items, or `None` where an index is out of bounds.
    fn of(self, items: &[Value]) -> Option<Vec<&Value>> {
        let at = |index: i64| {
            let from_end = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            if index < 0 {
                items.len().checked_sub(from_end)
            } else {
                Some(from_end)
            }
        };
        match self {
            Self::Index(index) => Some(vec![items.get(at(index)?)?]),
            Self::Range { start, end, step } => {
                let start = start.map_or(Some(0), at)?;
                let end = end.map_or(Some(items.len()), at)?;
                // Nothing can be asked for at any place.
                let range = if start == end {
                    &[]
                } else {
                    items.get(start..end)?
                };
                Some(range.iter().step_by(step).collect())
            }
        }
    }
}

impl Filter {
    fn takes(&self, item: &Value) -> bool {
        match self {
            // kubectl takes the item, too, where it refuses the path.
            Self::Exists(path) => {
                let found = follow(item, path);
                found.refused || !found.values.is_empty()
            }
            Self::Compares(left, operator, right) => {
                let (lefts, rights) = (follow(item, left), follow(item, right));
                // kubectl compares one with one, and refuses several.
                match (lefts.values.as_slice(), rights.values.as_slice()) {
                    ([left], [right]) => operator.holds(left, right),
                    _ => false,
                }
            }
        }
    }
}

impl Operator {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let equal = || left == right || shown(left) == shown(right);
        let order = || match (left, right) {
            (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
            (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
            },
            _ => None,
        };
        match self {
            Self::Equal => equal(),
            Self::NotEqual => !equal(),
            Self::Less => order() == Some(Ordering::Less),
            Self::LessOrEqual => order().is_some_and(Ordering::is_le),
            Self::Greater => order() == Some(Ordering::Greater),
            Self::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        }
    }
}

/// As Go prints a value with `%v`.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            // A whole number has no point.
            Some(float) if float.abs() < 1e21 => float.to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}
