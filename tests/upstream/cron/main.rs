//! CronJobs: schedules and their next times, and what upstream's controller makes of a CronJob.

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
mod random;
#[path = "../../support/random/rng.rs"]
mod rng;
mod sync;
mod zones;

use agreement::Agreement;
use k8s_openapi::jiff::Timestamp;
use oracle::of_each_minor;
use pod_model::KubernetesVersion;
use pod_model::job::schedule::{Schedule, Zone};
use rng::Rng;
use serde_json::{Value, json};

/// Random schedules for the reference; the older minors have the same parser, and get fewer.
const RANDOM: usize = 10_000;
const RANDOM_OLDER: usize = 2_000;
const TIMES: usize = 2;
const RUNS: usize = 3;

/// The next runs after each time; none if the text is no schedule.
fn ours(text: &str, zone: &str, times: &[i64]) -> Option<Vec<Vec<i64>>> {
    let local = Zone::load(zone, &Zone::utc()).unwrap();
    let schedule = Schedule::parse(text, &local).ok()?;
    let runs = |time: &i64| {
        let after = Timestamp::from_second(*time).unwrap();
        let runs = schedule.next_runs(after, RUNS);
        runs.into_iter().map(Timestamp::as_second).collect()
    };
    Some(times.iter().map(runs).collect())
}

/// Upstream's answer in the same form; a panic is a refusal, too.
fn theirs(answer: &Value) -> Option<Vec<Vec<i64>>> {
    if answer.get("err").is_some() || answer.get("panic").is_some() {
        return None;
    }
    serde_json::from_value(answer["next"].clone()).ok()
}

fn compare(cases: &[(String, &str, Vec<i64>)], version: KubernetesVersion) -> Agreement {
    let questions: Vec<Value> = cases
        .iter()
        .map(|(text, zone, times)| {
            json!({"op": "cronSchedule", "schedule": text, "zone": zone, "times": times, "count": RUNS})
        })
        .collect();
    let mut agreement = Agreement::new("schedules");
    let answers = zones::oracle(version).ask_all(&questions);
    for ((text, zone, times), answer) in cases.iter().zip(&answers) {
        let (ours, theirs) = (ours(text, zone, times), theirs(answer));
        if ours == theirs {
            agreement.equal_and(match &ours {
                None => "refused",
                Some(runs) if runs.iter().any(|runs| runs.len() < RUNS) => "that end",
                Some(_) => "that go on",
            });
        } else {
            agreement.differ(format!(
                "{text:?} {zone} {times:?}\n  ours {ours:?}\n  upstream's {theirs:?} {answer}"
            ));
        }
    }
    agreement
}

of_each_minor!(schedules_run_at_upstreams_times);

fn schedules_run_at_upstreams_times(version: KubernetesVersion) {
    let mut rng = Rng::new(0xc407);
    let count = match version {
        KubernetesVersion::V1_37 => RANDOM,
        _ => RANDOM_OLDER,
    };
    let cases: Vec<(String, &str, Vec<i64>)> = (0..count)
        .map(|_| {
            let times = (0..TIMES).map(|_| random::time(&mut rng)).collect();
            (random::schedule(&mut rng), rng.pick(&random::ZONES), times)
        })
        .collect();
    let agreement = compare(&cases, version);
    assert!(agreement.kind("refused") > count / 20, "{agreement:?}");
    assert!(agreement.kind("that end") > count / 100, "{agreement:?}");
    assert!(agreement.kind("that go on") > count / 2, "{agreement:?}");
    agreement.finish(&[]);
}
