//! `explain-job` of Jobs in the cluster.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

const UID: &str = "11111111-2222-3333-4444-555555555555";
const JOB: &str = "GET /apis/batch/v1/namespaces/default/jobs/migrate";
const PODS: &str = "GET /api/v1/namespaces/default/pods";
const EVENTS: &str = "GET /api/v1/namespaces/default/events";
const NOW: &str = "2026-11-29T10:01:00Z";

fn job(spec: &Value, status: &Value) -> Value {
    let mut own = json!({
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": UID}},
        "backoffLimit": 6, "completions": 1, "parallelism": 1, "completionMode": "NonIndexed",
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "i"}]}},
    });
    for (key, value) in spec.as_object().unwrap() {
        own[key] = value.clone();
    }
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "default", "uid": UID, "resourceVersion": "1",
            "creationTimestamp": "2026-11-29T10:00:00Z"},
        "spec": own, "status": status,
    })
}

fn failed(name: &str, at: &str, annotations: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": name, "resourceVersion": "1",
            "labels": {"batch.kubernetes.io/controller-uid": UID}, "annotations": annotations,
            "finalizers": ["batch.kubernetes.io/job-tracking"],
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "migrate",
                "uid": UID, "controller": true}]},
        "spec": {"containers": [{"name": "main", "image": "i"}], "restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [{"name": "main", "image": "i",
            "imageID": "", "ready": false, "restartCount": 0, "state": {"terminated":
                {"exitCode": 3, "reason": "Error", "startedAt": at, "finishedAt": at}}}]},
    })
}

fn list(kind: &str, items: &[Value]) -> Value {
    let version = "v1";
    json!({"kind": kind, "apiVersion": version, "metadata": {"resourceVersion": "2"}, "items": items})
}

fn server(job: &Value, pods: &[Value], events: &[Value]) -> ApiServer {
    ApiServer::new()
        .on(JOB, Answer::json(job))
        .on(PODS, Answer::json(&list("PodList", pods)))
        .on(EVENTS, Answer::json(&list("EventList", events)))
}

fn explain(server: &ApiServer, args: &[&str]) -> Run {
    let words = ["explain-job", "migrate", "--now", NOW];
    Home::new().run_on(server, &[&words, args].concat())
}

fn item(server: &ApiServer) -> Value {
    let run = explain(server, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    report["items"][0].clone()
}

#[test]
fn a_bare_name_is_a_job_and_its_pods_are_counted() {
    let pods = [
        failed("migrate-a", "2026-11-29T10:00:30Z", &json!({})),
        failed("migrate-b", "2026-11-29T10:00:50Z", &json!({})),
    ];
    let server = server(&job(&json!({}), &json!({})), &pods, &[]);
    let item = item(&server);
    assert_eq!(item["reason"], "BackOff", "{item}");
    assert_eq!(item["counts"]["failed"], 2);
    assert_eq!(item["nextRetry"], "2026-11-29T10:01:10Z");
    let run = explain(&server, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in [
        "2 Pods have failed, and it bears 4 more",
        "in 10s at the latest",
        "kubectl logs -n default migrate-b",
        "fails at 7 failed Pods (spec.backoffLimit)",
    ] {
        let text = run.stdout.replace('\n', " ");
        assert!(text.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn the_next_retry_of_an_index_is_exact() {
    let spec = json!({"completions": 3, "parallelism": 3, "completionMode": "Indexed",
        "backoffLimitPerIndex": 5, "backoffLimit": 2_147_483_647});
    let index = |index: &str, failures: &str| {
        json!({"batch.kubernetes.io/job-completion-index": index,
            "batch.kubernetes.io/job-index-failure-count": failures})
    };
    let pods = [
        failed("migrate-0", "2026-11-29T10:00:55Z", &index("0", "3")),
        failed("migrate-2", "2026-11-29T10:00:55Z", &index("2", "0")),
    ];
    let item = item(&server(&job(&spec, &json!({})), &pods, &[]));
    assert_eq!(item["nextRetryIsExact"], true);
    let retries = json!([
        {"index": 2, "at": "2026-11-29T10:01:05Z", "isExact": true, "failures": 1},
        {"index": 0, "at": "2026-11-29T10:02:15Z", "isExact": true, "failures": 4},
    ]);
    assert_eq!(item["retries"], retries);
    assert_eq!(item["bounds"]["maxPods"], 18);
}

#[test]
fn a_job_with_an_index_that_failed_for_good_fails_for_certain() {
    let spec = json!({"completions": 3, "parallelism": 3, "completionMode": "Indexed",
        "backoffLimitPerIndex": 0, "backoffLimit": 2_147_483_647});
    let status = json!({"failed": 1, "failedIndexes": "1"});
    let lost = item(&server(&job(&spec, &status), &[], &[]));
    assert_eq!(lost["verdict"], "no", "{lost}");
    assert_eq!(lost["outcome"], "failed");
    assert_eq!(lost["reason"], "FailedIndexes");
    assert_eq!(lost["isEnded"], false);
    let summary = lost["summary"].as_str().unwrap();
    assert!(summary.contains("index 1 failed for good"), "{summary}");
    // A rule that needs only another index can still be met.
    let mut saved = spec.clone();
    saved["successPolicy"] = json!({"rules": [{"succeededIndexes": "0"}]});
    let open = item(&server(&job(&saved, &status), &[], &[]));
    assert_eq!(open["verdict"], "unknown", "{open}");
}

#[test]
fn pods_that_the_end_deletes_are_not_told_as_its_cause() {
    let spec = json!({"completions": 5, "parallelism": 5, "backoffLimit": 2, "template":
        {"spec": {"restartPolicy": "OnFailure", "containers": [{"name": "main", "image": "i"}]}}});
    let condition =
        |kind: &str| json!({"type": kind, "status": "True", "reason": "BackoffLimitExceeded"});
    for (failed, is_either) in [(5, true), (2, false)] {
        let status = json!({"failed": failed, "conditions": [condition("FailureTarget"), condition("Failed")]});
        let item = item(&server(&job(&spec, &status), &[], &[]));
        let summary = item["summary"].as_str().unwrap();
        assert!(summary.contains("restarted 2 times"), "{summary}");
        assert_eq!(
            summary.contains("or more Pods failed"),
            is_either,
            "{summary}"
        );
    }
}

#[test]
fn a_deadline_of_centuries_is_over_at_once() {
    let status = json!({"active": 1, "startTime": "2026-11-29T10:00:00Z"});
    for (seconds, reason) in [
        (9_999_999_999_i64, "DeadlineExceeded"),
        (9_000_000_000, "Creating"),
    ] {
        let spec = json!({"activeDeadlineSeconds": seconds});
        let item = item(&server(&job(&spec, &status), &[], &[]));
        assert_eq!(item["reason"], reason, "{item}");
    }
}

#[test]
fn a_suspended_job_says_by_whom() {
    let mut by_queue = job(&json!({"suspend": true}), &json!({}));
    by_queue["metadata"]["labels"] = json!({"kueue.x-k8s.io/queue-name": "team-a"});
    let item = item(&server(&by_queue, &[], &[]));
    assert_eq!(item["reason"], "Suspended");
    let summary = item["summary"].as_str().unwrap();
    assert!(
        summary.contains("Kueue resumes it when the queue `team-a` admits it"),
        "{summary}"
    );
    let mut by_hand = job(&json!({"suspend": true}), &json!({}));
    by_hand["metadata"]["managedFields"] = json!([
        {"manager": "kubectl-create", "operation": "Update", "apiVersion": "batch/v1",
            "time": "2026-11-29T10:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:template": {}}}},
        {"manager": "kubectl-patch", "operation": "Update", "apiVersion": "batch/v1",
            "time": "2026-11-29T10:00:40Z", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:suspend": {}}}},
    ]);
    let item = self::item(&server(&by_hand, &[], &[]));
    let summary = item["summary"].as_str().unwrap();
    assert!(
        summary.contains("`kubectl-patch` has set it at 2026-11-29T10:00:40Z"),
        "{summary}"
    );
}

#[test]
fn a_complete_job_says_when_it_vanishes() {
    let status = json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True",
        "reason": "CompletionsReached", "lastTransitionTime": "2026-11-29T10:00:30Z"}]});
    let server = server(
        &job(&json!({"ttlSecondsAfterFinished": 60}), &status),
        &[],
        &[],
    );
    let item = item(&server);
    assert_eq!(item["verdict"], "ok");
    assert_eq!(item["vanishesAt"], "2026-11-29T10:01:30Z");
    let run = explain(&server, &[]);
    assert!(
        run.stdout
            .contains("2026-11-29T10:01:30Z, in 30s, with its Pods"),
        "{run:?}"
    );
    let later = ["explain-job", "migrate", "--now", "2026-11-29T10:02:00Z"];
    let late = Home::new().run_on(&server, &later);
    assert!(
        late.stdout
            .contains("now: 2026-11-29T10:01:30Z has passed, with its Pods"),
        "{late:?}"
    );
}

#[test]
fn very_many_ranges_of_indexes_fit_a_line() {
    let done: Vec<String> = (0..20_000).map(|own| (own * 5).to_string()).collect();
    let status = json!({"succeeded": 20_000, "completedIndexes": done.join(",")});
    let spec = json!({"completions": 100_000, "completionMode": "Indexed"});
    let run = explain(&server(&job(&spec, &status), &[], &[]), &[]);
    assert!(run.stdout.contains("more ranges)"), "{run:?}");
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn without_the_right_to_list_pods_the_status_is_explained() {
    let status = json!({"active": 1, "ready": 1, "failed": 2});
    let server = ApiServer::new()
        .on(JOB, Answer::json(&job(&json!({}), &status)))
        .on(PODS, Answer::refusal(403, "Forbidden", "not allowed"))
        .on(EVENTS, Answer::refusal(403, "Forbidden", "not allowed"));
    let item = item(&server);
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(item["counts"]["active"], 1);
    assert_eq!(item["counts"]["failed"], 2);
    let unread = json!([
        "Pods: not allowed to list them",
        "events: not allowed to list them"
    ]);
    assert_eq!(item["unread"], unread);
}

#[test]
fn a_pod_of_the_cluster_leads_to_its_job() {
    let pod = failed("migrate-a", "2026-11-29T10:00:30Z", &json!({}));
    let pods = list("PodList", std::slice::from_ref(&pod));
    let server = ApiServer::new()
        .on(&format!("{PODS}/migrate-a"), Answer::json(&pod))
        .on(JOB, Answer::json(&job(&json!({}), &json!({}))))
        .on(PODS, Answer::json(&pods))
        .on(EVENTS, Answer::json(&list("EventList", &[])));
    let run = Home::new().run_on(
        &server,
        &["explain-job", "pod/migrate-a", "--now", NOW, "-o", "json"],
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let item = &report["items"][0];
    assert_eq!(item["job"], "migrate", "{item}");
    assert_eq!(item["counts"]["failed"], 1);
}

#[test]
fn a_pod_without_a_job_and_other_types_are_refused() {
    let mut pod = failed("web", "2026-11-29T10:00:30Z", &json!({}));
    pod["metadata"]["ownerReferences"] = json!([]);
    let server = ApiServer::new().on(
        "GET /api/v1/namespaces/default/pods/web",
        Answer::json(&pod),
    );
    let run = Home::new().run_on(&server, &["explain-job", "pod/web"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("pod/web does not belong to a Job"),
        "{run:?}"
    );
    assert!(run.stderr.contains("explain-status pod/web"), "{run:?}");
    let run = Home::new().run_on(&server, &["explain-job", "sts/db"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("found the type StatefulSet"), "{run:?}");
}

#[test]
fn texts_of_the_cluster_command_no_terminal() {
    let evil = "\u{1b}[31mred\u{7}\r\n::error::x";
    let status = json!({"failed": 1, "conditions": [{"type": "Failed", "status": "True",
        "reason": evil, "message": evil, "lastTransitionTime": "2026-11-29T10:00:30Z"}]});
    let mut pod = failed("migrate-a", "2026-11-29T10:00:30Z", &json!({}));
    pod["status"]["reason"] = json!(evil);
    pod["status"]["containerStatuses"][0]["name"] = json!(evil);
    let event = json!({"apiVersion": "v1", "kind": "Event",
        "metadata": {"name": "e", "namespace": "default", "uid": "e", "resourceVersion": "1"},
        "involvedObject": {"kind": "Job", "name": "migrate", "namespace": "default", "uid": UID},
        "type": "Warning", "reason": evil, "message": evil});
    let mut own = job(&json!({"managedBy": evil}), &status);
    own["metadata"]["labels"] = json!({"kueue.x-k8s.io/queue-name": evil});
    let server = server(&own, &[pod], &[event]);
    let run = explain(&server, &[]);
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\r']), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("::")), "{text:?}");
    }
    assert!(run.stdout.contains("red"), "{run:?}");
}

#[test]
fn all_jobs_and_cron_jobs_of_all_namespaces_are_explained() {
    let status = json!({"succeeded": 1, "conditions": [{"type": "Complete", "status": "True",
        "reason": "CompletionsReached", "lastTransitionTime": "2026-11-29T10:00:30Z"}]});
    let jobs = json!({"kind": "JobList", "apiVersion": "batch/v1",
        "metadata": {"resourceVersion": "2"}, "items": [job(&json!({}), &status)]});
    let none = json!({"kind": "CronJobList", "apiVersion": "batch/v1",
        "metadata": {"resourceVersion": "2"}, "items": []});
    let server = ApiServer::new()
        .on("GET /apis/batch/v1/jobs", Answer::json(&jobs))
        .on("GET /apis/batch/v1/cronjobs", Answer::json(&none))
        .on(PODS, Answer::json(&list("PodList", &[])))
        .on(EVENTS, Answer::json(&list("EventList", &[])));
    for args in [&["-A"][..], &["jobs", "-A"], &["--all", "-A"]] {
        let run = Home::new().run_on(&server, &[&["explain-job"], args].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(
            run.stdout
                .contains("job.batch/migrate in default has succeeded"),
            "{run:?}"
        );
    }
}
