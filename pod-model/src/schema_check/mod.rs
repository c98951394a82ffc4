//! The check of a manifest by the schema: strict decoding, and what server-side
//! apply asks for besides.

mod associative;
mod check;
mod duplicate;
mod format;
mod kind;
mod limits;
#[cfg(test)]
mod message_tests;
mod position;
mod required;
mod unknown;
mod value;
mod walk;

pub use associative::{check_apply, is_merged};
pub use check::{check, check_pod_template};
pub(crate) use limits::MAX_FINDINGS;
