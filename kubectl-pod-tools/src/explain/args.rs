//! Arguments that all `explain-…` commands have.

use clap::Args;

use super::driver::ExplainRun;
use super::topic::Topic;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::{Format, Formats};
use crate::targets::{ExplainTargetArgs, TargetSpec};

/// Formats of a report. A topic with more replaces them: `#[command(mut_arg("output", …))]`.
const FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (Format::Json, "The report, for programs"),
    (Format::Yaml, "The report, for programs"),
]);

/// Targets and containers of an `explain-…` command: its first arguments.
#[derive(Args, Clone, Debug)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    targets: ExplainTargetArgs,

    /// Container to explain; repeatable [default: all]
    #[arg(
        help_heading = "Targets",
        short,
        long,
        value_name = "NAME",
        value_delimiter = ','
    )]
    container: Vec<String>,

    /// Explain all containers (the default)
    #[arg(
        help_heading = "Targets",
        long,
        conflicts_with = "container",
        hide_short_help = true
    )]
    all_containers: bool,
}

/// Output of an `explain-…` command: arguments that follow those of the topic.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ReportArgs {
    /// Output format
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, default_value = "table", value_name = "FORMAT")]
    output: Format,

    /// Show the values of Secrets
    #[arg(help_heading = "Output", long)]
    show_secrets: bool,
}

/// Checked options that all `explain-…` commands have.
#[derive(Clone, Debug)]
pub(crate) struct ExplainOptions {
    pub targets: TargetSpec,
    /// Names of the containers to explain, or empty for all.
    pub containers: Vec<String>,
    pub format: Format,
    pub show_secrets: bool,
}

impl ExplainArgs {
    /// Checks the arguments of a command, which these words run: `kubectl pod-env`.
    ///
    /// # Errors
    /// Wrong usage: no target, flags that cannot be combined, a TYPE without a Pod template.
    pub(super) fn into_options(
        self,
        report: ReportArgs,
        command: &str,
    ) -> Result<ExplainOptions, Failure> {
        Ok(ExplainOptions {
            targets: self.targets.into_spec(command)?,
            containers: self.container,
            format: report.output,
            show_secrets: report.show_secrets,
        })
    }
}

impl ExplainOptions {
    /// Explains the targets, and prints the report with `print`: [`ExplainRun::report`], or
    /// an output of the topic's own.
    ///
    /// # Errors
    /// Those of the run.
    pub(super) fn explain<T: Topic>(
        &self,
        topic: &T,
        context: &Context,
        print: impl FnOnce(&ExplainRun<'_, T>) -> Result<Exit, CommandError>,
    ) -> Result<Exit, CommandError> {
        Context::block_on(async {
            let run = ExplainRun::prepare(topic, &self.targets, context).await?;
            print(&run)
        })
    }
}
