//! `apply -f`: server-side apply.

use clap::Args;

use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::submit::{self, Action, ManifestArgs, ManifestObjects, SubmitArgs};

/// Arguments of `apply`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # Create or update the objects of a directory
  kubectl pod-tools apply -f manifests/ -R

  # Take over fields that another tool owns
  kubectl pod-tools apply -f deployment.yaml --force-conflicts")]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    manifests: ManifestArgs,

    #[command(flatten)]
    submit: SubmitArgs,

    /// Take over fields that other managers own
    #[arg(help_heading = "Field ownership", long)]
    force_conflicts: bool,

    /// Accepted for compatibility with kubectl: apply is always server-side
    #[arg(long, hide = true)]
    server_side: bool,
}

impl Command for ApplyArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self
            .submit
            .into_options(Action::Apply, self.force_conflicts)?;
        let manifests = self.manifests.read("apply", &context.ui)?;
        submit::run(ManifestObjects::new(manifests, options), context)
    }
}
