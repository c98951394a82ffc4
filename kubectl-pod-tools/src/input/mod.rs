//! The input that `-f` names, read to the last byte: files, directories, standard input.

mod error;
mod files;
mod flags;
mod limit;
mod long_file;
mod pattern;
mod read;
mod stream;

pub(crate) use error::InputError;
pub(crate) use flags::FilenameFlags;
pub(crate) use read::{leave_unknown_to_server, problems, read, read_file, split};
