//! `--logs`: each line once, whatever happens to the connection.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{JOB, LIST, UID, WATCH, complete, event, job, list, wait};
use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::support::{Home, Run};

pub(super) const PODS: &str = "GET /api/v1/namespaces/default/pods?limit";
pub(super) const PODS_WATCH: &str = "GET /api/v1/namespaces/default/pods?watch=1";
pub(super) const LOG: &str = "GET /api/v1/namespaces/default/pods/migrate-x/log?container=";

pub(super) fn pod(version: u32, phase: &str, containers: &Value) -> Value {
    json!({
        "kind": "Pod",
        "metadata": {"name": "migrate-x", "namespace": "default", "uid": "p", "resourceVersion": version.to_string(),
                     "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": phase, "containerStatuses": containers},
    })
}

fn is_running(name: &str, restarts: u32) -> Value {
    json!({"name": name, "restartCount": restarts, "state": {"running": {}}})
}

pub(super) fn has_ended(name: &str, restarts: u32, code: u32) -> Value {
    json!({"name": name, "restartCount": restarts, "state": {"terminated": {"exitCode": code}}})
}

pub(super) fn line(second: u32, text: &str) -> String {
    format!("2026-01-02T03:04:{second:02}.000000000Z {text}\n")
}

pub(super) fn whole(lines: &[String]) -> Answer {
    Answer::text(200, &lines.concat())
}

fn chunk(event: &Value) -> String {
    format!("{event}\n")
}

/// A Job with its Pod.
pub(super) trait Scene {
    /// Both have ended.
    fn ended(self, pods: &[Value]) -> Self;

    /// Both run; the Pod is another behind a gate, and the Job is complete behind a gate.
    fn running(self, pod: (&Gate, &Value), job: &Gate) -> Self;
}

impl Scene for ApiServer {
    fn ended(self, pods: &[Value]) -> Self {
        self.on(PODS, list(1, pods))
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, list(1, &[complete(1)]))
    }

    fn running(self, (gate, next): (&Gate, &Value), done: &Gate) -> Self {
        let changes = |gate: &Gate, object: &Value| {
            let change = event("MODIFIED", object);
            Answer::watch(&[], Then::Hold).then(gate, &[&chunk(&change)])
        };
        self.on(PODS_WATCH, changes(gate, next))
            .on(
                PODS,
                list(1, &[pod(1, "Running", &json!([is_running("c", 0)]))]),
            )
            .on(WATCH, changes(done, &complete(4)))
            .on(LIST, list(1, &[job(1, &json!({"active": 1}))]))
    }
}

/// The queries of the logs that were asked for.
pub(super) fn queries(server: &ApiServer) -> Vec<String> {
    let requests = server.requests();
    let logs = requests.iter().filter(|r| r.path.contains("/log?"));
    logs.map(|r| r.path.split_once("/log?").unwrap().1.to_owned())
        .collect()
}

pub(super) fn good(run: &Run) {
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn each_line_is_printed_once_although_the_connection_is_cut() {
    let lines: Vec<String> = (1..=6).map(|n| line(n, &format!("line {n}"))).collect();
    let cut = {
        // In the middle of the third line.
        let half = lines[..3].concat();
        let half = &half[..half.len() - 4];
        Answer::raw_watch(&[half], Then::End)
    };
    let gate = Gate::default();
    let opened = gate.clone();
    let rest = lines[2..].to_vec();
    let ended = pod(3, "Succeeded", &json!([has_ended("c", 0, 0)]));
    let server = ApiServer::new()
        .once(&format!("{LOG}c"), cut)
        // All of the second before the one in which it was cut comes again, and that one.
        .answering(&format!("{LOG}c"), move |_| {
            opened.open();
            whole(&[&[lines[1].clone()], rest.as_slice()].concat())
        })
        .running((&gate, &ended), &gate);
    let run = wait(&server, &["--logs"]);
    good(&run);
    let expected: Vec<String> = (1..=6)
        .map(|n| format!("[migrate-x/c] line {n}\n"))
        .collect();
    assert_eq!(run.stdout, expected.concat(), "{:?}", queries(&server));
    let asked = queries(&server);
    assert_eq!(asked[0], "container=c&follow=true&timestamps=true");
    assert_eq!(
        asked[1],
        "container=c&follow=true&timestamps=true&sinceTime=2026-01-02T03:04:01Z"
    );
    assert!(asked.len() < 8, "{asked:?}");
}

#[test]
fn a_container_that_restarts_is_followed_again_with_the_rest_of_its_run_before() {
    let gate = Gate::default();
    let opened = gate.clone();
    let done = Gate::default();
    let finished = done.clone();
    let restarted = pod(2, "Running", &json!([is_running("c", 1)]));
    let times = AtomicUsize::new(0);
    let server = ApiServer::new()
        .answering(&format!("{LOG}c&previous=true"), |_| {
            whole(&[line(1, "first run"), line(2, "its last words")])
        })
        .answering(&format!("{LOG}c"), move |_| {
            match times.fetch_add(1, Ordering::Relaxed) {
                0 => {
                    opened.open();
                    whole(&[line(1, "first run")])
                }
                _ => {
                    finished.open();
                    whole(&[line(5, "second run")])
                }
            }
        })
        .running((&gate, &restarted), &done);
    let run = wait(&server, &["--logs=all"]);
    good(&run);
    assert_eq!(
        run.stdout,
        "[migrate-x/c] first run\n[migrate-x/c] its last words\n[migrate-x/c] second run\n",
        "{:?}",
        queries(&server)
    );
}

#[test]
fn init_containers_and_sidecars_are_followed_too() {
    let mut ended = pod(1, "Succeeded", &json!([has_ended("app", 0, 0)]));
    ended["status"]["initContainerStatuses"] =
        json!([has_ended("init", 0, 0), has_ended("sidecar", 0, 137)]);
    let mut server = ApiServer::new();
    for name in ["init", "sidecar", "app"] {
        let text = format!("of {name}\ttab \u{1b}[2J");
        server = server.on(&format!("{LOG}{name}"), whole(&[line(1, &text)]));
    }
    let server = server.ended(&[ended]);
    let run = wait(&server, &["--logs"]);
    good(&run);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "[migrate-x/app] of app\ttab \u{1b}[2J",
            "[migrate-x/init] of init\ttab \u{1b}[2J",
            "[migrate-x/sidecar] of sidecar\ttab \u{1b}[2J",
        ]
    );
}

#[test]
fn a_log_that_cannot_be_read_is_a_warning() {
    let ended = pod(
        1,
        "Succeeded",
        &json!([has_ended("a", 0, 0), has_ended("b", 0, 0)]),
    );
    for (refusal, said) in [
        (
            Answer::refusal(403, "Forbidden", "pods \"migrate-x\" is forbidden"),
            "is forbidden",
        ),
        (
            Answer::refusal(404, "NotFound", "pods \"migrate-x\" not found"),
            "not found",
        ),
    ] {
        let server = ApiServer::new()
            .on(LOG, refusal)
            .ended(std::slice::from_ref(&ended));
        let run = wait(&server, &["--logs"]);
        good(&run);
        assert_eq!(run.stdout, "");
        assert!(
            run.stderr.contains("warning: the log of migrate-x/") && run.stderr.contains(said),
            "{run:?}"
        );
    }
}

#[test]
fn a_server_that_never_ends_a_log_does_not_hold_up_the_end() {
    let ended = pod(1, "Succeeded", &json!([has_ended("c", 0, 0)]));
    let server = ApiServer::new()
        .on(
            &format!("{LOG}c"),
            Answer::raw_watch(&[&line(1, "one")], Then::Hold),
        )
        .ended(&[ended]);
    let began = std::time::Instant::now();
    let run = wait(&server, &["--logs"]);
    good(&run);
    assert!(began.elapsed().as_secs() < 15);
    assert_eq!(run.stdout, "[migrate-x/c] one\n");
    assert!(
        run.stderr
            .ends_with("warning: not read to the end: the logs of migrate-x/c\n"),
        "{run:?}"
    );
}

#[test]
fn more_containers_than_connections_wait_for_their_turn_and_lose_nothing() {
    let containers: Vec<Value> = (0..120)
        .map(|n| has_ended(&format!("c{n}"), 0, 0))
        .collect();
    let ended = pod(1, "Succeeded", &Value::Array(containers));
    let server = ApiServer::new()
        .answering(LOG, |request| {
            let name = request.path.split("container=").nth(1).unwrap();
            whole(&[line(1, name.split('&').next().unwrap())])
        })
        .ended(&[ended]);
    let run = wait(&server, &["--logs"]);
    good(&run);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 120);
    assert!(
        run.stderr
            .contains("warning: more than 50 containers have logs at the same time"),
        "{run:?}"
    );
}

#[test]
fn logs_are_on_standard_error_with_a_report_and_after_create_and_apply() {
    let ended = pod(1, "Succeeded", &json!([has_ended("c", 0, 0)]));
    let server = ApiServer::new()
        .storing()
        .on(&format!("{LOG}c"), whole(&[line(1, "one")]))
        .ended(&[ended]);
    let run = wait(&server, &["--logs", "-o", "json"]);
    good(&run);
    assert!(
        serde_json::from_str::<Value>(&run.stdout).is_ok(),
        "{run:?}"
    );
    assert!(run.stderr.contains("[migrate-x/c] one\n"), "{run:?}");
    let home = Home::with(&[("job.yaml", JOB)]);
    for (command, said) in [("create", "created"), ("apply", "serverside-applied")] {
        let run = home.run_on(&server, &[command, "-f", "job.yaml", "--wait", "--logs"]);
        good(&run);
        assert_eq!(
            run.stdout,
            format!("job.batch/migrate {said}\n[migrate-x/c] one\n")
        );
        let run = home.run_on(
            &server,
            &[command, "-f", "job.yaml", "--wait", "--logs", "-o", "name"],
        );
        assert_eq!(run.stdout, "job.batch/migrate\n");
        assert!(run.stderr.contains("[migrate-x/c] one\n"), "{run:?}");
    }
    let run = home.run_on(&server, &["create", "-f", "job.yaml", "--logs"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("--wait"), "{run:?}");
}

#[test]
fn logs_of_failed_containers_are_printed_at_the_end() {
    let failed = json!({"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]});
    let restarted = json!({"name": "b", "restartCount": 1, "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 4}}});
    let pods = [pod(
        1,
        "Failed",
        &json!([has_ended("a", 0, 0), restarted, has_ended("c", 0, 3)]),
    )];
    let server = ApiServer::new()
        .on(
            &format!("{LOG}b&previous=true"),
            Answer::text(200, "b failed\n"),
        )
        .on(&format!("{LOG}b"), Answer::text(200, "b runs again\n"))
        .on(&format!("{LOG}c"), Answer::text(200, "c failed\nlast"))
        .on(PODS, list(1, &pods))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &[job(1, &failed)]));
    let run = wait(&server, &["--logs=failed"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        run.stdout,
        "[migrate-x/b] b failed\n[migrate-x/c] c failed\n[migrate-x/c] last"
    );
    assert!(!queries(&server).iter().any(|q| q.contains("follow")));
}

#[test]
fn a_reader_that_goes_away_does_not_end_the_wait() {
    let ended = pod(1, "Succeeded", &json!([has_ended("c", 0, 0)]));
    let many: Vec<String> = (0..20000).map(|n| line(1, &format!("line {n}"))).collect();
    let failed = json!({"conditions": [{"type": "Failed", "status": "True", "reason": "R"}]});
    let server = ApiServer::new()
        .on(&format!("{LOG}c"), whole(&many))
        .on(PODS, list(1, &[ended]))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &[job(1, &failed)]));
    let home = Home::new();
    let url = server.url();
    let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
    let script = format!(
        "{{ {program} wait job/migrate -n default --logs --server {url}; echo \"code $?\" >&2; }} | head -1"
    );
    let run = crate::support::finish(home.program("sh", &["-c", &script]), b"");
    assert_eq!(run.stdout, "[migrate-x/c] line 0\n");
    assert!(run.stderr.ends_with("code 1\n"), "{run:?}");
}
