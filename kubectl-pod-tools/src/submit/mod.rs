//! Submits objects to the cluster, for `create` and `apply`.
//!
//! ```text
//! Objects ─batch─► Manifest ─prepare─► Prepared (checked, in order) ─send─► Outcome ─► line or object
//! ```

mod answer;
mod args;
mod assigned;
mod attach;
mod check_options;
mod clean;
mod earlier;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod gated_fields;
mod objects;
mod options;
mod order;
mod outcome;
mod prepare;
mod refusal;
mod refused_merge;
mod refused_secret;
#[cfg(test)]
mod rule_tests;
mod run;
#[cfg(test)]
mod secret_tests;
mod send;
mod server_fields;

pub(crate) use args::{ManifestArgs, SubmitArgs};
pub(crate) use clean::clean;
pub(crate) use objects::{Batch, ManifestObjects, Objects};
pub(crate) use options::{Action, FlagAttribution, SubmitOptions};
pub(crate) use run::run;
