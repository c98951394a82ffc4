//! The ends of a run, and their exit codes.

use super::{LOCAL, Running, home, lines, run, verdicts};
use crate::support::interrupted;

const NEVER_READY: &str = "readinessProbe: {exec: {command: ['false']}, periodSeconds: 1}";

#[test]
fn until_ready_ends_with_0_after_failures() {
    let home = home(
        "readinessProbe: {exec: {command: [test, -f, up]}, periodSeconds: 1, successThreshold: 2}",
    );
    let words = [&LOCAL[..], &["--until", "ready", "-o", "json"]].concat();
    let mut running = Running::start(home.command(&words));
    assert_eq!(verdicts(&[running.line()]), ["readiness failure"]);
    home.write("up", "");
    let (code, rest) = running.end();
    assert_eq!(code, Some(0), "{rest:?}");
    let last = rest.last().unwrap();
    assert_eq!(last["state"]["ready"], true);
    assert_eq!(last["state"]["consecutive"], 2);
}

#[test]
fn until_ready_ends_with_1_where_the_kubelet_would_kill() {
    let failing = "\
startupProbe: {exec: {command: ['false']}, periodSeconds: 1, failureThreshold: 2}
readinessProbe: {exec: {command: ['true']}, periodSeconds: 1}
";
    let run = run(&home(failing), &["--until", "ready", "-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines = lines(&run.stdout);
    assert_eq!(verdicts(&lines), ["startup failure", "startup failure"]);
    assert_eq!(lines[1]["state"]["wouldRestart"], true);
    assert!(
        run.stderr.contains(
            "the startup probe of container `app` of pod/web failed 2 times in a row: the kubelet would kill it"
        ),
        "{run:?}"
    );
}

#[test]
fn until_failed_ends_at_the_threshold() {
    let run = run(&home(NEVER_READY), &["--until", "failed", "-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(lines(&run.stdout).len(), 3, "{run:?}");
    assert!(run.stderr.contains("it is not ready"), "{run:?}");
}

#[test]
fn a_time_out_is_code_124_with_the_last_reason() {
    let run = run(&home(NEVER_READY), &["--until", "ready", "--timeout", "6s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(
        run.stderr
            .contains("timed out: container `app` of pod/web is not ready after 6 s: "),
        "{run:?}"
    );
    assert!(run.stderr.contains("exited with code 1"), "{run:?}");
    assert_eq!(run.stderr.matches("not ready").count(), 1, "{run:?}");
}

#[test]
fn a_watch_goes_on_until_a_signal() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let home = home(NEVER_READY);
        let words = [&LOCAL[..], &["--watch", "-o", "json"]].concat();
        let mut running = Running::start(home.command(&words));
        for number in 1..=4 {
            assert_eq!(running.line()["attempt"], number);
        }
        assert_eq!(interrupted(&mut running.child, signal), code);
    }
}

#[test]
fn a_watch_ends_with_its_reader_and_without_an_error() {
    let home = home("readinessProbe: {exec: {command: ['true']}, periodSeconds: 1}");
    let words = [&LOCAL[..], &["--watch", "-o", "json"]].concat();
    let mut running = Running::start(home.command(&words));
    running.line();
    let Running { mut child, stdout } = running;
    drop(stdout);
    let output = child.wait_with_output_of_stderr();
    assert_eq!(output, (Some(0), String::new()));
}

#[test]
fn until_ready_ends_at_once_where_a_probe_can_never_be_run() {
    for (probe, reason) in [
        (
            "readinessProbe: {tcpSocket: {port: nope}}",
            "no port named `nope`",
        ),
        (
            "startupProbe: {tcpSocket: {port: nope}, failureThreshold: 1000}",
            "no port named `nope`",
        ),
        (
            "readinessProbe: {exec: {command: []}}",
            "the command is empty",
        ),
        ("livenessProbe: {}", "it has no action"),
    ] {
        let home = home(probe);
        let run = run(&home, &["--until", "ready", "--timeout", "60s"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(
            run.stderr
                .contains("of container `app` of pod/web can never pass"),
            "{run:?}"
        );
        assert!(run.stderr.contains(reason), "{run:?}");
    }
}

#[test]
fn a_time_out_says_that_no_probe_has_failed() {
    let home = home("readinessProbe: {exec: {command: ['true']}}");
    let run = run(&home, &["--until", "failed", "--timeout", "6s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(
        run.stderr.contains("no probe has failed after 6 s"),
        "{run:?}"
    );
}

#[test]
fn containers_of_which_the_same_is_said_share_a_note() {
    let container = "{image: i, livenessProbe: {exec: {command: ['true']}, timeoutSeconds: 60}}";
    let named = |name: &str| container.replace("{image", &format!("{{name: {name}, image"));
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n  - {}\n  - {}\n  - {}\n",
        named("a"),
        named("b"),
        named("c")
    );
    let home = crate::support::Home::with(&[("pod.yaml", &text)]);
    let run = run(&home, &["--until", "ready"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr.matches("counts as ready").count(), 1, "{run:?}");
    assert!(
        run.stderr
            .contains("container `a` of pod/web, like 2 other containers, counts as ready"),
        "{run:?}"
    );
}

trait Stderr {
    fn wait_with_output_of_stderr(&mut self) -> (Option<i32>, String);
}

impl Stderr for std::process::Child {
    fn wait_with_output_of_stderr(&mut self) -> (Option<i32>, String) {
        let stderr = std::io::read_to_string(self.stderr.take().unwrap()).unwrap();
        (self.wait().unwrap().code(), stderr)
    }
}

#[test]
fn a_container_without_a_readiness_probe_is_ready_once_another_has_passed() {
    let only_live = |command: &str| {
        let fields =
            format!("livenessProbe: {{exec: {{command: ['{command}']}}, periodSeconds: 1}}");
        run(&home(&fields), &["--until", "ready"])
    };
    let run = only_live("true");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("liveness"), "an attempt: {run:?}");
    assert!(run.stderr.contains("it has no readiness probe"), "{run:?}");
    let run = only_live("false");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("the kubelet would kill it"), "{run:?}");
    let declared =
        "readinessProbe: {exec: {command: ['true']}}\nstartupProbe: {exec: {command: ['true']}}";
    let run = self::run(&home(declared), &["--until", "ready", "--kind", "startup"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("`--kind` leaves out readiness probes"),
        "{run:?}"
    );
}
