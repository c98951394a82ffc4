//! Generates a Pod or a Job from flags.
//!
//! ```text
//! flags as typed ─write─► Draft (typed objects) ─► object ─check─► findings, at the flags
//! ```
//!
//! A [`flag`] is a row of a table in [`flags`]: its name, its value, and the function that writes
//! it into the [`draft`]. [`origins`] finds the flag that wrote a field, so that a finding about
//! the field is shown at the flag.

mod base;
mod build;
mod command_line;
mod contradictions;
mod draft;
mod explain;
mod field_docs;
mod flag;
mod flag_conflicts;
mod flag_hints;
mod flags;
mod fragment;
mod gated_fields;
mod history;
mod host_env;
mod left_out;
mod object;
mod origins;
mod profile;
mod replay;
#[cfg(test)]
mod rule_tests;
mod selector;
mod shell_words;
mod value;

pub(crate) use base::draft_from;
pub(crate) use build::{GenerateRequest, generate};
pub(crate) use command_line::command_line;
pub(crate) use draft::{Draft, TargetKind};
pub(crate) use explain::explanation;
pub(crate) use flag::{Flags, TypedFlags};
pub(crate) use flags::{JobFlags, PodFlags};
pub(crate) use gated_fields::gated_field_notes;
pub(crate) use host_env::HostEnv;

impl<F: Flags> TypedFlags<F> {
    /// Turns the flags into a request for an object.
    pub(crate) fn into_request(
        self,
        name: Option<String>,
        arguments: Vec<String>,
        host_env: HostEnv,
    ) -> GenerateRequest {
        GenerateRequest {
            target_kind: F::TARGET_KIND,
            name,
            typed: self.typed,
            arguments,
            attached: false,
            host_env,
        }
    }
}
