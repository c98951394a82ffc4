//! Records whose names and values are hidden: `--redact`.

use std::path::Path;

use serde_json::Value;

use crate::explain::{answer, complaints, explain, explain_target, file};
use crate::situations::{Answer, Situation};

/// Returns what remains of an answer when names are hidden.
fn judgement(answer: &Answer) -> Value {
    let content = answer.content();
    let causes = content["causes"].as_array().unwrap().iter();
    let causes = causes.map(|own| (own["id"].clone(), own["certainty"].clone()));
    serde_json::json!({
        "verdict": content["verdict"],
        "state": content["state"],
        "since": content["since"],
        "betterByItself": content["betterByItself"],
        "kubectlStatus": content["kubectlStatus"],
        "causes": causes.collect::<Vec<_>>(),
    })
}

/// Returns the List that a record becomes.
fn redacted(one: &Situation) -> Result<Value, String> {
    let output = explain(one, &one.file("objects.json"), &["--redact"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).map_err(|error| format!("no list ({error}): {stderr}"))
}

/// Judges the target in a List, which is its first item.
fn judged(one: &Situation, list: &Value, scratch: &Path) -> Result<Answer, String> {
    let target = &list["items"][0];
    let kind = target["kind"].as_str().unwrap_or_default().to_lowercase();
    let name = target["metadata"]["name"].as_str().unwrap_or_default();
    let path = file(scratch, one, "json", &list.to_string());
    let output = explain_target(one, &format!("{kind}/{name}"), &path, &["-o", "json"]);
    Answer::of(&output)
}

#[test]
fn a_record_without_names_is_judged_alike() {
    let wrong = complaints(&Situation::all(), |one, scratch| {
        let list = match redacted(one) {
            Ok(list) => list,
            Err(error) => return vec![error],
        };
        let first = answer(one, &one.file("objects.json"));
        let (first, second) = match (first, judged(one, &list, scratch)) {
            (Ok(first), Ok(second)) => (judgement(&first), judgement(&second)),
            (first, second) => return vec![format!("{first:?}, {second:?}")],
        };
        if first == second {
            return Vec::new();
        }
        vec![format!("{first:#}\nbecame\n{second:#}")]
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_name_of_a_record_is_left() {
    let all = Situation::all();
    let hidden = std::sync::atomic::AtomicUsize::new(0);
    let wrong = complaints(&all, |one, _| {
        let text = match redacted(one) {
            Ok(list) => list.to_string(),
            Err(error) => return vec![error],
        };
        let mut names = Vec::new();
        for object in one.record() {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            // Words of messages stay, and the names that every cluster has.
            // The node is called as its pseudonym is.
            let is_own = name.contains('-') && !name.starts_with("kube-") && name != "node-1";
            names.extend(is_own.then(|| name.to_owned()));
            names.extend(object["metadata"]["uid"].as_str().map(str::to_owned));
            names.extend(object["status"]["podIP"].as_str().map(str::to_owned));
        }
        hidden.fetch_add(names.len(), std::sync::atomic::Ordering::Relaxed);
        names.retain(|name| text.contains(name.as_str()));
        names
            .into_iter()
            .map(|name| format!("{name} is left"))
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(hidden.into_inner() > all.len());
}
