//! Targets that do not exist yet: how long they are waited for, and the messages about it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIST, WATCH, bookmark, complete, event, list, wait};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

fn holding() -> Answer {
    Answer::watch(&[], Then::Hold)
}

fn empty() -> ApiServer {
    ApiServer::new().on(WATCH, holding()).on(LIST, list(1, &[]))
}

fn on(server: &ApiServer, args: &[&str]) -> Run {
    Home::new().run_on(server, &[&["wait", "-n", "default"], args].concat())
}

/// The run, and the seconds that it took.
fn timed(run: impl FnOnce() -> Run) -> (Run, f32) {
    let began = Instant::now();
    let run = run();
    (run, began.elapsed().as_secs_f32())
}

#[test]
fn a_target_that_is_not_created_in_time_is_not_found() {
    for (flags, least, code, said) in [
        (&["--wait-for-creation=1s"][..], 1.0, 4, " up to 1s"),
        (&["--wait-for-creation=1500ms"], 1.5, 4, " up to 1.5s"),
        (&["--timeout=3s"], 2.9, 4, " up to 3s"),
        (
            &["--wait-for-creation=20s", "--timeout=3s"],
            2.9,
            4,
            " up to 3s",
        ),
        (&["--wait-for-creation", "--timeout=3s"], 2.9, 124, ""),
        (
            &["--for=created", "--wait-for-creation=1s"],
            1.0,
            4,
            " up to 1s",
        ),
    ] {
        let missing = "job/migrate: NotFound: it does not exist yet";
        let (run, took) = timed(|| wait(&empty(), flags));
        assert_eq!(run.code, Some(code), "{flags:?} {run:?}");
        assert!((least..15.0).contains(&took), "{flags:?} took {took} s");
        assert_eq!(run.stderr.matches(missing).count(), 1, "{flags:?} {run:?}");
        let last = match code {
            4 => "error: job/migrate does not exist\n",
            _ => "error: job/migrate: timed out: NotFound: it does not exist yet\n",
        };
        assert!(run.stderr.ends_with(last), "{flags:?} {run:?}");
        let waiting = format!("{missing}; waiting{said} for it\n");
        assert_eq!(
            run.stderr.contains(&waiting),
            code == 4,
            "{flags:?} {run:?}"
        );
        let (run, took) = timed(|| on(&empty(), &[&["jobs", "-l", "a=b"], flags].concat()));
        assert_eq!(run.code, Some(code), "{flags:?} {run:?}");
        assert!((least..15.0).contains(&took), "{flags:?} took {took} s");
        let waiting = format!("no jobs.batch match yet; waiting{said} for one\n");
        assert_eq!(run.stderr.matches(&waiting).count(), 1, "{flags:?} {run:?}");
    }
}

#[test]
fn a_missing_target_is_reported_at_once_without_waiting() {
    for flag in [
        "--wait-for-creation=false",
        "--wait-for-creation=0",
        "--wait-for-creation=0s",
        "--timeout=0",
    ] {
        for (args, said) in [
            (&["job/migrate"][..], "error: job/migrate does not exist\n"),
            (&["jobs", "--all"], "error: no jobs.batch match\n"),
        ] {
            let (run, took) = timed(|| on(&empty(), &[args, &[flag]].concat()));
            assert_eq!(run.code, Some(4), "{flag} {run:?}");
            assert!(run.stderr.contains(said), "{flag} {run:?}");
            assert!(!run.stderr.contains(" yet"), "{flag} {run:?}");
            assert!(took < 10.0, "{flag} took {took} s");
        }
    }
}

#[test]
fn creation_is_not_waited_for_with_deleted() {
    for args in [
        &["job/migrate"][..],
        &["jobs", "--all"],
        &["jobs", "-l", "a"],
    ] {
        let (run, took) = timed(|| on(&empty(), &[args, &["--for=deleted"]].concat()));
        assert_eq!(run.code, Some(0), "{args:?} {run:?}");
        assert!(took < 10.0, "{args:?} took {took} s");
    }
}

#[test]
fn late_targets_are_waited_for_together_with_existing_ones() {
    let other = || {
        let mut job = complete(3);
        job["metadata"]["name"] = "other".into();
        job["metadata"]["uid"] = "other".into();
        job
    };
    let server = || {
        let added = event("ADDED", &other());
        ApiServer::new()
            .on(WATCH, Answer::watch(&[bookmark(2), added], Then::Hold))
            .on(LIST, list(1, &[complete(1)]))
    };
    let run = on(&server(), &["jobs", "migrate", "other"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("job/migrate is done"), "{run:?}");
    assert!(run.stderr.contains("job/other is done"), "{run:?}");
    let file = Home::with(&[(
        "jobs.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: gone}\n",
    )]);
    let args = [
        "wait",
        "-f",
        "jobs.yaml",
        "--wait-for-creation=1s",
        "-n",
        "default",
        "-o",
        "json",
    ];
    let run = file.run_on(&server(), &args);
    assert_eq!(run.code, Some(4), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let of = |at: usize, key: &str| report["items"][at][key].as_str().unwrap().to_owned();
    assert_eq!(
        (of(0, "outcome"), of(1, "outcome")),
        ("succeeded".into(), "deleted".into())
    );
    assert_eq!(of(1, "reason"), "NotFound");
}

#[test]
fn a_value_that_is_none_is_wrong_usage() {
    let form = "expected true, false or a duration such as `30s`";
    let range = "out of range: expected a duration of at least 0";
    for (value, said) in [("soon", form), ("yes", form), ("", form), ("-1s", range)] {
        let flag = format!("--wait-for-creation={value}");
        let run = wait(&empty(), &[&flag, "--timeout=5s"]);
        assert_eq!(run.code, Some(2), "{value:?} {run:?}");
        assert!(run.stderr.contains(said), "{value:?} {run:?}");
    }
}

#[test]
fn bools_are_written_as_in_go() {
    for value in ["False", "FALSE", "f", "F"] {
        let flag = format!("--wait-for-creation={value}");
        let run = wait(&empty(), &[&flag, "--timeout=60s"]);
        assert_eq!(run.code, Some(4), "{value:?} {run:?}");
    }
    for value in ["True", "TRUE", "t", "T"] {
        let flag = format!("--wait-for-creation={value}");
        let run = wait(&empty(), &[&flag, "--timeout=1s"]);
        assert_eq!(run.code, Some(124), "{value:?} {run:?}");
    }
}

#[test]
fn an_invalid_name_is_not_waited_for() {
    for word in ["pod/..", ".", "jobs/.", "pod/a%2fb", "100%"] {
        let server = ApiServer::new();
        let run = Home::new().run_on(&server, &["wait", word, "--timeout=60s"]);
        assert_eq!(run.code, Some(2), "{word}: {run:?}");
        assert_eq!(server.requests().len(), 0, "{word}");
    }
}

/// One word is the name of a Pod.
#[test]
fn a_type_alone_has_help() {
    let pods = "GET /api/v1/namespaces/default/pods?limit";
    for (word, named) in [
        ("pods", Some("pods")),
        ("jobs", Some("jobs")),
        ("deploy", Some("deploy")),
        ("cronjobs.batch", Some("cronjobs.batch")),
        ("pod/job", Some("job")),
        ("web", None),
        ("job/pods", None),
        ("pod/jbo", None),
    ] {
        let server = empty().on(pods, list(1, &[]));
        let run = on(&server, &[word, "--timeout=0"]);
        assert_eq!(run.code, Some(4), "{word}: {run:?}");
        let name = named.unwrap_or_default();
        let help = format!("help: `{name}` is a TYPE; use `{name}/NAME`");
        assert_eq!(
            run.stderr.contains(&help),
            named.is_some(),
            "{word}: {run:?}"
        );
        assert_eq!(
            run.stderr.contains("is a TYPE"),
            named.is_some(),
            "{word}: {run:?}"
        );
    }
}

#[test]
fn a_number_is_in_seconds_as_everywhere() {
    let run = wait(&empty(), &["--wait-for-creation=1", "--timeout=60s"]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

const WIDGETS: &str = "GET /apis/example.com/v1/namespaces/default/widgets?";

fn groups(of: &Value) -> Answer {
    Answer::json(&json!({"kind": "APIGroupDiscoveryList", "items": of}))
}

/// A server whose type is there from the second look on.
fn late_type() -> ApiServer {
    let widgets = json!([{"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": [
        {"resource": "widgets", "responseKind": {"kind": "Widget"}, "scope": "Namespaced", "singularResource": "widget"}
    ]}]}]);
    let widget = json!({"metadata": {"name": "x", "uid": "u", "resourceVersion": "1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    let not_served = Answer::refusal(
        404,
        "NotFound",
        "the server could not find the requested resource",
    );
    ApiServer::new()
        .on(&format!("{WIDGETS}watch"), holding())
        .on(WIDGETS, list(1, &[widget]))
        .once("GET /apis/example.com/v1", not_served)
        .on(
            "GET /apis/example.com/v1",
            Answer::json(&json!({"resources": [{"name": "widgets", "singularName": "widget", "kind": "Widget", "namespaced": true}]})),
        )
        .once("GET /apis", groups(&json!([])))
        .on("GET /apis", groups(&widgets))
}

#[test]
fn a_type_that_is_not_there_yet_is_waited_for_when_asked() {
    let file = (
        "x.yaml",
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x}\n",
    );
    for target in [&["widget/x"][..], &["widgets", "--all"], &["-f", "x.yaml"]] {
        for (flag, code) in [
            ("--wait-for-creation", 0),
            ("--wait-for-creation=20s", 0),
            ("--for=ready", if target[0] == "-f" { 1 } else { 2 }),
            (
                "--wait-for-creation=false",
                if target[0] == "-f" { 1 } else { 2 },
            ),
        ] {
            let args = [
                "wait",
                "-n",
                "default",
                "--for=ready",
                "--timeout=25s",
                flag,
            ];
            let server = late_type();
            let run = Home::with(&[file]).run_on(&server, &[&args, target].concat());
            assert_eq!(run.code, Some(code), "{target:?} {flag} {run:?}");
            let told = run.stderr.matches(" yet; waiting for it\n").count();
            assert_eq!(told, usize::from(code == 0), "{target:?} {flag} {run:?}");
        }
    }
}

#[test]
fn a_type_that_never_comes_is_missing() {
    let server = || ApiServer::new().on("GET /apis", groups(&json!([])));
    for (flags, code, said) in [
        (
            &["--wait-for-creation=1s"][..],
            4,
            "error: the server has no type `widgets`\n",
        ),
        (
            &["--wait-for-creation", "--timeout=3s"],
            124,
            "error: timed out: the server has no type `widgets`\n",
        ),
    ] {
        let (run, took) = timed(|| on(&server(), &[&["widgets/x", "--for=ready"], flags].concat()));
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(said), "{run:?}");
        assert!(took > Duration::from_millis(700).as_secs_f32(), "{took} s");
    }
}

#[test]
fn a_namespace_that_does_not_exist_is_named() {
    let missing = |words: &str| Answer::refusal(404, "NotFound", words);
    for (answer, said) in [
        (missing("namespaces \"default\" not found"), true),
        (
            missing("the server could not find the requested resource"),
            false,
        ),
        (Answer::refusal(403, "Forbidden", "no"), false),
        (
            Answer::json(&json!({"metadata": {"name": "default", "uid": "n"}})),
            false,
        ),
    ] {
        for target in [&["job/migrate"][..], &["jobs", "-l", "a=b"]] {
            let server = empty().on("GET /api/v1/namespaces/default", answer.clone());
            let run = on(&server, &[target, &["--wait-for-creation=false"]].concat());
            assert_eq!(run.code, Some(4), "{run:?}");
            let help = "help: the namespace `default` does not exist\n";
            assert_eq!(run.stderr.ends_with(help), said, "{run:?}");
        }
    }
}
