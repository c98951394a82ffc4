//! A Pod or a Job from flags.
//!
//! ```text
//! flags as typed ─write─► Draft (typed objects) ─► object ─check─► findings, at the flags
//! ```
//!
//! A [`flag`] is a row of a table in [`flags`]: its name, what it takes, and the
//! function that writes it into the [`draft`]. What a flag changed is taken
//! down ([`origins`]), so that what the API has to say of a field is said of
//! the flag.

mod base;
mod build;
mod command_line;
mod draft;
mod explain;
mod flag;
mod flags;
mod origins;
mod outside;
mod part;
mod profile;
mod selector;
mod together;
mod value;
mod ways;
mod words;

pub(crate) use base::draft_from;
pub(crate) use build::{Wish, generate};
pub(crate) use command_line::command_line;
pub(crate) use draft::{Draft, Made};
pub(crate) use explain::explanation;
pub(crate) use flag::{Flags, TypedFlags};
pub(crate) use flags::{OfJob, OfPod};
pub(crate) use outside::Outside;

impl<F: Flags> TypedFlags<F> {
    /// A wish for what the flags say.
    pub(crate) fn into_wish(
        self,
        name: Option<String>,
        arguments: Vec<String>,
        version: pod_model::KubernetesVersion,
        outside: Outside,
    ) -> Wish {
        Wish {
            made: F::MADE,
            name,
            typed: self.typed,
            arguments,
            attached: false,
            version,
            outside,
        }
    }
}
