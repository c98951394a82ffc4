//! `completion`: a script that a shell reads.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Command;
use crate::cli::Cli;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// What a person types after `completion`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # For this session of bash
  source <(kubectl pod-tools completion bash)")]
pub(crate) struct CompletionArgs {
    /// Shell to write it for
    #[arg(value_enum)]
    shell: Shell,
}

impl Command for CompletionArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let mut script = Vec::new();
        let mut command = Cli::command();
        clap_complete::generate(self.shell, &mut command, "kubectl-pod_tools", &mut script);
        context.ui.data(&String::from_utf8_lossy(&script));
        Ok(Exit::Success)
    }
}
