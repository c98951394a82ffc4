//! Pod Security Standards: upstream's admission checks
//! (k8s.io/pod-security-admission/policy) and ours find the same Pods wanting,
//! at each level, in each version, by the same checks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "pod_security/random.rs"]
mod pods;
#[path = "../support/random/mod.rs"]
mod random;

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Pod;
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pod_model::pod_security::{CHECKS, Level, violations};
use random::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 12_000;
const LEVELS: [Level; 2] = [Level::Baseline, Level::Restricted];

/// The ids of the checks that fail, at each level.
fn ours(pod: &Value, version: KubernetesVersion) -> [BTreeSet<String>; 2] {
    let pod: Pod = serde_json::from_value(pod.clone()).unwrap();
    let spec = pod.spec.unwrap();
    LEVELS.map(|level| {
        violations(level, version, &pod.metadata, &spec)
            .into_iter()
            .map(|violation| violation.check.to_owned())
            .collect()
    })
}

of_each_minor!(the_same_pods_fail_the_same_checks_at_every_level_and_version);

fn the_same_pods_fail_the_same_checks_at_every_level_and_version(newest: KubernetesVersion) {
    let mut rng = Rng::new(0x5ec);
    let mut cases: Vec<(Value, KubernetesVersion)> = Vec::new();
    let versions = KubernetesVersion::ALL.map(|version| version.min(newest));
    for _ in 0..RANDOM {
        let pod = if rng.percent(85) {
            pods::pod(&mut rng)
        } else {
            let mut pod = random::pod(&mut rng);
            if pod["spec"].is_null() {
                pod["spec"] = json!({ "containers": [] });
            }
            pod
        };
        cases.push((pod, rng.pick(&versions)));
    }
    let questions: Vec<Value> = cases
        .iter()
        .map(|(pod, version)| {
            json!({ "op": "podsecurity", "manifest": pod.to_string(), "version": format!("v{version}") })
        })
        .collect();
    let answers = Oracle::of(newest).ask_all(&questions);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut passed = [0, 0];
    for ((pod, version), answer) in cases.iter().zip(&answers) {
        assert!(answer["err"].is_null(), "{pod}: {answer}");
        let ours = ours(pod, *version);
        for ((level, failed), count) in LEVELS.iter().zip(&ours).zip(&mut passed) {
            let allowed = answer[level.to_string()]["allowed"].as_bool().unwrap();
            assert_eq!(
                allowed,
                failed.is_empty(),
                "{newest}: {level} {version} {pod}\n{failed:?}\n{answer}"
            );
            *count += usize::from(allowed);
        }
        let theirs = answer["failed"].as_array().unwrap().iter();
        let theirs: BTreeSet<String> = theirs.map(|id| id.as_str().unwrap().to_owned()).collect();
        let all: BTreeSet<String> = ours.iter().flatten().cloned().collect();
        assert_eq!(all, theirs, "{newest}: {version} {pod}\n{answer}");
        for id in all {
            *seen.entry(id).or_default() += 1;
        }
    }
    // Both verdicts are given often, and every check finds something.
    for (level, count) in LEVELS.iter().zip(passed) {
        assert!(
            count > RANDOM / 20 && count < RANDOM * 19 / 20,
            "{level}: {count}"
        );
    }
    // hostProbesAndHostLifecycle is asked since 1.34, and procMount of user namespaces since 1.35.
    let checks = match newest {
        KubernetesVersion::V1_33 => 17,
        KubernetesVersion::V1_34 => 18,
        _ => 19,
    };
    assert_eq!(seen.len(), checks, "{seen:?}");
    assert!(seen.values().all(|count| *count > 20), "{seen:?}");
    println!("{newest}: {RANDOM} Pods compared: all equal, {passed:?} of them pass; {seen:?}");
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
