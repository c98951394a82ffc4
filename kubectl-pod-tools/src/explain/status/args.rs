//! Arguments of `explain-status`.

use clap::Args;

use super::options::StatusOptions;
use super::topic::StatusTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};

/// Arguments of `explain-status`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # Why a Pod is as it is, and what to do
  kubectl pod-tools explain-status web-5d9f7c-x2b4q

  # The same of what somebody has sent, as of the time when it was recorded
  kubectl get pods,events,nodes -o json > state.json
  kubectl pod-tools explain-status -f state.json --offline --now 2026-01-31T12:00:00Z

  # For a script
  kubectl pod-tools explain-status pod/web -o json")]
pub(crate) struct ExplainStatusArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    #[command(flatten)]
    report: ReportArgs,
}

impl ExplainStatusArgs {
    fn into_options(self, context: &Context) -> Result<StatusOptions, Failure> {
        let command = context.program.words_of("explain-status");
        Ok(StatusOptions {
            explain: self.explain.into_options(self.report, &command)?,
        })
    }
}

impl Command for ExplainStatusArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = StatusTopic::new(&options);
        let format = options.explain.format;
        options
            .explain
            .explain(&topic, context, |run| run.report(format.structured()))
    }
}
