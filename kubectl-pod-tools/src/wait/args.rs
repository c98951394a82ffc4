//! What a person types after `wait`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{ArgAction, Args};
use pod_model::status::condition::{Condition, parse};

use super::engine::{Creation, WaitSpec};
use super::junit::JunitFile;
use super::logs::Logs;
use super::options::{FORMATS, WaitOptions};
use super::targets::{self, WaitTargets};
use crate::completion_kind::CompletionKind;
use crate::context::Context;
use crate::deadline;
use crate::diagnostics;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::flag_value::{DurationError, parse_count, parse_duration, read_duration};
use crate::input;
use crate::render::Format;
use crate::targets::{SelectionFlags, TargetArgs};

/// Waits until objects are done, or as `--for` says.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_help = "Examples:
  # Until a Job is Complete (code 0) or Failed (1); stuck is 5, deleted is 4
  kubectl pod-tools wait job/migrate --timeout 10m

  # Until all that a manifest holds is done, Deployments rolled out included
  kubectl pod-tools wait -f manifests/

  # Until at least three Jobs with a label are there and done
  kubectl pod-tools wait jobs -l batch=night --expect 3

  # Until a field has a value
  kubectl pod-tools wait pod/web --for=jsonpath='{.status.podIP}'

  # Until a custom resource is as it says; any type of the server will do
  kubectl pod-tools wait certificate/web --for=condition=Ready

  # The containers' logs while it runs
  kubectl pod-tools wait job/migrate --logs

Of several targets the worst end gives the exit code: 124, then 5, 4, 1, 0.")]
pub(crate) struct WaitArgs {
    /// Pod, TYPE/NAME or TYPE NAME; or one TYPE with -l, --field-selector or --all, whose later
    /// matches join
    #[arg(value_name = "TARGET", add = CompletionKind::WaitTargets)]
    words: Vec<String>,

    #[command(flatten)]
    selection: SelectionFlags,

    /// What for [default: done]; can be given several times. One of done, complete, failed, ready,
    /// created, deleted, condition=NAME[=VALUE], jsonpath='{.PATH}'[=VALUE]
    #[arg(long = "for", value_name = "CONDITION", value_parser = parse,
          add = CompletionKind::Conditions)]
    conditions: Vec<Condition>,

    /// Any of several --for is enough (the default)
    #[arg(long, conflicts_with = "all_of")]
    any: bool,

    /// All of several --for at the same time
    #[arg(long)]
    all_of: bool,

    /// Longest time for everything; 0 looks once, a negative one is for ever [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = parse_limit, allow_hyphen_values = true)]
    timeout: Option<Forever>,

    /// Look so often instead of watching; without it, only where watching is not allowed
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    poll: Option<Duration>,

    /// How long what does not exist yet is waited for [default: 30s]: a duration, true for as long as
    /// the wait takes, or false. Given, it holds for a TYPE that the server does not have yet, too
    #[arg(long, value_name = "DURATION|BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = parse_creation)]
    wait_for_creation: Option<Creation>,

    /// Wait until at least so many match
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true,
          default_value = "0", hide_default_value = true)]
    expect: u32,

    /// End with code 5 when something is stuck that does not get better by itself
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", action = ArgAction::Set)]
    fail_fast: bool,

    /// How long a stuck state may last, instead of the time that fits each
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    stuck_after: Option<Duration>,

    /// Go on with a new object of the same name when one is deleted
    #[arg(long)]
    follow_recreate: bool,

    /// Delete what has ended
    #[arg(long)]
    rm: bool,

    /// Print the containers' logs as they come (all, 50 at the same time), or at the end those of
    /// failed ones (failed), each line with its Pod and container; with -o to standard error
    #[arg(long, value_enum, value_name = "CONTAINERS", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    logs: Option<Logs>,

    /// Exit with the exit code of this container where it would be 0 or 1; never with 0 where it
    /// would be 1
    #[arg(long, value_name = "CONTAINER")]
    exit_code_from: Option<String>,

    /// Write what came of each target as a JUnit report, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Print the result for programs
    #[arg(short, long, value_parser = FORMATS, value_name = "FORMAT")]
    output: Option<Format>,
}

/// How long to wait at most; none is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forever(pub(crate) Option<Duration>);

/// Reads `--timeout`.
///
/// # Errors
/// A text that is no duration.
pub(crate) fn parse_limit(text: &str) -> Result<Forever, String> {
    match read_duration(text) {
        Ok(limit) => Ok(Forever(Some(limit))),
        Err(DurationError::Negative) => Ok(Forever(None)),
        Err(error) => Err(error.message().to_owned()),
    }
}

/// How long what does not exist yet is waited for where nobody says so.
const CREATION: Duration = Duration::from_secs(30);

/// Reads `--wait-for-creation`.
///
/// # Errors
/// A text that is neither a bool nor a duration.
fn parse_creation(text: &str) -> Result<Creation, String> {
    match text {
        // Go's words (`strconv.ParseBool`); a number is one of seconds.
        "true" | "True" | "TRUE" | "t" | "T" => Ok(Creation::Always),
        "false" | "False" | "FALSE" | "f" | "F" => Ok(Creation::No),
        text => match read_duration(text) {
            Ok(limit) => Ok(Creation::Within(limit)),
            Err(DurationError::Syntax) => {
                Err("expected true, false or a duration such as `30s`".to_owned())
            }
            Err(error) => Err(error.message().to_owned()),
        },
    }
}

/// A server that is asked what there is has this time to answer.
const ANSWER: Duration = Duration::from_secs(30);

/// What comes before the limit of the wait is over, which began some time ago.
async fn within<T>(
    server: &str,
    limit: Option<(Instant, Duration)>,
    answer: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let Some((began, limit)) = limit.filter(|(_, limit)| !limit.is_zero()) else {
        return answer.await;
    };
    let left = limit.saturating_sub(began.elapsed());
    tokio::time::timeout(left, answer)
        .await
        .unwrap_or_else(|_| {
            let message = format!("timed out: {server} has not said which types it has");
            Err(Failure::new(Exit::TimedOut, message).into())
        })
}

impl WaitArgs {
    /// Waits.
    ///
    /// # Errors
    /// Wrong usage; what keeps it from its answer.
    pub(crate) fn wait(mut self, context: &Context) -> Result<Exit, CommandError> {
        let junit = match self.junit.take() {
            Some(path) => Some(JunitFile::begin(&path)?),
            None => None,
        };
        let result = self.wait_with(junit.clone(), context);
        if let (Some(junit), Err(CommandError::Failed(failure))) = (junit, &result) {
            junit.fail(&failure.message, &context.ui);
        }
        result
    }

    fn wait_with(self, junit: Option<JunitFile>, context: &Context) -> Result<Exit, CommandError> {
        let conditions = match self.conditions.as_slice() {
            [] => vec![Condition::Done],
            given => given.to_vec(),
        };
        let targets = self.targets(&conditions, context)?;
        // Whoever writes to standard input has taken its own time.
        let began = Instant::now();
        if self.poll == Some(Duration::ZERO) {
            let why = "--poll 0 would ask without a pause";
            return Err(Failure::usage(why)
                .help("name the time between two looks, such as --poll 2s")
                .into());
        }
        let limit = self.timeout.and_then(|Forever(limit)| limit);
        let at = limit.filter(|limit| !limit.is_zero());
        if let Some(at) = at.and_then(|limit| began.checked_add(limit)) {
            deadline::set(at);
        }
        if self.timeout.is_none() {
            context
                .ui
                .note("waiting without a limit of time; --timeout sets one");
        }
        let is_for_creation = conditions.contains(&Condition::Created);
        let creation = self.wait_for_creation.unwrap_or(if is_for_creation {
            Creation::Always
        } else {
            Creation::Within(CREATION)
        });
        let mut options = WaitOptions {
            spec: WaitSpec {
                poll_interval: Duration::ZERO,
                conditions,
                all_of: self.all_of,
                timeout: limit,
                fail_fast: self.fail_fast,
                stuck_after: self.stuck_after,
                follow_recreate: self.follow_recreate,
                wait_for_creation: creation,
                expect: usize::try_from(self.expect).unwrap_or(usize::MAX),
                keep_pods: self.output.and_then(Format::structured).is_some()
                    || self.exit_code_from.is_some(),
                report_pods: false,
            },
            poll: self.poll,
            format: self.output,
            remove: self.rm,
            logs: None,
            logs_as_talk: false,
            program: None,
            exit_code_from: self.exit_code_from,
            junit,
        }
        .with_logs(self.logs, self.output.is_some());
        Context::block_on(async {
            let cluster = context.connect().await?.answering_within(ANSWER);
            let end = options.limit(began.into());
            let patience = targets::patience(self.wait_for_creation, end);
            let conditions = &options.spec.conditions;
            let found = targets::resolve(&cluster, targets, conditions, patience, &context.ui);
            let subjects =
                within(cluster.server(), limit.map(|limit| (began, limit)), found).await?;
            options.end_at(options.limit(began.into()));
            super::run(&cluster, subjects, &options, &context.ui).await
        })
    }

    fn targets(
        &self,
        conditions: &[Condition],
        context: &Context,
    ) -> Result<WaitTargets, CommandError> {
        let args = TargetArgs::new(&self.words, &self.selection);
        if self.expect > 0 && !args.selects() {
            let why =
                "--expect requires -l, --field-selector or --all: names are all that is waited for";
            return Err(Failure::usage(why).into());
        }
        let filenames = &self.selection.filenames;
        if filenames.filenames.is_empty() {
            return Ok(targets::parse(&args, conditions)?);
        }
        args.check_files()?;
        if !self.words.is_empty() || args.selects() {
            let why = "cannot combine -f with names, -l, --field-selector or --all";
            return Err(Failure::usage(why).into());
        }
        let inputs = input::read(filenames, &context.ui)?;
        targets::of_files(&diagnostics::readable(inputs, &context.ui)?, &context.ui)
    }
}
