//! Objects that a server has, behind `-l`.

use std::path::Path;

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer, Then};
use crate::cost::cost;
use crate::fit::{Growth, Point};
use crate::objects::pod_with;
use crate::steady;

/// One shape of what a server has.
pub(crate) struct LiveShape {
    pub name: &'static str,
    pub command: &'static [&'static str],
    server: fn(usize) -> ApiServer,
}

/// A server writes and this process keeps them all.
const SIZES: [usize; 5] = [1_000, 2_000, 4_000, 8_000, 16_000];

pub(crate) const SHAPES: &[LiveShape] = &[
    LiveShape {
        name: "Jobs that have ended",
        command: &["wait", "jobs", "-l", "a=b", "-n", "default"],
        server: |n| jobs((0..n).map(|at| job(at, true)).collect(), &[]),
    },
    LiveShape {
        name: "Jobs that end one by one",
        command: &["wait", "jobs", "-l", "a=b", "-n", "default"],
        server: |n| {
            let ends: Vec<Value> = (0..n)
                .map(|at| json!({"type": "MODIFIED", "object": job(at, true)}))
                .collect();
            jobs((0..n).map(|at| job(at, false)).collect(), &ends)
        },
    },
    LiveShape {
        name: "Jobs with Pods and events",
        command: &["wait", "jobs", "-l", "a=b", "-n", "default"],
        server: |n| {
            let ends: Vec<Value> = (0..n)
                .map(|at| json!({"type": "MODIFIED", "object": job(at, true)}))
                .collect();
            let pods = (0..n).map(job_pod).collect();
            let events = (0..n).map(event).collect();
            ApiServer::new()
                .on("GET /api/v1/namespaces/default/pods?watch=1", hold(&[]))
                .on("GET /api/v1/namespaces/default/pods", items(pods))
                .on("GET /api/v1/namespaces/default/events?watch=1", hold(&[]))
                .on("GET /api/v1/namespaces/default/events", items(events))
                .on(WATCH, hold(&ends))
                .on(LIST, items((0..n).map(|at| job(at, false)).collect()))
        },
    },
    LiveShape {
        name: "Pods of one Job",
        // It does not end: what is measured is the work with the changes.
        command: &[
            "wait",
            "jobs",
            "-l",
            "a=b",
            "-n",
            "default",
            "--timeout=10s",
        ],
        server: |n| {
            let of_one = |at: usize, phase: &str| {
                let mut pod = job_pod(at);
                pod["metadata"]["ownerReferences"][0]["name"] = "j-0".into();
                pod["metadata"]["ownerReferences"][0]["uid"] = "u-0".into();
                pod["status"]["phase"] = phase.into();
                pod
            };
            let changes: Vec<Value> = (0..n)
                .map(|at| json!({"type": "MODIFIED", "object": of_one(at, "Running")}))
                .collect();
            let pods = (0..n).map(|at| of_one(at, "Pending")).collect();
            ApiServer::new()
                .on(
                    "GET /api/v1/namespaces/default/pods?watch=1",
                    hold(&changes),
                )
                .on("GET /api/v1/namespaces/default/pods", items(pods))
                .on("GET /api/v1/namespaces/default/events?watch=1", hold(&[]))
                .on("GET /api/v1/namespaces/default/events", items(Vec::new()))
                .on(WATCH, hold(&[]))
                .on(LIST, items(vec![job(0, false)]))
        },
    },
    LiveShape {
        name: "Pods of a selector",
        command: &["explain-env", "pods", "-l", "a=b", "-n", "default"],
        server: |n| {
            let pod = |at| {
                pod_with(at, |pod| {
                    pod["metadata"]["uid"] = format!("u-{at}").into();
                    pod["metadata"]["resourceVersion"] = "1".into();
                })
            };
            ApiServer::new()
                .on(
                    "GET /api/v1/namespaces/default/pods",
                    items((0..n).map(pod).collect()),
                )
                .on("GET /api/v1/namespaces/default/services", items(Vec::new()))
                .on(
                    "GET /api/v1/namespaces/default/limitranges",
                    items(Vec::new()),
                )
        },
    },
];

const LIST: &str = "GET /apis/batch/v1/namespaces/default/jobs?limit";
const WATCH: &str = "GET /apis/batch/v1/namespaces/default/jobs?watch=1";

fn jobs(list: Vec<Value>, ends: &[Value]) -> ApiServer {
    ApiServer::new().on(WATCH, hold(ends)).on(LIST, items(list))
}

/// A list of these.
fn items(items: Vec<Value>) -> Answer {
    let items = Value::Array(items);
    Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": items}))
}

/// A watch that tells these at once, and then nothing.
fn hold(events: &[Value]) -> Answer {
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    let chunks = if lines.is_empty() {
        &[][..]
    } else {
        &[lines.as_str()]
    };
    Answer::raw_watch(chunks, Then::Hold)
}

fn job(at: usize, is_complete: bool) -> Value {
    let status = if is_complete {
        json!({"conditions": [{"type": "Complete", "status": "True", "reason": "CompletionsReached", "message": "Reached"}]})
    } else {
        json!({"active": 1})
    };
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": format!("j-{at}"), "namespace": "default", "uid": format!("u-{at}"), "resourceVersion": "1"},
        "spec": {"completions": 1, "backoffLimit": 6}, "status": status,
    })
}

fn job_pod(at: usize) -> Value {
    pod_with(at, |pod| {
        pod["metadata"]["uid"] = format!("p-{at}").into();
        pod["metadata"]["ownerReferences"] = json!([{"apiVersion": "batch/v1", "kind": "Job", "name": format!("j-{at}"), "uid": format!("u-{at}"), "controller": true}]);
        pod["status"] = json!({"phase": "Pending"});
    })
}

fn event(at: usize) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": format!("e-{at}"), "namespace": "default", "uid": format!("e-{at}"), "resourceVersion": "1"},
        "involvedObject": {"kind": "Pod", "name": format!("web-{at}"), "namespace": "default", "uid": format!("p-{at}")},
        "reason": "FailedScheduling", "message": "0/3 nodes are available", "type": "Warning", "count": 1,
        "lastTimestamp": "2026-01-02T03:04:05Z",
    })
}

/// Runs the command against servers of all sizes.
pub(crate) fn growth_of(program: &Path, shape: &LiveShape) -> Growth {
    let run = |n: usize| {
        let url = (shape.server)(n).url();
        let args: Vec<&str> = shape.command.iter().copied().chain(["-s", &url]).collect();
        steady(|| cost(program, &args))
    };
    let start = run(1);
    let points = SIZES.iter().map(|n| Point {
        n: *n,
        cost: run(*n),
    });
    Growth {
        start,
        points: points.collect(),
    }
}
