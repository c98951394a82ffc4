//! States that a person has asked for, readiness gates, and what leaves a set: as they
//! come from a server, trimmed to what is kept.

use serde_json::{Value, json};

use super::{job, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

fn holding() -> Answer {
    Answer::watch(&[], Then::Hold)
}

/// A server with one object of a collection, and Pods.
fn serving(group: &str, plural: &str, object: &Value, pods: &[Value]) -> ApiServer {
    let home = |group: &str, plural: &str| format!("GET /{group}/namespaces/default/{plural}?");
    let objects = [
        (home(group, plural), vec![object.clone()]),
        (home("api/v1", "pods"), pods.to_vec()),
        (home("api/v1", "events"), Vec::new()),
    ];
    objects
        .into_iter()
        .fold(ApiServer::new(), |server, (path, items)| {
            server
                .on(&format!("{path}watch"), holding())
                .on(&path, list(1, &items))
        })
}

fn object(spec: &Value, status: &Value) -> Value {
    json!({"metadata": {"name": "web", "namespace": "default", "uid": "u", "resourceVersion": "1", "generation": 2},
           "spec": spec, "status": status})
}

fn on(server: &ApiServer, args: &[&str]) -> Run {
    Home::new().run_on(server, &[&["wait", "-n", "default"], args].concat())
}

/// An object, where it is served, the exit code, and what is said.
type Case = (&'static str, &'static str, Value, i32, &'static str);

/// The message about each hold, and whether it ends the wait.
fn cases() -> [Case; 8] {
    let old = json!({"observedGeneration": 2, "replicas": 2, "readyReplicas": 2, "updatedReplicas": 1,
        "desiredNumberScheduled": 2, "numberReady": 2, "updatedNumberScheduled": 1, "updateRevision": "web-2"});
    let on_delete = json!({"replicas": 2, "updateStrategy": {"type": "OnDelete"}});
    let gated = json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "message": "gated"}]});
    let gate = |name: &str| json!({"restartPolicy": "Never", "containers": [{"name": "c"}], "schedulingGates": [{"name": name}]});
    let suspended = json!({"completions": 1, "suspend": true});
    let mut queued = object(&suspended, &json!({}));
    queued["metadata"]["labels"] = json!({"app": "x", "kueue.x-k8s.io/queue-name": "blue"});
    [
        (
            "apis/apps/v1",
            "deployments",
            object(
                &json!({"replicas": 1, "paused": true}),
                &json!({"observedGeneration": 2}),
            ),
            5,
            "DeploymentPaused: the Deployment is paused: 0 of 1 Pods are updated; `kubectl rollout resume deployment/web -n default` resumes it",
        ),
        (
            "apis/apps/v1",
            "statefulsets",
            object(&on_delete, &old),
            5,
            "OnDelete: 1 of 2 Pods are outdated; with the update strategy OnDelete they are replaced only when deleted: `kubectl delete pod web-0 -n default`",
        ),
        (
            "apis/apps/v1",
            "daemonsets",
            object(&on_delete, &old),
            5,
            "OnDelete: 1 of 2 Pods are outdated; with the update strategy OnDelete they are replaced only when deleted: `kubectl delete pod NAME -n default`",
        ),
        (
            "apis/batch/v1",
            "jobs",
            object(&suspended, &json!({})),
            5,
            "Suspended: the Job is suspended; `kubectl patch job/web -n default --type=merge -p '{\"spec\":{\"suspend\":false}}'` resumes it",
        ),
        (
            "api/v1",
            "pods",
            object(&gate("example.com/a"), &gated),
            5,
            "SchedulingGated: pod web: it is held by the scheduling gates example.com/a; `kubectl patch pod/web -n default --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}]'` removes them",
        ),
        (
            "apis/batch/v1",
            "jobs",
            queued,
            124,
            "Suspended: the Job is suspended; Kueue resumes it when its queue blue has capacity",
        ),
        (
            "apis/batch/v1",
            "jobs",
            object(
                &json!({"completions": 1, "managedBy": "example.com/batch"}),
                &json!({}),
            ),
            124,
            "ManagedBy: the Job is managed by example.com/batch, which has not started it; the Job controller ignores it",
        ),
        (
            "api/v1",
            "pods",
            object(&gate("kueue.x-k8s.io/admission"), &gated),
            124,
            "SchedulingGated: pod web: it is held by the scheduling gates kueue.x-k8s.io/admission; Kueue removes them when its queue has capacity",
        ),
    ]
}

#[test]
fn a_hold_that_only_a_person_ends_is_stuck_with_the_command_that_ends_it() {
    for (group, plural, object, code, said) in cases() {
        let pod = json!({"metadata": {"name": "web-0", "namespace": "default", "uid": "p", "resourceVersion": "1",
            "labels": {"controller-revision-hash": "web-1"},
            "ownerReferences": [{"kind": "StatefulSet", "uid": "u", "controller": true}]}, "status": {"phase": "Running"}});
        let pods = if plural == "statefulsets" {
            vec![pod]
        } else {
            Vec::new()
        };
        let target = format!("{}/web", plural.trim_end_matches('s'));
        let args = [target.as_str(), "--stuck-after=1s", "--timeout=8s"];
        let server = serving(group, plural, &object, &pods);
        let run = on(&server, &args);
        assert_eq!(run.code, Some(code), "{target} {run:?}");
        let end = if code == 5 {
            "is stuck: "
        } else {
            ": timed out: "
        };
        let line = run.stderr.lines().last().unwrap_or("");
        let shown = if code == 5 {
            format!("{target} {end}")
        } else {
            format!("{target}{end}")
        };
        assert_eq!(line, format!("error: {shown}{said}"), "{run:?}");
        // With `--fail-fast=false` the state is reported, too.
        let run = on(
            &server,
            &[&args[..1], &["--timeout=4s", "--fail-fast=false"]].concat(),
        );
        assert_eq!(run.code, Some(124), "{run:?}");
        assert!(run.stderr.contains(said), "{run:?}");
    }
}

#[test]
fn the_ready_condition_explains_the_pod_and_its_owner() {
    let pod = |gates: &Value| {
        json!({"metadata": {"name": "web-5d9-x", "namespace": "default", "uid": "p", "resourceVersion": "1",
            "labels": {"pod-template-hash": "5d9", "app": "x"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d9", "uid": "r", "controller": true}]},
            "spec": {"restartPolicy": "Always", "containers": [{"name": "c"}], "readinessGates": [{"conditionType": "example.com/lb"}]},
            "status": {"phase": "Running", "containerStatuses": [{"name": "c", "ready": true, "state": {"running": {}}}], "conditions": gates}})
    };
    let closed = pod(&json!([
        {"type": "example.com/lb", "status": "False", "reason": "NoTargets", "message": "no target is healthy"},
        {"type": "ContainersReady", "status": "True"},
        {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady", "message": "the status of pod readiness gate \"example.com/lb\" is not \"True\", but False"},
    ]));
    let why = "ReadinessGatesNotReady: the status of pod readiness gate \"example.com/lb\" is not \"True\", but False (NoTargets: no target is healthy)";
    let server = serving("api/v1", "pods", &closed, &[]);
    let run = on(&server, &["web-5d9-x", "--timeout=4s"]);
    assert!(
        run.stderr
            .ends_with(&format!("timed out: Running: {why}\n")),
        "{run:?}"
    );
    let counts = json!({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1});
    let mut late = counts.clone();
    late["conditions"] = json!([{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "late"}]);
    for (status, code, said) in [
        (
            counts,
            124,
            "web: timed out: Progressing: 0 of 1 Pods available",
        ),
        (late, 1, "web failed: ProgressDeadlineExceeded: late"),
    ] {
        let deployment = object(&json!({"replicas": 1}), &status);
        let server = serving(
            "apis/apps/v1",
            "deployments",
            &deployment,
            std::slice::from_ref(&closed),
        );
        let run = on(&server, &["deployment/web", "--timeout=4s"]);
        assert_eq!(run.code, Some(code), "{run:?}");
        let end = format!("error: deployment/{said}; pod web-5d9-x: {why}\n");
        assert!(run.stderr.ends_with(&end), "{run:?}");
    }
}

#[test]
fn a_target_that_leaves_its_set_is_judged_once_more() {
    let labelled = |version: u32, name: &str| {
        let mut job = job(version, &json!({"active": 1}));
        job["metadata"]["name"] = name.into();
        job["metadata"]["uid"] = name.into();
        job
    };
    let gone = json!({"type": "DELETED", "object": labelled(2, "leaves")});
    let done = {
        let mut job = super::complete(3);
        job["metadata"]["uid"] = "stays".into();
        job["metadata"]["name"] = "stays".into();
        job
    };
    let ended = json!({"type": "MODIFIED", "object": done});
    // It is there, and does not fit any more.
    let look =
        "GET /apis/batch/v1/namespaces/default/jobs?limit=500&fieldSelector=metadata.name%3Dleaves";
    let server = ApiServer::new()
        .on(super::WATCH, Answer::watch(&[gone, ended], Then::Hold))
        .on(look, list(2, &[labelled(2, "leaves")]))
        .on(
            super::LIST,
            list(1, &[labelled(1, "leaves"), labelled(1, "stays")]),
        );
    let run = on(&server, &["jobs", "-l", "a=b", "--timeout=20s"]);
    let said = "job/leaves: no longer waited for: it no longer matches\n";
    assert_eq!(run.stderr.matches(said).count(), 1, "{run:?}");
    // A Pod that its controller replaces.
    let pod = |version: u32, name: &str, phase: &str| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "uid": name, "resourceVersion": version.to_string(),
            "ownerReferences": [{"kind": "ReplicaSet", "uid": "r", "controller": true}]},
            "spec": {"restartPolicy": "Never"}, "status": {"phase": phase}})
    };
    let events = [
        json!({"type": "DELETED", "object": pod(2, "old", "Running")}),
        json!({"type": "ADDED", "object": pod(3, "new", "Succeeded")}),
    ];
    let pods = "GET /api/v1/namespaces/default/pods?";
    let server = ApiServer::new()
        .on(&format!("{pods}watch"), Answer::watch(&events, Then::Hold))
        .on(pods, list(1, &[pod(1, "old", "Running")]));
    let run = on(&server, &["pods", "--all", "--timeout=20s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let said = "pod/old: no longer waited for: it was deleted, and its controller replaces it\n";
    assert!(run.stderr.contains(said), "{run:?}");
}
