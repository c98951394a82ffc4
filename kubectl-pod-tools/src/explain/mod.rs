//! The `explain-…` commands: one driver, and a topic for each.
//!
//! A topic is a folder here and a row in the table of commands. It lists what has
//! to be looked up for a target and concludes from the answers; the driver reads
//! the targets, makes all look-ups of the run together, and prints each target as
//! soon as it is explained.

pub(crate) mod all;
mod args;
mod assumptions;
mod claim_templates;
mod driver;
pub(crate) mod env;
mod events;
mod handler_text;
mod heading;
pub(crate) mod hooks;
mod image_config;
pub(crate) mod job;
mod local_objects;
mod lookup;
mod mask;
mod masked_lines;
mod once;
mod page;
mod pending_output;
pub(crate) mod probes;
mod read;
mod requested;
pub(crate) mod resources;
pub(crate) mod scheduling;
mod seconds;
pub(crate) mod security;
mod shorten;
pub(crate) mod status;
mod stored;
mod survey;
#[cfg(test)]
mod survey_tests;
mod surveyed;
mod topic;
mod unanswered;
