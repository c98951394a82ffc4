//! Jobs that go on after failures, and CronJobs that do not.

use pod_model::Verdict::{No, Ok, Unknown};
use pod_model::diagnosis::BetterByItself as Better;
use serde_json::{Value, json};

use crate::cases::{Case, ago, crashing, pod, running, with};

fn job(spec: &Value, status: &Value) -> Case {
    Case::new("Job", spec, status)
}

fn failed(name: &str, index: i32) -> Value {
    let ended =
        json!({"exitCode": 1, "reason": "Error", "startedAt": ago(40), "finishedAt": ago(30)});
    let metadata =
        json!({"annotations": {"batch.kubernetes.io/job-completion-index": index.to_string()}});
    let pod = pod(
        name,
        "u",
        "Failed",
        &json!({"state": {"terminated": ended}}),
    );
    with(
        pod,
        &json!({"metadata": metadata, "spec": {"restartPolicy": "Never"}}),
    )
}

#[test]
fn restarts_count_where_containers_are_restarted_in_their_pod() {
    let of = |policy: &str, restarts: i32| {
        let pod = with(
            crashing("web-a", "u", restarts),
            &json!({"spec": {"restartPolicy": policy}}),
        );
        let spec = json!({"backoffLimit": 6, "template": {"spec": {"restartPolicy": policy}}});
        job(&spec, &json!({"active": 1})).pod(pod)
    };
    let said = of("OnFailure", 2).is(Unknown, Better::Unknown, "job-retries");
    assert!(
        said.contains("restarted 2 times") && said.contains("6 restarts"),
        "{said}"
    );
    assert!(!said.contains("is no failure"), "{said}");
    of("OnFailure", 6).is(No, Better::No, "job-backoff-limit");
    // A Pod that cannot start is restarted never.
    let waiting = json!({"state": {"waiting": {"reason": "InvalidImageName", "message": "couldn't parse image name"}}});
    let mut case = of("OnFailure", 0);
    case.pods[0] = pod("web-a", "u", "Pending", &waiting);
    let said = case.is(No, Better::No, "image-name-invalid");
    assert!(said.contains("is no failure"), "{said}");
}

#[test]
fn the_limit_of_each_index_is_not_that_of_the_job() {
    let spec = json!({"backoffLimit": i32::MAX, "backoffLimitPerIndex": 1, "completions": 4, "parallelism": 4, "completionMode": "Indexed"});
    let of = |spec: &Value, failed_indexes: &str| {
        let status = json!({"active": 1, "failed": 1, "failedIndexes": failed_indexes});
        job(spec, &status).pod(failed("web-1", 1))
    };
    let said = of(&spec, "").is(Unknown, Better::Unknown, "job-retries");
    assert!(
        said.contains("1 Pod has failed") && !said.contains("21474836"),
        "{said}"
    );
    assert!(said.contains("kubectl logs web-1 -n demo"), "{said}");
    of(&spec, "1").is(No, Better::No, "job-failed-indexes");
    let policy = json!({"successPolicy": {"rules": [{"succeededCount": 1}]}});
    of(&with(spec.clone(), &policy), "1").is(Unknown, Better::Unknown, "job-failed-indexes");
}

#[test]
fn a_quota_that_leaves_some_pods_out_is_told() {
    let message = "Error creating: pods \"web-x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1";
    let of = |parallelism: i32| {
        job(
            &json!({"completions": 5, "parallelism": parallelism}),
            &json!({"active": 1}),
        )
        .event("FailedCreate", message, 20)
        .pod(running("web-a", "u"))
    };
    let said = of(5).is(Unknown, Better::Unknown, "quota-exceeded");
    assert!(said.contains("1 of 5 Pods are active"), "{said}");
    of(1).is(Unknown, Better::Yes, "job-running");
}

#[test]
fn a_job_gets_better_by_itself_if_its_pods_do() {
    let status = json!({"active": 1, "ready": 1, "startTime": ago(300)});
    let said =
        job(&json!({}), &status)
            .pod(running("web-a", "u"))
            .is(Unknown, Better::Yes, "job-running");
    assert!(
        said.contains("1 Pod is active")
            && said.ends_with("kubectl pod-tools wait job/web -n demo"),
        "{said}"
    );
    job(&json!({}), &status).is(Unknown, Better::Unknown, "job-running");
    let suspended =
        job(&json!({"suspend": true}), &json!({})).is(Unknown, Better::Unknown, "job-suspended");
    assert!(
        suspended.contains("kubectl patch job/web -n demo -p"),
        "{suspended}"
    );
}

#[test]
fn a_job_that_has_ended_stays_so_while_it_is_deleted() {
    let complete = json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True", "reason": "CompletionsReached"}]});
    let deleted = json!({"deletionTimestamp": ago(900), "finalizers": ["foregroundDeletion"]});
    let said = job(&json!({}), &complete)
        .metadata(&deleted)
        .is(Ok, Better::Yes, "being-deleted");
    assert!(
        said.contains("has succeeded, and is being deleted"),
        "{said}"
    );
    job(&json!({}), &json!({"active": 1}))
        .metadata(&deleted)
        .is(Unknown, Better::Unknown, "being-deleted");
}

#[test]
fn one_pod_is_told_in_the_singular() {
    let target = json!({"failed": 7, "terminating": 1, "conditions": [{"type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded"}]});
    let said = job(&json!({"backoffLimit": 6}), &target).is(No, Better::No, "job-backoff-limit");
    assert!(
        said.contains("the end of 1 Pod,") || said.contains("the end of 1 Pod:"),
        "{said}"
    );
}

fn cron_job(spec: &Value, last: i64) -> Case {
    Case::new("CronJob", spec, &json!({"lastScheduleTime": ago(last)}))
}

#[test]
fn a_cron_job_that_its_controller_cannot_read_never_runs() {
    cron_job(&json!({}), 0).is(Ok, Better::Yes, "cron-job-waits");
    let zone = cron_job(&json!({"timeZone": "Europe/Atlantis"}), 0);
    let likely = zone.judge().causes[0].certainty;
    let said = zone.event(
        "UnknownTimeZone",
        "invalid timeZone: \"Europe/Atlantis\": unknown time zone",
        60,
    );
    assert_ne!(said.judge().causes[0].certainty, likely);
    let said = said.is(No, Better::No, "cron-job-invalid");
    assert!(!said.contains("the next run is"), "{said}");
    // The event is about an earlier zone.
    cron_job(&json!({"timeZone": "Europe/Berlin"}), 0)
        .event(
            "UnknownTimeZone",
            "invalid timeZone: \"Europe/Atlantis\": unknown time zone",
            60,
        )
        .is(Ok, Better::Yes, "cron-job-waits");
    cron_job(&json!({"schedule": "0 9 * *"}), 0).is(No, Better::No, "cron-job-invalid");
    cron_job(&json!({"schedule": "0 9 31 2 *"}), 0).is(No, Better::No, "cron-job-invalid");
}

#[test]
fn a_cron_job_whose_jobs_are_refused_or_missed_does_not_just_wait() {
    let message = "Error creating job: jobs.batch \"web-29\" is forbidden: exceeded quota: q, requested: count/jobs.batch=1";
    let said = cron_job(&json!({}), 86_400)
        .event("FailedCreate", message, 20)
        .is(No, Better::No, "quota-exceeded");
    assert!(said.contains("another Job"), "{said}");
    cron_job(&json!({}), 86_400)
        .event("FailedCreate", message, 20)
        .event("SuccessfulCreate", "Created job web-30", 10)
        .is(Unknown, Better::Unknown, "cron-job-missed");
    cron_job(&json!({}), 60)
        .event("FailedCreate", message, 120)
        .is(Ok, Better::Yes, "cron-job-waits");
    // The run that is due may start at this moment.
    cron_job(&json!({}), 300).is(Ok, Better::Yes, "cron-job-waits");
    let said = cron_job(&json!({}), 900).is(Unknown, Better::Unknown, "cron-job-missed");
    assert!(said.contains("3 runs were due"), "{said}");
    cron_job(&json!({"startingDeadlineSeconds": 5}), 300)
        .event("MissSchedule", "Missed scheduled time to start a job", 1)
        .is(Unknown, Better::Unknown, "cron-job-missed");
}

#[test]
fn forbid_holds_back_a_run_that_is_due() {
    let of = |last: i64| {
        let mut case = cron_job(&json!({"concurrencyPolicy": "Forbid"}), last);
        case.object["status"]["active"] = json!([{"kind": "Job", "name": "web-1"}]);
        case
    };
    let said = of(900).is(Unknown, Better::Unknown, "cron-job-forbidden");
    assert!(said.contains("explain-status job/web-1 -n demo"), "{said}");
    of(0).is(Ok, Better::Yes, "cron-job-waits");
}

#[test]
fn a_cron_job_tells_that_its_last_job_failed() {
    let ended = |name: &str, kind: &str, seconds: i64| {
        json!({"metadata": {"name": name, "creationTimestamp": ago(seconds + 60)}, "status": {"failed": 7, "conditions": [
            {"type": kind, "status": "True", "reason": "BackoffLimitExceeded", "lastTransitionTime": ago(seconds)}]}})
    };
    let mut case = cron_job(&json!({}), 60);
    case.jobs = vec![
        ended("web-1", "Complete", 900),
        ended("web-2", "Failed", 600),
    ];
    let said = case.is(Unknown, Better::Unknown, "cron-job-run-failed");
    assert!(said.contains("web-2"), "{said}");
    // The one that succeeded since then is deleted already.
    case.object["status"]["lastSuccessfulTime"] = ago(300).into();
    case.is(Ok, Better::Yes, "cron-job-waits");
    case.jobs.push(ended("web-3", "Complete", 200));
    case.is(Ok, Better::Yes, "cron-job-waits");
}
