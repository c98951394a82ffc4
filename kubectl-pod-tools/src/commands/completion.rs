//! `completion`: a script that a shell reads.

use clap::Args;
use clap_complete::Shell;

use crate::context::Context;
use crate::exit::Exit;

/// Arguments of `completion`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # For this session of bash
  source <(kubectl pod-tools completion bash)")]
pub(crate) struct CompletionArgs {
    /// Shell to write it for
    #[arg(value_enum)]
    shell: Shell,
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
