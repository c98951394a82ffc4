//! The table of rules: every finding that any command makes is made through a
//! row, so an id is spelled once and means one thing.
//!
//! A file holds the rows of one topic, in the order in which a reader meets
//! them. A row is a `static`, named as its id is, and the macro that makes it
//! also puts it into the topic's list: none can be left out.

#[macro_use]
mod row;

mod admission;
mod create_flags;
mod env;
mod env_sources;
mod files;
mod hooks;
mod jobs;
mod probes;
mod resources;
mod scheduling;
mod schema;
mod security;
mod submit;
mod table;
mod validation;
mod verify;
mod wait;

pub use admission::*;
pub use create_flags::*;
pub use env::*;
pub use env_sources::*;
pub use files::*;
pub use hooks::*;
pub use jobs::*;
pub use probes::*;
pub use resources::*;
pub use row::{Example, Rule};
pub use scheduling::*;
pub use schema::*;
pub use security::*;
pub use submit::*;
pub use table::{TOPICS, Topic, all, find};
pub use validation::*;
pub use verify::*;
pub use wait::*;
