//! A set that was not listed, or is too small: its report is never one of good
//! items alone.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIST, WATCH, asked, complete, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, interrupted};

const JOBS: [&str; 5] = ["wait", "jobs", "-n", "default", "-q"];

/// The name, the verdict and the outcome of each item.
fn items(stdout: &str) -> Vec<(Value, String, String)> {
    let report: Value = serde_json::from_str(stdout).unwrap();
    let items = report["items"].as_array().unwrap().iter();
    let word = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    items
        .map(|item| {
            assert_eq!(item["target"]["kind"], "Job", "{item}");
            assert_ne!(item["message"], "", "{item}");
            let name = item["target"]["name"].clone();
            (name, word(item, "verdict"), word(item, "outcome"))
        })
        .collect()
}

fn set(verdict: &str, outcome: &str) -> (Value, String, String) {
    (Value::Null, verdict.to_owned(), outcome.to_owned())
}

fn good() -> (Value, String, String) {
    (json!("migrate"), "ok".to_owned(), "succeeded".to_owned())
}

fn one_done() -> ApiServer {
    ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &[complete(1)]))
}

#[test]
fn the_report_of_an_incomplete_set_has_an_item_for_it() {
    let late = ["--timeout", "1s"];
    for (server, more, code, expected) in [
        (
            ApiServer::new().on(LIST, list(1, &[])),
            &["-l", "a=b"][..],
            4,
            vec![set("no", "deleted")],
        ),
        (
            one_done(),
            &["-l", "a=b", "--expect", "2"],
            124,
            vec![good(), set("unknown", "timedOut")],
        ),
        (
            ApiServer::new().on(LIST, Answer::silent()),
            &["--all", "--for=deleted"],
            124,
            vec![set("unknown", "timedOut")],
        ),
        (
            ApiServer::new().on(LIST, Answer::refusal(403, "Forbidden", "no")),
            &["--all"],
            3,
            vec![set("unknown", "unfinished")],
        ),
        (
            ApiServer::new()
                .on(WATCH, Answer::refusal(400, "BadRequest", "no"))
                .on(LIST, list(1, &[complete(1)])),
            &["--all", "--expect", "2"],
            3,
            vec![good(), set("unknown", "unfinished")],
        ),
        (one_done(), &["--all"], 0, vec![good()]),
    ] {
        let run = Home::new().run_on(&server, &[&JOBS, more, &late, &["-o", "json"]].concat());
        assert_eq!(run.code, Some(code), "{more:?}: {run:?}");
        assert_eq!(items(&run.stdout), expected, "{more:?}: {run:?}");
    }
}

#[test]
fn the_report_of_an_interrupted_wait_is_complete() {
    for (server, expected) in [
        (one_done(), vec![good(), set("unknown", "unfinished")]),
        (
            ApiServer::new().on(LIST, Answer::silent()),
            vec![set("unknown", "unfinished")],
        ),
    ] {
        let home = Home::new();
        let url = server.url();
        let more = ["--all", "--expect", "2", "-o", "json", "--junit", "out.xml"];
        let mut command = home.command(&[&JOBS[..], &more, &["--server", &url]].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let began = Instant::now();
        while asked(&server).1 < expected.len() - 1 || asked(&server).0 < 1 {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(20));
        }
        // The list has gone through by then.
        std::thread::sleep(Duration::from_millis(300));
        let code = interrupted(&mut child, "INT");
        let output = child.wait_with_output().unwrap();
        assert_eq!(code, 130, "{output:?}");
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(items(&stdout), expected, "{stdout}");
        let junit = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
        assert!(junit.contains("failures=\"1\""), "{junit}");
    }
}
