//! One look of the controller at random Jobs.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::job::back_off::BackOff;
use pod_model::job::{
    FailureAction, ObservedJob, Sync, SyncOutcome, finished_at, match_failure_policy, recorded_end,
    sync_job,
};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::oracle::{Oracle, of_each_minor};
use crate::random::{self, Case, NOW};
use crate::rng::Rng;

const RANDOM: usize = 5_000;

of_each_minor!(a_look_at_a_job_has_upstreams_outcome);

fn a_look_at_a_job_has_upstreams_outcome(version: KubernetesVersion) {
    let mut rng = Rng::new(0x10b);
    let cases: Vec<Case> = (0..RANDOM).map(|_| random::case(&mut rng)).collect();
    let questions: Vec<Value> = cases
        .iter()
        .map(|case| {
            json!({"op": "jobSync", "job": case.job, "pods": case.pods, "now": random::at(NOW),
                "failures": case.failures, "lastFailure": case.last_failure.map(random::at)})
        })
        .collect();
    let answers = Oracle::of(version).ask_all(&questions);
    let mut agreement = Agreement::new("Jobs");
    for (case, theirs) in cases.iter().zip(&answers) {
        assert!(
            theirs.get("err").is_none() && theirs.get("panic").is_none(),
            "{theirs}\n{case:?}"
        );
        let (ours, kind) = ours(case, version);
        let theirs = canonical(theirs, case);
        let differing = differing(&ours, &theirs);
        if differing.is_empty() {
            agreement.equal_and(kind);
        } else {
            let pods: Vec<String> = case.pods.iter().map(Value::to_string).collect();
            agreement.differ(format!(
                "{}\n{}\nmemory {} {:?}\n{}",
                case.job,
                pods.join("\n"),
                case.failures,
                case.last_failure,
                differing.join("\n")
            ));
        }
    }
    for kind in [
        "creating",
        "deleting",
        "held back",
        "unchanged",
        "PodFailurePolicy",
        "BackoffLimitExceeded",
        "DeadlineExceeded",
        "MaxFailedIndexesExceeded",
        "SuccessPolicy",
        "CompletionsReached",
    ] {
        assert!(agreement.kind(kind) > RANDOM / 250, "{kind}: {agreement:?}");
    }
    assert!(agreement.kind("FailedIndexes") > 5);
    agreement.finish(&[]);
}

fn differing(ours: &Value, theirs: &Value) -> Vec<String> {
    let keys = theirs.as_object().unwrap().keys();
    keys.filter(|key| ours[key.as_str()] != theirs[key.as_str()])
        .map(|key| {
            format!(
                "  {key}: ours {} upstream's {}",
                ours[key.as_str()],
                theirs[key.as_str()]
            )
        })
        .collect()
}

/// Our outcome in the form of the oracle's, and its kind.
fn ours(case: &Case, version: KubernetesVersion) -> (Value, &'static str) {
    let job: Job = serde_json::from_value(case.job.clone()).unwrap();
    let pods: Vec<Pod> = case
        .pods
        .iter()
        .map(|pod| serde_json::from_value(pod.clone()).unwrap())
        .collect();
    let observed = ObservedJob {
        job: &job,
        pods: pods.iter().collect(),
        now: Timestamp::from_second(NOW).unwrap(),
        memory: BackOff {
            failures: case.failures,
            last_failure: case
                .last_failure
                .map(|at| Timestamp::from_second(at).unwrap()),
        },
        version,
    };
    let policy = job
        .spec
        .as_ref()
        .and_then(|spec| spec.pod_failure_policy.as_ref());
    let each: BTreeMap<String, Value> = pods
        .iter()
        .map(|pod| {
            let rule = policy.and_then(|policy| match_failure_policy(policy, pod));
            let action = rule.as_ref().map(|rule| format!("{:?}", rule.action));
            let index = rule
                .filter(|rule| rule.action == FailureAction::FailJob)
                .map(|rule| rule.index);
            (
                pod.metadata.name.clone().unwrap(),
                json!({"finished": finished_at(pod).as_second(), "action": action, "index": index}),
            )
        })
        .collect();
    match sync_job(&observed) {
        SyncOutcome::Synced(sync) => {
            let mut ours = synced(&sync, &job);
            ours["pods"] = json!(each);
            (ours, kind(&sync))
        }
        _ => {
            let mut ours = status(&case.job["status"]);
            ours["created"] = json!([]);
            ours["deleted"] = json!(0);
            ours["syncAgain"] = json!([]);
            ours["pods"] = json!(each);
            (ours, "not looked at")
        }
    }
}

fn kind(sync: &Sync<'_>) -> &'static str {
    let reasons = [
        "PodFailurePolicy",
        "BackoffLimitExceeded",
        "DeadlineExceeded",
        "FailedIndexes",
        "MaxFailedIndexesExceeded",
        "SuccessPolicy",
        "CompletionsReached",
    ];
    match &sync.end {
        Some(end) => reasons
            .into_iter()
            .find(|reason| *reason == end.reason())
            .unwrap_or("ended before"),
        None if !sync.changes.created.is_empty() => "creating",
        None if !sync.changes.deleted.is_empty() => "deleting",
        None if sync.changes.held_back.is_some() => "held back",
        None => "unchanged",
    }
}

fn synced(sync: &Sync<'_>, job: &Job) -> Value {
    let mut conditions: Vec<Value> = Vec::new();
    let end_types = |is_success: bool| {
        if is_success {
            ["SuccessCriteriaMet", "Complete"]
        } else {
            ["FailureTarget", "Failed"]
        }
    };
    if let Some(end) = recorded_end(job).as_ref().or(sync.end.as_ref()) {
        conditions.push(json!([end_types(end.is_success())[0], end.reason()]));
        if sync.is_finished {
            conditions.push(json!([end_types(end.is_success())[1], end.reason()]));
        }
    }
    conditions.sort_by_key(Value::to_string);
    let mut created: Vec<Value> = sync.changes.created.iter().map(|creation| {
        let count = |count: i32| if count == 0 { String::new() } else { count.to_string() };
        json!({
            "index": creation.index.map_or("-1".to_owned(), |index| index.to_string()),
            "failures": creation.failures.map_or(String::new(), |failures| failures.counted.to_string()),
            "ignored": creation.failures.map_or(String::new(), |failures| count(failures.ignored)),
        })
    }).collect();
    created.sort_by_key(by_index);
    let mut deleted: Vec<String> = sync
        .changes
        .deleted
        .iter()
        .map(|pod| pod.metadata.name.clone().unwrap())
        .collect();
    deleted.sort();
    let is_all = !deleted.is_empty() && deleted.len() == sync.counted.active.len();
    let mut again: Vec<i64> = sync
        .looks_again
        .iter()
        .map(|at| (at.as_second() - NOW) * 1000)
        .collect();
    again.sort_unstable();
    json!({
        "active": sync.changes.active, "ready": sync.ready, "terminating": sync.terminating,
        "succeeded": sync.tracked.succeeded, "failed": sync.tracked.failed,
        "completedIndexes": sync.tracked.completed_indexes.as_ref().map_or(String::new(), ToString::to_string),
        "failedIndexes": sync.failed_indexes.as_ref().map(ToString::to_string),
        "startTime": sync.started.map(|at| at.to_string()),
        "conditions": conditions, "created": created,
        "deleted": if is_all { json!(deleted) } else { json!(deleted.len()) },
        "syncAgain": again,
    })
}

fn canonical(theirs: &Value, case: &Case) -> Value {
    let mut out = status(&theirs["status"]);
    let mut created = theirs["created"].as_array().unwrap().clone();
    created.sort_by_key(by_index);
    out["created"] = json!(created);
    let deleted = theirs["deleted"].as_array().cloned().unwrap_or_default();
    let active = case.pods.iter().filter(|pod| {
        !matches!(
            pod["status"]["phase"].as_str(),
            Some("Failed" | "Succeeded")
        ) && pod["metadata"].get("deletionTimestamp").is_none()
    });
    out["deleted"] = if !deleted.is_empty() && deleted.len() == active.count() {
        json!(deleted)
    } else {
        json!(deleted.len())
    };
    let mut again: Vec<i64> = theirs["syncAgain"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|delay| delay.as_i64().unwrap())
        .collect();
    again.sort_unstable();
    out["syncAgain"] = json!(again);
    let pods = theirs["pods"].as_object().unwrap().iter();
    out["pods"] = pods
        .map(|(name, pod)| {
            let message = pod["message"].as_str();
            let index = message.and_then(|text| text.rsplit(' ').next()?.parse::<usize>().ok());
            (
                name.clone(),
                json!({"finished": pod["finished"], "action": pod["action"], "index": index}),
            )
        })
        .collect();
    out
}

fn by_index(created: &Value) -> String {
    format!("{} {}", created["index"], created["failures"])
}

fn status(status: &Value) -> Value {
    let count = |key: &str| status[key].as_i64().unwrap_or(0);
    let mut conditions: Vec<Value> = status["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|condition| condition["status"] == "True" && condition["type"] != "Suspended")
        .map(|condition| json!([condition["type"], condition["reason"]]))
        .collect();
    conditions.sort_by_key(Value::to_string);
    json!({
        "active": count("active"), "ready": count("ready"), "terminating": count("terminating"),
        "succeeded": count("succeeded"), "failed": count("failed"),
        "completedIndexes": status["completedIndexes"].as_str().unwrap_or_default(),
        "failedIndexes": status["failedIndexes"], "startTime": status["startTime"],
        "conditions": conditions,
    })
}
