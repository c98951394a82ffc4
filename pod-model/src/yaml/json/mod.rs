//! JSON as Go's encoding/json reads it, with the span of every value.
//!
//! A stream is a series of values. Nesting is bounded and the parser iterates,
//! so no input overflows the stack.

mod held;
mod lexer;
mod list;
mod parser;
mod skip;
#[cfg(test)]
mod tests;

/// Greatest depth that encoding/json reads.
const MAX_DEPTH: usize = 10_000;

pub(crate) use list::{BrokenList, ListBounds, Run, SplitList, split_list, split_long_list};
pub(crate) use parser::{parse_fields, parse_value};
