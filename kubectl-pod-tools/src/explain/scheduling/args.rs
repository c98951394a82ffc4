//! Arguments of `explain-scheduling`.

use clap::Args;

use super::options::SchedulingOptions;
use super::topic::SchedulingTopic;
use crate::command::Command;
use crate::completion_kind::CompletionKind;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};
use crate::render::{Format, Formats};

/// Formats of the report.
const FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (
        Format::Wide,
        "For people, with each node and the scores by plugin",
    ),
    (Format::Json, "The report, for programs"),
    (Format::Yaml, "The report, for programs"),
    (Format::Html, "A page for a browser, to read, print or send"),
]);

/// Arguments of `explain-scheduling`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # Why a Pod is Pending: every reason for each node, and the nearest miss
  kubectl pod-tools explain-scheduling web

  # Before it is created: where would it run?
  kubectl pod-tools explain-scheduling -f deploy.yaml

  # Where else could a running Pod go?
  kubectl pod-tools explain-scheduling pod/web-0

  # One node in full, with the scores of each plugin
  kubectl pod-tools explain-scheduling web --node node-a -o wide

  # Without a cluster, with what `kubectl get nodes,pods -A -o yaml` wrote
  kubectl pod-tools explain-scheduling --offline -f pod.yaml -f cluster.yaml

  # All Pods of that file that have no node; the others by their names
  kubectl pod-tools explain-scheduling --offline -f cluster.yaml")]
#[command(mut_arg("output", |output| output.value_parser(FORMATS)))]
pub(crate) struct ExplainSchedulingArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    /// Node to explain in full [default: all, grouped by reason]
    #[arg(
        help_heading = "Scheduling",
        long,
        value_name = "NODE",
        add = CompletionKind::Names("nodes")
    )]
    node: Option<String>,

    /// Take the Pod as it is written, without the changes and checks of admission plugins
    #[arg(help_heading = "Scheduling", long)]
    as_written: bool,

    #[command(flatten)]
    report: ReportArgs,
}

impl ExplainSchedulingArgs {
    fn into_options(self, context: &Context) -> Result<SchedulingOptions, Failure> {
        let command = context.program.words_of("explain-scheduling");
        Ok(SchedulingOptions {
            explain: self.explain.into_options(self.report, &command)?,
            node: self.node,
            is_as_written: self.as_written,
            is_part: false,
        })
    }
}

impl Command for ExplainSchedulingArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = SchedulingTopic::new(&options);
        let explain = &options.explain;
        explain.explain(&topic, context, |run| {
            run.report(explain.format.structured())
        })
    }
}
