//! Arguments of `explain-status`.

use clap::Args;

use super::options::StatusOptions;
use super::topic::StatusTopic;
use super::{overview, redacted, watch};
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};
use crate::flag_value::parse_count;

/// Arguments of `explain-status`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # Why a Pod is as it is, and what to do
  kubectl pod-tools explain-status web-5d9f7c-x2b4q

  # Why a workload is as it is, by itself and by its Pods
  kubectl pod-tools explain-status deploy/web

  # All Pods of all namespaces, those that need somebody first
  kubectl pod-tools explain-status pods -A

  # The sentence again whenever it changes
  kubectl pod-tools explain-status job/migrate --watch

  # The same of what somebody has sent, as of the time when it was recorded
  kubectl get pods,events,nodes -o json > state.json
  kubectl pod-tools explain-status -f state.json --offline \\
      --now 2026-01-31T12:00:00Z

  # The objects that it judges by, with names and values hidden, to be sent
  kubectl pod-tools explain-status pod/web --redact > report.json

  # For a script
  kubectl pod-tools explain-status pod/web -o json")]
#[command(mut_arg("show_secrets", |flag| flag.help("Show the values of headers, parameters and variables that are credentials by their names")))]
pub(crate) struct ExplainStatusArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    /// Number of log lines of each container whose newest run has failed; 0 for none
    #[arg(
        help_heading = "Targets",
        long,
        value_name = "N",
        default_value = "10",
        value_parser = parse_count
    )]
    tail: u32,

    #[command(flatten)]
    report: ReportArgs,

    /// Print the sentence again whenever the state changes, until it is final
    #[arg(help_heading = "Output", short, long)]
    watch: bool,

    /// Print the objects that the state follows from, with names and values hidden, as JSON or YAML
    #[arg(help_heading = "Output", long, conflicts_with = "watch")]
    redact: bool,
}

impl ExplainStatusArgs {
    fn into_options(self, context: &Context) -> Result<StatusOptions, Failure> {
        let command = context.program.words_of("explain-status");
        let options = StatusOptions {
            explain: self.explain.into_options(self.report, &command)?,
            tail: self.tail,
            is_watch: self.watch,
            is_redacted: self.redact,
        };
        if options.is_watch {
            watch::check(&options, &command)?;
        }
        Ok(options)
    }
}

impl Command for ExplainStatusArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = StatusTopic::new(&options);
        if options.is_watch {
            return watch::run(&topic, &options, context);
        }
        options.explain.explain(&topic, context, |run| {
            if options.is_redacted {
                return redacted::print(run, &options, context);
            }
            match options.explain.format.structured() {
                None if !options.names_targets() => overview::print(run, &topic, &options, context),
                format => run.report(format),
            }
        })
    }
}
