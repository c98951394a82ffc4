//! Several targets, by selector, by file and by name.

use serde_json::{Value, json};

use super::{LIST, WATCH, asked, complete, event, job, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

#[test]
fn five_hundred_targets_share_one_list_and_one_watch() {
    let named = |index: u32, done: bool| {
        let mut job = if done {
            complete(index)
        } else {
            job(index, &json!({}))
        };
        job["metadata"]["name"] = format!("j{index}").into();
        job["metadata"]["uid"] = format!("u{index}").into();
        job
    };
    let jobs: Vec<Value> = (0..500).map(|index| named(index, false)).collect();
    let ends: Vec<Value> = (0..500)
        .map(|index| event("MODIFIED", &named(index, true)))
        .collect();
    let lines: Vec<String> = ends.iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    let server = ApiServer::new()
        .on(WATCH, Answer::raw_watch(&[text.as_str()], Then::Hold))
        .on(LIST, list(1, &jobs));
    let run = Home::new().run_on(
        &server,
        &[
            "wait", "jobs", "-l", "a=b", "-n", "default", "-q", "-o", "name",
        ],
    );
    assert_eq!(
        (run.code, run.stdout.lines().count()),
        (Some(0), 500),
        "{}",
        run.stderr
    );
    assert_eq!(asked(&server), (1, 1));
}
