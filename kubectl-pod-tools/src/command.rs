//! A command of the suite.

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// The arguments of a command, as typed, and the way to run it.
pub(crate) trait Command: clap::Args {
    /// Runs the command.
    ///
    /// # Errors
    /// The failure that ended it.
    fn run(self, context: &Context) -> Result<Exit, CommandError>;
}
