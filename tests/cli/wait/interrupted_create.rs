//! An interrupted `create` reports what was created, what is unknown, and what was not tried.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::bounds::{SLACK, command, end, kill};
use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const MANY: &str = "\
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: d}}
";

/// Returns the exit code and the output of a `create` that is interrupted during its third
/// request.
fn interrupted_create(
    signal: &str,
    third: impl Fn() -> Answer + Send + Sync + 'static,
) -> (i32, String) {
    let home = Home::with(&[("many.yaml", MANY)]);
    let server = ApiServer::new().answering("POST /api", move |request| {
        if request.json()["metadata"]["name"] == "c" {
            third()
        } else {
            Answer::stored(request)
        }
    });
    let mut command = command(&home, &server, &["create", "-f", "many.yaml"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    let posts = || {
        server
            .asked()
            .iter()
            .filter(|a| a.starts_with("POST"))
            .count()
    };
    while posts() < 3 {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            server.asked()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(200));
    kill(child.id(), signal);
    let (code, took) = end(&mut child);
    assert!(took < Duration::from_secs(2) + SLACK, "{took:?}");
    assert_eq!(posts(), 3, "nothing more is sent");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    (code, lines.next().unwrap().unwrap())
}

#[test]
fn an_interrupted_create_reports_each_object() {
    let (code, said) = interrupted_create("INT", Answer::silent);
    assert_eq!(code, 130);
    assert_eq!(
        said,
        "error: interrupted: 2 of 4 objects created: configmap/a, configmap/b; outcome unknown: configmap/c; not tried: configmap/d"
    );
    // The answer comes soon after the signal.
    let slow = || {
        std::thread::sleep(Duration::from_millis(500));
        Answer::text(
            201,
            r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","uid":"u","namespace":"default"}}"#,
        )
    };
    let (code, said) = interrupted_create("TERM", slow);
    assert_eq!(code, 143);
    assert_eq!(
        said,
        "error: terminated: 3 of 4 objects created: configmap/a, configmap/b, configmap/c; not tried: configmap/d"
    );
    let refusal = || {
        std::thread::sleep(Duration::from_millis(500));
        Answer::refusal(409, "AlreadyExists", "configmaps \"c\" already exists")
    };
    let (code, said) = interrupted_create("INT", refusal);
    assert_eq!(code, 130);
    assert!(said.contains("configmaps \"c\" already exists"), "{said}");
}
