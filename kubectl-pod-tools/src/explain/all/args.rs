//! Arguments of `explain`.

use clap::Args;

use super::list::print_text;
use super::options::AllOptions;
use super::table::TopicOptions;
use super::topic::AllTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};

/// Arguments of `explain`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # All that is to be said about a Pod, the most urgent first
  kubectl pod-tools explain web

  # A page for a browser, to read, print or send
  kubectl pod-tools explain deploy/web -o html > web.html

  # Before it runs
  kubectl pod-tools explain -f pod.yaml --offline

  # All Pods of a namespace, the worst first: one line each
  kubectl pod-tools explain pod --all -n shop

  # For a script: the report of each topic
  kubectl pod-tools explain web -o json")]
pub(crate) struct ExplainAllArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    #[command(flatten)]
    report: ReportArgs,
}

impl ExplainAllArgs {
    fn into_options(self, context: &Context) -> Result<AllOptions, Failure> {
        let command = context.program.words_of("explain");
        Ok(AllOptions {
            explain: self.explain.into_options(self.report, &command)?,
            version: context.kubernetes_version,
        })
    }
}

impl Command for ExplainAllArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let of_topics = TopicOptions::of(&options);
        let topics = of_topics.topics();
        let topic = AllTopic {
            options: &options,
            topics: &topics,
        };
        let format = options.explain.format;
        options
            .explain
            .explain(&topic, context, |run| match format.structured() {
                None => print_text(run, &context.ui),
                structured => run.report(structured),
            })
    }
}
