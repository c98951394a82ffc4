//! Command lines that are refused, with the way out.

use super::home;
use crate::support::{Home, Run};

const EXEC: &str = "readinessProbe: {exec: {command: ['true']}}";

fn refused(run: &Run, message: &str) {
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains(message), "{message}: {run:?}");
    assert_eq!(run.stdout, "");
}

#[test]
fn a_command_is_run_here_only_if_that_is_allowed() {
    let home = home("readinessProbe: {exec: {command: [touch, ran]}}");
    let allowed = super::run(&home, &[]);
    assert_eq!(allowed.code, Some(0), "{allowed:?}");
    assert!(home.take_mark("ran"));
    let run = home.run(&["probe", "-f", "pod.yaml", "--at", "127.0.0.1"]);
    refused(&run, "use `--allow-exec`");
    assert!(!home.take_mark("ran"));
}

#[test]
fn another_host_is_contacted_only_if_that_is_allowed() {
    let listener = std::net::TcpListener::bind("127.0.0.2:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let fields = format!("readinessProbe: {{tcpSocket: {{host: 127.0.0.2, port: {port}}}}}");
    let home = home(&fields);
    let words = ["probe", "-f", "pod.yaml", "--at", "127.0.0.1"];
    let run = home.run(&words);
    refused(&run, "connects to the host `127.0.0.2`, not to its Pod");
    assert!(run.stderr.contains("use `--allow-host`"), "{run:?}");
    assert!(listener.accept().is_err(), "nobody has connected");
    let allowed = home.run(&[&words[..], &["--allow-host"]].concat());
    assert_eq!(allowed.code, Some(0), "{allowed:?}");
    assert!(listener.accept().is_ok());
}

#[test]
fn a_file_requires_an_address_and_an_address_a_file() {
    let home = home(EXEC);
    refused(
        &home.run(&["probe", "-f", "pod.yaml"]),
        "`-f` requires `--at`",
    );
    for words in [
        &["probe", "web", "--at", "127.0.0.1"][..],
        &["probe", "web", "--allow-exec"],
        &["probe", "web", "--", "./server"],
    ] {
        refused(&home.run(words), "requires `-f`");
    }
}

#[test]
fn a_helper_pod_is_for_live_pods_only() {
    let home = home(EXEC);
    for (words, message) in [
        (
            &["-f", "pod.yaml", "--at", "127.0.0.1", "--from-node"][..],
            "cannot combine `--from-node` with `-f`",
        ),
        (
            &["web", "--image", "busybox"],
            "`--image` requires `--from-node`",
        ),
    ] {
        refused(&home.run(&[&["probe"], words].concat()), message);
    }
}

#[test]
fn other_mistakes_of_the_command_line_are_code_2() {
    let home = home(EXEC);
    let file = [
        "probe",
        "-f",
        "pod.yaml",
        "--at",
        "127.0.0.1",
        "--allow-exec",
    ];
    for (words, message) in [
        (&["--count", "0"][..], "at least 1 attempt"),
        (&["--count", "-1"], "expected a whole number from 1"),
        (&["--timeout", "0"], "greater than 0"),
        (&["--once", "--watch"], "cannot be used with"),
        (&["--until", "ready", "--count", "2"], "cannot be used with"),
        (&["-c", "ap"], "did you mean `app`?"),
        (&["--kind", "ready"], "possible values"),
    ] {
        refused(&home.run(&[&file[..], words].concat()), message);
    }
    let words = ["probe", "-f", "pod.yaml", "--at", "http://127.0.0.1:80"];
    refused(&home.run(&words), "without a scheme");
    refused(&home.run(&["probe"]), "no target given");
}

#[test]
fn ready_cannot_be_waited_for_without_the_readiness_probe() {
    let fields = format!("{EXEC}\nlivenessProbe: {{exec: {{command: ['true']}}}}");
    let home = home(&fields);
    let run = super::run(&home, &["--until", "ready", "--kind", "liveness"]);
    refused(&run, "which `--kind` leaves out");
    let allowed = super::run(&home, &["--until", "ready", "--kind", "liveness,readiness"]);
    assert_eq!(allowed.code, Some(0), "{allowed:?}");
}

#[test]
fn no_probe_is_code_1() {
    let words = [
        "probe",
        "-f",
        "pod.yaml",
        "--at",
        "127.0.0.1",
        "--allow-exec",
    ];
    let none = Home::with(&[("pod.yaml", crate::POD)]).run(&words);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(
        none.stderr.contains("error: pod/web declares no probe\n"),
        "{none:?}"
    );
    let other = home(EXEC).run(&[&words[..], &["--kind", "liveness"]].concat());
    assert_eq!(other.code, Some(1), "{other:?}");
    assert!(
        other.stderr.contains("pod/web declares no liveness probe"),
        "{other:?}"
    );
}

#[test]
fn a_file_that_is_not_valid_is_not_probed() {
    let home = Home::with(&[("pod.yaml", &super::pod("readinesProbe: {}"))]);
    let run = home.run(&["probe", "-f", "pod.yaml", "--at", "127.0.0.1"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("pod.yaml:8:"), "{run:?}");
}
