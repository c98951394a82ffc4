//! Waiting: it always ends, with the truth.
//!
//! Data flows one way. [`watch`] brings what the server says, [`engine`] asks
//! the [`condition`]s and the table of [`stuck`] states what it means, and
//! [`run`] tells it. Engine and conditions know neither clock nor network.

mod answer;
mod args;
mod ci;
mod condition;
mod engine;
mod fields;
mod logs;
mod report;
mod run;
mod scene;
mod sentence;
mod stuck;
mod subject;
mod watch;

pub(crate) use args::{Forever, WaitArgs, parse_limit};
pub(crate) use run::{WaitOptions, run};
pub(crate) use subject::Subject;
