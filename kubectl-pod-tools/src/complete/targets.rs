//! Completes targets and conditions, with built-in words and with names that the cluster knows.

use clap_complete::CompletionCandidate;
use pod_model::kinds::{self, KindInfo};

use super::command_line::CommandLine;
use super::live::names;
use crate::completion_kind::CompletionKind;

/// Values of `wait --for`, each with its meaning.
const CONDITIONS: [(&str, &str); 17] = [
    (
        "done",
        "Succeeded, ready or rolled out, depending on the type",
    ),
    ("complete", "The Job is complete"),
    ("failed", "The Job or Pod has failed"),
    ("ready", "The Pod is ready"),
    ("created", "The object exists"),
    ("deleted", "The object does not exist"),
    ("create", "Same as created, as in kubectl"),
    ("delete", "Same as deleted, as in kubectl"),
    ("condition=Ready", "Pods"),
    ("condition=PodScheduled", "Pods"),
    ("condition=Initialized", "Pods"),
    ("condition=Complete", "Jobs"),
    ("condition=Failed", "Jobs"),
    ("condition=Suspended", "Jobs"),
    ("condition=Available", "Deployments"),
    ("condition=Progressing", "Deployments"),
    ("jsonpath={.status.", "A field path, followed by ={VALUE}"),
];

/// Completes the value of `--for`.
pub(super) fn conditions(typed: &str) -> Vec<CompletionCandidate> {
    let fitting = CONDITIONS
        .iter()
        .filter(|(word, _)| word.starts_with(typed));
    fitting
        .map(|(word, help)| CompletionCandidate::new(*word).help(Some((*help).into())))
        .collect()
}

/// Completes a target of `explain-env`: an object with a Pod template.
pub(super) fn explained(line: &CommandLine, typed: &str) -> Vec<CompletionCandidate> {
    targets(line, typed, "pods", |kind| kind.pod_template.is_some())
}

/// Completes a target of `explain-job`: a name alone is that of a Job.
pub(super) fn jobs(line: &CommandLine, typed: &str) -> Vec<CompletionCandidate> {
    let fits = |kind: &KindInfo| matches!(kind.kind, "Job" | "CronJob" | "Pod");
    targets(line, typed, "jobs", fits)
}

/// Completes a target of `wait`.
pub(super) fn awaited(line: &CommandLine, typed: &str) -> Vec<CompletionCandidate> {
    targets(line, typed, "pods", |_| true)
}

/// Completes `TYPE/NAME`, as `--from` takes it.
pub(super) fn sources(line: &CommandLine, typed: &str) -> Vec<CompletionCandidate> {
    let mut kinds = kinds_with_template();
    if let Some((word, _)) = typed.split_once('/') {
        kinds.retain(|kind| kinds::by_type(word).is_some_and(|named| named.kind == kind.kind));
        let prefix = format!("{word}/");
        return candidates(line, typed, &prefix, kinds.first().map(|kind| kind.plural));
    }
    let words = kinds.iter().map(|kind| format!("{}/", kind.singular()));
    let fitting = words.filter(|word| word.starts_with(typed));
    fitting.map(CompletionCandidate::new).collect()
}

/// Returns the built-in kinds that are Pods or have a Pod template.
fn kinds_with_template() -> Vec<&'static KindInfo> {
    let all = kinds::KINDS.iter();
    all.filter(|kind| kind.pod_template.is_some()).collect()
}

/// Completes `TYPE/NAME`, the NAME after a TYPE, or the name of an object of the `usual` type.
fn targets(
    line: &CommandLine,
    typed: &str,
    usual: &'static str,
    fits: fn(&KindInfo) -> bool,
) -> Vec<CompletionCandidate> {
    let fitting = |word: &str| kinds::by_type(word).filter(|kind| fits(kind));
    if let Some((word, _)) = typed.split_once('/') {
        let plural = fitting(word).map(|kind| kind.plural);
        return candidates(line, typed, &format!("{word}/"), plural);
    }
    let before = line.targets();
    let plural = match before.first() {
        // A name before it is followed by names.
        Some(first) => fitting(first).map_or(usual, |kind| kind.plural),
        None => usual,
    };
    let mut found = candidates(line, typed, "", Some(plural));
    if before.is_empty() {
        let words = kinds_with_template().into_iter();
        let words = words.filter(|kind| fits(kind)).map(KindInfo::singular);
        let fitting = words.filter(|word| word.starts_with(typed));
        found.extend(fitting.map(CompletionCandidate::new));
    }
    found
}

/// Returns the names of a type's objects after a prefix, as far as they begin as typed.
fn candidates(
    line: &CommandLine,
    typed: &str,
    prefix: &str,
    plural: Option<&'static str>,
) -> Vec<CompletionCandidate> {
    let Some(plural) = plural else {
        return Vec::new();
    };
    let all = names(CompletionKind::Names(plural), line).into_iter();
    all.map(|name| format!("{prefix}{name}"))
        .filter(|name| name.starts_with(typed))
        .map(CompletionCandidate::new)
        .collect()
}
