//! `--exit-code-from`: whose code it is where a target has several Pods.

use serde_json::{Value, json};

use super::{LIST, UID, WATCH, complete, finished, job, list, wait};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods?limit";

/// A Pod whose container main has ended so.
fn pod(name: &str, second: u32, code: u32) -> Value {
    let phase = if code == 0 { "Succeeded" } else { "Failed" };
    json!({
        "metadata": {
            "name": name, "uid": name, "creationTimestamp": format!("2026-01-02T03:04:{second:02}Z"),
            "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}],
        },
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": phase, "containerStatuses": [
            {"name": "main", "state": {"terminated": {"exitCode": code}}},
            {"name": "side", "state": {"terminated": {"exitCode": 0}}},
        ]},
    })
}

fn of(job: Value, pods: &[Value], container: &str) -> Run {
    wait(&pods_of(job, pods), &["--exit-code-from", container])
}

fn pods_of(job: Value, pods: &[Value]) -> ApiServer {
    ApiServer::new()
        .on(
            PODS,
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": pods})),
        )
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(2, &[job]))
}

#[test]
fn a_job_that_failed_never_gives_0() {
    let failed = || job(2, &finished("Failed", "BackoffLimitExceeded"));
    let a_is_first = [pod("a", 1, 3), pod("b", 2, 0)];
    assert_eq!(of(failed(), &a_is_first, "main").code, Some(3));
    let a_is_last = [pod("b", 1, 0), pod("a", 2, 3)];
    assert_eq!(of(failed(), &a_is_last, "main").code, Some(3));
    let two = [pod("a", 1, 3), pod("b", 2, 4), pod("c", 3, 0)];
    let run = of(failed(), &two, "main");
    assert_eq!(run.code, Some(4), "that of the Pod to blame: {run:?}");
    let not_to_blame = of(failed(), &a_is_first, "side");
    assert_eq!(not_to_blame.code, Some(1), "{not_to_blame:?}");
    let all_good = of(failed(), &[pod("a", 1, 0)], "main");
    assert_eq!(all_good.code, Some(1), "{all_good:?}");
}

#[test]
fn the_code_of_a_container_that_was_to_be_started_again_counts() {
    let mut crashed = pod("a", 1, 3);
    let main = &mut crashed["status"]["containerStatuses"][0];
    main["lastState"] = main["state"].take();
    main["state"] = json!({"waiting": {"reason": "CrashLoopBackOff"}});
    let failed = job(2, &finished("Failed", "BackoffLimitExceeded"));
    assert_eq!(of(failed, &[crashed], "main").code, Some(3));
}

#[test]
fn the_succeeded_pod_of_a_succeeded_job_counts() {
    for pods in [
        [pod("a", 1, 3), pod("b", 2, 0)],
        [pod("b", 1, 0), pod("a", 2, 3)],
    ] {
        let run = of(complete(2), &pods, "main");
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn a_container_that_never_ended_is_reported() {
    let run = of(complete(2), &[pod("a", 1, 0)], "other");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .ends_with("error: no container other has ended\n"),
        "{run:?}"
    );
}

#[test]
fn a_job_that_succeeded_never_gives_the_code_of_a_pod_that_failed() {
    for pods in [&[pod("a", 1, 9)][..], &[pod("a", 1, 9), pod("b", 2, 8)]] {
        let run = of(complete(2), pods, "main");
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr.ends_with("error: no container main has ended\n"),
            "{run:?}"
        );
    }
}

#[test]
fn a_pod_that_failed_gives_its_code_where_that_was_waited_for() {
    let failed = job(2, &finished("Failed", "DeadlineExceeded"));
    let mut evicted = pod("a", 1, 137);
    evicted["status"]["containerStatuses"][1]["state"]["terminated"]["exitCode"] = 0.into();
    let server = pods_of(failed, &[evicted]);
    let run = wait(&server, &["--exit-code-from=main", "--for=failed"]);
    assert_eq!(run.code, Some(137), "{run:?}");
}

/// A Pod that runs again, after it has ended with 7.
fn runs_again() -> Value {
    json!({
        "metadata": {"name": "x", "namespace": "default", "uid": "x"},
        "spec": {"restartPolicy": "Always"},
        "status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{
                "name": "main", "ready": true, "restartCount": 1, "state": {"running": {}},
                "lastState": {"terminated": {"exitCode": 7}},
            }],
        },
    })
}

#[test]
fn every_report_lists_running_targets_as_unfinished() {
    let server = ApiServer::new().on(
        PODS,
        Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [runs_again()]})),
    );
    let home = Home::new();
    let arguments = [
        "wait",
        "pod/x",
        "-n",
        "default",
        "--for=ready",
        "--exit-code-from=main",
        "--junit",
        "out.xml",
        "-o",
        "json",
    ];
    let run = home.run_on(&server, &arguments);
    assert_eq!(run.code, Some(1), "{run:?}");
    let why = "no container main has ended";
    assert!(run.stderr.ends_with(&format!("error: {why}\n")), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let whole = &report["items"][1];
    assert_eq!(
        (
            &whole["verdict"],
            &whole["message"],
            &whole["target"]["name"]
        ),
        (&json!("no"), &json!(why), &Value::Null),
        "{report:#}"
    );
    let junit = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(
        junit.contains("failures=\"1\"") && junit.contains(why),
        "{junit}"
    );
}
