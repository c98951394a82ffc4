//! `create -f`: POSTs what manifests hold.

use clap::Args;

use super::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::submit::{self, Action, SubmitArgs};

/// What a person types after `create`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # Create what a file holds, and wait for its Jobs and Pods
  kubectl pod-tools create -f job.yaml --wait --timeout 5m

  # See what the server would make of it
  kubectl pod-tools create -f pod.yaml --dry-run=server -o yaml")]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    submit: SubmitArgs,
}

impl Command for CreateArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.submit.into_options(Action::Create, false, "create")?;
        submit::run(&options, context)
    }
}
