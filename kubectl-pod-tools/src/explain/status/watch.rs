//! `--watch`: the sentence again whenever the state changes.

use std::time::{Duration, Instant};

use k8s_openapi::jiff::Timestamp;
use pod_model::Verdict;
use serde::Serialize;

use super::options::StatusOptions;
use super::report::{ExplainedStatus, StatusBody};
use super::topic::StatusTopic;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::driver::ExplainRun;
use crate::render::Structured;
use crate::report::Item;
use crate::targets::TargetSpec;
use crate::ui::escape;

/// Time between two looks.
const INTERVAL: Duration = Duration::from_secs(2);

/// Time after which a cluster that does not answer ends the watch.
const PATIENCE: Duration = Duration::from_mins(5);

/// A line of `-o json`.
#[derive(Serialize)]
struct Line<'a> {
    time: Timestamp,
    #[serde(flatten)]
    item: &'a Item<StatusBody>,
}

/// Everything that makes a state another one: its times change without it.
#[derive(PartialEq, Eq)]
struct State {
    verdict: Verdict,
    words: String,
    kubectl_status: Option<String>,
    causes: Vec<(&'static str, Option<String>, String)>,
}

/// Checks that one live target is watched.
///
/// # Errors
/// Wrong usage.
pub(super) fn check(options: &StatusOptions, command: &str) -> Result<(), Failure> {
    let example = format!("use `{command} job/migrate --watch`");
    if options.explain.targets.is_files() {
        return Err(Failure::usage(
            "`--watch` cannot be combined with `-f`: a file does not change",
        )
        .help(example));
    }
    if !options.names_targets() {
        return Err(Failure::usage("`--watch` needs the name of a target").help(example));
    }
    if options.explain.format.structured() == Some(Structured::Yaml) {
        return Err(
            Failure::usage("`--watch` cannot be combined with `-o yaml`")
                .help("use `-o json`: one line for each state"),
        );
    }
    Ok(())
}

/// Prints each state of the targets until all are final.
///
/// # Errors
/// A target that does not exist, or no longer; a cluster that cannot be reached at first.
pub(super) fn run(
    topic: &StatusTopic<'_>,
    options: &StatusOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    let targets = &options.explain.targets;
    Context::block_on(async {
        let mut run = ExplainRun::prepare(topic, targets, context).await?;
        let mut seen: Vec<Option<State>> = Vec::new();
        loop {
            let mut all = Vec::new();
            let exit = run.for_each(
                |some: &mut Vec<ExplainedStatus>, explained| {
                    some.push(explained);
                    Ok(())
                },
                |some| {
                    all.extend(some);
                    Ok(())
                },
            )?;
            seen.resize_with(all.len(), || None);
            for (explained, before) in all.iter().zip(&mut seen) {
                let state = state(explained);
                if before.as_ref() != Some(&state) {
                    print(explained, options, context)?;
                    *before = Some(state);
                }
            }
            if context.ui.has_lost_output() || all.iter().all(|own| own.item.body.is_final) {
                return Ok(exit);
            }
            look_again(&mut run, targets, context).await?;
        }
    })
}

/// Reads the targets anew, again and again if the cluster does not answer.
async fn look_again(
    run: &mut ExplainRun<'_, StatusTopic<'_>>,
    targets: &TargetSpec,
    context: &Context,
) -> Result<(), CommandError> {
    let mut lost: Option<Instant> = None;
    loop {
        tokio::time::sleep(INTERVAL).await;
        match run.refresh(targets).await {
            Err(CommandError::Failed(failure)) if failure.exit == Exit::Cluster => {
                let since = *lost.get_or_insert_with(|| {
                    let message = format!("{}; trying again", failure.message);
                    context.ui.warning(&message);
                    Instant::now()
                });
                if since.elapsed() > PATIENCE {
                    return Err(failure.into());
                }
            }
            result => return result,
        }
    }
}

fn state(explained: &ExplainedStatus) -> State {
    let item = &explained.item;
    let causes = item.body.causes.iter();
    State {
        verdict: item.verdict,
        words: item.body.state.clone(),
        kubectl_status: item.body.kubectl_status.clone(),
        causes: causes
            .map(|own| {
                let message = without_times(&own.message);
                (own.row.id, own.container.clone(), message)
            })
            .collect(),
    }
}

/// Returns a message without its numbers, which count seconds.
fn without_times(message: &str) -> String {
    message.replace(|c: char| c.is_ascii_digit(), "")
}

fn print(
    explained: &ExplainedStatus,
    options: &StatusOptions,
    context: &Context,
) -> Result<(), CommandError> {
    let time = Timestamp::now();
    let line = match options.explain.format.structured() {
        Some(_) => serde_json::to_string(&Line {
            time,
            item: &explained.item,
        })?,
        None => {
            let seconds = time.as_second();
            let time = Timestamp::from_second(seconds).unwrap_or(time);
            format!("{time} {}", escape(&explained.item.body.summary))
        }
    };
    context.ui.lines(&format!("{line}\n"));
    Ok(())
}
