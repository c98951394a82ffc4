//! Values from the cluster, looked up within 300 ms.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use clap_complete::CompletionCandidate;
use futures::future::join_all;
use pod_model::kinds;
use serde_json::Value;

use super::command_line::CommandLine;
use crate::cluster::{Cluster, Resource};
use crate::completion_kind::CompletionKind;
use crate::connection::connect;
use crate::context::Context;
use crate::exit::Exit;

/// Maximum time of a look-up: a shell that waits longer feels broken.
const TIME_LIMIT: Duration = Duration::from_millis(300);

/// Returns the values that begin with the typed text.
pub(super) fn candidates(
    kind: CompletionKind,
    line: &CommandLine,
    typed: &str,
) -> Vec<CompletionCandidate> {
    let all = names(kind, line);
    // A key follows the variable that it is for.
    let (prefix, typed) = match (kind, typed.split_once('=')) {
        (CompletionKind::Keys, Some((variable, rest))) => (format!("{variable}="), rest),
        (CompletionKind::Keys, None) => return Vec::new(),
        _ => (String::new(), typed),
    };
    let fitting = all.iter().filter(|value| value.starts_with(typed));
    fitting
        .map(|value| CompletionCandidate::new(format!("{prefix}{value}")))
        .collect()
}

/// Returns values from the cluster. A shell puts them on a command line unquoted, so only plain
/// words are returned.
pub(super) fn names(kind: CompletionKind, line: &CommandLine) -> BTreeSet<String> {
    let mut all = match kind {
        CompletionKind::Nothing => BTreeSet::new(),
        kind => ask(kind, line),
    };
    all.retain(|value| {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
        value.starts_with(|c: char| c.is_ascii_alphanumeric()) && value.chars().all(is_safe)
    });
    all
}

/// Looks up values in a thread, since a credential plugin may block; returns none if they are not
/// there in time.
fn ask(kind: CompletionKind, line: &CommandLine) -> BTreeSet<String> {
    // Before the time limit starts: a busy machine needs time for the command line alone.
    let Some(context) = line.context() else {
        return BTreeSet::new();
    };
    let (sender, answer) = mpsc::channel();
    std::thread::spawn(move || {
        // The receiver may have given up.
        let _ = sender.send(asked(&context, kind));
    });
    answer.recv_timeout(TIME_LIMIT).unwrap_or_default()
}

fn asked(context: &Context, kind: CompletionKind) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // Completion prints choices or nothing, and no errors.
    let _ = Context::block_on(async {
        let answer = async {
            let connection = connect(&context.connection, Arc::new(|_| {})).await;
            let cluster = connection.ok()?;
            Some(values(&cluster, kind).await)
        };
        if let Ok(Some(values)) = tokio::time::timeout(TIME_LIMIT, answer).await {
            found = values;
        }
        Ok(Exit::Success)
    });
    found
}

async fn values(cluster: &Cluster, kind: CompletionKind) -> BTreeSet<String> {
    let types: &[&str] = match kind {
        CompletionKind::Nothing
        | CompletionKind::Conditions
        | CompletionKind::ExplainTargets
        | CompletionKind::Jobs
        | CompletionKind::WaitTargets
        | CompletionKind::PodTemplates => &[],
        CompletionKind::Images => &["pods"],
        CompletionKind::Sources | CompletionKind::Keys => &["configmaps", "secrets"],
        CompletionKind::NodeLabels => &["nodes"],
        CompletionKind::Names(word) => &[word],
    };
    let lists = join_all(types.iter().map(|word| list(cluster, word))).await;
    let mut found = BTreeSet::new();
    for (word, object) in types
        .iter()
        .zip(&lists)
        .flat_map(|(word, list)| list.iter().map(move |object| (*word, object)))
    {
        let name = object.pointer("/metadata/name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        let source = word.trim_end_matches('s');
        match kind {
            CompletionKind::Nothing
            | CompletionKind::Conditions
            | CompletionKind::ExplainTargets
            | CompletionKind::Jobs
            | CompletionKind::WaitTargets
            | CompletionKind::PodTemplates => {}
            CompletionKind::Names(_) => drop(found.insert(name.to_owned())),
            CompletionKind::Sources => drop(found.insert(format!("{source}/{name}"))),
            CompletionKind::Keys => {
                found
                    .extend(keys(object, "/data").map(|(key, _)| format!("{source}/{name}/{key}")));
            }
            CompletionKind::NodeLabels => found.extend(
                keys(object, "/metadata/labels")
                    .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())),
            ),
            CompletionKind::Images => {
                let containers = object.pointer("/spec/containers").and_then(Value::as_array);
                let images = containers
                    .into_iter()
                    .flatten()
                    .filter_map(|c| c["image"].as_str());
                found.extend(images.map(str::to_owned));
            }
        }
    }
    found
}

async fn list(cluster: &Cluster, word: &str) -> Vec<Value> {
    let Some(kind) = kinds::by_type(word) else {
        return Vec::new();
    };
    let answer = cluster
        .list(&Resource::of(kind), cluster.namespace(), None)
        .await;
    answer.unwrap_or_default()
}

fn keys<'a>(object: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    object
        .pointer(pointer)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}
