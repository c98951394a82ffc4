//! Changes of an object as data: they are made in a value here, and in the text of a manifest by
//! [`yaml_edit`](crate::yaml_edit).

mod apply;
mod change;
mod plan;

pub use apply::apply;
pub use change::{Change, Edit};
pub(crate) use plan::{Inner, Plan};
