//! Targets and conditions: words that are known here, and names that the cluster knows.

use std::ffi::OsStr;

use clap_complete::CompletionCandidate;
use pod_model::kinds::{self, KindInfo};

use super::live::{Completes, names};
use crate::cli;

/// What `wait --for` can be, with what each means. A word that ends in `=` goes on.
const CONDITIONS: [(&str, &str); 17] = [
    ("done", "Ended, ready or rolled out, as fits the type"),
    ("complete", "A Job that is Complete"),
    ("failed", "A Job or Pod that has failed"),
    ("ready", "A Pod that is Ready"),
    ("created", "It exists"),
    ("deleted", "It does not exist"),
    ("create", "As created; kubectl's word"),
    ("delete", "As deleted; kubectl's word"),
    ("condition=Ready", "Pods"),
    ("condition=PodScheduled", "Pods"),
    ("condition=Initialized", "Pods"),
    ("condition=Complete", "Jobs"),
    ("condition=Failed", "Jobs"),
    ("condition=Suspended", "Jobs"),
    ("condition=Available", "Deployments"),
    ("condition=Progressing", "Deployments"),
    ("jsonpath={.status.", "A field, then ={VALUE}"),
];

/// Completes the value of `--for`.
pub(crate) fn conditions(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let fitting = CONDITIONS
        .iter()
        .filter(|(word, _)| word.starts_with(&*typed));
    fitting
        .map(|(word, help)| CompletionCandidate::new(*word).help(Some((*help).into())))
        .collect()
}

/// Completes a target of `explain-env`: anything with a Pod template.
pub(crate) fn explained(typed: &OsStr) -> Vec<CompletionCandidate> {
    targets(typed, |kind| kind.pod_template.is_some())
}

/// Completes a target of `wait`.
pub(crate) fn awaited(typed: &OsStr) -> Vec<CompletionCandidate> {
    targets(typed, |_| true)
}

/// Completes `TYPE/NAME`, as `--from` takes it.
pub(crate) fn sources(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let mut makers = makers();
    if let Some((word, _)) = typed.split_once('/') {
        makers.retain(|kind| kinds::by_type(word).is_some_and(|named| named.kind == kind.kind));
        let prefix = format!("{word}/");
        return candidates(&typed, &prefix, makers.first().map(|kind| kind.plural));
    }
    let words = makers.iter().map(|kind| format!("{}/", kind.singular()));
    let fitting = words.filter(|word| word.starts_with(&*typed));
    fitting.map(CompletionCandidate::new).collect()
}

fn makers() -> Vec<&'static KindInfo> {
    let all = kinds::KINDS.iter();
    all.filter(|kind| kind.pod_template.is_some()).collect()
}

/// `TYPE/NAME`, the NAME behind a TYPE, or the name of a Pod.
fn targets(typed: &OsStr, fits: fn(&KindInfo) -> bool) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let fitting = |word: &str| kinds::by_type(word).filter(|kind| fits(kind));
    if let Some((word, _)) = typed.split_once('/') {
        let plural = fitting(word).map(|kind| kind.plural);
        return candidates(&typed, &format!("{word}/"), plural);
    }
    let before = cli::unfinished_words();
    let plural = match before.first() {
        // A Pod before it is followed by Pods.
        Some(first) => fitting(first).map_or("pods", |kind| kind.plural),
        None => "pods",
    };
    let mut found = candidates(&typed, "", Some(plural));
    if before.is_empty() {
        let words = makers().into_iter().map(KindInfo::singular);
        let fitting = words.filter(|word| word.starts_with(&*typed));
        found.extend(fitting.map(CompletionCandidate::new));
    }
    found
}

/// The names of a type's objects behind a prefix, those that begin with what is typed.
fn candidates(typed: &str, prefix: &str, plural: Option<&'static str>) -> Vec<CompletionCandidate> {
    let Some(plural) = plural else {
        return Vec::new();
    };
    let all = names(Completes::Names(plural)).into_iter();
    all.map(|name| format!("{prefix}{name}"))
        .filter(|name| name.starts_with(typed))
        .map(CompletionCandidate::new)
        .collect()
}
