//! A failure as a command reports it: the message, the way out and the exit code.

use std::io;

use crate::exit::Exit;

/// Why a command ended before its answer.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// Something to tell.
    Failed(Failure),
    /// Already told in full.
    Told(Exit),
}

/// One failure as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the command ends.
    pub exit: Exit,
    /// A lower-case phrase that names the thing.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Failure {
    /// A failure without a way out.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            help: None,
        }
    }

    /// Wrong usage.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for CommandError {
    /// Of a report that is laid out. Where it goes keeps its failures to itself
    /// ([`crate::ui::Ui::finish`]).
    fn from(error: io::Error) -> Self {
        Failure::new(
            Exit::Failure,
            format!("the report cannot be written: {}", system(&error)),
        )
        .into()
    }
}

impl From<serde_json::Error> for CommandError {
    /// Of writing a report.
    fn from(error: serde_json::Error) -> Self {
        Failure::new(
            Exit::Failure,
            format!("the report cannot be written: {error}"),
        )
        .into()
    }
}

/// The system's words without its number.
pub(crate) fn system(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}
