//! The one module that owns the terminal: stdout is data, stderr is talk.

mod escape;
mod foot;
mod progress;
mod raw;
mod terminal;

pub(crate) use escape::{escape, escape_line, escape_lines, is_unsafe};
pub(crate) use progress::{ProgressLine, Size, leave_progress};
pub(crate) use raw::RawTerminal;
pub(crate) use terminal::{ColorChoice, Ui};
