//! `completion`: a shell's completion script.

use clap::Args;
use clap_complete::Shell;

use super::shared::OfflineArgs;
use crate::context::Context;
use crate::exit::Exit;

/// Arguments of `completion`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # Complete commands in this bash session
  source <(kubectl pod-tools completion bash)")]
pub(crate) struct CompletionArgs {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,

    #[command(flatten)]
    _offline: OfflineArgs,
}

impl CompletionArgs {
    /// Prints the script that completes the command line.
    pub(crate) fn run(self, mut command: clap::Command, context: &Context) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "kubectl-pod_tools", &mut script);
        context.ui.data(&String::from_utf8_lossy(&script));
        Exit::Success
    }
}
