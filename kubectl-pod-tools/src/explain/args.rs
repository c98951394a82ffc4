//! Arguments that all `explain-…` commands have.

use clap::Args;
use k8s_openapi::jiff::Timestamp;

use super::driver::ExplainRun;
use super::topic::{Explained, Topic};
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::{Block, Format, Formats, to_svg};
use crate::targets::{ExplainTargetArgs, TargetSpec};

/// Formats of a report. A topic with more replaces them: `#[command(mut_arg("output", …))]`.
const FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (Format::Json, "The report, for programs"),
    (Format::Yaml, "The report, for programs"),
    (Format::Html, "A page for a browser, to read, print or send"),
]);

/// Formats of a report with a timeline.
pub(super) const DRAWN_FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (Format::Json, "The report, for programs"),
    (Format::Yaml, "The report, for programs"),
    (Format::Html, "A page for a browser, to read, print or send"),
    (Format::Svg, "A drawing of the timeline"),
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

    /// Time at which the objects of files were recorded, in RFC 3339 [default: the clock]
    #[arg(help_heading = "Targets", long, value_name = "TIME", value_parser = parse_time, hide_short_help = true)]
    now: Option<Timestamp>,
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
    /// `--now`: when the objects were recorded.
    pub now: Option<Timestamp>,
    pub format: Format,
    pub show_secrets: bool,
}

/// Parses a time such as `2026-01-31T12:00:00Z`.
fn parse_time(text: &str) -> Result<Timestamp, String> {
    let expected = "expected a time in RFC 3339, such as `2026-01-31T12:00:00Z`";
    text.parse().map_err(|_| expected.to_owned())
}

impl ExplainArgs {
    /// Sets the types that words without a TYPE name, and that selectors without one choose from.
    #[must_use]
    pub(super) fn with_types(mut self, named: &str, selected: &str) -> Self {
        self.targets.set_types(named, selected);
        self
    }

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
            now: self.now,
            format: report.output,
            show_secrets: report.show_secrets,
        })
    }
}

impl ExplainOptions {
    /// Explains the targets, and prints them as a page or with `print`: [`ExplainRun::report`],
    /// or an output of the topic's own.
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
            if self.format == Format::Html {
                return run.page(self);
            }
            print(&run)
        })
    }
    /// Explains the targets, and draws their timelines in one picture for `-o svg`.
    ///
    /// # Errors
    /// Those of the run.
    pub(super) fn explain_or_draw<T: Topic>(
        &self,
        topic: &T,
        context: &Context,
        title: &str,
        drawing: impl Fn(&Explained<T::Body>) -> Vec<Block> + Sync,
    ) -> Result<Exit, CommandError> {
        self.explain(topic, context, |run| {
            if self.format != Format::Svg {
                return run.report(self.format.structured());
            }
            let mut all = Vec::new();
            let draw = |part: &mut Vec<Block>, explained: Explained<T::Body>| {
                part.extend(drawing(&explained));
                Ok(())
            };
            let exit = run.for_each(draw, |part| {
                all.extend(part);
                Ok(())
            })?;
            context.ui.raw_data(&to_svg(title, &all));
            Ok(exit)
        })
    }
}
