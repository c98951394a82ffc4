//! Fields of Pods and Jobs that a server has only with a feature gate.
//!
//! One table says which they are. The warnings about such fields ([`find`], [`findings`]) and the
//! check by the schema (nothing is required in a field that the server drops) read it, and tests
//! compare it with what validation drops.

mod dropped;
mod find;
mod steps;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use dropped::is_dropped;
pub use find::{FoundField, find, findings};
pub use table::{Effect, FIELDS, GatedField, Owner};
