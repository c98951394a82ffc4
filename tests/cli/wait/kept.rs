//! `--rm` keeps targets that meet their condition and have not ended.

use serde_json::{Value, json};

use super::{LIST, WATCH, job, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods?";
const DEPLOYMENTS: &str = "GET /apis/apps/v1/namespaces/default/deployments?";

fn pod(name: &str, phase: &str) -> Value {
    let ready = if phase == "Running" { "True" } else { "False" };
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": name, "resourceVersion": "1"},
        "spec": {"restartPolicy": "Always", "containers": [{"name": "c"}]},
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]},
    })
}

/// A Deployment that is rolled out, or has exceeded its progress deadline.
fn deployment(progressing: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "uid": "web", "generation": 1},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
            "conditions": [{"type": "Available", "status": "True"},
                {"type": "Progressing", "status": "False", "reason": progressing}]},
    })
}

fn with(pods: &[Value], jobs: &[Value], deployments: &[Value]) -> ApiServer {
    let hold = || Answer::watch(&[], Then::Hold);
    let gone = json!({"kind": "Status", "apiVersion": "v1", "status": "Success"});
    ApiServer::new()
        .on("DELETE /api", Answer::json(&gone))
        .on(&PODS.replace('?', "?watch=1"), hold())
        .on(PODS, list(1, pods))
        .on(&DEPLOYMENTS.replace('?', "?watch=1"), hold())
        .on(DEPLOYMENTS, list(1, deployments))
        .on(WATCH, hold())
        .on(LIST, list(1, jobs))
}

fn run(server: &ApiServer, args: &[&str]) -> (Run, Vec<String>) {
    let args = [&["wait", "-n", "default", "--rm", "--timeout=20s"], args].concat();
    let run = Home::new().run_on(server, &args);
    let asked = server.asked().into_iter();
    (run, asked.filter(|a| a.starts_with("DELETE")).collect())
}

#[test]
fn an_object_that_runs_is_kept_whatever_condition_it_meets() {
    let runs = || job(1, &json!({"active": 2, "ready": 2}));
    for (args, shown, code) in [
        (&["pod/web"][..], "pod/web", 0),
        (&["pods", "--all"], "pod/web", 0),
        (&["pod/web", "--for=ready"], "pod/web", 0),
        (&["pod/web", "--for=created"], "pod/web", 0),
        (
            &["pod/web", "--for=jsonpath={.status.phase}=Running"],
            "pod/web",
            0,
        ),
        (&["job/migrate", "--for=created"], "job.batch/migrate", 0),
        (&["job/migrate", "--for=ready"], "job.batch/migrate", 0),
        (
            &["job/migrate", "--for=jsonpath={.status.ready}=2"],
            "job.batch/migrate",
            0,
        ),
        (&["deploy/web"], "deployment.apps/web", 0),
        (
            &["deploy/web", "--for=condition=Available"],
            "deployment.apps/web",
            0,
        ),
    ] {
        let server = with(
            &[pod("web", "Running")],
            &[runs()],
            &[deployment("NewReplicaSetAvailable")],
        );
        let (run, deleted) = run(&server, args);
        assert_eq!(run.code, Some(code), "{args:?} {run:?}");
        assert_eq!(deleted, [""; 0], "{args:?} {run:?}");
        let reason = if shown.starts_with("deployment") {
            "neither a Pod nor a Job"
        } else {
            "not ended"
        };
        let kept = format!(
            "warning: kept, {reason}: {shown}\nhelp: delete with: kubectl delete {shown} -n default"
        );
        assert_eq!(run.stderr.matches(&kept).count(), 1, "{args:?} {run:?}");
    }
}

#[test]
fn a_deployment_that_failed_to_roll_out_is_kept() {
    let server = with(&[], &[], &[deployment("ProgressDeadlineExceeded")]);
    let (run, deleted) = run(&server, &["deploy/web"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(deleted, [""; 0], "{run:?}");
    let kept = "warning: kept, neither a Pod nor a Job: deployment.apps/web\n";
    assert!(run.stderr.contains(kept), "{run:?}");
}

#[test]
fn among_running_objects_only_ended_ones_are_deleted() {
    let ended = job(
        1,
        &json!({"conditions": [{"type": "Complete", "status": "True"}]}),
    );
    let pods = [
        pod("good", "Succeeded"),
        pod("web", "Running"),
        pod("db", "Running"),
    ];
    let (run, mut deleted) = run(&with(&pods, &[ended], &[]), &["pods,jobs", "--all"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    deleted.sort();
    assert_eq!(
        deleted,
        [
            "DELETE /api/v1/namespaces/default/pods/good",
            "DELETE /apis/batch/v1/namespaces/default/jobs/migrate"
        ]
    );
    let kept = "warning: kept, not ended: pod/web, pod/db\n";
    assert_eq!(run.stderr.matches("warning: ").count(), 1, "{run:?}");
    assert!(run.stderr.contains(kept), "{run:?}");
}

/// It met its condition long before; the wait went on for another.
#[test]
fn a_pod_that_ends_while_another_is_awaited_is_deleted() {
    let changed = |pod: Value| json!({"type": "MODIFIED", "object": pod});
    let events = [
        changed(pod("web", "Succeeded")),
        changed(pod("late", "Running")),
    ];
    let pods = [pod("web", "Running"), pod("late", "Pending")];
    let server = ApiServer::new()
        .on(
            "DELETE /api",
            Answer::json(&json!({"kind": "Status", "apiVersion": "v1", "status": "Success"})),
        )
        .on(
            &PODS.replace('?', "?watch=1"),
            Answer::watch(&events, Then::Hold),
        )
        .on(PODS, list(1, &pods));
    let (run, deleted) = run(&server, &["pod/web", "pod/late", "--for=ready"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        deleted,
        ["DELETE /api/v1/namespaces/default/pods/web"],
        "{run:?}"
    );
    assert!(
        run.stderr.contains("kept, not ended: pod/late\n"),
        "{run:?}"
    );
}

/// An object of the same name that was created since is not its target.
#[test]
fn a_deleted_target_is_not_deleted_again() {
    let (run, deleted) = run(&with(&[], &[], &[]), &["pod/web", "--for=deleted"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(deleted, [""; 0], "{run:?}");
    assert!(!run.stderr.contains("kept"), "{run:?}");
}
