//! Objects with names and values hidden, so that they can be sent and judged elsewhere.
//!
//! Everything that is not known to be harmless is hidden: a string stays only if its field is an enumeration or a time, or
//! if its words are Kubernetes' own. The same name becomes the same pseudonym everywhere, also within messages, so
//! that what is joined by name still is. Times, counts, exit codes, quantities and conditions stay.

mod fields;
mod prune;
mod pseudonyms;
mod shapes;
#[cfg(test)]
mod tests;
mod text;
mod vocabulary;
mod walk;

pub use walk::redact;
