//! `jsonpath='{.status.phase}'=Running`: the part of kubectl's JSONPath that
//! leads to values (k8s.io/client-go/util/jsonpath): fields, quoted fields,
//! indexes, slices, unions, `*`, `..name`, and filters. Templates (`range`,
//! text between braces) lead to none.
//!
//! All that leads to values in kubectl leads to the same ones here. Beyond that, quoted
//! names may hold any character, quotes may be either, blanks stand where they do no
//! harm, and a text in a filter needs no quotes where it is a word.

mod filter;
mod follow;
mod judge;
mod read;
#[cfg(test)]
mod tests;

pub(super) use judge::judge;

/// Returns the values that a path leads to; for tests.
///
/// # Errors
/// The path is not valid.
pub fn json_path_values(
    path: &str,
    object: &serde_json::Value,
) -> Result<Vec<serde_json::Value>, String> {
    let path = JsonPath::parse(path).map_err(|(_, what)| what)?;
    Ok(path.find(object).into_iter().cloned().collect())
}

/// A parsed path.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPath {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    All,
    /// `[start:end:step]`.
    Slice(Slice),
    /// `[0,2]`, `['a','b']`.
    Union(Vec<Step>),
    /// `..`: all that is below, and itself.
    Below,
    Filter(Filter),
    /// In a filter: a text in quotes, a number, a boolean.
    Literal(serde_json::Value),
}

/// A selection of the items of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slice {
    Index(i64),
    Range {
        start: Option<i64>,
        end: Option<i64>,
        step: usize,
    },
}

/// Each side leads from the item, with or without `@`, or is a literal.
#[derive(Clone, Debug, PartialEq)]
enum Filter {
    /// `?(@.a)`.
    Exists(Vec<Step>),
    /// `?(@.a == "b")`.
    Compares(Vec<Step>, Operator, Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
