//! Results for pipelines: exit codes, logs, reports, and `--rm`.

use serde_json::json;

use super::{LIST, UID, WATCH, complete, job, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

#[test]
fn rm_deletes_only_ended_jobs() {
    let server = ApiServer::new()
        .on(
            "DELETE /apis/batch/v1/namespaces/default/jobs/migrate",
            Answer::json(&json!({"kind": "Status", "status": "Success"})),
        )
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .once(LIST, list(9, &[complete(9)]))
        .on(LIST, running(10));
    let run = wait(&server, &["--rm"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let deletions = || {
        server
            .requests()
            .into_iter()
            .filter(|r| r.method == "DELETE")
            .collect::<Vec<_>>()
    };
    assert_eq!(deletions()[0].json()["preconditions"], json!({"uid": UID}));
    assert_eq!(wait(&server, &["--rm", "--timeout", "1s"]).code, Some(124));
    assert_eq!(deletions().len(), 1);
}

#[test]
fn a_pipeline_gets_the_containers_code_its_log_and_a_report() {
    let failed = job(
        2,
        &json!({"failed": 1, "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}),
    );
    let pod = json!({
        "metadata": {"name": "migrate-x7k2p", "uid": "p", "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [
            {"name": "good", "state": {"terminated": {"exitCode": 0}}},
            {"name": "c", "state": {"terminated": {"exitCode": 42}}},
        ]},
    });
    let log = "GET /api/v1/namespaces/default/pods/migrate-x7k2p/log?container=";
    let server = ApiServer::new()
        .on(&format!("{log}c"), Answer::text(200, "boom \u{1b}[31m\n"))
        .on(&format!("{log}good"), Answer::text(200, "fine\n"))
        .on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": [pod]})),
        )
        .on(LIST, list(2, &[failed]));
    let run = wait(&server, &["--exit-code-from=c", "--logs"]);
    assert_eq!(run.code, Some(42), "{run:?}");
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "[migrate-x7k2p/c] boom \u{1b}[31m",
            "[migrate-x7k2p/good] fine"
        ]
    );
    let run = wait(&server, &["--exit-code-from=good", "--logs=failed"]);
    assert_eq!(
        (run.code, run.stdout.lines().count()),
        (Some(1), 1),
        "a Job that failed is never 0: {run:?}"
    );
    let none = wait(&server, &["--exit-code-from=other"]);
    assert_eq!(none.code, Some(1), "{none:?}");

    let home = Home::new();
    let url = server.url();
    let args = [
        "wait",
        "job/migrate",
        "-n",
        "default",
        "--junit",
        "out.xml",
        "--server",
        &url,
    ];
    let mut command = home.command(&args);
    command.env("GITHUB_ACTIONS", "true");
    let run = crate::support::finish(command, b"");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("\n::error title=job/migrate::job/migrate failed: BackoffLimitExceeded"),
        "{run:?}"
    );
    let junit = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(
        junit.contains("<failure type=\"Failed\" message=\"BackoffLimitExceeded: "),
        "{junit}"
    );
}
