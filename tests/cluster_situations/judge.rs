//! `explain-status` about a situation while it lasts: asked of the cluster, and of the same objects in a file.

use std::process::Command;

use serde_json::json;

use crate::making::Made;
use crate::situations::Answer;
use crate::support::cluster::cluster;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubectl-pod_tools");

/// Returns what is wrong with the answers, of which each is what the situation expects, and both the same.
///
/// The state may change between the two; what is wrong for good stays so.
pub(crate) fn judge(made: &Made<'_>) -> Result<(), String> {
    let live = live(made).map_err(|error| format!("live: {error}"))?;
    let from_file = from_file(made).map_err(|error| format!("from a file: {error}"))?;
    let expected = &made.situation.description.expect;
    for (how, answer) in [("live", &live), ("from a file", &from_file)] {
        let wrong = answer.wrong(expected);
        if !wrong.is_empty() {
            let summary = answer.summary();
            return Err(format!("{how}: {}: {summary}", wrong.join("; ")));
        }
    }
    let of = |answer: &Answer| (answer.verdict(), answer.cause().map(str::to_owned));
    if of(&live) == of(&from_file) {
        return Ok(());
    }
    Err(format!(
        "live: {:?}, from a file: {:?}",
        live.summary(),
        from_file.summary()
    ))
}

fn live(made: &Made<'_>) -> Result<Answer, String> {
    let target = &made.situation.description.target;
    let args = ["explain-status", target, "--namespace", made.namespace];
    Answer::of(&cluster().run(PROGRAM, args.into_iter().chain(["-o", "json"])))
}

fn from_file(made: &Made<'_>) -> Result<Answer, String> {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": made.objects});
    let file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    std::fs::write(file.path(), list.to_string()).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["explain-status", &made.situation.description.target]);
    command.args(["--namespace", made.namespace, "-o", "json", "--offline"]);
    command
        .args(["--now", &made.now.to_string(), "-f"])
        .arg(file.path());
    command.env_clear().env("HOME", "/nonexistent");
    Answer::of(&command.output().unwrap())
}
