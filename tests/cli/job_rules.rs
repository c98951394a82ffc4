//! The examples of the rules of Jobs, run: the bad one breaks its rule, the good one does not.

use pod_model::rules::{Example, TOPICS};
use serde_json::Value;

use crate::support::Home;

/// Returns the ids of the findings of a manifest.
fn found(text: &str) -> Vec<String> {
    let home = Home::with(&[("job.yaml", text)]);
    let run = home.run(&["explain-job", "-f", "job.yaml", "--offline", "-o", "json"]);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let findings = report["items"][0]["findings"].as_array().unwrap();
    let id = |finding: &Value| finding["id"].as_str().unwrap().to_owned();
    findings.iter().map(id).collect()
}

#[test]
fn each_bad_example_breaks_its_rule_and_the_good_one_none() {
    let topic = TOPICS.iter().find(|topic| topic.title == "Jobs").unwrap();
    let mut wrong = Vec::new();
    for rule in topic.rules {
        let (Example::Manifest(bad), Example::Manifest(good)) = (rule.bad, rule.good) else {
            panic!("{} is not a manifest", rule.id);
        };
        let bad = found(bad);
        if !bad.iter().any(|id| id == rule.id) {
            wrong.push(format!("{}: the bad example makes {bad:?}", rule.id));
        }
        let good = found(good);
        if !good.is_empty() {
            wrong.push(format!("{}: the good example makes {good:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(topic.rules.len() >= 3);
}
