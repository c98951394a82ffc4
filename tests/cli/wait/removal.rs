//! Reports of `--rm` after a failed deletion: none of them is all good if the exit code is not 0.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIST, WATCH, complete, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run, interrupted};

const DELETE: &str = "DELETE /apis/batch/v1/namespaces/default/jobs/migrate";
const ARGS: [&str; 5] = ["wait", "job/migrate", "-n", "default", "--rm"];

fn done() -> ApiServer {
    ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[complete(9)]))
}

fn named(name: &str) -> Value {
    let mut job = complete(9);
    job["metadata"]["name"] = name.into();
    job["metadata"]["uid"] = name.into();
    job
}

fn gone() -> Answer {
    Answer::json(&json!({"kind": "Status", "apiVersion": "v1", "status": "Success"}))
}

fn forbidden() -> Answer {
    Answer::refusal(403, "Forbidden", "jobs is forbidden")
}

/// The items of the report, whichever form it has.
fn items(text: &str) -> Vec<Value> {
    let report: Value =
        serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(report["kind"], "WaitReport", "{text}");
    report["items"].as_array().unwrap().clone()
}

/// Returns name, verdict, outcome and reason of an item.
fn told(item: &Value) -> [&str; 4] {
    ["/target/name", "/verdict", "/outcome", "/reason"]
        .map(|pointer| item.pointer(pointer).and_then(Value::as_str).unwrap_or("-"))
}

const WELL: [&str; 4] = ["migrate", "ok", "succeeded", "CompletionsReached"];

#[test]
fn an_undeleted_object_is_the_last_item() {
    let mut another = complete(10);
    another["metadata"]["uid"] = "another".into();
    for (answer, more, code, verdict, outcome, reason) in [
        (forbidden(), &[][..], 3, "no", "failed", "DeletionFailed"),
        (
            Answer::refusal(409, "Conflict", "the UID in the precondition differs"),
            &[],
            1,
            "no",
            "failed",
            "DeletionFailed",
        ),
        (
            Answer::refusal(500, "InternalError", "etcd is away"),
            &[],
            3,
            "no",
            "failed",
            "DeletionFailed",
        ),
        (
            Answer::json(&another),
            &[],
            3,
            "no",
            "failed",
            "DeletionFailed",
        ),
        (
            Answer::silent(),
            &["--timeout", "4s"],
            124,
            "unknown",
            "timedOut",
            "DeletionTimedOut",
        ),
        (
            Answer::silent(),
            &["--request-timeout", "3s"],
            3,
            "no",
            "failed",
            "DeletionFailed",
        ),
    ] {
        for format in ["json", "yaml"] {
            let server = done().on(DELETE, answer.clone());
            let args = [&ARGS[..], &["-o", format], more].concat();
            let run = Home::new().run_on(&server, &args);
            assert_eq!(run.code, Some(code), "{run:?}");
            let items = items(&run.stdout);
            assert_eq!(
                [told(&items[0]), told(&items[1])],
                [WELL, ["-", verdict, outcome, reason]],
                "{run:?}"
            );
            let last = &items[1];
            assert_eq!(items.len(), 2);
            assert_eq!(last["target"]["kind"], "Job");
            assert_eq!(last["target"]["namespace"], "default");
            let findings = last["findings"].as_array().unwrap();
            assert_eq!(
                (findings.len(), &findings[0]["id"], &findings[0]["message"]),
                (1, &json!("wait-not-deleted"), &last["message"])
            );
            let why = last["message"].as_str().unwrap();
            assert!(run.stderr.contains(&format!("error: {why}\n")), "{run:?}");
        }
    }
}

#[test]
fn deleted_objects_have_no_item() {
    let mut held = complete(10);
    held["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    held["metadata"]["finalizers"] = json!(["example.com/archive"]);
    for answer in [
        gone(),
        Answer::json(&held),
        Answer::refusal(404, "NotFound", "jobs \"migrate\" not found"),
    ] {
        for format in ["json", "yaml"] {
            let server = done().on(DELETE, answer.clone());
            let run = Home::new().run_on(&server, &[&ARGS[..], &["-o", format]].concat());
            assert_eq!(run.code, Some(0), "{run:?}");
            let items: Vec<Value> = items(&run.stdout);
            assert_eq!(items.iter().map(told).collect::<Vec<_>>(), [WELL]);
        }
    }
}

#[test]
fn each_undeleted_object_is_a_finding() {
    let of = |name: &str| format!("DELETE /apis/batch/v1/namespaces/default/jobs/{name}");
    let server = ApiServer::new()
        .on(&of("a"), forbidden())
        .on(&of("b"), gone())
        .on(
            &of("c"),
            Answer::refusal(500, "InternalError", "etcd is away"),
        )
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &["a", "b", "c"].map(named)));
    let args = [
        "wait", "jobs", "--all", "-n", "default", "--rm", "-o", "json",
    ];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(3), "{run:?}");
    let items = items(&run.stdout);
    let verdicts: Vec<&str> = items.iter().map(|item| told(item)[1]).collect();
    assert_eq!(verdicts, ["ok", "ok", "ok", "no"], "{run:?}");
    assert_eq!(items[3]["message"], "2 objects are not deleted");
    let findings = items[3]["findings"].as_array().unwrap();
    let messages: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding["message"].as_str())
        .collect();
    assert!(
        messages.len() == 2 && messages[0].contains("\"a\"") && messages[1].contains("\"c\""),
        "{messages:?}"
    );
}

/// The set is too small, and what is there may not be deleted.
#[test]
fn a_set_that_is_not_whole_has_both_items() {
    let server = ApiServer::new()
        .on(DELETE, forbidden())
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[complete(9)]));
    let args = [
        "wait",
        "jobs",
        "--all",
        "-n",
        "default",
        "--rm",
        "-o",
        "json",
        "--expect",
        "3",
        "--timeout",
        "4s",
    ];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(3), "{run:?}");
    let items = items(&run.stdout);
    assert_eq!(
        items.iter().map(told).collect::<Vec<_>>(),
        [
            WELL,
            ["-", "unknown", "timedOut", ""],
            ["-", "no", "failed", "DeletionFailed"]
        ]
    );
}

/// Starts the program, and waits until it has asked for something.
fn asking(home: &Home, server: &ApiServer, args: &[&str], what: &str) -> Child {
    let url = server.url();
    let mut command = home.command(&[args, &["--server", &url]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    let began = Instant::now();
    while !server.asked().iter().any(|asked| asked.starts_with(what)) {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn after(mut child: Child, signal: &str) -> Run {
    let code = interrupted(&mut child, signal);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: Some(code),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

#[test]
fn a_signal_while_deleting_leaves_a_whole_report() {
    for (signal, code, word) in [("INT", 130, "interrupted"), ("TERM", 143, "terminated")] {
        let server = ApiServer::new()
            .on("DELETE ", Answer::silent())
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, list(9, &["a", "b"].map(named)));
        let home = Home::new();
        let args = [
            "wait", "jobs", "--all", "-n", "default", "--rm", "-o", "json", "--junit", "out.xml",
        ];
        let run = after(asking(&home, &server, &args, "DELETE"), signal);
        assert_eq!(run.code, Some(code), "{run:?}");
        let items = items(&run.stdout);
        assert_eq!(
            told(&items[2]),
            ["-", "unknown", "unfinished", "Interrupted"]
        );
        let messages: Vec<&Value> = items[2]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| &finding["message"])
            .collect();
        assert_eq!(
            messages,
            [
                &json!(format!("{word}: it is not known whether job/a is deleted")),
                &json!(format!("{word}: job/b is not deleted")),
            ]
        );
        let left = "help: delete with: kubectl delete job.batch/a job.batch/b -n default --server";
        assert!(run.stderr.contains(left), "{run:?}");
        let junit = fs::read_to_string(home.path().join("out.xml")).unwrap();
        assert!(junit.contains("failures=\"1\""), "{junit}");
        let deletions = server.asked();
        let deletions = deletions.iter().filter(|asked| asked.starts_with("DELETE"));
        assert_eq!(deletions.count(), 1, "none after the signal");
    }
}

/// All have ended well; the last lines of the log are still waited for.
#[test]
fn a_signal_before_the_deletion_is_in_the_report() {
    for (more, why) in [
        (&["--rm"][..], "interrupted before anything was deleted"),
        (&[], "interrupted before everything was reported"),
    ] {
        let log = "GET /api/v1/namespaces/default/pods/migrate-x/log";
        let pod = json!({
            "metadata": {"name": "migrate-x", "namespace": "default", "uid": "p", "ownerReferences":
                [{"controller": true, "kind": "Job", "uid": super::UID}]},
            "spec": {"containers": [{"name": "c"}]},
            "status": {"phase": "Succeeded", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 0}}}]},
        });
        let server = ApiServer::new()
            .on(log, Answer::silent())
            .on(
                "GET /api/v1/namespaces/default/pods?watch=1",
                Answer::watch(&[], Then::Hold),
            )
            .on("GET /api/v1/namespaces/default/pods?l", list(9, &[pod]))
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, list(9, &[complete(9)]));
        let home = Home::new();
        let args = [
            &[
                "wait",
                "job/migrate",
                "-n",
                "default",
                "--logs",
                "-o",
                "json",
            ][..],
            more,
        ]
        .concat();
        let run = after(asking(&home, &server, &args, log), "INT");
        assert_eq!(run.code, Some(130), "{run:?}");
        let items = items(&run.stdout);
        assert_eq!(
            items.iter().map(told).collect::<Vec<_>>(),
            [WELL, ["-", "unknown", "unfinished", "Interrupted"]],
            "{run:?}"
        );
        assert_eq!(items[1]["message"], why);
    }
}

/// A stream cannot be replaced: it gets the report at the end.
#[test]
fn a_junit_report_on_a_stream_includes_the_deletion() {
    for (answer, code, failures) in [
        (forbidden(), 3, "tests=\"2\" failures=\"1\""),
        (gone(), 0, "tests=\"1\" failures=\"0\""),
    ] {
        for place in ["/dev/stdout", "/dev/stderr"] {
            let server = done().on(DELETE, answer.clone());
            let run = Home::new().run_on(&server, &[&ARGS[..], &["--junit", place]].concat());
            assert_eq!(run.code, Some(code), "{run:?}");
            let text = run.stdout.clone() + &run.stderr;
            assert_eq!(text.matches("<testsuite ").count(), 1, "{run:?}");
            assert!(text.contains(failures), "{run:?}");
        }
    }
}

#[test]
fn a_junit_report_that_is_not_written_is_in_the_other() {
    for (more, code) in [(&[][..], 1), (&["--rm"], 1)] {
        let server = done().on(DELETE, gone());
        let args = [
            "wait",
            "job/migrate",
            "-n",
            "default",
            "--junit",
            "/dev/full",
            "-o",
            "yaml",
        ];
        let run = Home::new().run_on(&server, &[&args[..], more].concat());
        assert_eq!(run.code, Some(code), "{run:?}");
        let items = items(&run.stdout);
        assert_eq!(
            items.iter().map(told).collect::<Vec<_>>(),
            [WELL, ["-", "no", "failed", "JUnitNotWritten"]]
        );
        assert_eq!(
            items[1]["message"],
            "cannot write /dev/full: no space left on device"
        );
    }
}

/// A reader that went away holds nothing up, and the exit code knows what it missed.
#[test]
fn a_report_whose_reader_has_gone_does_not_hide_what_is_not_deleted() {
    for (answer, code) in [(forbidden(), 3), (gone(), 0)] {
        let server = done().on(DELETE, answer);
        let home = Home::new();
        let url = server.url();
        let mut command = home.command(&[&ARGS[..], &["-o", "json", "--server", &url]].concat());
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}
