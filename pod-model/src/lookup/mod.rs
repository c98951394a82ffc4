//! Look-ups: the objects that have to be known besides the one in question.
//!
//! A pure crate lists its [`Need`]s, the shell answers them from files and from
//! the cluster, and hands the [`Answers`] back. A kind is named in the crate that
//! needs it and nowhere else: [`LookupKind`] knows how to decode its objects.

mod answers;
mod completeness;
mod field_index;
mod kind;
mod need;
mod origin;
#[cfg(test)]
mod tests;

pub use answers::{Answer, Answers, Found, List};
pub use completeness::{Completeness, Unavailable};
pub use kind::{AnyObject, LookupKind, LookupType};
pub use need::{Need, Selection};
pub use origin::Origin;
