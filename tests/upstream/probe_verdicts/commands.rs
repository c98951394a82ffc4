//! Exec probes: the command that runs, and the judgement of its outcome.

use k8s_openapi::api::core::v1::{Container, EnvVar};
use pod_model::KubernetesVersion;
use pod_probe::{Execution, expand_command, judge_exec};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::oracle::{Oracle, of_each_minor};
use crate::streams::verdict;

/// Words of commands.
const WORDS: [&str; 9] = [
    "plain",
    "$(A)",
    "$(SECRET)",
    "x$(A)y$(B)",
    "$$(A)",
    "$(NOT)",
    "$(EMPTY)|",
    "$(TWICE)",
    "$A ${A} $(A",
];

fn outcomes() -> Vec<(Value, Execution)> {
    let exited = |code: i32, output: &str| {
        let output_bytes = output.as_bytes().to_vec();
        let execution = Execution::Exited {
            code,
            output: output_bytes,
        };
        (json!({"code": code, "output": output}), execution)
    };
    let mut all: Vec<(Value, Execution)> = [0, 1, 2, 126, 127, 128, 137, 143, 255, -1]
        .iter()
        .map(|code| exited(*code, "some\noutput"))
        .collect();
    all.push(exited(0, ""));
    all.push(exited(1, &"x".repeat(20_000)));
    all.push((
        json!({"error": "timeout"}),
        Execution::TimedOut { output: Vec::new() },
    ));
    let reason = "failed to exec in container: no such file or directory".to_owned();
    all.push((
        json!({"error": reason}),
        Execution::NotRun {
            reason: reason.clone(),
        },
    ));
    all
}

fn commands(version: KubernetesVersion) {
    let env: Vec<EnvVar> = serde_json::from_value(json!([
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)"},
        {"name": "EMPTY"},
        {"name": "TWICE", "value": "1"},
        {"name": "SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "TWICE", "value": "2"},
    ]))
    .unwrap();
    let words = WORDS.map(str::to_owned);
    let container = Container {
        name: "c".to_owned(),
        env: Some(env.clone()),
        ..Container::default()
    };
    let outcomes = outcomes();
    let attempts: Vec<Value> = outcomes
        .iter()
        .map(|(command, _)| {
            json!({
                "probe": {"exec": {"command": words}, "timeoutSeconds": 1},
                "container": container,
                "command": command,
            })
        })
        .collect();
    let question =
        json!({"op": "probeVerdicts", "version": version.to_string(), "attempts": attempts});
    let answer = Oracle::of(version).ask(&question);
    let mut agreement = Agreement::new("commands");
    let expanded = expand_command(&words, &env);
    for (at, (command, execution)) in outcomes.iter().enumerate() {
        let theirs = &answer["results"][at];
        let judgement = judge_exec(execution, 1);
        if theirs["verdict"] == verdict(judgement.verdict) && theirs["command"] == json!(expanded) {
            agreement.equal();
        } else {
            agreement.differ(format!(
                "{command}: {judgement:?} {expanded:?}, not {theirs}"
            ));
        }
    }
    agreement.finish(&[]);
}
of_each_minor!(commands);
