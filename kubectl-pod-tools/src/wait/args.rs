//! The arguments of `wait`.

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
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::flag_value::{DurationError, parse_count, parse_duration, read_duration};
use crate::input;
use crate::render::Format;
use crate::targets::{SelectionFlags, TargetArgs};

/// Waits until objects are done, or meet the conditions of `--for`.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_help = "Examples:
  # Wait until a Job is Complete (0), Failed (1), deleted (4) or stuck (5)
  kubectl pod-tools wait job/migrate --timeout 10m

  # Wait until all objects of a directory are done, or rolled out
  kubectl pod-tools wait -f manifests/

  # Wait until at least three Jobs with a label exist and are done
  kubectl pod-tools wait jobs -l batch=night --expect 3

  # Wait until a field has a value
  kubectl pod-tools wait pod/web --for=jsonpath='{.status.podIP}'

  # Wait for a condition of a custom resource
  kubectl pod-tools wait certificate/web --for=condition=Ready

  # Print the logs of the containers while waiting
  kubectl pod-tools wait job/migrate --logs

With several targets the worst outcome sets the exit code: 124, then 5, 4, 1, 0.")]
pub(crate) struct WaitArgs {
    /// Pod, TYPE/NAME or TYPE NAME; or TYPE with -l, --field-selector or --all; later matches join
    #[arg(value_name = "TARGET", add = CompletionKind::WaitTargets)]
    words: Vec<String>,

    #[command(flatten, next_help_heading = "Targets")]
    selection: SelectionFlags,

    /// Condition to wait for, repeatable: done, complete, failed, ready, created, deleted,
    /// condition=NAME[=VALUE] or jsonpath='{.PATH}'[=VALUE] [default: done]
    #[arg(help_heading = "Conditions", long = "for", value_name = "CONDITION", value_parser = parse,
          add = CompletionKind::Conditions)]
    conditions: Vec<Condition>,

    /// Maximum time to wait, such as 30s or 5m; 0 checks once, a negative value waits indefinitely
    /// [default: indefinitely]
    #[arg(help_heading = "Conditions", long, value_name = "DURATION", value_parser = parse_limit, allow_hyphen_values = true)]
    timeout: Option<Timeout>,

    /// Wait until any --for condition is met; the default
    #[arg(help_heading = "Conditions", long, conflicts_with = "all_of")]
    any: bool,

    /// Wait until all --for conditions are met at the same time
    #[arg(help_heading = "Conditions", long)]
    all_of: bool,

    /// Poll at this interval instead of watching [default: only if watching is not allowed]
    #[arg(help_heading = "Conditions", long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    poll: Option<Duration>,

    /// Maximum time to wait for objects that do not exist yet: a duration, true (no limit) or false
    /// [default: 30s]. If given, it also applies to a TYPE that the server does not have yet
    #[arg(help_heading = "Conditions", long, value_name = "DURATION|BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = parse_creation)]
    wait_for_creation: Option<Creation>,

    /// Minimum number of matches to wait for
    #[arg(help_heading = "Conditions", long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true,
          default_value = "0", hide_default_value = true)]
    expect: u32,

    /// Exit with 5 as soon as a target is stuck in a state it cannot leave on its own
    #[arg(help_heading = "Stuck and deleted targets", long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", action = ArgAction::Set)]
    fail_fast: bool,

    /// Time that a stuck state may last, instead of the default of each state
    #[arg(help_heading = "Stuck and deleted targets", long, value_name = "DURATION", value_parser = parse_duration, allow_hyphen_values = true)]
    stuck_after: Option<Duration>,

    /// Wait for a new object of the same name if one is deleted
    #[arg(help_heading = "Stuck and deleted targets", long)]
    follow_recreate: bool,

    /// Delete Pods and Jobs that have ended; keep everything else
    #[arg(help_heading = "Stuck and deleted targets", long)]
    rm: bool,

    /// Output format
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, value_name = "FORMAT")]
    output: Option<Format>,

    /// Print container logs, each line with its Pod and container: all while waiting (at most 50
    /// containers at a time), or those of failed containers at the end; with -o to standard error
    #[arg(help_heading = "Output", long, value_enum, value_name = "CONTAINERS", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    logs: Option<Logs>,

    /// Exit with the exit code of this container instead of 0 or 1; a failure never exits with 0
    #[arg(help_heading = "Output", long, value_name = "CONTAINER")]
    exit_code_from: Option<String>,

    /// Write a JUnit report of the targets
    #[arg(help_heading = "Output", long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// Maximum time to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timeout {
    /// This time; zero checks once.
    After(Duration),
    /// No limit.
    Unlimited,
}

impl Timeout {
    /// Returns the limit, or `None` if there is none.
    pub(crate) fn limit(self) -> Option<Duration> {
        match self {
            Self::After(limit) => Some(limit),
            Self::Unlimited => None,
        }
    }
}

/// Parses `--timeout`.
///
/// # Errors
/// The text is not a duration.
pub(crate) fn parse_limit(text: &str) -> Result<Timeout, String> {
    match read_duration(text) {
        Ok(limit) => Ok(Timeout::After(limit)),
        Err(DurationError::Negative) => Ok(Timeout::Unlimited),
        Err(error) => Err(error.message().to_owned()),
    }
}

/// Default of `--wait-for-creation`.
const CREATION: Duration = Duration::from_secs(30);

/// Parses `--wait-for-creation`.
///
/// # Errors
/// The text is neither a bool nor a duration.
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

/// Maximum time for the server to list its types.
const ANSWER: Duration = Duration::from_secs(30);

/// Returns an answer that arrives before the limit of the wait, which began some time ago.
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
            Err(Failure::timed_out(format!("{server} has not listed its types")).into())
        })
}

impl WaitArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// Wrong usage, or a failure before the wait has an outcome.
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
        self.check(&conditions)?;
        let targets = self.targets(&conditions, context)?;
        // The time to read standard input does not count.
        let began = Instant::now();
        let limit = self.timeout.and_then(Timeout::limit);
        let at = limit.filter(|limit| !limit.is_zero());
        if let Some(at) = at.and_then(|limit| began.checked_add(limit)) {
            deadline::set(at);
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
            notes_no_timeout: self.timeout.is_none(),
            format: self.output,
            remove: self.rm,
            logs: None,
            logs_to_stderr: false,
            program: None,
            exit_code_from: self.exit_code_from,
            junit,
        }
        .with_logs(self.logs, self.output.is_some());
        Context::block_on(async {
            let cluster = context.connect().await?.answering_within(ANSWER);
            let end = options.limit(began.into());
            let type_timeout = targets::type_timeout(self.wait_for_creation, end);
            let conditions = &options.spec.conditions;
            let namespace = context.connection.namespace.as_deref();
            let command = context.program.words_of("wait");
            let found = targets::resolve(
                &cluster,
                targets,
                conditions,
                namespace,
                type_timeout,
                &command,
                &context.ui,
            );
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
        let filenames = &self.selection.filenames;
        let has_files = !filenames.filenames.is_empty();
        if self.expect > 0 && has_files {
            return Err(Failure::usage("cannot combine `--expect` with `-f`").into());
        }
        if self.expect > 0 && !args.selects() {
            let why = "`--expect` requires `-l`, `--field-selector` or `--all`";
            return Err(Failure::usage(why).into());
        }
        let command = context.program.words_of("wait");
        let parse = || targets::parse(&args, conditions, &command);
        if !has_files {
            return Ok(WaitTargets::Cluster(parse()?));
        }
        args.check_files()?;
        let is_chosen = !self.words.is_empty() || args.selects();
        let refs = is_chosen.then(parse).transpose()?;
        let inputs = input::split(filenames, &context.ui)?;
        targets::of_files(inputs, refs, &context.ui)
    }

    /// Checks that the flags can be combined.
    ///
    /// # Errors
    /// Usage errors.
    fn check(&self, conditions: &[Condition]) -> Result<(), Failure> {
        if self.follow_recreate && conditions.contains(&Condition::Deleted) {
            let why = "cannot combine `--follow-recreate` with `--for=deleted`";
            return Err(Failure::usage(why));
        }
        if self.poll == Some(Duration::ZERO) {
            let why = "`--poll` requires an interval greater than 0";
            return Err(Failure::usage(why).help("use `--poll 2s`"));
        }
        Ok(())
    }
}
