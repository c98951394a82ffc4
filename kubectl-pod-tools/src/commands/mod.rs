//! One module for each command: what is typed, what it means, and what it does.

mod apply;
mod completion;
mod create;
mod explain_env;
mod shared;
mod version;
mod wait;

pub(crate) use apply::ApplyArgs;
pub(crate) use completion::CompletionArgs;
pub(crate) use create::{CreateArgs, PodArgs};
pub(crate) use explain_env::ExplainEnvArgs;
pub(crate) use shared::SharedArgs;
pub(crate) use version::VersionArgs;
pub(crate) use wait::WaitArgs;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// What a person types after a command's name, and what it does.
pub(crate) trait Command: clap::Args {
    /// Does it.
    ///
    /// # Errors
    /// What kept it from its answer.
    fn run(self, context: &Context) -> Result<Exit, CommandError>;
}
