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
    for rule in [&rules::GATED_FIELD, &rules::HELD_BACK, &rules::SERVER_FIELD] {
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
fn gated_field_is_a_warning_unless_it_is_ignored_or_refused() {
    let found = |spec: &str, action, validate| {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {spec}\n");
        let read = manifest::read("example.yaml", text.into_bytes());
        let rules = CheckOptions {
            action,
            validate,
            version: KubernetesVersion::LATEST,
            newer_server: false,
            namespace: None,
        };
        let input = prepare(&[read], &rules);
        let findings = input.findings.iter();
        findings
            .map(|placed| (placed.finding.rule(), placed.finding.path.to_string()))
            .collect::<Vec<_>>()
    };
    let signal =
        "{containers: [{name: a, image: b, lifecycle: {stopSignal: SIGTERM}}], os: {name: linux}}";
    let path = "spec.containers[0].lifecycle.stopSignal".to_owned();
    for (action, validate, expected) in [
        (Action::Create, Validate::Strict, true),
        (Action::Create, Validate::Warn, true),
        (Action::Create, Validate::Ignore, false),
        (Action::Apply, Validate::Strict, false),
    ] {
        let own = found(signal, action, validate);
        let expected = expected.then(|| (&rules::GATED_FIELD, path.clone()));
        assert_eq!(own, Vec::from_iter(expected), "{action:?} {validate:?}");
    }
    let bad = rules::GATED_FIELD.bad.text();
    assert_eq!(broken(bad, None), [&rules::GATED_FIELD]);
    let refused =
        "{containers: [{name: a, image: b}], tolerations: [{key: a, operator: Gt, value: '1'}]}";
    let own = found(refused, Action::Create, Validate::Strict);
    assert_eq!(own.len(), 1, "{own:?}");
    assert_ne!(own[0].0, &rules::GATED_FIELD);
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
