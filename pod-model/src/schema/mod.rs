//! The schema of Kubernetes' own kinds, and the check of a manifest by it.
//!
//! `builtin.gz` comes from upstream's OpenAPI of the versions 1.31 to 1.35; the
//! program `examples/generate-schema` writes it and says what its lines mean.
//! It is unpacked when a manifest is checked for the first time.

mod associative;
mod builtin;
mod check;
mod duplicate;
mod format;
mod kind;
mod load;
#[cfg(test)]
mod message_tests;
mod required;
mod unknown;
mod value;
mod walk;

pub use associative::{check_apply, is_merged};
pub use builtin::{
    Builtin, Definition, DefinitionId, Field, ListType, Resource, Type, TypeId, builtin,
};
pub(crate) use check::MAX_FINDINGS;
pub use check::check;
pub(crate) use kind::may_be_a_list;
