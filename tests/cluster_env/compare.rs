//! Compares a report of `explain-env` with the environment that containers printed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::Printed;

/// Variables that the container runtime adds.
const RUNTIME: &[&str] = &["HOME", "HOSTNAME", "PATH", "TERM"];

/// Numbers of a comparison.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) pods: usize,
    pub(crate) containers: usize,
    /// Variables that are equal.
    pub(crate) equal: usize,
    /// Variables whose value the report leaves open.
    pub(crate) open: usize,
    /// Arguments that are equal.
    pub(crate) arguments: usize,
    wrong: String,
}

/// Compares a report with what the containers printed. A variable that it calls unknown
/// may have any value. For live Pods, whose specs are in `live` by name, every variable
/// must be in the report, and only those of the runtime may be unknown.
pub(crate) fn compare(
    report: &Value,
    printed: &Printed,
    live: Option<&BTreeMap<String, Value>>,
) -> Count {
    let mut count = Count::default();
    for item in report["items"].as_array().unwrap() {
        count.pods += 1;
        let pod = item["target"]["name"].as_str().unwrap();
        for container in item["containers"].as_array().unwrap() {
            let name = format!("{pod}/{}", container["name"].as_str().unwrap());
            // A container that prints nothing is there to write a file.
            if name.ends_with("/setup") {
                continue;
            }
            count.containers += 1;
            let Some(seen) = printed.env.get(&name) else {
                writeln!(count.wrong, "{name} printed nothing").unwrap();
                continue;
            };
            let pod = live.map(|pods| &pods[pod]);
            compare_container(&name, container, seen, pod, &mut count);
            compare_arguments(&name, container, &printed.argv[&name], &mut count);
        }
    }
    assert_eq!(count.wrong, "", "{count:?}");
    count
}

/// Compares command and arguments, unless some of their references are unknown.
fn compare_arguments(name: &str, container: &Value, argv: &[String], count: &mut Count) {
    let strings = |field: &str| container[field].as_array().unwrap().clone();
    let said = [strings("command"), strings("args")].concat();
    let open = container["commandReferences"].to_string();
    if open.contains("\"unknown\"") {
        return;
    }
    let said: Vec<&str> = said.iter().map(|one| one.as_str().unwrap()).collect();
    if said == argv {
        count.arguments += said.len();
    } else {
        writeln!(count.wrong, "{name}: {said:?}\n  is {argv:?}").unwrap();
    }
}

fn compare_container(
    name: &str,
    container: &Value,
    seen: &BTreeMap<String, String>,
    live: Option<&Value>,
    count: &mut Count,
) {
    let mut said = BTreeMap::new();
    for entry in container["env"].as_array().unwrap() {
        if !matches!(entry["status"].as_str(), Some("skipped" | "overridden")) {
            said.insert(entry["name"].as_str().unwrap(), entry);
        }
    }
    for (variable, entry) in &said {
        match (entry["value"].as_str(), seen.get(*variable)) {
            (None, _) => {
                assert!(entry["unknown"].is_string(), "{name}: {entry}");
                if live.is_some_and(|pod| !may_be_unknown(variable, entry, pod)) {
                    writeln!(count.wrong, "{name}: {entry} is known").unwrap();
                }
                count.open += 1;
            }
            (Some(value), Some(seen)) if value == seen => count.equal += 1,
            (Some(_), seen) => {
                writeln!(count.wrong, "{name}: {entry}\n  is {seen:?}").unwrap();
            }
        }
    }
    for variable in seen.keys().filter(|v| !said.contains_key(v.as_str())) {
        let by_runtime = RUNTIME.contains(&variable.as_str());
        let by_unread = container["unread"]
            .as_array()
            .is_some_and(|u| u.iter().any(|one| one["kind"] != "serviceLink"));
        if !by_runtime && (live.is_some() || !by_unread) {
            writeln!(count.wrong, "{name}: {variable} is not in the report").unwrap();
        }
    }
}

/// Returns whether the image or the node decides the value of a variable.
fn may_be_unknown(variable: &str, entry: &Value, pod: &Value) -> bool {
    let by_runtime = entry["source"]["kind"] == "runtime";
    let is = |field: &str| pod["spec"][field] == true;
    match variable {
        "PATH" | "HOME" if by_runtime => true,
        "HOSTNAME" if by_runtime => is("hostNetwork") || is("setHostnameAsFQDN"),
        _ => entry["source"]["kind"] == "file",
    }
}
