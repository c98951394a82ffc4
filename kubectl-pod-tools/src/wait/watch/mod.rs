//! Delivers the input of the engine: for each resource type and namespace one list and one watch,
//! which are restarted after any failure.

mod back_off;
mod check;
mod filter;
mod follow;
#[cfg(test)]
mod follow_tests;
mod keep;
#[cfg(test)]
mod keep_tests;
mod share;
mod source;

pub(crate) use follow::follow;
pub(crate) use keep::Keep;
pub(super) use share::can_share;
pub(crate) use source::{MAX_MEMORY, Message, Mode, Source, longest_pause};
