//! The one module that owns the terminal: stdout is data, stderr is talk.

mod escape;
mod terminal;

pub(crate) use escape::{escape, is_unsafe};
pub(crate) use terminal::{ColorChoice, Ui};
