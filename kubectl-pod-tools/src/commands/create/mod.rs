//! `create -f` POSTs what manifests hold; `create pod` and `create job` make
//! the object from flags.

mod act;
mod base;
mod generated;

use clap::{Args, Subcommand};

use generated::JobArgs;
pub(crate) use generated::PodArgs;

use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::submit::{self, Action, ManifestArgs, SubmitArgs};

/// Arguments of `create`.
#[derive(Args, Clone, Debug)]
#[command(after_help = r"Examples:
  # A Job from one line, waited for
  kubectl pod-tools create job migrate --image=registry/app:1.4 \
      --wait --timeout 10m -- ./migrate up

  # A Pod's YAML, fit to commit, without a cluster
  kubectl pod-tools create pod web --image=nginx --port 80 \
      --dry-run=client -o yaml

  # Create what a file holds, and wait for its Jobs and Pods
  kubectl pod-tools create -f job.yaml --wait --timeout 5m

  # See what the server would make of it
  kubectl pod-tools create -f pod.yaml --dry-run=server -o yaml")]
pub(crate) struct CreateArgs {
    #[command(subcommand)]
    what: Option<What>,

    #[command(flatten)]
    manifests: ManifestArgs,

    #[command(flatten)]
    submit: SubmitArgs,
}

/// The kinds that can be created from flags.
#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Create a Pod from flags
    Pod(PodArgs),
    /// Create a Job from flags
    Job(JobArgs),
}

impl Command for CreateArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        if let Some(what) = self.what {
            if !self.manifests.is_empty() {
                return Err(Failure::usage(
                    "-f names the objects: there is none to make from flags",
                )
                .help("leave out -f, or the words after `create`")
                .into());
            }
            return match what {
                What::Pod(pod) => pod.run(context),
                What::Job(job) => job.run(context),
            };
        }
        let options = self.submit.into_options(Action::Create, false)?;
        let manifests = self.manifests.read("create", &context.ui)?;
        submit::run(&manifests, &options, context)
    }
}
