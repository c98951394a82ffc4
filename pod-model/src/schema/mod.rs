//! The schema of Kubernetes' own kinds.
//!
//! `builtin.gz` comes from upstream's OpenAPI of every known version; the
//! program `examples/generate-data` writes it and says what its lines mean.
//! It is unpacked when a manifest is checked for the first time.

mod builtin;
mod embedded;
mod groups;
mod load;

pub(crate) use builtin::KindRow;
pub use builtin::{Builtin, Definition, DefinitionId, Field, ListType, Resource, Type, TypeId};
pub use embedded::builtin;
pub(crate) use groups::{is_builtin_group, may_be_a_list};
