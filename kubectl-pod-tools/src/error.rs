//! Failures of commands: message, help and exit code.

use std::io;

use crate::exit::Exit;

/// Error that ends a command.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// A failure that is to be printed.
    Failed(Failure),
    /// A failure that has been printed already.
    Reported(Exit),
}

/// A failure with its help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Exit code of the command.
    pub exit: Exit,
    /// A lower-case phrase that names the thing.
    pub message: String,
    /// Suggested fix.
    pub help: Option<String>,
}

impl Failure {
    /// Returns a failure without help.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            help: None,
        }
    }

    /// Returns a failure of wrong usage.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Returns a failure of a time limit.
    pub(crate) fn timed_out(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::TimedOut, format!("timed out: {message}"))
    }

    /// Sets the help.
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
    /// Fails to lay out a report. [`crate::ui::Ui::finish`] handles errors of the output.
    fn from(error: io::Error) -> Self {
        Failure::new(
            Exit::Failure,
            format!("cannot write the report: {}", system(&error)),
        )
        .into()
    }
}

impl From<serde_json::Error> for CommandError {
    /// Fails to serialize a report.
    fn from(error: serde_json::Error) -> Self {
        Failure::new(Exit::Failure, format!("cannot write the report: {error}")).into()
    }
}

/// Returns the system's error message without its number.
pub(crate) fn system(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}
