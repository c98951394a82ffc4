//! Ctrl-C and SIGTERM.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JOB, LIST, WATCH, asked, complete, job, list, running};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, interrupted};

/// Starts the suite, and waits until it has begun to watch.
fn watching(home: &Home, server: &ApiServer, args: &[&str]) -> Child {
    let url = server.url();
    let mut command = home.command(&[args, &["--server", &url]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    let began = Instant::now();
    while asked(server).1 < 1 {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            server.asked()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    // The list has gone through by then.
    std::thread::sleep(Duration::from_millis(300));
    child
}

/// The code, standard output and standard error after a signal.
fn after(mut child: Child, signal: &str) -> (i32, String, String) {
    let code = interrupted(&mut child, signal);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(output.stdout), text(output.stderr))
}

fn no_deletions(server: &ApiServer) {
    let asked = server.asked();
    assert!(!asked.iter().any(|a| a.starts_with("DELETE")), "{asked:?}");
}

#[test]
fn signals_end_the_wait_and_leave_the_job() {
    for (signal, code, word) in [("INT", 130, "interrupted"), ("TERM", 143, "terminated")] {
        let server = ApiServer::new()
            .storing()
            .on(WATCH, Answer::watch(&[], Then::Hold))
            .on(LIST, running(1));
        let home = Home::with(&[("job.yaml", JOB)]);
        let child = watching(
            &home,
            &server,
            &["create", "-f", "job.yaml", "--wait", "-q"],
        );
        let (ended, stdout, stderr) = after(child, signal);
        assert_eq!(ended, code);
        assert_eq!(stdout, "job.batch/migrate created\n");
        assert_eq!(
            stderr.replace(char::is_numeric, "N"),
            format!("error: {word} after N s; job/migrate: Running: N of N succeeded, N active\n")
        );
        no_deletions(&server);
    }
}

#[test]
fn an_interrupted_wait_still_reports_and_removes_nothing() {
    let mut done = complete(1);
    done["metadata"]["name"] = "before".into();
    done["metadata"]["uid"] = "before".into();
    let jobs = [job(1, &json!({"active": 2})), done];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &jobs));
    let home = Home::new();
    let args = [
        "wait",
        "job/migrate",
        "job/before",
        "-n",
        "default",
        "--rm",
        "--junit",
        "out.xml",
        "-o",
        "json",
    ];
    let (code, stdout, stderr) = after(watching(&home, &server, &args), "INT");
    assert_eq!(code, 130);
    let last = stderr.lines().last().unwrap();
    assert!(
        last.starts_with("error: interrupted after ")
            && last.ends_with(
                "s; job/migrate: Running: 0 of 2 succeeded, 2 active; 1 had ended before"
            ),
        "{stderr}"
    );
    let left = format!(
        "help: delete with: kubectl delete job.batch/migrate job.batch/before -n default --server {}\n",
        server.url()
    );
    assert!(stderr.contains(&left), "{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let items: Vec<_> = ["verdict", "outcome", "reason", "message"]
        .map(|key| {
            (
                report["items"][0][key].clone(),
                report["items"][1][key].clone(),
            )
        })
        .into();
    assert_eq!(
        items,
        [
            (json!("unknown"), json!("ok")),
            (json!("unfinished"), json!("succeeded")),
            (json!("Interrupted"), json!("CompletionsReached")),
            (
                json!("Running: 0 of 2 succeeded, 2 active"),
                json!("said so")
            ),
        ]
    );
    let junit = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(junit.contains("tests=\"2\" failures=\"1\""), "{junit}");
    assert!(junit.contains("type=\"Unfinished\""), "{junit}");
    no_deletions(&server);
}

/// A pipe that nobody reads holds a writer up for ever.
#[test]
fn a_second_signal_ends_the_process_at_once() {
    let long = json!({"conditions": [{"type": "Suspended", "status": "True", "message": "x"}]});
    let jobs = (0..2000).map(|index| {
        let mut job = job(1, &long);
        job["metadata"]["name"] = format!("{}{index}", "j".repeat(50)).into();
        job["metadata"]["uid"] = format!("u{index}").into();
        job
    });
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &jobs.collect::<Vec<_>>()));
    let home = Home::new();
    // The report is larger than a pipe, and timed out waiting for a reader.
    let args = ["wait", "jobs", "--all", "-n", "default", "-o", "json", "-q"];
    let mut child = watching(&home, &server, &args);
    let kill = format!("kill -INT {}", child.id());
    let signal = || {
        let sent = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(sent.unwrap().success());
    };
    signal();
    std::thread::sleep(Duration::from_secs(1));
    assert!(
        child.try_wait().unwrap().is_none(),
        "the first waits for the reader"
    );
    signal();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(10));
    };
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    assert_eq!(signal, Some(2), "the default disposition: {status:?}");
}
