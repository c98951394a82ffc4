//! `--rm`: what is deleted, and what is said of it.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{LIST, UID, WATCH, complete, list, wait};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

const DELETE: &str = "DELETE /apis/batch/v1/namespaces/default/jobs/migrate";

fn deleting(answer: Answer) -> ApiServer {
    ApiServer::new()
        .on(DELETE, answer)
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[complete(9)]))
}

fn deletions(server: &ApiServer) -> usize {
    let requests = server.requests();
    requests.iter().filter(|r| r.method == "DELETE").count()
}

#[test]
fn an_answer_about_another_object_is_not_a_deletion() {
    let status = |details: Value| {
        Answer::json(
            &json!({"apiVersion": "v1", "kind": "Status", "status": "Success", "details": details}),
        )
    };
    let mut another = complete(10);
    another["metadata"]["uid"] = "another".into();
    for answer in [
        Answer::json(&another),
        status(json!({"name": "prod", "kind": "jobs"})),
        status(json!({"name": "migrate", "kind": "jobs", "uid": "another"})),
    ] {
        let run = wait(&deleting(answer), &["--rm"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(!run.stderr.contains("migrate deleted"), "{run:?}");
    }
    let run = wait(
        &deleting(status(
            json!({"name": "migrate", "kind": "jobs", "uid": UID}),
        )),
        &["--rm"],
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.ends_with("job/migrate deleted\n"), "{run:?}");
}

#[test]
fn an_object_with_finalizers_is_not_deleted_yet() {
    let mut held = complete(10);
    held["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    held["metadata"]["finalizers"] = json!(["example.com/archive"]);
    let run = wait(&deleting(Answer::json(&held)), &["--rm"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.ends_with(
            "job/migrate: deletion requested; blocked by finalizers: example.com/archive\n"
        ),
        "{run:?}"
    );
}

/// A Pod that runs is stopped first.
#[test]
fn a_terminating_pod_is_not_deleted_yet() {
    for (grace, said) in [
        (30, "deletion requested; it has 30 s to terminate"),
        (1, "deletion requested; it has 1 s to terminate"),
        (0, ""),
    ] {
        let mut stopping = complete(10);
        stopping["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        stopping["metadata"]["deletionGracePeriodSeconds"] = grace.into();
        let run = wait(&deleting(Answer::json(&stopping)), &["--rm"]);
        let said = match said {
            "" => "job/migrate deleted\n".to_owned(),
            said => format!("job/migrate: {said}\n"),
        };
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stderr.ends_with(&said), "{run:?}");
    }
}

#[test]
fn objects_that_do_not_match_the_selector_are_not_deleted() {
    let mut prod = complete(9);
    prod["metadata"]["labels"] = json!({"a": "other"});
    let mut fits = complete(9);
    fits["metadata"]["labels"] = json!({"a": "b"});
    for (selector, job, code) in [
        (&["-l", "a=b"][..], &prod, 3),
        (&["-l", "a in (b,c),!d"], &prod, 3),
        (&["--field-selector", "metadata.name=else"], &fits, 3),
        (&["-l", "a=b"], &fits, 0),
        (&["-l", "a in (b,c),!d"], &fits, 0),
    ] {
        let server = ApiServer::new()
            .on(
                DELETE,
                Answer::json(&json!({"kind": "Status", "status": "Success"})),
            )
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, list(9, std::slice::from_ref(job)));
        let arguments = ["wait", "jobs", "-n", "default", "--rm"];
        let run = Home::new().run_on(&server, &[&arguments, selector].concat());
        assert_eq!(run.code, Some(code), "{selector:?}: {run:?}");
        assert_eq!(deletions(&server), usize::from(code == 0), "{selector:?}");
    }
}

#[test]
fn a_report_lists_undeleted_objects() {
    let refused = Answer::refusal(403, "Forbidden", "jobs is forbidden");
    let (home, server) = (Home::new(), deleting(refused));
    let arguments = [
        "wait",
        "job/migrate",
        "-n",
        "default",
        "--rm",
        "--junit",
        "out.xml",
    ];
    let run = home.run_on(&server, &arguments);
    assert_eq!(run.code, Some(3), "{run:?}");
    let report = fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(
        report.contains("tests=\"2\" failures=\"1\"") && report.contains("forbidden"),
        "{report}"
    );
}

#[test]
fn a_run_whose_report_nobody_reads_has_not_deleted_anything() {
    let jobs: Vec<Value> = (0..900)
        .map(|n| {
            let mut job = complete(9);
            job["metadata"]["name"] = format!("j{n}").into();
            job["metadata"]["uid"] = format!("u{n}").into();
            job
        })
        .collect();
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &jobs));
    let home = Home::new();
    let url = server.url();
    let mut command = home.command(&[
        "wait",
        "jobs",
        "--all",
        "-n",
        "default",
        "-q",
        "-o",
        "json",
        "--rm",
        "--timeout=2s",
        "--server",
        &url,
    ]);
    let command = command.stdin(Stdio::null()).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let code = child.wait().unwrap().code();
    assert_eq!((code, deletions(&server)), (Some(124), 0));
}
