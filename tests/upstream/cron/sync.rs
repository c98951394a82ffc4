//! One look of the controller at random CronJobs.

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::job::schedule::{ScheduleError, Zone};
use pod_model::job::{CronOutcome, CronSync, Due, ObservedCronJob, has_missed_many, sync_cron_job};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::oracle::of_each_minor;
use crate::random;
use crate::rng::Rng;
use crate::zones;

const RANDOM: usize = 5_000;

of_each_minor!(a_look_at_a_cron_job_has_upstreams_outcome);

fn a_look_at_a_cron_job_has_upstreams_outcome(version: KubernetesVersion) {
    let mut rng = Rng::new(0xc40b);
    let cases: Vec<(Value, Vec<Value>, i64)> = (0..RANDOM)
        .map(|_| {
            let now = random::time(&mut rng);
            let (cron_job, jobs) = random::cron_job(&mut rng, now);
            (cron_job, jobs, now)
        })
        .collect();
    let questions: Vec<Value> = cases
        .iter()
        .map(|(cron_job, jobs, now)| {
            json!({"op": "cronJobSync", "cronJob": cron_job, "jobs": jobs, "now": random::at(*now)})
        })
        .collect();
    let mut agreement = Agreement::new("CronJobs");
    let answers = zones::oracle(version).ask_all(&questions);
    for ((cron_job, jobs, now), answer) in cases.iter().zip(&answers) {
        let typed: CronJob = serde_json::from_value(cron_job.clone()).unwrap();
        let typed_jobs: Vec<Job> = jobs
            .iter()
            .map(|job| serde_json::from_value(job.clone()).unwrap())
            .collect();
        let sync = sync_cron_job(&ObservedCronJob {
            cron_job: &typed,
            jobs: &typed_jobs,
            now: Timestamp::from_second(*now).unwrap(),
            local: Zone::utc(),
        });
        let (ours, theirs) = (ours(&sync, *now), theirs(answer));
        let panics = answer.get("panic").is_some() && version < KubernetesVersion::V1_35;
        let is_known_panic =
            panics && sync.outcome == CronOutcome::Unparseable(ScheduleError::OnlyZone);
        if ours == theirs || is_known_panic {
            agreement.equal_and(kind(&sync.outcome));
        } else {
            agreement.differ(format!(
                "{cron_job} {} now {}\n  ours {ours}\n  upstream's {theirs}\n {answer}",
                json!(jobs),
                random::at(*now)
            ));
        }
    }
    for kind in [
        "starts",
        "forbidden",
        "not due",
        "processed",
        "suspended",
        "unparseable",
        "never runs",
        "exists",
    ] {
        assert!(agreement.kind(kind) > 3, "{kind}: {agreement:?}");
    }
    agreement.finish(&[]);
}

fn kind(outcome: &CronOutcome) -> &'static str {
    match outcome {
        CronOutcome::Deleted => "deleted",
        CronOutcome::UnknownTimeZone(_) => "unknown time zone",
        CronOutcome::Suspended => "suspended",
        CronOutcome::Unparseable(_) => "unparseable",
        CronOutcome::NeverRuns => "never runs",
        CronOutcome::NotDue => "not due",
        CronOutcome::TooLate(_) => "too late",
        CronOutcome::Processed(_) => "processed",
        CronOutcome::Forbidden(_) => "forbidden",
        CronOutcome::Exists(_) => "exists",
        CronOutcome::Starts(_) => "starts",
    }
}

/// The event that tells the outcome, the Jobs that are created and deleted, and the next look.
fn ours(sync: &CronSync, now: i64) -> Value {
    let reason = match &sync.outcome {
        CronOutcome::UnknownTimeZone(_) => "UnknownTimeZone",
        CronOutcome::Unparseable(_) => "UnparseableSchedule",
        CronOutcome::NeverRuns => "InvalidSchedule",
        CronOutcome::TooLate(_) => "MissSchedule",
        CronOutcome::Forbidden(_) => "JobAlreadyActive",
        CronOutcome::Starts(_) => "SuccessfulCreate",
        _ => "",
    };
    let replaced = |due: &Due| {
        if due.replaces {
            due.active.clone()
        } else {
            vec![]
        }
    };
    let (created, deleted) = match &sync.outcome {
        CronOutcome::Starts(due) => (vec![due.job.clone()], replaced(due)),
        CronOutcome::Exists(due) => (vec![], replaced(due)),
        _ => (vec![], vec![]),
    };
    let many = match &sync.outcome {
        CronOutcome::TooLate(due)
        | CronOutcome::Processed(due)
        | CronOutcome::Forbidden(due)
        | CronOutcome::Exists(due)
        | CronOutcome::Starts(due) => has_missed_many(due),
        _ => false,
    };
    let again = sync.next.map(|next| (next.as_second() - now) * 1000 + 100);
    json!({"reason": reason, "created": created, "deleted": deleted, "many": many, "syncAgain": again})
}

fn theirs(answer: &Value) -> Value {
    let events: Vec<&str> = answer["events"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|event| event.as_str().unwrap().split(' ').nth(1).unwrap())
        .collect();
    let telling = [
        "UnknownTimeZone",
        "UnparseableSchedule",
        "InvalidSchedule",
        "MissSchedule",
        "JobAlreadyActive",
        "SuccessfulCreate",
    ];
    let reason = telling
        .into_iter()
        .find(|reason| events.contains(reason))
        .unwrap_or("");
    json!({"reason": reason, "created": answer["created"], "deleted": answer["deleted"],
        "many": events.contains(&"TooManyMissedTimes"), "syncAgain": answer.get("syncAgain")})
}
