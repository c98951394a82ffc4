//! `--wait` on `create` and `apply`, and `wait`: against a scripted API server
//! that behaves well or badly.

mod answers;
mod bounds;
mod categories;
mod compressed;
mod creation;
mod credentials;
mod discovery;
mod ends;
mod everywhere;
mod exit_code;
mod faults;
mod files;
mod flags;
mod held;
mod incomplete;
mod interrupted_create;
mod junit;
mod kept;
mod limits;
mod log_bytes;
mod logs;
mod pipeline;
mod removal;
mod remove;
mod rights;
mod served;
mod sets;
mod several;
mod signals;
mod stale_pods;
mod targets;
mod terminal;

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

pub(super) const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  completions: 2
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: i}]
";
pub(super) const UID: &str = "11111111-2222-3333-4444-555555555555";
pub(super) const ONE: &str = "GET /apis/batch/v1/namespaces/default/jobs/migrate";
pub(super) const LIST: &str = "GET /apis/batch/v1/namespaces/default/jobs?limit";
pub(super) const WATCH: &str = "GET /apis/batch/v1/namespaces/default/jobs?watch=1";

pub(super) fn job(version: u32, status: &Value) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "migrate", "namespace": "default", "uid": UID, "resourceVersion": version.to_string()},
        "spec": {"completions": 2, "backoffLimit": 6}, "status": status,
    })
}

/// Returns a list of these objects.
pub(super) fn list(version: u32, jobs: &[Value]) -> Answer {
    Answer::json(&json!({
        "metadata": {"resourceVersion": version.to_string()}, "items": jobs,
    }))
}

pub(super) fn running(version: u32) -> Answer {
    list(version, &[job(version, &json!({"active": 2}))])
}

pub(super) fn event(kind: &str, object: &Value) -> Value {
    json!({"type": kind, "object": object})
}

pub(super) fn finished(kind: &str, reason: &str) -> Value {
    json!({"conditions": [{"type": kind, "status": "True", "reason": reason, "message": "said so"}]})
}

pub(super) fn complete(version: u32) -> Value {
    job(version, &finished("Complete", "CompletionsReached"))
}

pub(super) fn too_old() -> Value {
    json!({"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}})
}

pub(super) fn bookmark(version: u32) -> Value {
    event(
        "BOOKMARK",
        &json!({"kind": "Job", "metadata": {"resourceVersion": version.to_string()}}),
    )
}

/// `create --wait`.
pub(super) fn create(server: &ApiServer, more: &[&str]) -> Run {
    let home = Home::with(&[("job.yaml", JOB)]);
    home.run_on(
        server,
        &[&["create", "-f", "job.yaml", "--wait"], more].concat(),
    )
}

/// `wait job/migrate`.
pub(super) fn wait(server: &ApiServer, more: &[&str]) -> Run {
    Home::new().run_on(
        server,
        &[&["wait", "job/migrate", "-n", "default"], more].concat(),
    )
}

/// Returns the number of lists and of watches of Jobs.
pub(super) fn asked(server: &ApiServer) -> (usize, usize) {
    let requests = server.requests();
    let of_jobs = requests
        .iter()
        .filter(|r| r.method == "GET" && r.path.contains("/jobs?"));
    let watched = of_jobs
        .clone()
        .filter(|r| r.path.contains("watch=1"))
        .count();
    (of_jobs.count() - watched, watched)
}

pub(super) fn ends_well(run: &Run) {
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .ends_with("job/migrate is done: CompletionsReached: said so\n"),
        "{run:?}"
    );
}
