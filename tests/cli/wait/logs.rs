//! `--logs`: each line once, whatever happens to the connection.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{JOB, LIST, UID, WATCH, complete, event, job, list, wait};
use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods?limit";
const PODS_WATCH: &str = "GET /api/v1/namespaces/default/pods?watch=1";
const LOG: &str = "GET /api/v1/namespaces/default/pods/migrate-x/log?container=";

fn pod(version: u32, phase: &str, containers: &Value) -> Value {
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

fn has_ended(name: &str, restarts: u32, code: u32) -> Value {
    json!({"name": name, "restartCount": restarts, "state": {"terminated": {"exitCode": code}}})
}

fn line(second: u32, text: &str) -> String {
    format!("2026-01-02T03:04:{second:02}.000000000Z {text}\n")
}

fn whole(lines: &[String]) -> Answer {
    Answer::text(200, &lines.concat())
}

fn chunk(event: &Value) -> String {
    format!("{event}\n")
}

/// A Job with its Pod.
trait Scene {
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
fn queries(server: &ApiServer) -> Vec<String> {
    let requests = server.requests();
    let logs = requests.iter().filter(|r| r.path.contains("/log?"));
    logs.map(|r| r.path.split_once("/log?").unwrap().1.to_owned())
        .collect()
}

fn good(run: &Run) {
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn each_line_comes_once_although_the_connection_is_cut() {
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
        // All of the second in which it was cut comes again.
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
        "container=c&follow=true&timestamps=true&sinceTime=2026-01-02T03:04:02Z"
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
fn with_a_report_logs_are_talk_and_create_and_apply_show_them_too() {
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
fn of_failed_containers_only_the_logs_come_at_the_end() {
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

/// A Job that is done, whose Pod's containers wrote these and did not end with 0.
fn wrote(logs: &[(&str, &[u8])]) -> ApiServer {
    let containers = logs.iter().map(|(name, _)| has_ended(name, 0, 3)).collect();
    let ended = pod(1, "Succeeded", &Value::Array(containers));
    let mut server = ApiServer::new();
    for (name, log) in logs {
        server = server.on(&format!("{LOG}{name}"), Answer::bytes(log));
    }
    server.ended(&[ended])
}

/// Each line with its time, as the kubelet serves it.
fn timed(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines
        .enumerate()
        .flat_map(|(n, line)| [line_at(n).as_bytes(), line].concat())
        .collect()
}

fn line_at(n: usize) -> String {
    format!("2026-01-02T03:04:05.{n:09}Z ")
}

/// What comes out of a wait, to the byte.
fn output(server: &ApiServer, more: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let url = server.url();
    let args = ["wait", "job/migrate", "-n", "default", "--server", &url];
    let home = Home::new();
    let mut command = home.command(&[&args, more].concat());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    (output.stdout, output.stderr)
}

#[test]
fn a_line_of_any_length_is_one_line() {
    for length in [16_000, 16_384, 16_385, 100_000, 3 << 20] {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(length));
        let text = format!("before\n{long}\nafter\n");
        let server = wrote(&[("c", &timed(text.as_bytes()))]);
        let (stdout, _) = output(&server, &["--logs"]);
        let expected = format!("[migrate-x/c] before\n[migrate-x/c] {long}\n[migrate-x/c] after\n");
        assert!(stdout == expected.as_bytes(), "{length}");
        let server = wrote(&[("c", text.as_bytes())]);
        let (stdout, _) = output(&server, &["--logs=failed"]);
        assert!(stdout == expected.as_bytes(), "{length}");
    }
}

#[test]
fn lines_of_containers_that_write_at_the_same_time_stay_whole() {
    let names = ["a", "b", "d", "e"];
    let logs = names.map(|name| {
        let lines = (0..40).map(|n| format!("{name}{n} {}\n", name.repeat(n * 1500)));
        timed(lines.collect::<String>().as_bytes())
    });
    let logs: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(logs.iter().map(Vec::as_slice))
        .collect();
    let (stdout, _) = output(&wrote(&logs), &["--logs"]);
    let text = String::from_utf8(stdout).unwrap();
    for name in names {
        let prefix = format!("[migrate-x/{name}] ");
        let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix));
        let expected = (0..40).map(|n| format!("{name}{n} {}", name.repeat(n * 1500)));
        assert!(lines.eq(expected), "{name}");
    }
    assert_eq!(text.lines().count(), 160);
}

#[test]
fn a_pipe_gets_every_byte_and_the_last_line_as_it_is() {
    for text in [
        &b"\x1b[31mred\x1b[0m\n"[..],
        b"10%\r20%\r\n",
        b"\xff\xfe\x00 binary \xc3(\n\n\ttab\n",
        "bidi \u{202e}x\u{85}y\n".as_bytes(),
        b"without an end",
        b"one\nlast \r",
        b"##[error]x ::add-mask::y\n",
    ] {
        let prefixed: Vec<u8> = text
            .split_inclusive(|byte| *byte == b'\n')
            .flat_map(|line| [b"[migrate-x/c] ", line].concat())
            .collect();
        let server = wrote(&[("c", &timed(text))]);
        let (stdout, _) = output(&server, &["--logs"]);
        assert_eq!(stdout, prefixed);
        let (_, stderr) = output(&server, &["--logs", "-o", "json"]);
        let mut parts = stderr.windows(prefixed.len());
        assert!(parts.any(|part| part == prefixed), "{stderr:?}");
        let server = wrote(&[("c", text)]);
        let (stdout, _) = output(&server, &["--logs=failed"]);
        assert_eq!(stdout, prefixed);
    }
}

#[test]
fn a_long_line_goes_on_where_the_connection_was_cut() {
    let numbers: Vec<String> = (0..20_000).map(|n: u32| n.to_string()).collect();
    let long = numbers.join(",");
    let first = line(1, "short");
    let second = line(2, &long);
    let cut = Answer::raw_watch(&[&first, &second[..70_000]], Then::End);
    let gate = Gate::default();
    let opened = gate.clone();
    let whole_log = [first.clone(), second.clone(), line(3, "after")];
    let ended = pod(3, "Succeeded", &json!([has_ended("c", 0, 0)]));
    let server = ApiServer::new()
        .once(&format!("{LOG}c"), cut)
        .answering(&format!("{LOG}c"), move |_| {
            opened.open();
            whole(&whole_log)
        })
        .running((&gate, &ended), &gate);
    let run = wait(&server, &["--logs"]);
    good(&run);
    let expected = format!("[migrate-x/c] short\n[migrate-x/c] {long}\n[migrate-x/c] after\n");
    assert!(run.stdout == expected, "{:?}", queries(&server));
}
