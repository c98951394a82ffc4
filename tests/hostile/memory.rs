//! Collections that grow without end, or come all at once: how much memory they take.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Ran, run};
use crate::server::{Answer, Body, Hostile, Request, split};
use crate::world::{self, Then};

/// The most that may be resident, in KiB.
const MEMORY: u64 = 320 << 10;
/// Whatever takes longer hangs.
const HANGS: Duration = Duration::from_mins(5);

/// Runs a command with a server that answers requests for Pods by itself: the path
/// with the query to an answer, if it is another than the right one.
fn ran(args: &[&str], pods: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Ran {
    let world = move |request: &Request| {
        let (path, _) = split(&request.path);
        let own = path.ends_with("/namespaces/default/pods");
        let own = own.then(|| pods(&request.path)).flatten();
        own.unwrap_or_else(|| world::answer(request, Then::Ends))
    };
    let server = Hostile::plain(Box::new(world), &["pods"], None);
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    command.env_clear().env("HOME", home.path());
    command.args(["-n", "default", "--server", &server.url()]);
    command.args(args);
    let ran = run(command, HANGS);
    assert!(!ran.hung, "{args:?}: {}", ran.stderr);
    assert!(ran.peak < MEMORY, "{args:?}: {} MiB", ran.peak >> 10);
    ran
}

fn pod(name: &str, status: &Value) -> Value {
    json!({"metadata": {"name": name, "uid": name, "namespace": "default"}, "status": status})
}

fn list(pods: &str, token: &str) -> Answer {
    let body = format!(
        "{{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"1\",\"continue\":\"{token}\"}},\"items\":[{pods}]}}"
    );
    Answer::new(200, "application/json", body)
}

/// A Pod of about 10 KB, as many a cluster has them.
fn ordinary(name: &str) -> String {
    let env: Vec<Value> = (0..100)
        .map(|at| json!({"name": format!("VARIABLE_{at}"), "value": "x".repeat(50)}))
        .collect();
    let mut pod = pod(
        name,
        &json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}),
    );
    pod["spec"] = json!({"containers": [{"name": "main", "image": "nginx", "env": env}]});
    pod.to_string()
}

fn many(pods: std::ops::Range<usize>) -> String {
    let pods: Vec<String> = pods.map(|at| ordinary(&format!("p{at}"))).collect();
    pods.join(",")
}

fn expired() -> Answer {
    Answer::json(410, &world::status(410, "Expired", "too old"))
}

/// A list of one Pod that is not ready; a watch brings these events.
fn first_and_then(path: &str, events: &str) -> Answer {
    if !path.contains("watch=1") {
        return list(&ordinary("a").replace("True", "False"), "");
    }
    Answer {
        body: Body::Held(events.as_bytes().to_vec()),
        ..Answer::json(200, &Value::Null)
    }
}

const WAIT: [&str; 6] = [
    "wait",
    "pods",
    "--all",
    "--for=condition=Ready",
    "--timeout",
    "280s",
];

#[test]
fn five_thousand_pods_at_once_are_nothing_special() {
    let (first, all) = (many(0..500), many(0..5000));
    let ran = ran(&WAIT, move |path| match path {
        path if path.contains("watch=1") => None,
        path if path.contains("continue=") => Some(expired()),
        path if path.contains("limit=") => Some(list(&first, "next")),
        _ => Some(list(&all, "")),
    });
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.peak < 150 << 10, "{} MiB", ran.peak >> 10);
}

#[test]
fn dense_objects_at_once_are_left_as_soon_as_they_take_too_much() {
    let conditions = vec![json!({"type": ""}); 10_000];
    let pods = pod("a", &json!({"conditions": conditions})).to_string();
    let pods = vec![pods; 300].join(",");
    let ran = ran(&WAIT, move |path| match path {
        path if path.contains("continue=") => Some(expired()),
        path if path.contains("limit=") => Some(list("", "next")),
        _ => Some(list(&pods, "")),
    });
    let told = "sent objects that take more than 128 MiB of memory to: list pods";
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn pages_without_end_are_left_when_they_take_too_much() {
    for (args, limit) in [
        (&WAIT[..], "128"),
        (&["explain-env", "pods", "-l", "a=b"], "256"),
    ] {
        let page = AtomicUsize::new(0);
        let conditions = vec![json!({"type": ""}); 10_000];
        let pods = pod("a", &json!({"conditions": conditions})).to_string();
        let pods = vec![pods; 20].join(",");
        let ran = ran(args, move |_| {
            let page = page.fetch_add(1, Ordering::Relaxed);
            Some(list(&pods, &format!("next{page}")))
        });
        let told = format!("sent objects that take more than {limit} MiB of memory to: list pods");
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("a label selector (-l)"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_watch_that_brings_ever_more_ends_the_wait() {
    let conditions = vec![json!({"type": ""}); 10_000];
    let status = json!({"conditions": conditions});
    let events: String = (0..150)
        .map(|at| world::event("ADDED", &pod(&format!("p{at}"), &status)))
        .collect();
    let ran = ran(&WAIT, move |path| Some(first_and_then(path, &events)));
    let told = "the targets with their Pods and events exceed 128 MiB of memory";
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn long_messages_of_ever_more_pods_are_cut() {
    let status = json!({"conditions": [{"type": "Ready", "message": "m".repeat(1 << 20)}]});
    let events: String = (0..200)
        .map(|at| world::event("ADDED", &pod(&format!("p{at}"), &status)))
        .collect();
    let args = [&WAIT[..5], &["5s", "-q"]].concat();
    let ran = ran(&args, move |path| Some(first_and_then(path, &events)));
    assert_eq!(ran.code, Some(124), "{}", ran.stderr);
    assert!(ran.peak < 150 << 10, "{} MiB", ran.peak >> 10);
}
