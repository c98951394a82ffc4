//! The rows of `kubectl get`: upstream's own printers
//! (pkg/printers/internalversion/printers.go, `printPod` and `printJob`) and ours print the
//! same of known and of random objects, in each version.
//!
//! The printers run in virtual time, so that ages are compared to the second.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
mod known;
#[path = "../../support/oracle.rs"]
mod oracle;
#[path = "../../support/random/mod.rs"]
mod random;
mod row;

use std::collections::BTreeMap;

use agreement::Agreement;
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use random::Rng;
use random::status::{Clock, job_with_status, odd_job, odd_pod, pod_with_status};
use serde_json::{Value, json};

use row::Row;

/// 2026-03-01T12:00:00Z.
const NOW: i64 = 1_772_366_400;
const RANDOM: usize = 10_000;
const RANDOM_OF_OLDER: usize = 4_000;

fn question(object: &Value, validate: bool) -> Value {
    json!({ "op": "printed", "manifest": object.to_string(), "now": NOW, "validate": validate })
}

/// Compares the rows of objects; `is_valid` are those that the API server has to take.
fn compare(
    agreement: &mut Agreement,
    objects: &[(Value, bool)],
    version: KubernetesVersion,
) -> Vec<Row> {
    let questions: Vec<Value> = objects
        .iter()
        .map(|(object, is_valid)| question(object, *is_valid))
        .collect();
    let answers = Oracle::of(version).ask_all(&questions);
    let mut rows = Vec::new();
    for ((object, is_valid), answer) in objects.iter().zip(&answers) {
        assert!(answer["cells"].is_object(), "{version}: {answer}\n{object}");
        if *is_valid {
            assert_eq!(answer["errors"], json!([]), "{version}: {object}");
            agreement.note("whose status the server takes");
        }
        let ours = row::ours(object, version, NOW);
        let theirs = row::of_cells(object, &answer["cells"]);
        if ours.cells == theirs {
            agreement.equal();
        } else {
            agreement.differ(format!("{:?}\n{theirs:?}\n{object}", ours.cells));
        }
        rows.push(ours);
    }
    rows
}

of_each_minor!(known_objects_have_the_text_that_upstream_prints);

fn known_objects_have_the_text_that_upstream_prints(version: KubernetesVersion) {
    let objects: Vec<_> = known::all()
        .into_iter()
        .map(|known| (known.object, false))
        .collect();
    let mut agreement = Agreement::new("known objects");
    let rows = compare(&mut agreement, &objects, version);
    for (known, row) in known::all().iter().zip(&rows) {
        assert_eq!(row.status, known.text(version), "{version}: {}", known.name);
        assert_eq!(row.path, known.path(version), "{version}: {}", known.name);
    }
    agreement.finish(&[]);
}

of_each_minor!(random_objects_have_the_row_that_upstream_prints);

fn random_objects_have_the_row_that_upstream_prints(version: KubernetesVersion) {
    let mut rng = Rng::new(0x57a7 + u64::from(version.minor()));
    let clock = Clock { now: NOW };
    let count = if version == KubernetesVersion::LATEST {
        RANDOM
    } else {
        RANDOM_OF_OLDER
    };
    let objects: Vec<(Value, bool)> = (0..count)
        .map(|_| match rng.below(100) {
            0..50 => (pod_with_status(&mut rng, clock), true),
            50..80 => (odd_pod(&mut rng, clock), false),
            80..92 => (job_with_status(&mut rng, clock), true),
            _ => (odd_job(&mut rng, clock), false),
        })
        .collect();
    let mut agreement = Agreement::new("random objects");
    let rows = compare(&mut agreement, &objects, version);
    let mut rules: BTreeMap<_, usize> = BTreeMap::new();
    let mut texts: BTreeMap<_, usize> = BTreeMap::new();
    for row in &rows {
        *rules.entry(row.rule).or_default() += 1;
        *texts.entry(row.status.clone()).or_default() += 1;
    }
    println!("{version}: {rules:?}, {} texts", texts.len());
    // Each rule decides often, and no text is most of them.
    let rules_of_version = if version < KubernetesVersion::V1_35 {
        14
    } else {
        15
    };
    assert_eq!(rules.len(), rules_of_version, "{rules:?}");
    assert!(rules.values().all(|n| *n >= 10), "{rules:?}");
    assert!(texts.values().all(|n| *n < count / 4), "{texts:?}");
    assert!(texts.len() > 60, "{texts:?}");
    agreement.finish(&[]);
}
