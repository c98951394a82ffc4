//! The file of `--junit`: never the report of another run, and never half of one.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{LIST, WATCH, complete, job, list, running};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, finish, interrupted};

const GREEN: &str = "<testsuite name=\"pod-tools wait\" tests=\"1\" failures=\"0\"></testsuite>\n";

fn done() -> ApiServer {
    ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[complete(9)]))
}

const ARGS: [&str; 6] = ["wait", "job/migrate", "-n", "default", "--junit", "out.xml"];

#[test]
fn a_run_that_ends_early_leaves_no_green_report() {
    for (more, code, why) in [
        (
            &["--server", "http://127.0.0.1:1"][..],
            3,
            "cannot be reached",
        ),
        (
            &["--server", "http://127.0.0.1:1", "--poll", "0s"],
            2,
            "`--poll` requires an interval",
        ),
        (&["--expect", "2"], 2, "--expect"),
        (&["-f", "none.yaml"], 1, "no such file"),
        (&["--context", "none"], 3, "none"),
        (&["pod/x", "cronjob/y"], 2, "does not apply to a CronJob"),
    ] {
        let home = Home::with(&[("out.xml", GREEN)]);
        let run = home.run(&[&ARGS[..], more].concat());
        let report = fs::read_to_string(home.path().join("out.xml")).unwrap();
        assert!(
            !report.contains("failures=\"0\"") && report.contains("<failure "),
            "{more:?}: {report} {run:?}"
        );
        assert_eq!(run.code, Some(code), "{more:?}: {run:?}");
        assert!(report.contains(why), "{more:?}: {report}");
    }
}

#[test]
fn a_killed_run_leaves_an_unfinished_report() {
    for signal in ["KILL", "INT"] {
        let home = Home::with(&[("out.xml", GREEN)]);
        let server = ApiServer::new().on(LIST, Answer::silent());
        let mut command = home.command(&[&ARGS[..], &["--server", &server.url()]].concat());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while !server.asked().iter().any(|asked| asked.contains("/jobs")) {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(20));
        }
        interrupted(&mut child, signal);
        let report = fs::read_to_string(home.path().join("out.xml")).unwrap();
        assert!(report.contains("failures=\"1\""), "{report}");
        let all: Vec<_> = fs::read_dir(home.path()).unwrap().collect();
        assert_eq!(all.len(), 1, "{all:?}");
    }
}

#[test]
fn an_unwritable_junit_file_is_an_error_before_the_wait() {
    let server = ApiServer::new();
    let home = Home::with(&[("dir/x", "")]);
    symlink("loop", home.path().join("loop")).unwrap();
    for (path, why) in [
        ("none/out.xml", "no such file or directory"),
        ("dir", "is a directory"),
        ("dir/x/out.xml", "not a directory"),
        ("loop", "too many levels of symbolic links"),
    ] {
        let args = ["wait", "job/migrate", "-n", "default", "--junit", path];
        let run = home.run_on(&server, &args);
        assert_eq!(run.code, Some(2), "{path}: {run:?}");
        let said = format!("error: cannot write {path}: {why}\n");
        assert_eq!(run.stderr, said);
        assert!(server.asked().is_empty(), "{:?}", server.asked());
    }
}

#[test]
fn the_report_replaces_the_file_and_keeps_what_it_is() {
    let home = Home::with(&[("real/out.xml", GREEN)]);
    let real = home.path().join("real/out.xml");
    let link = home.path().join("out.xml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/out.xml", &link).unwrap();
    // While it is open its number is given to no other file.
    let old = fs::File::open(&real).unwrap();
    let before = old.metadata().unwrap().ino();
    let run = home.run_on(&done(), &ARGS);
    assert_eq!(run.code, Some(0), "{run:?}");
    let after = fs::metadata(&real).unwrap();
    assert_eq!(after.permissions().mode() & 0o777, 0o640);
    assert_ne!(after.ino(), before, "it was replaced as a whole");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let report = fs::read_to_string(&real).unwrap();
    assert!(
        report.contains("tests=\"1\" failures=\"0\">\n  <testcase"),
        "{report}"
    );
    assert_eq!(fs::read_dir(home.path().join("real")).unwrap().count(), 1);

    // What has another name, too, is the same file for both afterwards.
    let other = home.path().join("real/other.xml");
    fs::hard_link(&real, &other).unwrap();
    let failed = job(
        2,
        &json!({"conditions": [{"type": "Failed", "status": "True", "reason": "R"}]}),
    );
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(2, &[failed]));
    assert_eq!(home.run_on(&server, &ARGS).code, Some(1));
    let report = fs::read_to_string(&other).unwrap();
    assert!(report.contains("failures=\"1\""), "{report}");
    assert_eq!(fs::read_dir(home.path().join("real")).unwrap().count(), 2);

    // A link that leads nowhere yet.
    fs::remove_file(&link).unwrap();
    symlink("real/new.xml", &link).unwrap();
    assert_eq!(home.run_on(&done(), &ARGS).code, Some(0));
    assert!(home.path().join("real/new.xml").is_file());
}

#[test]
fn a_report_for_a_stream_is_written_there_once() {
    let home = Home::new();
    let server = done();
    let url = server.url();
    let call = format!(
        "{} wait job/migrate -n default -q --server {url} --junit",
        env!("CARGO_BIN_EXE_kubectl-pod_tools")
    );
    for (script, from) in [
        (format!("{call} /dev/stdout"), "stdout"),
        (format!("{call} /dev/fd/1 | cat"), "stdout"),
        (format!("{call} /proc/self/fd/1 > file; cat file"), "stdout"),
        (
            format!("echo before > log; {call} /dev/stdout >> log; sed 1d log"),
            "stdout",
        ),
        (format!("{call} /dev/stderr"), "stderr"),
        (format!("{call} /dev/fd/7 7>seven; cat seven"), "stdout"),
        (
            format!("mkfifo fifo; cat fifo & {call} fifo; wait"),
            "stdout",
        ),
        (
            format!("{call} /dev/null; echo '<?xml </testsuite>'"),
            "stdout",
        ),
    ] {
        let run = finish(home.program("sh", &["-c", &script]), b"");
        let text = if from == "stdout" {
            &run.stdout
        } else {
            &run.stderr
        };
        assert_eq!(run.code, Some(0), "{script}: {run:?}");
        assert!(
            text.starts_with("<?xml ") && text.ends_with("</testsuite>\n"),
            "{script}: {run:?}"
        );
        assert_eq!(text.matches("<?xml ").count(), 1, "{script}: {run:?}");
    }
}

/// The report was asked for: a run that loses it does not end well. That nobody reads
/// any more is the reader's own affair.
#[test]
fn a_report_that_is_lost_is_no_success() {
    let home = Home::new();
    let server = done();
    for (place, stream, code) in [
        ("/dev/stderr", "2>/dev/full", 1),
        ("/dev/stdout", ">/dev/full", 1),
        ("/dev/full", "", 1),
        ("/dev/stderr", "2>&1 | true", 0),
    ] {
        let script = format!(
            "{{ {} wait job/migrate -n default -q --server {} --junit {place}; echo $? >&3; }} {stream}",
            env!("CARGO_BIN_EXE_kubectl-pod_tools"),
            server.url()
        );
        let script = format!("{{ {script}; }} 3>&1");
        let run = finish(home.program("sh", &["-c", &script]), b"");
        assert_eq!(run.stdout, format!("{code}\n"), "{script}: {run:?}");
    }
}

/// Until the end is known, the report says that the wait did not finish.
#[test]
fn while_it_waits_the_report_is_there() {
    let home = Home::with(&[("out.xml", GREEN)]);
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, running(1));
    let mut command = home.command(&[&ARGS[..], &["--server", &server.url()]].concat());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while !server.asked().iter().any(|asked| asked.contains("/jobs")) {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    let report = fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(
        report.contains("message=\"the wait did not finish\""),
        "{report}"
    );
    assert_eq!(interrupted(&mut child, "TERM"), 143);
    let report = fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(report.contains("type=\"Unfinished\""), "{report}");
}
