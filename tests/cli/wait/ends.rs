//! Each way a wait ends, with its words and its exit code.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{LIST, UID, WATCH, asked, bookmark, complete, create, event, job, list, wait};
use crate::POD;
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

#[test]
fn a_job_is_followed_to_its_completion() {
    let events = [
        event("MODIFIED", &job(2, &json!({"active": 2}))),
        bookmark(3),
        event("MODIFIED", &job(4, &json!({"active": 1, "succeeded": 1}))),
        event("MODIFIED", &complete(5)),
    ];
    let server = ApiServer::new()
        .storing()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[job(1, &json!({}))]));
    assert_data_eq!(
        create(&server, &[]).all(),
        str![[r#"
exit code 0
--- stdout
job.batch/migrate created
--- stderr
job/migrate: Running: 0 of 2 succeeded
job/migrate: Running: 0 of 2 succeeded, 2 active
job/migrate: Running: 1 of 2 succeeded, 1 active
job/migrate is done: CompletionsReached: said so

"#]]
    );
    assert_eq!(asked(&server), (1, 1));
    let requests = server.requests();
    let watch = requests
        .iter()
        .find(|r| r.path.contains("jobs?watch=1"))
        .unwrap();
    assert!(
        watch
            .path
            .ends_with("resourceVersion=1&fieldSelector=metadata.name%3Dmigrate"),
        "{watch:?}"
    );
    let quiet = create(&server, &["-q"]);
    assert_eq!(
        (quiet.code, quiet.stderr.as_str()),
        (Some(0), ""),
        "{quiet:?}"
    );
}

#[test]
fn a_job_that_fails_is_exit_code_1_and_says_who_is_to_blame() {
    let failed = job(
        2,
        &json!({"failed": 7, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}),
    );
    let pod = json!({
        "metadata": {"name": "migrate-x7k2p", "uid": "p", "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 3}}}]},
    });
    let server = ApiServer::new()
        .storing()
        .on(
            "GET /api/v1/namespaces/default/pods/migrate-x7k2p/log",
            Answer::text(200, "one\nno such table\n"),
        )
        .on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [pod]})),
        )
        .on(LIST, list(2, &[failed]));
    assert_data_eq!(
        create(&server, &[]).all(),
        str![[r#"
exit code 1
--- stdout
job.batch/migrate created
--- stderr
error: job/migrate failed: BackoffLimitExceeded: pod migrate-x7k2p, container c exited 3 (7 of 7 attempts); last lines: one | no such table

"#]]
    );
    let names = wait(&server, &["-o", "name"]);
    assert_eq!(
        (names.code, names.stdout.as_str()),
        (Some(1), ""),
        "{names:?}"
    );
    let report: Value = serde_json::from_str(&wait(&server, &["-o", "json"]).stdout).unwrap();
    let item = &report["items"][0];
    assert_eq!(
        (
            &report["kind"],
            &item["verdict"],
            &item["outcome"],
            &item["reason"]
        ),
        (
            &json!("WaitReport"),
            &json!("no"),
            &json!("failed"),
            &json!("BackoffLimitExceeded")
        )
    );
    assert_eq!(
        item["pods"],
        json!([{"name": "migrate-x7k2p", "phase": "Failed", "containers": [{"name": "c", "exitCode": 3}]}])
    );
}

#[test]
fn a_job_that_is_deleted_is_exit_code_4() {
    let events = [event("DELETED", &job(3, &json!({})))];
    let server = ApiServer::new()
        .storing()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[job(1, &json!({}))]));
    assert_data_eq!(
        create(&server, &[]).all(),
        str![[r#"
exit code 4
--- stdout
job.batch/migrate created
--- stderr
job/migrate: Running: 0 of 2 succeeded
error: job/migrate was deleted while waiting

"#]]
    );
    let gone = ApiServer::new().storing().on(LIST, list(1, &[]));
    assert_eq!(create(&gone, &[]).code, Some(4));
    let run = wait(&gone, &["--timeout", "9s", "--wait-for-creation=false"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 4
--- stderr
error: job/migrate does not exist

"#]]
    );
}

#[test]
fn another_job_of_the_same_name_is_not_ours() {
    let mut other = complete(7);
    other["metadata"]["uid"] = "another".into();
    let server = ApiServer::new().storing().on(LIST, list(7, &[other]));
    let run = create(&server, &[]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn the_time_out_is_exit_code_124_and_says_how_far_it_came() {
    let server = ApiServer::new()
        .storing()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(
            LIST,
            list(1, &[job(1, &json!({"active": 1, "succeeded": 1}))]),
        );
    let began = Instant::now();
    assert_data_eq!(
        create(&server, &["--timeout", "1s"]).all(),
        str![[r#"
exit code 124
--- stdout
job.batch/migrate created
--- stderr
job/migrate: Running: 1 of 2 succeeded, 1 active
error: job/migrate: timed out: Running: 1 of 2 succeeded, 1 active

"#]]
    );
    assert!(began.elapsed() < Duration::from_secs(10));
    let looks = asked(&server);
    let once = wait(&server, &["--timeout", "0"]);
    assert_eq!(once.code, Some(124), "{once:?}");
    assert_eq!(
        asked(&server),
        (looks.0 + 1, looks.1),
        "one look, and no watch"
    );
}

#[test]
fn a_pod_is_done_when_it_serves_or_has_ended() {
    let home = Home::with(&[("pod.yaml", POD)]);
    for (status, code, last) in [
        (
            json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}),
            0,
            "pod/web is done: Ready\n",
        ),
        (
            json!({"phase": "Succeeded"}),
            0,
            "pod/web is done: Succeeded\n",
        ),
        (
            json!({"phase": "Failed", "reason": "Evicted", "message": "no \u{1b}[31mdisk"}),
            1,
            "error: pod/web failed: Evicted: no \\u{1b}[31mdisk\n",
        ),
    ] {
        let pod = json!({"kind": "Pod", "metadata": {"name": "web", "uid": UID, "resourceVersion": "1"}, "status": status});
        let server = ApiServer::new().storing().on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [pod]})),
        );
        let run = home.run_on(&server, &["apply", "-f", "pod.yaml", "--wait"]);
        assert_eq!(
            (run.code, run.stderr.as_str()),
            (Some(code), last),
            "{run:?}"
        );
    }
}

#[test]
fn a_wrong_condition_shows_its_place_and_what_there_is() {
    let server = ApiServer::new();
    let run = wait(&server, &["--for=condition="]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr
            .contains("--for=condition=\n                ^ position 11"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("expected one of: done, complete, failed"),
        "{run:?}"
    );
    let cron = Home::new().run_on(&server, &["wait", "cronjob/night"]);
    assert_data_eq!(
        cron.all(),
        str![[r#"
exit code 2
--- stderr
error: `--for=done` does not apply to a CronJob
help: wait for one of its Jobs: `wait job/NAME`, or `wait job -l SELECTOR --expect 1`

"#]]
    );
    assert!(server.asked().is_empty());
}
