//! Pod Security Standards: upstream's admission checks
//! (k8s.io/pod-security-admission/policy) and ours find the same Pods wanting,
//! at each level, in each version, by the same checks and in the same words.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "pod_security/namespace.rs"]
mod namespace;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "pod_security/random.rs"]
mod pods;
#[path = "../support/random/mod.rs"]
mod random;
#[path = "pod_security/tables.rs"]
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Pod;
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pod_model::pod_security::{
    CHECKS, Evaluation, Level, LevelVersion, PolicyVersion, evaluate, strictest_level,
};
use random::Rng;
use serde_json::{Value, json};

const LEVELS: [Level; 2] = [Level::Baseline, Level::Restricted];

/// The number of Pods for each version of Kubernetes, or `POD_TOOLS_POD_SECURITY_CASES`.
fn cases() -> usize {
    let count = std::env::var("POD_TOOLS_POD_SECURITY_CASES").ok();
    count.map_or(1_000, |count| count.parse().unwrap())
}

/// Every version in which a check begins to ask something else, the one before it, the
/// latest, and one that no server knows.
fn versions() -> Vec<PolicyVersion> {
    let since = CHECKS
        .iter()
        .flat_map(|check| check.since().collect::<Vec<_>>());
    let around = since.flat_map(|minor| [minor.saturating_sub(1), minor]);
    let minors: BTreeSet<u8> = around.chain([99]).collect();
    let minors = minors
        .into_iter()
        .map(|minor| PolicyVersion::minor(minor.into()));
    minors.chain([PolicyVersion::LATEST]).collect()
}

fn random_pod(rng: &mut Rng) -> Value {
    if rng.percent(85) {
        return pods::pod(rng);
    }
    let mut pod = random::pod(rng);
    if pod["spec"].is_null() {
        pod["spec"] = json!({ "containers": [] });
    }
    pod
}

/// Our evaluation in admission's words.
fn described(evaluation: &Evaluation) -> Value {
    let reasons: Vec<&str> = evaluation.failures.iter().map(|own| own.reason).collect();
    let details: Vec<&String> = evaluation.failures.iter().map(|own| &own.detail).collect();
    json!({
        "allowed": evaluation.is_allowed(),
        "reasons": reasons,
        "details": details,
        "reason": evaluation.forbidden_reason(),
        "detail": evaluation.forbidden_detail(),
    })
}

/// An empty list is `null` in Go.
fn without_nulls(mut answer: Value) -> Value {
    for list in ["reasons", "details"] {
        if answer[list].is_null() {
            answer[list] = json!([]);
        }
    }
    answer
}

of_each_minor!(admission_says_the_same_of_random_pods_at_every_version);

fn admission_says_the_same_of_random_pods_at_every_version(server: KubernetesVersion) {
    let mut rng = Rng::new(0x5ec);
    let mut oracle = Oracle::of(server);
    let versions = versions();
    let texts: Vec<String> = versions.iter().map(ToString::to_string).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut passed = [0, 0];
    let cases = cases();
    // The answers of all would not fit into memory.
    let mut left = cases;
    while left > 0 {
        let count = left.min(500);
        left -= count;
        let mut pods: Vec<Value> = (0..count).map(|_| random_pod(&mut rng)).collect();
        if left == cases - count {
            pods.extend(tables::pods());
        }
        let questions: Vec<Value> = pods
            .iter()
            .map(|pod| json!({ "op": "podsecurity", "manifest": pod.to_string(), "versions": texts }))
            .collect();
        for (pod, answer) in pods.iter().zip(oracle.ask_all(&questions)) {
            assert!(answer["err"].is_null(), "{pod}: {answer}");
            let typed: Pod = serde_json::from_value(pod.clone()).unwrap();
            for version in &versions {
                let theirs = &answer["versions"][version.to_string()];
                let found = compare(&typed, *version, server, theirs, pod);
                for (count, is_allowed) in passed.iter_mut().zip(found.0) {
                    *count += usize::from(is_allowed);
                }
                for id in found.1 {
                    *seen.entry(id).or_default() += 1;
                }
            }
        }
    }
    // Both verdicts are given often, and every check finds something.
    let asked = cases * versions.len();
    for (level, count) in LEVELS.iter().zip(passed) {
        assert!(
            count > asked / 50 && count < asked * 19 / 20,
            "{level}: {count}"
        );
    }
    // hostProbesAndHostLifecycle is asked since 1.34, and procMount of user namespaces since 1.35.
    let checks = match server {
        KubernetesVersion::V1_33 => 17,
        KubernetesVersion::V1_34 => 18,
        _ => 19,
    };
    assert_eq!(seen.len(), checks, "{seen:?}");
    assert!(seen.values().all(|count| *count > 20), "{seen:?}");
    println!(
        "{server}: {cases} Pods at {} versions: all equal, {passed:?} pass; {seen:?}",
        versions.len()
    );
}

/// Compares the answers at both levels, and returns which let the Pod pass, and the checks
/// that fail.
fn compare(
    typed: &Pod,
    version: PolicyVersion,
    server: KubernetesVersion,
    theirs: &Value,
    pod: &Value,
) -> ([bool; 2], BTreeSet<&'static str>) {
    let (metadata, spec) = (&typed.metadata, typed.spec.as_ref().unwrap());
    let both = LEVELS.map(|level| {
        let at = LevelVersion { level, version };
        let ours = evaluate(at, server, metadata, spec);
        let answer = without_nulls(theirs[level.to_string()].clone());
        assert_eq!(described(&ours), answer, "{server}: {at} {pod}");
        for failure in &ours.failures {
            assert!(!failure.violations.is_empty(), "{server}: {at} {pod}");
        }
        ours
    });
    let failed: BTreeSet<&str> = both
        .iter()
        .flat_map(|own| own.failures.iter().map(|failure| failure.check))
        .collect();
    let ids = theirs["failed"].as_array().unwrap().iter();
    let ids: BTreeSet<&str> = ids.map(|id| id.as_str().unwrap()).collect();
    assert_eq!(failed, ids, "{server}: {version} {pod}");
    let allowed = [both[0].is_allowed(), both[1].is_allowed()];
    let strictest = match allowed {
        [_, true] => Level::Restricted,
        [true, false] => Level::Baseline,
        [false, false] => Level::Privileged,
    };
    assert_eq!(strictest_level(version, server, metadata, spec), strictest);
    (allowed, failed)
}

#[test]
fn the_checks_and_their_versions_are_those_of_upstream() {
    let answers = Oracle::start().ask_all(&[json!({"op": "podsecuritychecks"})]);
    let theirs = &answers[0]["checks"];
    let ours: serde_json::Map<String, Value> = CHECKS
        .iter()
        .map(|check| {
            let overrides = check.instead_of.into_iter();
            let overrides: BTreeMap<_, _> = overrides.map(|id| (id, true)).collect();
            let since: Vec<u8> = check.since().collect();
            let level = check.level.to_string();
            let row = json!({"level": level, "since": since, "overrides": overrides});
            (check.id.to_owned(), row)
        })
        .collect();
    assert_eq!(Value::from(ours), *theirs);
    assert_eq!(CHECKS.len(), 19, "{theirs}");
    println!("{} checks compared: all equal", CHECKS.len());
}
