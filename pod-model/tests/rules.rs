//! The examples of the rules, run: the bad one breaks its rule, the good one
//! does not.
#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use pod_model::rules::{self, Example, Rule};
use pod_model::{Finding, KubernetesVersion, image, manifest, schema_check, validation};

/// Everything that is said of a manifest, whatever the command.
fn findings(text: &str) -> Vec<Finding> {
    let version = KubernetesVersion::LATEST;
    let read = manifest::read("example.yaml", text.as_bytes().to_vec());
    let mut findings = read.errors;
    for document in &read.documents {
        findings.extend(schema_check::check(document, version));
        findings.extend(schema_check::check_apply(document, version));
        findings.extend(validation::check(document, version));
        findings.extend(image::check(document));
        findings.extend(document.unnamed("wait"));
    }
    findings
}

fn is_manifest(rule: &Rule) -> bool {
    matches!(rule.bad, Example::Manifest(_))
}

#[test]
fn each_bad_example_breaks_its_rule_and_the_good_one_breaks_none() {
    let (mut run, mut wrong) = (0, Vec::new());
    for title in ["Files", "Schema", "Validation"] {
        let topic = rules::TOPICS.iter().find(|topic| topic.title == title);
        for rule in topic.unwrap().rules.iter().filter(|rule| is_manifest(rule)) {
            let bad = findings(rule.bad.text());
            if !bad.iter().any(|f| f.is(rule)) {
                wrong.push(format!("{}: the bad example makes {bad:#?}", rule.id));
            }
            let good = findings(rule.good.text());
            if !good.is_empty() {
                wrong.push(format!("{}: the good example makes {good:#?}", rule.id));
            }
            run += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(run > 20, "{run}");
}

/// Whoever tries an example shall meet the rule that it is about, and nothing
/// that `create` says before.
#[test]
fn each_good_manifest_is_taken_by_the_server() {
    let mut wrong = Vec::new();
    for rule in rules::all() {
        let Example::Manifest(text) = rule.good else {
            continue;
        };
        let found = findings(text);
        // A Pod that is created has no ephemeral containers.
        let is_ephemeral = |f: &Finding| f.path.to_string().contains("ephemeralContainers");
        let is_of_rule = |f: &&Finding| !is_ephemeral(f);
        let found: Vec<_> = found.iter().filter(is_of_rule).collect();
        if !found.is_empty() {
            wrong.push(format!("{}: {found:#?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
