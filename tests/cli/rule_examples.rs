//! The examples of the rules of a topic, run: the bad one breaks its rule, the good one none.

use pod_model::rules::{Example, TOPICS};
use serde_json::Value;

use crate::support::Home;

/// Returns the ids of the findings of a manifest.
fn found(command: &str, text: &str) -> Vec<String> {
    let home = Home::with(&[("object.yaml", text)]);
    let run = home.run(&[command, "-f", "object.yaml", "--offline", "-o", "json"]);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let findings = report["items"][0]["findings"].as_array().unwrap();
    let id = |finding: &Value| finding["id"].as_str().unwrap().to_owned();
    findings.iter().map(id).collect()
}

/// Runs the examples of a topic, which has at least so many rules.
fn assert_examples(title: &str, command: &str, least: usize) {
    let topic = TOPICS.iter().find(|topic| topic.title == title).unwrap();
    let mut wrong = Vec::new();
    for rule in topic.rules {
        let (Example::Manifest(bad), Example::Manifest(good)) = (rule.bad, rule.good) else {
            panic!("{} is not a manifest", rule.id);
        };
        let bad = found(command, bad);
        if !bad.iter().any(|id| id == rule.id) {
            wrong.push(format!("{}: the bad example makes {bad:?}", rule.id));
        }
        let good = found(command, good);
        if !good.is_empty() {
            wrong.push(format!("{}: the good example makes {good:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(topic.rules.len() >= least);
}

#[test]
fn each_rule_of_probes_is_broken_by_its_bad_example_only() {
    assert_examples("Probes", "explain-probes", 16);
}

#[test]
fn each_rule_of_hooks_is_broken_by_its_bad_example_only() {
    assert_examples("Hooks", "explain-hooks", 9);
}

#[test]
fn each_rule_of_resources_is_broken_by_its_bad_example_only() {
    assert_examples("Resources", "explain-resources", 7);
}

#[test]
fn each_rule_of_security_is_broken_by_its_bad_example_only() {
    assert_examples("Security", "explain-security", 15);
}

#[test]
fn each_rule_of_admission_is_broken_by_its_bad_example_only() {
    assert_examples("Admission", "explain-security", 1);
}

#[test]
fn each_rule_of_jobs_is_broken_by_its_bad_example_only() {
    assert_examples("Jobs", "explain-job", 3);
}

#[test]
fn each_rule_of_scheduling_is_broken_by_its_bad_example_only() {
    assert_examples("Scheduling", "explain-scheduling", 8);
}
