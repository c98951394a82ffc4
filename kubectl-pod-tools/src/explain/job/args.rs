//! Arguments of `explain-job`.

use std::time::Duration;

use clap::Args;
use k8s_openapi::jiff::SignedDuration;
use pod_model::job::Run;

use super::options::{JobOptions, RunAssumptions};
use super::subject::{check_types, is_explicit};
use super::topic::JobTopic;
use crate::command::Command;
use crate::completion_kind::CompletionKind;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::args::{ExplainArgs, ReportArgs};
use crate::flag_value::{parse_duration, read_integer};

/// Arguments of `explain-job`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  # How far a Job is, when it is tried again, and when it fails for good
  kubectl pod-tools explain-job migrate

  # The next runs of a CronJob, and the Job of a Pod
  kubectl pod-tools explain-job cronjob/nightly
  kubectl pod-tools explain-job pod/migrate-x2b4q

  # A file before it runs: two Pods fail after 30s, the third succeeds
  kubectl pod-tools explain-job -f job.yaml --offline \\
    --fails 1@30s,1@30s --succeeds 40s

  # What somebody has sent, as of the time when it was recorded
  kubectl get jobs,cronjobs,pods,events -o json > state.json
  kubectl pod-tools explain-job -f state.json --offline \\
    --now 2026-01-31T12:00:00Z")]
#[command(mut_arg("words", |words| words
    .add(CompletionKind::Jobs)
    .help("Job, TYPE/NAME or TYPE NAME; TYPE is job, cronjob, or pod for the Job that owns it")))]
#[command(mut_arg("container", |flag| flag.help("Container whose log is named; repeatable [default: the one that failed]")))]
#[command(mut_arg("all_containers", |flag| flag.help("Name the logs of all containers that failed (the default)")))]
#[command(mut_arg("show_secrets", |flag| flag.hide(true)))]
pub(crate) struct ExplainJobArgs {
    #[command(flatten)]
    explain: ExplainArgs,

    /// Assume that a Pod fails with this exit code after this time; repeatable, one for each Pod
    #[arg(
        help_heading = "Assumptions",
        long,
        value_name = "EXIT@DURATION",
        value_delimiter = ',',
        value_parser = parse_failure,
        allow_hyphen_values = true
    )]
    fails: Vec<Run>,

    /// Assume that the Pods after those succeed after this time [default: the last failure repeats]
    #[arg(
        help_heading = "Assumptions",
        long,
        value_name = "DURATION",
        value_parser = parse_duration,
        allow_hyphen_values = true
    )]
    succeeds: Option<Duration>,

    #[command(flatten)]
    report: ReportArgs,
}

/// Parses `1@30s`, an exit code and a time.
fn parse_failure(text: &str) -> Result<Run, String> {
    let (code, takes) = text
        .split_once('@')
        .ok_or("expected EXIT@DURATION, such as `1@30s`")?;
    let code = read_integer(code, &(1..=255)).ok();
    let exit_code = code.and_then(|code| i32::try_from(code).ok());
    let exit_code = exit_code.ok_or("expected an exit code from 1 to 255 before `@`")?;
    Ok(run(exit_code, parse_duration(takes)?))
}

fn run(exit_code: i32, takes: Duration) -> Run {
    Run {
        exit_code,
        takes: SignedDuration::try_from(takes).unwrap_or(SignedDuration::MAX),
    }
}

impl ExplainJobArgs {
    fn into_options(self, context: &Context) -> Result<JobOptions, Failure> {
        let command = context.program.words_of("explain-job");
        let explain = self.explain.with_types("job", "jobs,cronjobs");
        let explain = explain.into_options(self.report, &command)?;
        check_types(
            &explain.targets,
            &context.program.words_of("explain-status"),
        )?;
        let succeeds = self.succeeds.map(|takes| run(0, takes));
        let then = succeeds.or(self.fails.last().copied());
        Ok(JobOptions {
            is_explicit: is_explicit(&explain.targets),
            explain,
            command: context.program.words_of("explain-status"),
            assumptions: then.map(|then| RunAssumptions {
                runs: self.fails,
                then,
            }),
        })
    }
}

impl Command for ExplainJobArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let options = self.into_options(context)?;
        let topic = JobTopic::new(&options);
        let format = options.explain.format;
        options
            .explain
            .explain(&topic, context, |run| run.report(format.structured()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_an_exit_code_and_a_time() {
        assert_eq!(parse_failure("3@1m"), Ok(run(3, Duration::from_mins(1))));
        for text in ["1", "0@1s", "256@1s", "1@", "@1s", "-1@1s", "1@-1s"] {
            assert!(parse_failure(text).is_err(), "{text}");
        }
    }
}
