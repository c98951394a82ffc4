//! Where a path leads in an object. What kubectl refuses only when it meets it,
//! an index out of bounds or a comparison of a text with a number, leads to
//! nothing here: it may be otherwise a moment later.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Filter, JsonPath, Operand, Operator, Slice, Step};

impl JsonPath {
    pub(super) fn find<'a>(&'a self, object: &'a Value) -> Vec<&'a Value> {
        follow(object, &self.steps)
    }
}

fn follow<'a>(from: &'a Value, steps: &'a [Step]) -> Vec<&'a Value> {
    let mut found = vec![from];
    for step in steps {
        found = found
            .into_iter()
            .flat_map(|value| next(value, step))
            .collect();
    }
    found
}

fn next<'a>(value: &'a Value, step: &'a Step) -> Vec<&'a Value> {
    match (step, value) {
        (Step::Field(name), Value::Object(map)) => map.get(name).into_iter().collect(),
        (Step::All, _) => children(value),
        (Step::Slice(slice), Value::Array(items)) => slice.of(items),
        (Step::Union(steps), _) => steps.iter().flat_map(|step| next(value, step)).collect(),
        (Step::Below, _) => {
            let mut all = vec![value];
            all.extend(children(value).into_iter().flat_map(|v| next(v, step)));
            all
        }
        (Step::Filter(filter), Value::Array(items)) => {
            items.iter().filter(|item| filter.takes(item)).collect()
        }
        _ => Vec::new(),
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
    fn of(self, items: &[Value]) -> Vec<&Value> {
        let at = |index: i64| {
            let from_end = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            if index < 0 {
                items.len().checked_sub(from_end)
            } else {
                Some(from_end)
            }
        };
        match self {
            Self::Index(index) => {
                let item = at(index).and_then(|at| items.get(at));
                item.into_iter().collect()
            }
            Self::Range { start, end, step } => {
                let start = start.map_or(Some(0), at);
                let end = end.map_or(Some(items.len()), at);
                let range = start
                    .zip(end)
                    .and_then(|(start, end)| items.get(start..end));
                range.into_iter().flatten().step_by(step).collect()
            }
        }
    }
}

impl Filter {
    fn takes(&self, item: &Value) -> bool {
        match self {
            Self::Exists(path) => !follow(item, path).is_empty(),
            Self::Compares(left, operator, right) => {
                let (lefts, rights) = (left.of(item), right.of(item));
                // kubectl compares one with one, and refuses several.
                match (lefts.as_slice(), rights.as_slice()) {
                    ([left], [right]) => operator.holds(left, right),
                    _ => false,
                }
            }
        }
    }
}

impl Operand {
    fn of<'a>(&'a self, item: &'a Value) -> Vec<&'a Value> {
        match self {
            Self::Path(path) => follow(item, path),
            Self::Literal(value) => vec![value],
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
