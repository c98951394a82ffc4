//! `pod_model::check` against upstream's strict decoder
//! (k8s.io/apimachinery/pkg/runtime/serializer/json): the same mistakes at the same
//! places, for known cases and for thousands of random objects.
//!
//! Decoding does not know of missing fields: those are compared with what the
//! registry's validation says of the same object.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "check/mistakes.rs"]
mod mistakes;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "check/random.rs"]
mod random;

use agreement::{Agreement, Excuses};
use mistakes::{Judged, judge};
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use serde_json::{Value, json};

/// As they stand in YAML; half of them are none.
const QUANTITIES: &[&str] = &[
    "1",
    "1.5",
    "100m",
    "'1'",
    "1Gi",
    "1GB",
    "1 Gi",
    "''",
    "' 1 '",
    "m",
    "e5",
    ".",
    "-",
    "1e3",
    "1E",
    "1E3",
    "1e+21",
    "1e21",
    "0x10",
    "true",
    "null",
    "{}",
    "[]",
    "\"1\\t\"",
    "1Ki5",
    "1_000",
    "1k+",
    "12345678901234567890123",
    "0.0000000000001",
    "5e-324",
    ".5Ki",
    "'1\u{a0}'",
];

/// Fails where the oracle and we disagree; says how many texts both refuse.
fn agreement(texts: &[String], version: KubernetesVersion, excuses: &Excuses) -> usize {
    let requests: Vec<Value> = texts
        .iter()
        .map(|text| json!({"op": "object", "manifest": text}))
        .collect();
    let answers = Oracle::of(version).ask_all(&requests);
    let mut agreement = Agreement::new("manifests");
    for (text, answer) in texts.iter().zip(&answers) {
        match judge(text, answer, version) {
            Judged::Same(kind) => agreement.equal_and(kind),
            Judged::Excused(reason, why) => agreement.excuse(reason, format!("{text}\n  {why}")),
            Judged::Different(why) => agreement.differ(format!("{text}\n  {why}")),
        }
    }
    let refused = mistakes::REFUSED.iter().map(|kind| agreement.kind(kind));
    let refused = refused.sum();
    agreement.finish(excuses);
    refused
}

#[test]
fn the_oracle_decodes() {
    let pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\n";
    let answer = Oracle::start().ask(&json!({"op": "object", "manifest": pod}));
    assert_eq!(answer["defaulted"]["kind"], "Pod", "{answer}");
}

of_each_minor!(known_cases_are_refused_by_both_or_by_none);

fn known_cases_are_refused_by_both_or_by_none(version: KubernetesVersion) {
    let pod = |spec: &str| format!("apiVersion: v1\nkind: Pod\nspec:\n{spec}");
    let container = |fields: &str| pod(&format!("  containers:\n  - name: a\n{fields}"));
    let mut texts = vec![
        String::from("a: b\n"),
        String::from("[]\n"),
        String::from("x\n"),
        String::from("kind: Pod\n"),
        String::from("apiVersion: v1\n"),
        String::from("apiVersion: v1\nkind: pod\n"),
        String::from("apiVersion: v1\nkind: Deployment\n"),
        String::from("apiVersion: /v1\nkind: Pod\n"),
        String::from("apiVersion: a/b/c\nkind: Pod\n"),
        String::from("apiVersion: 1\nkind: Pod\n"),
        String::from("apiVersion: v1\nkind: Pod\nKind: Pod\n"),
        String::from("apiVersion: v1\nkind: Pod\nspec: null\n"),
        String::from("apiVersion: v1\nkind: Pod\nspec: []\n"),
        String::from("apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: 1}}\n"),
        String::from("apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: null}}\n"),
        String::from("apiVersion: v1\nkind: Pod\nmetadata: {creationTimestamp: null}\n"),
        String::from(
            "apiVersion: v1\nkind: Pod\nmetadata: {creationTimestamp: 2020-01-01T00:00:00Z}\n",
        ),
        String::from("apiVersion: v1\nkind: Pod\nmetadata: {creationTimestamp: 2020-01-01}\n"),
        String::from("apiVersion: v1\nkind: Secret\ndata: {a: YQ==, b: null}\n"),
        String::from("apiVersion: v1\nkind: Secret\ndata: {a: secret}\n"),
        String::from("apiVersion: v1\nkind: Secret\nstringData: {a: 1}\n"),
        String::from("apiVersion: v1\nkind: ConfigMap\ndata: {a: yes}\n"),
        String::from("apiVersion: v1\nkind: ConfigMap\ndata: {a: b, a: c}\n"),
    ];
    texts.extend(
        [
            "  containers: null\n",
            "  containers: {}\n",
            "  containers: [null]\n",
            "  containers: []\n  containers: []\n",
            "  Containers: []\n",
            "  terminationGracePeriodSeconds: 3.0\n",
            "  terminationGracePeriodSeconds: 3.5\n",
            "  terminationGracePeriodSeconds: 1e3\n",
            "  terminationGracePeriodSeconds: 9223372036854775807\n",
            "  terminationGracePeriodSeconds: 9223372036854775808\n",
            "  terminationGracePeriodSeconds: 1e19\n",
            "  terminationGracePeriodSeconds: -0.0\n",
            "  terminationGracePeriodSeconds: '3'\n",
            "  priority: 2147483648\n",
            "  hostNetwork: yes\n",
            "  hostNetwork: 'yes'\n",
            "  nodeSelector: {a: yes}\n",
        ]
        .map(pod),
    );
    texts.extend(
        [
            "    env: [{name: A, value: yes}]\n",
            "    env: [{name: A, value: 8080}]\n",
            "    env: [{name: A, value: 2020-01-01}]\n",
            "    env: [{name: A, value: 1:30}]\n",
            "    command: sh\n",
            "    command: [1]\n",
            "    command: [null]\n",
            "    ports: [{containerPort: '80'}]\n",
            "    ports: [{containerPort: 0x50}]\n",
            "    livenessProbe: {httpGet: {port: 80}}\n",
            "    livenessProbe: {httpGet: {port: http}}\n",
            "    livenessProbe: {httpGet: {port: 80.5}}\n",
            "    livenessProbe: {httpGet: {port: true}}\n",
            "    livenessProbe: {httpGet: {port: 4294967296}}\n",
        ]
        .map(container),
    );
    for quantity in QUANTITIES {
        texts.push(container(&format!(
            "    resources: {{limits: {{cpu: {quantity}}}}}\n"
        )));
    }
    let refused = agreement(&texts, version, &[]);
    assert!(refused > 30 && refused < texts.len() - 30, "{refused}");
}

of_each_minor!(random_objects_are_refused_by_both_or_by_none);

fn random_objects_are_refused_by_both_or_by_none(version: KubernetesVersion) {
    let mut random = random::Objects::new(20_260_131, version);
    // Mostly one: a second would hide that the first was not seen.
    let damages = [0, 1, 1, 1, 1, 1, 2, 3];
    let texts = damages.iter().cycle().take(8_000);
    let texts: Vec<String> = texts.map(|n| random.text(*n)).collect();
    // Agreement says little where all are right, or all are wrong.
    let [sources, rules, around, withheld, selector, image] = match version {
        KubernetesVersion::V1_33 => [10, 0, 114, 27, 87, 15],
        KubernetesVersion::V1_34 => [9, 0, 169, 31, 100, 15],
        KubernetesVersion::V1_35 => [8, 11, 215, 25, 96, 0],
        KubernetesVersion::V1_36 => [3, 10, 195, 26, 102, 0],
        _ => [6, 12, 196, 24, 201, 0],
    };
    let excuses = [
        (mistakes::SOURCES, sources),
        (mistakes::RULES, rules),
        (mistakes::AROUND, around),
        (mistakes::WITHHELD, withheld),
        (mistakes::SELECTOR, selector),
        (mistakes::IMAGE, image),
    ];
    let excuses: Vec<_> = excuses
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    let refused = agreement(&texts, version, &excuses);
    assert!((2_000..=7_000).contains(&refused), "{refused}");
}

of_each_minor!(an_object_that_follows_the_schema_is_taken_by_both);

fn an_object_that_follows_the_schema_is_taken_by_both(version: KubernetesVersion) {
    let mut random = random::Objects::new(7, version);
    let texts = random.valid(3);
    let [around, selector] = match version {
        KubernetesVersion::V1_33 => [2, 2],
        KubernetesVersion::V1_34 | KubernetesVersion::V1_35 => [2, 1],
        KubernetesVersion::V1_36 => [3, 1],
        _ => [5, 2],
    };
    let excuses = [(mistakes::AROUND, around), (mistakes::SELECTOR, selector)];
    assert_eq!(agreement(&texts, version, &excuses), 0);
}
