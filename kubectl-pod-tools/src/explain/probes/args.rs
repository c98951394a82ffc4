//! Arguments of `explain-probes`.

use clap::Args;

use super::options::ProbesOptions;
use super::topic::ProbesTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{DRAWN_FORMATS, ExplainArgs, ReportArgs};
use crate::explain::assumptions::AssumptionArgs;

/// Arguments of `explain-probes`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # The probes of a file, and what follows from them over time
  kubectl pod-tools explain-probes -f pod.yaml --offline

  # The same of a Pod in the cluster, beside what happened
  kubectl pod-tools explain-probes web

  # A container that needs 40 s to start
  kubectl pod-tools explain-probes -f pod.yaml --starts-after 40s

  # One that hangs after two minutes, and does not react to SIGTERM
  kubectl pod-tools explain-probes deploy/web --hangs-at 2m --stop-takes never

  # A drawing of the timeline
  kubectl pod-tools explain-probes -f pod.yaml --fails-at 2m -o svg > probes.svg")]
#[command(mut_arg("output", |output| output.value_parser(DRAWN_FORMATS)))]
#[command(mut_arg("show_secrets", |flag| flag.help("Show the values of headers and parameters that are credentials by their names")))]
pub(crate) struct ExplainProbesArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    #[command(flatten)]
    assumptions: AssumptionArgs,

    #[command(flatten)]
    report: ReportArgs,
}

impl ExplainProbesArgs {
    fn into_options(self, context: &Context) -> Result<ProbesOptions, Failure> {
        let command = context.program.words_of("explain-probes");
        Ok(ProbesOptions {
            explain: self.explain.into_options(self.report, &command)?,
            assumptions: self.assumptions.into_assumptions()?,
            version: context.kubernetes_version,
        })
    }
}

impl Command for ExplainProbesArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = ProbesTopic::new(&options);
        options
            .explain
            .explain_or_draw(&topic, context, "Probes", |own| topic.drawing(own))
    }
}
