//! Jobs: what upstream's controller makes of a Job and its Pods in one look, and the sets of
//! indexes and success policies that it reads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
#[path = "../../support/oracle.rs"]
mod oracle;
mod random;
#[path = "../../support/random/rng.rs"]
mod rng;
mod sync;

use agreement::Agreement;
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pod_model::job::{Indexes, met_rule};
use rng::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 3_000;

/// A text that may be one of indexes.
fn odd_indexes(rng: &mut Rng) -> String {
    if rng.percent(60) {
        return random::indexes(rng, 20);
    }
    let parts = [
        "0", "3", "1-4", "5-3", "7-7", "-1", "+2", "x", "", "1-2-3", "9-x", "12-99", "4",
    ];
    let count = rng.below(5);
    let parts: Vec<&str> = (0..count).map(|_| rng.pick(&parts)).collect();
    parts.join(",")
}

of_each_minor!(indexes_are_read_and_merged_as_upstream_does);

fn indexes_are_read_and_merged_as_upstream_does(version: KubernetesVersion) {
    let mut rng = Rng::new(0x1d5);
    let has: Vec<i64> = (-1..22).collect();
    let cases: Vec<(String, String, i64)> = (0..RANDOM)
        .map(|_| {
            (
                odd_indexes(&mut rng),
                odd_indexes(&mut rng),
                i64::try_from(rng.below(22)).unwrap(),
            )
        })
        .collect();
    let questions: Vec<Value> = cases
        .iter()
        .map(|(text, other, completions)| {
            json!({"op": "jobIndexes", "text": text, "other": other, "completions": completions, "has": has})
        })
        .collect();
    let mut agreement = Agreement::new("texts of indexes");
    let answers = Oracle::of(version).ask_all(&questions);
    for ((text, other, completions), theirs) in cases.iter().zip(&answers) {
        let one = Indexes::parse(text, *completions);
        let merged = one.merge(&Indexes::parse(other, *completions));
        let ours = json!({
            "text": one.to_string(), "total": one.total(), "merged": merged.to_string(),
            "has": has.iter().map(|index| one.contains(*index)).collect::<Vec<_>>(),
        });
        if ours == *theirs {
            agreement.equal_and(if one.is_empty() {
                "empty"
            } else {
                "with indexes"
            });
        } else {
            agreement.differ(format!(
                "{text:?} {other:?} {completions}\n  ours {ours}\n  upstream's {theirs}"
            ));
        }
    }
    assert!(agreement.kind("with indexes") > RANDOM / 2);
    agreement.finish(&[]);
}

of_each_minor!(the_rule_that_is_met_is_upstreams);

fn the_rule_that_is_met_is_upstreams(version: KubernetesVersion) {
    let mut rng = Rng::new(0x5cc);
    let cases: Vec<(Value, i32, String)> = (0..RANDOM)
        .map(|_| {
            let completions = 1 + rng.below(12);
            let rules = (0..rng.below(4)).map(|_| random::success_rule(&mut rng, completions));
            let policy = json!({"rules": rules.collect::<Vec<_>>()});
            (
                policy,
                i32::try_from(completions).unwrap(),
                odd_indexes(&mut rng),
            )
        })
        .collect();
    let questions: Vec<Value> = cases
        .iter()
        .map(|(policy, completions, succeeded)| {
            json!({"op": "jobSuccess", "policy": policy, "completions": completions, "succeeded": succeeded})
        })
        .collect();
    let mut agreement = Agreement::new("success policies");
    let answers = Oracle::of(version).ask_all(&questions);
    for ((policy, completions, succeeded), theirs) in cases.iter().zip(&answers) {
        let completions = i64::from(*completions);
        let typed = serde_json::from_value(policy.clone()).unwrap();
        let ours = met_rule(&typed, completions, &Indexes::parse(succeeded, completions));
        let message = theirs["message"].as_str().unwrap();
        let index = message
            .rsplit(' ')
            .next()
            .and_then(|last| last.parse().ok());
        assert_eq!(
            index.is_some(),
            theirs["met"].as_bool().unwrap(),
            "{theirs}"
        );
        if ours == index {
            agreement.equal_and(if index.is_some() { "met" } else { "not met" });
        } else {
            agreement.differ(format!(
                "{policy} {completions} {succeeded:?}\n  ours {ours:?}\n  upstream's {theirs}"
            ));
        }
    }
    assert!(agreement.kind("met") > RANDOM / 10 && agreement.kind("not met") > RANDOM / 10);
    agreement.finish(&[]);
}
