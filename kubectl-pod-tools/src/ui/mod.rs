//! The one module that owns the terminal: stdout is data, stderr is talk.

mod color;
mod commands;
mod escape;
mod layout;
mod log_guard;
mod marks;
mod messages;
mod output;
mod progress;
mod raw;
mod status_area;
mod terminal;

pub(crate) use color::ColorChoice;
pub(crate) use escape::{escape, escape_line, escape_lines, is_printable_ascii, is_unsafe};
pub(crate) use layout::{Charset, Layout};
pub(crate) use log_guard::LogGuard;
pub(crate) use marks::{armed_hashes, defuse, is_armed};
pub(crate) use progress::{ProgressLine, Size, leave_progress, print_last_word};
pub(crate) use raw::{RawTerminal, restore_terminal};
pub(crate) use terminal::Ui;
