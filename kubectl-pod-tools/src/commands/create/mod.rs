//! `create`: `create -f` creates the objects of manifests, `create pod` and `create job` an
//! object from flags.

mod act;
mod base;
mod generated;

use clap::{Args, Subcommand};

pub(crate) use generated::{JobArgs, PodArgs};

use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::submit::{self, Action, ManifestArgs, ManifestObjects, SubmitArgs};

/// Arguments of `create`.
#[derive(Args, Clone, Debug)]
#[command(after_help = r"Examples:
  # Create a Job and wait for it
  kubectl pod-tools create job migrate --image=registry/app:1.4 \
      --wait --timeout 10m -- ./migrate up

  # Write the YAML of a Pod, without a cluster
  kubectl pod-tools create pod web --image=nginx --port 80 \
      --dry-run=client -o yaml

  # Create the objects of a file, and wait for its Jobs and Pods
  kubectl pod-tools create -f job.yaml --wait --timeout 5m

  # Print an object with the server's defaults, without creating it
  kubectl pod-tools create -f pod.yaml --dry-run=server -o yaml")]
pub(crate) struct CreateArgs {
    #[command(subcommand)]
    kind: Option<CreateKind>,

    #[command(flatten)]
    manifests: ManifestArgs,

    #[command(flatten)]
    submit: SubmitArgs,
}

/// Kinds that can be created from flags.
#[derive(Subcommand, Clone, Debug)]
enum CreateKind {
    /// Create a Pod from flags
    Pod(PodArgs),
    /// Create a Job from flags
    Job(JobArgs),
}

impl Command for CreateArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        if let Some(kind) = self.kind {
            if !self.manifests.is_empty() {
                let message = "cannot combine `-f` with `create pod` or `create job`";
                return Err(Failure::usage(message)
                    .help("use `create -f FILE`, or leave out `-f`")
                    .into());
            }
            return match kind {
                CreateKind::Pod(pod) => pod.run(context),
                CreateKind::Job(job) => job.run(context),
            };
        }
        let options = self.submit.into_options(Action::Create, false)?;
        let manifests = self.manifests.read("create", &context.ui)?;
        submit::run(ManifestObjects::new(manifests, options), context)
    }
}
