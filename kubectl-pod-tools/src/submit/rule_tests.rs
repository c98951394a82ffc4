//! Runs the examples of the rules of create and apply that need no server.

use pod_model::rules::{self, Rule};
use pod_model::{KubernetesVersion, manifest};

use super::check_options::CheckOptions;
use super::options::{Action, Validate};
use super::prepare::prepare;

fn broken(text: &str, namespace: Option<&str>) -> Vec<&'static Rule> {
    let rules = CheckOptions {
        action: Action::Create,
        validate: Validate::Strict,
        version: KubernetesVersion::LATEST,
        newer_server: false,
        namespace: namespace.map(str::to_owned),
    };
    let read = manifest::read("example.yaml", text.as_bytes().to_vec());
    let input = prepare(&[read], &rules);
    let findings = input.findings.iter();
    findings.map(|placed| placed.finding.rule()).collect()
}

#[test]
fn bad_example_breaks_its_rule_and_good_example_none() {
    for rule in [&rules::SERVER_FIELD, &rules::HELD_BACK] {
        let bad = broken(rule.bad.text(), None);
        assert!(bad.contains(&rule), "{rule:?}: {bad:?}");
        assert_eq!(broken(rule.good.text(), None), [] as [&Rule; 0], "{rule:?}");
    }
}

#[test]
fn namespace_other_than_the_commands_is_a_mismatch() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: prod}\n";
    assert_eq!(broken(text, Some("test")), [&rules::NAMESPACE_MISMATCH]);
    assert_eq!(broken(text, Some("prod")), [] as [&Rule; 0]);
}

#[test]
fn object_nested_too_deep_is_refused() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(
            "{{apiVersion: example.com/v1, kind: A, metadata: {{name: a}}, spec: {open}{close}}}"
        )
    };
    assert!(broken(&nested(1_000), None).contains(&&rules::TOO_DEEP));
    assert_eq!(broken(&nested(20), None), [] as [&Rule; 0]);
}
