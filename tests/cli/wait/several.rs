//! Several ends in one run, and what a pipeline is told when there is none.

use serde_json::{Value, json};

use super::{LIST, WATCH, complete, finished, job, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run, finish};

fn named(name: &str, mut job: Value) -> Value {
    job["metadata"]["name"] = name.into();
    job["metadata"]["uid"] = name.into();
    job
}

fn failed(name: &str) -> Value {
    named(name, job(1, &finished("Failed", "DeadlineExceeded")))
}

fn serving(jobs: &[Value]) -> ApiServer {
    ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, jobs))
}

fn on(server: &ApiServer, args: &[&str]) -> Run {
    Home::new().run_on(server, &[&["wait", "-n", "default"], args].concat())
}

#[test]
fn the_worst_end_gives_the_exit_code() {
    let good = || named("good", complete(1));
    let runs = || named("runs", job(1, &json!({"active": 1})));
    for (jobs, code) in [
        (vec![good(), failed("bad")], 1),
        (vec![failed("bad")], 4),
        (vec![failed("bad"), runs()], 124),
        (vec![runs()], 124),
    ] {
        let args = match jobs.as_slice() {
            [_, other] if other["metadata"]["name"] == "runs" => ["job", "bad", "runs"],
            [one] if one["metadata"]["name"] == "runs" => ["job", "gone", "runs"],
            [_] => ["job", "bad", "gone"],
            _ => ["job", "good", "bad"],
        };
        let run = on(&serving(&jobs), &[&args[..], &["--timeout=1s"]].concat());
        assert_eq!(run.code, Some(code), "{args:?} {run:?}");
    }
}

/// More than a selector names: the Pods of all Jobs are looked at instead.
#[test]
fn thirty_named_jobs_share_their_streams() {
    let names: Vec<String> = (0..30).map(|n| format!("j{n}")).collect();
    let jobs: Vec<Value> = names.iter().map(|name| named(name, complete(1))).collect();
    let server = serving(&jobs);
    let mut args = vec!["job"];
    args.extend(names.iter().map(String::as_str));
    let run = on(&server, &[&args[..], &["-o", "name"]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 30);
    let requests = server.requests();
    let of = |what: &str| requests.iter().filter(|r| r.path.contains(what)).count();
    assert_eq!((of("/jobs?limit"), of("/pods?limit")), (1, 1));
    let pods = requests.iter().find(|r| r.path.contains("/pods?limit"));
    let selector = "labelSelector=batch.kubernetes.io%2Fjob-name";
    assert!(pods.unwrap().path.ends_with(selector), "{pods:?}");
}

/// Under GitHub Actions, with a JUnit report: the run, and the report.
fn in_ci(server: &ApiServer, args: &[&str]) -> (Run, String) {
    let home = Home::new();
    let url = server.url();
    let more = ["-n", "default", "--junit", "out.xml", "--server", &url];
    let mut command = home.command(&[&["wait"], args, &more].concat());
    command.env("GITHUB_ACTIONS", "true");
    let run = finish(command, b"");
    let report = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    (run, report)
}

#[test]
fn a_pipeline_fails_if_nothing_is_found() {
    let selected = ["jobs", "-l", "a=b", "--wait-for-creation=false"];
    let lost = ApiServer::new().on(LIST, Answer::refusal(401, "Unauthorized", "no"));
    let timed = [&selected[..], &["--expect", "1", "--timeout", "1s"]].concat();
    for (server, args, code, said) in [
        (serving(&[]), &selected[..], 4, "no jobs.batch match"),
        (
            serving(&[]),
            &timed,
            124,
            "timed out: found 0 of 1 jobs.batch",
        ),
        (
            lost,
            &selected,
            3,
            "the server does not accept the credentials to list jobs.batch in namespace \"default\" (401 Unauthorized)",
        ),
    ] {
        let (run, report) = in_ci(&server, args);
        assert_eq!(run.code, Some(code), "{run:?}");
        let annotation = format!("::error title=wait::{said}\n");
        assert!(run.stderr.contains(&annotation), "{run:?}");
        assert!(report.contains("tests=\"1\" failures=\"1\""), "{report}");
        let failure = format!("message=\"{}\"", said.replace('"', "&quot;"));
        assert!(report.contains(&failure), "{report}");
    }
}

#[test]
fn a_target_that_timed_out_is_a_failure_and_an_annotation() {
    let server = serving(&[job(1, &json!({"active": 1}))]);
    let (run, report) = in_ci(&server, &["job/migrate", "--timeout", "1s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(
        run.stderr
            .contains("::error title=job/migrate::job/migrate: timed out"),
        "{run:?}"
    );
    assert!(report.contains("<failure type=\"TimedOut\""), "{report}");
}

#[test]
fn two_words_of_which_none_is_a_type_are_explained() {
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods?",
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": []})),
        )
        .on(
            "GET /apis",
            Answer::json(&json!({"kind": "APIGroupDiscoveryList", "items": []})),
        );
    for (words, pods) in [
        (&["foo", "bar"][..], "foo bar"),
        (&["web-0", "web-1", "web-2"], "web-0 web-1 web-2"),
        (&["foo", "job"], "foo job"),
        (&["foo", "bar", "--for=deleted"], "foo bar"),
        (&["foo", "bar", "--wait-for-creation=1s", "-q"], "foo bar"),
    ] {
        let run = on(&server, words);
        let code = if words.len() == 4 { 4 } else { 2 };
        assert_eq!(run.code, Some(code), "{run:?}");
        let error = format!(
            "error: the server has no type `{}`, and no Pod has one of these names\n\
             help: `kubectl api-resources` lists the types of the server; use `kubectl pod-tools wait pods {pods}` for Pods of these names\n",
            words[0]
        );
        assert!(run.stderr.ends_with(&error), "{run:?}");
    }
    // Where the words say what they are, they are taken by that.
    let run = on(
        &server,
        &["pods", "foo", "bar", "--wait-for-creation=false"],
    );
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(
        run.stderr
            .ends_with("error: pod/foo does not exist\nerror: pod/bar does not exist\n"),
        "{run:?}"
    );
}
