//! The table of commands.

use clap::Subcommand;

use super::{ApplyArgs, CreateArgs, RulesArgs, VersionArgs, WaitArgs};
use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::explain;

/// Makes the commands out of rows, each a line of help and the arguments.
macro_rules! commands {
    ($($(#[doc = $about:literal])+ $name:ident($arguments:ty),)+) => {
        /// The commands of the suite, in the order in which help lists them.
        #[derive(Subcommand, Debug)]
        pub(crate) enum Commands {
            $($(#[doc = $about])+ $name($arguments),)+
        }

        impl Commands {
            /// Runs the command that was typed.
            ///
            /// # Errors
            /// The failure that kept it from its answer.
            pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
                match self {
                    $(Self::$name(arguments) => arguments.run(context),)+
                }
            }
        }
    };
}

commands! {
    /// Create the objects that manifests hold
    Create(CreateArgs),
    /// Create or change the objects that manifests hold (server-side apply)
    Apply(ApplyArgs),
    /// Wait until objects are done, or as --for says
    Wait(WaitArgs),
    /// Explain the environment that each container will see
    ExplainEnv(explain::env::ExplainEnvArgs),
    /// List the rules behind all findings, or explain one
    Rules(RulesArgs),
    /// Print the version of this program and of the server
    Version(VersionArgs),
}
