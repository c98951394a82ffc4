//! JSON as Go's encoding/json reads it, with the span of every value.
//!
//! A stream is a series of values. Nesting is bounded and the parser iterates,
//! so no input overflows the stack.

mod lexer;
mod parser;
#[cfg(test)]
mod tests;

pub(crate) use parser::parse_value;
