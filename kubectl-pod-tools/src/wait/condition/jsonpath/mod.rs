//! `jsonpath='{.status.phase}'=Running`: the part of kubectl's JSONPath that
//! leads to values (k8s.io/client-go/util/jsonpath): fields, quoted fields,
//! indexes, slices, unions, `*`, `..name`, and filters. Templates (`range`,
//! text between braces) lead to none.

mod follow;
mod judge;
mod read;
#[cfg(test)]
mod tests;

pub(super) use judge::judge;

/// A path, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPath {
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
}

/// Which items of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slice {
    Index(i64),
    Range {
        start: Option<i64>,
        end: Option<i64>,
        step: usize,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Filter {
    /// `?(@.a)`.
    Exists(Vec<Step>),
    /// `?(@.a == "b")`.
    Compares(Operand, Operator, Operand),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Path(Vec<Step>),
    Literal(serde_json::Value),
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
