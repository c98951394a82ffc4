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
mod path;
mod read;
#[cfg(test)]
mod tests;

pub(super) use judge::judge;
pub use path::{JsonPath, json_path_values};
