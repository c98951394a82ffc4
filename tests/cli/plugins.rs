//! Credential plugins: how they are run, how often, and how they end.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::pty::Terminal;
use crate::support::{Home, finish, interrupted};

const V1: &str = "client.authentication.k8s.io/v1";

/// A user whose plugin is `.kube/login`, with more fields.
fn user(more: &str) -> String {
    format!("{{exec: {{apiVersion: {V1}, command: ./login, {more}}}}}")
}

/// A home with a plugin of these lines of sh.
fn home(server: &ApiServer, more: &str, script: &str) -> Home {
    let home = Home::new();
    home.script(".kube/login", script);
    home.kubeconfig(server, &user(more));
    home
}

/// A line of sh that prints a credential with this status.
fn gives(status: &Value) -> String {
    let credential = json!({"apiVersion": V1, "kind": "ExecCredential", "status": status});
    format!("echo '{credential}'")
}

fn runs(home: &Home) -> usize {
    let text = std::fs::read_to_string(home.path().join("runs")).unwrap_or_default();
    text.lines().count()
}

fn is_running(pid_file: &Path) -> bool {
    let pid = std::fs::read_to_string(pid_file).unwrap();
    if pid.trim().is_empty() {
        // It was ended before it could say so.
        return false;
    }
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    // One that was killed may wait for its parent's attention.
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[track_caller]
fn has_ended(pid_file: &Path) {
    let began = Instant::now();
    while is_running(pid_file) {
        assert!(began.elapsed() < Duration::from_secs(20), "it runs on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

const HANGS: &str = "echo $$ > plugin; sleep 600 & echo $! > child; wait";

#[test]
fn a_plugin_that_hangs_ends_with_the_request() {
    let server = ApiServer::new();
    for command in [
        &["version"][..],
        &["wait", "pod/x"],
        &["create", "-f", "pod.yaml"],
    ] {
        let home = home(&server, "interactiveMode: Never", HANGS);
        home.write("pod.yaml", crate::POD);
        let began = Instant::now();
        let run = home.run(&[command, &["--request-timeout", "1s"]].concat());
        assert!(began.elapsed() < Duration::from_secs(20), "{run:?}");
        assert_eq!(run.code, Some(3), "{run:?}");
        let told = "login` returned no credential within 900ms (--request-timeout)";
        assert!(run.stderr.contains(told), "{run:?}");
        has_ended(&home.path().join("plugin"));
    }
}

#[test]
fn a_plugin_that_hangs_ends_with_the_wait() {
    let server = ApiServer::new();
    let home = home(&server, "interactiveMode: Never", HANGS);
    let began = Instant::now();
    let run = home.run(&["wait", "pod/x", "--timeout", "2s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{run:?}");
    has_ended(&home.path().join("plugin"));
}

#[test]
fn a_plugin_that_hangs_ends_with_a_signal() {
    let server = ApiServer::new();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let home = home(&server, "interactiveMode: Never", HANGS);
        let mut child = home.command(&["wait", "pod/x"]).spawn().unwrap();
        let began = Instant::now();
        while !home.path().join("child").exists() {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(interrupted(&mut child, signal), code);
        has_ended(&home.path().join("plugin"));
        has_ended(&home.path().join("child"));
    }
}

/// The main thread is held up then, and drops nothing.
#[test]
fn a_plugin_that_hangs_ends_with_a_run_that_is_cut_off() {
    let server = ApiServer::new();
    for signal in [None, Some("INT")] {
        let home = home(&server, "interactiveMode: Never", HANGS);
        let (reader, mut writer) = std::io::pipe().unwrap();
        fill(&mut writer);
        let timeout = if signal.is_some() { "600s" } else { "2s" };
        let mut command = home.command(&["wait", "pod/x", "--timeout", timeout]);
        let mut child = command.stderr(writer).spawn().unwrap();
        let began = Instant::now();
        while !home.path().join("child").exists() {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(20));
        }
        let code = match signal {
            Some(signal) => interrupted(&mut child, signal),
            None => child.wait().unwrap().code().unwrap(),
        };
        assert_eq!(code, if signal.is_some() { 130 } else { 124 });
        has_ended(&home.path().join("plugin"));
        has_ended(&home.path().join("child"));
        drop(reader);
    }
}

/// Writes until a pipe takes no more.
fn fill(pipe: &mut std::io::PipeWriter) {
    let (sender, written) = std::sync::mpsc::channel();
    let mut pipe = pipe.try_clone().unwrap();
    std::thread::spawn(move || {
        // The write that holds this thread up fails when the reader goes.
        while std::io::Write::write(&mut pipe, &[b'x'; 4096]).is_ok() {
            let _ = sender.send(());
        }
    });
    while written.recv_timeout(Duration::from_millis(300)).is_ok() {}
}

#[test]
fn output_of_a_plugin_is_bounded() {
    let server = ApiServer::new();
    for script in [
        "exec cat /dev/zero",
        "yes s3cret",
        "head -c 1100000 /dev/zero",
    ] {
        let home = home(&server, "interactiveMode: Never", script);
        let run = home.run(&["version"]);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(
            run.stderr.contains("login` printed more than 1 MiB"),
            "{run:?}"
        );
        assert!(!run.all().contains("s3cret"), "{run:?}");
    }
    // What is left behind holds the output open.
    let script = format!(
        "{}; sleep 30 2>/dev/null & exit 0",
        gives(&json!({"token": "t"}))
    );
    let home = home(&server, "interactiveMode: Never", &script);
    let began = Instant::now();
    assert_eq!(home.run(&["version"]).code, Some(0));
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_plugin_runs_once_until_its_credential_expires() {
    let pod = |name: &str| crate::POD.replace("name: web", &format!("name: {name}"));
    let many = ["a", "b", "c"].map(pod).join("---\n");
    let count = |expiry: Option<&str>| {
        let server = ApiServer::new().storing();
        let status = match expiry {
            None => json!({"token": "t"}),
            Some(time) => json!({"token": "t", "expirationTimestamp": time}),
        };
        let script = format!("echo run >> runs; {}", gives(&status));
        let home = home(&server, "interactiveMode: Never", &script);
        home.write("many.yaml", &many);
        let run = home.run(&["create", "-f", "many.yaml"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        for request in server.requests() {
            assert_eq!(request.header("authorization"), ["Bearer t"]);
        }
        runs(&home)
    };
    assert_eq!(count(None), 1);
    assert_eq!(count(Some("2999-01-02T03:04:05Z")), 1);
    // Each request asks for a new one.
    assert!(count(Some("2001-01-02T03:04:05Z")) >= 4);
}

#[test]
fn a_command_that_connects_twice_runs_the_plugin_once() {
    let cron_job = json!({"kind": "CronJob", "apiVersion": "batch/v1",
        "metadata": {"name": "c", "namespace": "team", "uid": "u"}, "spec": {"schedule": "* * * * *",
        "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never",
        "containers": [{"name": "c", "image": "i"}]}}}}}});
    let server = ApiServer::new()
        .on(
            "GET /apis/batch/v1/namespaces/team/cronjobs/c",
            Answer::json(&cron_job),
        )
        .storing();
    let script = format!("echo run >> runs; {}", gives(&json!({"token": "t"})));
    let home = home(&server, "interactiveMode: Never", &script);
    let run = home.run(&["create", "job", "j", "--from", "cronjob/c"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(runs(&home), 1);
}

#[test]
fn plugin_gets_the_environment_of_client_go() {
    let server = ApiServer::new();
    let script = format!(
        "printf '%s' \"$KUBERNETES_EXEC_INFO\" > info; {}",
        gives(&json!({"token": "t"}))
    );
    let info = |more: &str| {
        let home = home(&server, more, &script);
        let run = home.run(&["version"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let text = std::fs::read_to_string(home.path().join("info")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    for mode in ["Never", "IfAvailable"] {
        assert_eq!(
            info(&format!("interactiveMode: {mode}")),
            json!({"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": false}}),
            "standard input is no terminal"
        );
    }
    let cluster = &info("interactiveMode: Never, provideClusterInfo: true")["spec"]["cluster"];
    assert_eq!(cluster["server"], server.https());
    assert_eq!(
        cluster["certificate-authority-data"],
        crate::apiserver::ca_data()
    );
}

#[test]
fn a_terminal_makes_a_plugin_interactive() {
    let server = ApiServer::new();
    let script = format!(
        "printf '%s' \"$KUBERNETES_EXEC_INFO\" > info; {}",
        gives(&json!({"token": "t"}))
    );
    for (mode, interactive) in [("Never", false), ("IfAvailable", true), ("Always", true)] {
        let home = home(&server, &format!("interactiveMode: {mode}"), &script);
        let terminal = Terminal::start(&home.command(&["version"]), 24, 80);
        let (code, seen) = terminal.end();
        assert_eq!(code, 0, "{mode}: {seen:?}");
        let text = std::fs::read_to_string(home.path().join("info")).unwrap();
        let info: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(info["spec"]["interactive"], interactive, "{mode}");
    }
}

#[test]
fn a_plugin_that_needs_a_terminal_is_not_run_without() {
    let server = ApiServer::new();
    let home = home(&server, "interactiveMode: Always", "touch called");
    let (code, seen) = Terminal::start(&home.command(&["version"]), 24, 80).end();
    assert_eq!(code, 3, "{seen:?}");
    assert!(home.take_mark("called"));
    let run = home.run(&["version"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let told = "login` requires a terminal on standard input (`interactiveMode: Always`)";
    assert!(run.stderr.contains(told), "{run:?}");
    assert!(!home.take_mark("called"));
}

#[test]
fn the_hint_to_install_a_plugin_is_shown_where_it_is_missing() {
    let server = ApiServer::new();
    let home = Home::new();
    let exec = |command: &str| {
        format!(
            "{{exec: {{apiVersion: {V1}, command: {command}, interactiveMode: Never, installHint: get it from the shop}}}}"
        )
    };
    home.kubeconfig(&server, &exec("no-such-plugin"));
    let run = home.run(&["version"]);
    assert!(run.stderr.contains("get it from the shop"), "{run:?}");
    home.script(".kube/login", "exit 1");
    home.kubeconfig(&server, &exec("./login"));
    let run = home.run(&["version"]);
    assert!(!run.stderr.contains("get it from the shop"), "{run:?}");
}

#[test]
fn credentials_that_are_there_leave_a_plugin_alone() {
    let server = ApiServer::new();
    let home = home(&server, "interactiveMode: Never", "touch called; exit 1");
    assert_eq!(home.run(&["version"]).code, Some(3));
    assert!(home.take_mark("called"));
    let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/support/tls");
    let file = |name: &str| tls.join(name).display().to_string();
    let (certificate, key) = (file("client.crt"), file("client.key"));
    for flags in [
        &["--token", "t"][..],
        &["--username", "jane"],
        &["--client-certificate", &certificate, "--client-key", &key],
    ] {
        let run = home.run(&[&["version"], flags].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    assert!(!home.take_mark("called"));
}

#[test]
fn a_refused_token_is_not_asked_for_again_and_again() {
    let server = ApiServer::bare().on(
        "GET /",
        Answer::refusal(401, "Unauthorized", "Unauthorized"),
    );
    let script = format!("echo run >> runs; {}", gives(&json!({"token": "t"})));
    let home = home(&server, "interactiveMode: Never", &script);
    let mut command = home.command(&["version"]);
    command.env("NO_COLOR", "1");
    let run = finish(command, b"");
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(runs(&home), 1);
}

#[test]
fn a_plugin_that_fails_is_run_once() {
    let server = ApiServer::new();
    for command in [
        &["wait", "pod/x"][..],
        &["wait", "pods", "--all"],
        &["explain-env", "pod/x"],
        &["create", "-f", "pods.yaml"],
    ] {
        let home = home(
            &server,
            "interactiveMode: Never",
            "echo run >> runs; echo 'session expired' >&2; exit 7",
        );
        home.write("pods.yaml", format!("{}---\n{}", crate::POD, crate::POD));
        let run = home.run(command);
        assert_eq!(run.code, Some(3), "{run:?}");
        assert!(
            run.stderr.contains("login` failed (exit code 7)"),
            "{run:?}"
        );
        assert!(runs(&home) <= 2, "{command:?}: {run:?}");
    }
}
