//! The `explain-…` commands: one driver, and a topic for each.
//!
//! A topic is a folder here and a row in the table of commands. It says what has
//! to be looked up for a target and what follows from the answers; the driver
//! reads the targets, makes all look-ups of the run at once, and prints each
//! target as soon as it is explained.

mod driver;
pub(crate) mod env;
mod hold;
mod local_objects;
mod lookup;
mod survey;
mod topic;
