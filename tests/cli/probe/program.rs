//! `probe -- COMMAND`: the program is started, probed and ended.

use super::{Running, home, is_alive, lines, until};
use crate::support::{Home, Run, interrupted};

const UP: &str = "readinessProbe: {exec: {command: [test, -f, up]}, periodSeconds: 1}";

/// A program that is up, says so, and stays.
const SERVER: &str = "echo $$ >number; echo serving; touch up; while :; do sleep 1; done";

fn start<'a>(more: &[&'a str], script: &'a str) -> Vec<&'a str> {
    let words = ["probe", "-f", "pod.yaml", "--allow-exec", "-o", "json"];
    [&words[..], more, &["--", "sh", "-c", script]].concat()
}

fn run(home: &Home, more: &[&str], script: &str) -> Run {
    home.run(&start(more, script))
}

#[test]
fn a_program_is_started_waited_for_and_ended() {
    let home = home(UP);
    let run = run(&home, &[], SERVER);
    assert_eq!(run.code, Some(0), "{run:?}");
    // Standard output is data.
    let lines = lines(&run.stdout);
    assert_eq!(lines.last().unwrap()["state"]["ready"], true);
    assert!(run.stderr.contains("serving\n"), "{run:?}");
    assert!(!is_alive(&home.path().join("number")));
}

#[test]
fn a_program_that_ends_early_is_a_failure_with_its_code() {
    let run = run(&home(UP), &["--timeout", "60s"], "exit 7");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr
            .contains("`sh` exited with code 7 before its probes had ended"),
        "{run:?}"
    );
}

#[test]
fn a_program_that_stays_is_killed_with_its_children() {
    let stubborn = "terminationGracePeriodSeconds: 1";
    let text = super::pod(UP) + "  " + stubborn + "\n";
    let home = Home::with(&[("pod.yaml", &text)]);
    let script = "trap '' TERM; sh -c 'echo $$ >child; trap \"\" TERM; while :; do sleep 1; done' & echo $$ >number; until test -s child; do sleep 0.1; done; touch up; while :; do sleep 1; done";
    let run = run(&home, &[], script);
    assert_eq!(run.code, Some(0), "{run:?}");
    for file in ["number", "child"] {
        let path = home.path().join(file);
        assert!(path.exists(), "{run:?}");
        until(file, || !is_alive(&path));
    }
}

#[test]
fn a_program_can_clean_up_after_sigterm() {
    let script = "trap 'touch cleaned; exit 0' TERM; touch up; while :; do sleep 0.1; done";
    let home = home(UP);
    let run = run(&home, &[], script);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(home.path().join("cleaned").exists());
}

#[test]
fn a_signal_ends_the_program_too() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 143)] {
        let home = home(UP);
        let mut running = Running::start(home.command(&start(&["--watch"], SERVER)));
        running.line();
        let number = home.path().join("number");
        until("the program runs", || is_alive(&number));
        assert_eq!(interrupted(&mut running.child, signal), code);
        until("the program has ended", || !is_alive(&number));
    }
}

#[test]
fn a_watch_ends_with_its_reader_and_ends_the_program() {
    let home = home(UP);
    let mut running = Running::start(home.command(&start(&["--watch"], SERVER)));
    running.line();
    let number = home.path().join("number");
    until("the program runs", || is_alive(&number));
    let Running { mut child, stdout } = running;
    drop(stdout);
    until("the watch has ended", || {
        child.try_wait().unwrap().is_some()
    });
    until("the program has ended", || !is_alive(&number));
}

#[test]
fn the_time_to_ready_is_said_before_the_program_is_ended() {
    let script = "trap 'echo stopping; exit 0' TERM; touch up; while :; do sleep 0.1; done";
    let run = run(&home(UP), &[], script);
    assert_eq!(run.code, Some(0), "{run:?}");
    let place = |text: &str| {
        let found = run.stderr.find(text);
        found.unwrap_or_else(|| panic!("{text}: {run:?}"))
    };
    assert!(place("is ready after") < place("stopping"), "{run:?}");
}

#[test]
fn a_port_that_is_open_before_is_not_taken_for_the_programs() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = home(UP);
    let started = run(&home, &[], SERVER);
    assert_eq!(started.code, Some(0), "{started:?}");
    assert!(home.take_mark("number"), "{started:?}");
    let fields = format!("readinessProbe: {{tcpSocket: {{port: {port}}}}}");
    home.write("pod.yaml", super::pod(&fields));
    let refused = run(&home, &["--timeout", "60s"], SERVER);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains(&format!(
            "port {port} of 127.0.0.1 is open before `sh` is started"
        )),
        "{refused:?}"
    );
    assert!(!home.take_mark("number"), "it is not started: {refused:?}");
}

#[test]
fn a_time_out_ends_the_program_too() {
    let home = home(UP);
    let script = "trap '' TERM; echo $$ >number; while :; do sleep 1; done";
    let run = run(&home, &["--timeout", "1500ms"], script);
    assert_eq!(run.code, Some(124), "{run:?}");
    until("the program has ended", || {
        !is_alive(&home.path().join("number"))
    });
}

#[test]
fn a_program_that_cannot_be_started_is_code_1() {
    let words = ["probe", "-f", "pod.yaml", "--allow-exec", "--", "./nope"];
    let run = home(UP).run(&words);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        run.stderr,
        "error: cannot start `./nope`: no such file or directory\n"
    );
}

#[test]
fn the_delay_counts_from_the_start_of_the_program() {
    let late = "readinessProbe: {exec: {command: [test, -f, up]}, periodSeconds: 1, initialDelaySeconds: 3}";
    let before = jiff::Timestamp::now();
    let run = run(&home(late), &[], SERVER);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = lines(&run.stdout);
    let first: jiff::Timestamp = lines[0]["time"].as_str().unwrap().parse().unwrap();
    // The report cuts times to milliseconds.
    let waited = first.duration_since(before).as_millis();
    assert!(waited >= 2_999, "{waited} ms: {run:?}");
}
