//! Arguments of `explain-hooks`.

use std::time::Duration;

use clap::Args;

use super::assumed::ShutdownArgs;
use super::options::HooksOptions;
use super::topic::HooksTopic;
use crate::command::Command;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{DRAWN_FORMATS, ExplainArgs, ReportArgs};
use crate::flag_value::parse_duration;

/// Arguments of `explain-hooks`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # The hooks of a file, and what happens when the Pod is deleted
  kubectl pod-tools explain-hooks -f pod.yaml --offline

  # The same of a Pod in the cluster; one that ends shows how far it is
  kubectl pod-tools explain-hooks web

  # A preStop hook that takes 20 s, and a container that needs 15 s to stop
  kubectl pod-tools explain-hooks web --pre-stop-takes 20s --stop-takes 15s

  # The same, but for a sidecar that is slower
  kubectl pod-tools explain-hooks web --stop-takes 15s --stop-takes proxy=25s

  # A deletion with a grace period of 5 s
  kubectl pod-tools explain-hooks deploy/web --grace 5s

  # A drawing of the timeline
  kubectl pod-tools explain-hooks -f pod.yaml -o svg > shutdown.svg")]
#[command(mut_arg("output", |output| output.value_parser(DRAWN_FORMATS)))]
#[command(mut_arg("show_secrets", |flag| flag.help("Show the values of headers and parameters that are credentials by their names")))]
pub(crate) struct ExplainHooksArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    #[command(flatten)]
    stop: ShutdownArgs,

    /// Assume a deletion with this grace period, in whole seconds [default: that of the Pod]
    #[arg(
        help_heading = "Assumptions",
        long,
        value_name = "DURATION",
        value_parser = parse_grace,
        allow_hyphen_values = true
    )]
    grace: Option<Duration>,

    #[command(flatten)]
    report: ReportArgs,
}

/// Parses a grace period.
fn parse_grace(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text)?;
    if time.subsec_nanos() != 0 {
        return Err("expected whole seconds, such as `30s`".to_owned());
    }
    Ok(time)
}

impl ExplainHooksArgs {
    fn into_options(self, context: &Context) -> Result<HooksOptions, Failure> {
        let command = context.program.words_of("explain-hooks");
        Ok(HooksOptions {
            explain: self.explain.into_options(self.report, &command)?,
            assumed: self.stop.into_assumed(),
            grace: self.grace.map(|time| time.as_secs()),
        })
    }
}

impl Command for ExplainHooksArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = HooksTopic::new(&options);
        options
            .explain
            .explain_or_draw(&topic, context, "Shutdown", |own| topic.drawing(own))
    }
}
