//! Bounds of time: the time-out holds whatever blocks a run, and one signal is enough.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JOB, LIST, UID, WATCH, complete, job, list, running};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

const PODS: &str = "GET /api/v1/namespaces/default/pods?limit";
const PODS_WATCH: &str = "GET /api/v1/namespaces/default/pods?watch=1";
const LOG: &str = "GET /api/v1/namespaces/default/pods/migrate-x/log?container=";

/// Additional time of a busy machine; the bounds are a second after the time-out, and two after a
/// signal.
pub(super) const SLACK: Duration = Duration::from_secs(2);

fn pods(phase: &str, state: &Value) -> Answer {
    Answer::json(
        &json!({"kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": [{
            "metadata": {"name": "migrate-x", "namespace": "default", "uid": "p", "resourceVersion": "1",
                         "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
            "spec": {"restartPolicy": "Never"},
            "status": {"phase": phase, "containerStatuses": [{"name": "c", "restartCount": 0, "state": state}]},
        }]}),
    )
}

/// A running Job, whose container writes without end.
fn flooding(phase: &str, state: &Value) -> ApiServer {
    let line = format!("2026-01-02T03:04:05.000000000Z {}\n", "x".repeat(200)).repeat(20);
    ApiServer::new()
        .storing()
        .on(LOG, Answer::raw_watch(&[&line], Then::Repeat))
        .on(PODS_WATCH, Answer::watch(&[], Then::Hold))
        .on(PODS, pods(phase, state))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, running(1))
}

pub(super) fn command(home: &Home, server: &ApiServer, args: &[&str]) -> Command {
    let mut command = home.command(&[args, &["-n", "default", "--server", &server.url()]].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Returns the exit code that a shell sees, and the time until then.
pub(super) fn end(child: &mut Child) -> (i32, Duration) {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            let code = status.code().or(status.signal().map(|signal| 128 + signal));
            return (code.unwrap(), began.elapsed());
        }
        if began.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[track_caller]
fn times_out(command: &mut Command, seconds: u64, what: &str) {
    let mut child = command.spawn().unwrap();
    // What is piped stays with the child: timed out waiting for a reader.
    let (code, took) = end(&mut child);
    assert_eq!(code, 124, "{what}");
    let limit = Duration::from_secs(seconds);
    assert!(took >= limit, "{what}: {took:?}");
    assert!(
        took < limit + Duration::from_secs(1) + SLACK,
        "{what}: {took:?}"
    );
}

#[test]
fn a_time_out_holds_however_much_is_logged_and_whoever_reads() {
    let home = Home::new();
    let runs = json!({"running": {}});
    let ended = json!({"terminated": {"exitCode": 0}});
    for (phase, state) in [("Running", &runs), ("Running", &ended)] {
        let server = flooding(phase, state);
        let args = ["wait", "job/migrate", "--timeout", "2s", "--logs"];
        let mut to_nobody = command(&home, &server, &args);
        times_out(
            to_nobody.stdout(Stdio::piped()),
            2,
            "standard output is full",
        );
        times_out(&mut command(&home, &server, &args), 2, "all is read");
        let args = [&args[..], &["-o", "json"]].concat();
        let mut to_nobody = command(&home, &server, &args);
        times_out(
            to_nobody.stderr(Stdio::piped()),
            2,
            "standard error is full",
        );
        let args = [
            "create",
            "-f",
            "job.yaml",
            "--wait",
            "--timeout",
            "2s",
            "--logs",
        ];
        let home = Home::with(&[("job.yaml", JOB)]);
        let mut to_nobody = command(&home, &server, &args);
        times_out(to_nobody.stdout(Stdio::piped()), 2, "of create");
    }
}

/// A report that is larger than a pipe.
fn many() -> ApiServer {
    let jobs = (0..1000).map(|index| {
        let mut job = job(1, &json!({"active": 2}));
        job["metadata"]["name"] = format!("{}{index}", "j".repeat(50)).into();
        job["metadata"]["uid"] = format!("u{index}").into();
        job
    });
    ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &jobs.collect::<Vec<_>>()))
}

#[test]
fn a_time_out_holds_whatever_the_server_does_not_answer() {
    let home = Home::new();
    let hanging = |route: &str| {
        ApiServer::new()
            .on(route, Answer::silent())
            .on(LOG, Answer::silent())
            .on(PODS_WATCH, Answer::watch(&[], Then::Hold))
            .on(PODS, pods("Running", &json!({"running": {}})))
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, running(1))
    };
    for (route, target, more) in [
        ("GET /api", "foo/x", &[][..]),
        ("GET /apis", "foo.example.com/x", &[]),
        (LIST, "job/migrate", &[]),
        (WATCH, "job/migrate", &[]),
        (PODS, "job/migrate", &["--logs"]),
        (LOG, "job/migrate", &["--logs"]),
        (LOG, "job/migrate", &["--logs=failed", "--poll", "300ms"]),
    ] {
        let server = hanging(route);
        let args = [&["wait", target, "--timeout", "1s"], more].concat();
        times_out(&mut command(&home, &server, &args), 1, route);
    }
    let server = ApiServer::new()
        .on("DELETE /apis", Answer::silent())
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[complete(9)]));
    let mut removing = command(
        &home,
        &server,
        &["wait", "job/migrate", "--timeout", "1s", "--rm"],
    );
    let child = removing.stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(124), "{stderr}");
    assert!(began.elapsed() < Duration::from_secs(2) + SLACK);
    assert!(
        stderr.contains(
            "error: timed out: it is not known whether job/migrate is deleted\n\
             warning: left behind: job.batch/migrate\n"
        ),
        "{stderr}"
    );
}

fn fifo(home: &Home) {
    let made = home.program("mkfifo", &["fifo"]).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_time_out_holds_for_reports_that_nobody_reads() {
    let home = Home::new();
    fifo(&home);
    let server = many();
    let args = [
        "wait",
        "jobs",
        "--all",
        "--timeout",
        "2s",
        "--junit",
        "fifo",
    ];
    times_out(&mut command(&home, &server, &args), 2, "JUnit");
    let args = ["wait", "jobs", "--all", "--timeout", "2s", "-o", "json"];
    let mut to_nobody = command(&home, &server, &args);
    times_out(to_nobody.stdout(Stdio::piped()), 2, "JSON");
}

/// A success stays one when nobody reads the output.
#[test]
fn a_verdict_that_is_known_is_the_code_at_the_time_out() {
    let home = Home::new();
    let runs = json!({"terminated": {"exitCode": 1}});
    let failed = job(
        2,
        &json!({"conditions": [{"type": "Failed", "status": "True", "reason": "R"}]}),
    );
    let server = ApiServer::new()
        .on(
            LOG,
            Answer::raw_watch(&["2026-01-02T03:04:05Z x\n"], Then::Repeat),
        )
        .on(PODS_WATCH, Answer::watch(&[], Then::Hold))
        .on(PODS, pods("Failed", &runs))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(2, &[failed]));
    for args in [
        &["wait", "job/migrate", "--timeout", "2s", "--logs"][..],
        &[
            "wait",
            "job/migrate",
            "--timeout",
            "2s",
            "--logs",
            "-o",
            "json",
        ],
        &["wait", "job/migrate", "--timeout", "2s", "--logs=failed"],
    ] {
        let mut to_nobody = command(&home, &server, args);
        to_nobody.stdout(Stdio::piped()).stderr(Stdio::piped());
        let (code, took) = end(&mut to_nobody.spawn().unwrap());
        assert_eq!(code, 1, "{args:?}");
        assert!(took < Duration::from_secs(3) + SLACK, "{args:?}: {took:?}");
    }
}

/// Sends a signal soon after the server was asked this often.
#[track_caller]
fn interrupted(server: &ApiServer, mut command: Command, asked: &str, signal: &str, what: &str) {
    let mut child = command.spawn().unwrap();
    let began = Instant::now();
    while !server
        .requests()
        .iter()
        .any(|request| request.path.contains(asked))
    {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            server.asked()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(700));
    assert!(child.try_wait().unwrap().is_none(), "{what}: it goes on");
    kill(child.id(), signal);
    let (code, took) = end(&mut child);
    assert_eq!(code, if signal == "INT" { 130 } else { 143 }, "{what}");
    assert!(took < Duration::from_secs(2) + SLACK, "{what}: {took:?}");
}

pub(super) fn kill(id: u32, signal: &str) {
    let kill = format!("kill -{signal} {id}");
    let sent = Command::new("sh").args(["-c", &kill]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn one_signal_is_enough_in_every_state() {
    let home = Home::with(&[("job.yaml", JOB)]);
    fifo(&home);
    let runs = json!({"running": {}});
    for signal in ["INT", "TERM"] {
        let server = flooding("Running", &runs);
        let mut full = command(&home, &server, &["wait", "job/migrate", "--logs"]);
        full.stdout(Stdio::piped());
        interrupted(&server, full, "/log?", signal, "standard output is full");

        let server = flooding("Running", &runs);
        let mut full = command(
            &home,
            &server,
            &["wait", "job/migrate", "--logs", "-o", "json"],
        );
        full.stderr(Stdio::piped());
        interrupted(&server, full, "/log?", signal, "standard error is full");

        let server = many();
        let mut full = command(
            &home,
            &server,
            &["wait", "jobs", "--all", "-o", "json", "-q"],
        );
        full.stdout(Stdio::piped());
        interrupted(&server, full, "watch=1", signal, "the report is not read");

        let server = ApiServer::new()
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, list(9, &[complete(9)]));
        let waiting = command(&home, &server, &["wait", "job/migrate", "--junit", "fifo"]);
        interrupted(&server, waiting, "/jobs", signal, "nobody reads the report");

        let server = ApiServer::new().on(LIST, Answer::silent());
        let waiting = command(&home, &server, &["wait", "job/migrate"]);
        interrupted(&server, waiting, "/jobs", signal, "the list does not come");

        let server = ApiServer::bare().on("GET /version", Answer::silent());
        let waiting = command(&home, &server, &["create", "-f", "job.yaml"]);
        interrupted(
            &server,
            waiting,
            "/version",
            signal,
            "the version does not come",
        );

        let server = ApiServer::new().on("POST /api", Answer::silent());
        let waiting = command(&home, &server, &["create", "-f", "job.yaml"]);
        interrupted(&server, waiting, "/jobs", signal, "nothing is created");
    }
}

/// A slow reader gets everything if there is no time-out.
#[test]
fn a_slow_reader_gets_everything_without_a_time_out() {
    let home = Home::new();
    let line = |n| format!("2026-01-02T03:04:05.{n:09}Z line {n}\n");
    let lines = (0..20_000).map(line).collect::<Vec<_>>().concat();
    let server = ApiServer::new()
        .on(LOG, Answer::text(200, &lines))
        .on(PODS_WATCH, Answer::watch(&[], Then::Hold))
        .on(
            PODS,
            pods("Succeeded", &json!({"terminated": {"exitCode": 0}})),
        )
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[complete(9)]));
    let mut command = command(&home, &server, &["wait", "job/migrate", "--logs"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let read = BufReader::new(child.stdout.take().unwrap()).lines().count();
    assert_eq!((read, end(&mut child).0), (20_000, 0));
}
