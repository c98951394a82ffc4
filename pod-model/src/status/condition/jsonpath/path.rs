//! A parsed path.

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
    pub(super) text: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
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
pub(super) enum Slice {
    Index(i64),
    Range {
        start: Option<i64>,
        end: Option<i64>,
        step: usize,
    },
}

/// Each side leads from the item, with or without `@`, or is a literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// `?(@.a)`.
    Exists(Vec<Step>),
    /// `?(@.a == "b")`.
    Compares(Vec<Step>, Operator, Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
