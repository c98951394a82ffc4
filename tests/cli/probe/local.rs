//! The probes of a file, once and on their schedule.

use std::net::TcpListener;

use serde_json::json;

use super::{Running, home, lines, run, verdicts};
use crate::apiserver::ApiServer;
use crate::pty::Terminal;
use crate::support::Home;

const EXEC: &str = "\
readinessProbe: {exec: {command: [sh, -c, 'echo fine']}}
livenessProbe: {exec: {command: [sh, -c, 'echo broken >&2; exit 3']}, failureThreshold: 2}
";

#[test]
fn each_probe_is_run_once_and_a_failure_is_exit_code_1() {
    let run = run(&home(EXEC), &["-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let summary = "error: the liveness probe of container `app` of pod/web did not pass\n";
    assert_eq!(run.stderr, summary);
    let mut lines = lines(&run.stdout);
    // They are run at the same time.
    lines.sort_by_key(|line| line["kind"] == "liveness");
    assert_eq!(verdicts(&lines), ["readiness success", "liveness failure"]);
    let [ready, live] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert_eq!(ready["exitCode"], 0);
    assert_eq!(ready["answer"], "fine");
    assert_eq!(live["exitCode"], 3);
    assert_eq!(live["answer"], "broken");
    assert_eq!(live["pod"], "web");
    assert_eq!(live["container"], "app");
    assert_eq!((&live["attempt"], &live["tries"]), (&json!(1), &json!(1)));
    let state = &live["state"];
    let counts = (
        &state["consecutive"],
        &state["threshold"],
        &state["wouldRestart"],
    );
    assert_eq!(counts, (&json!(1), &json!(2), &json!(false)));
    assert_eq!(ready["state"]["ready"], true);
}

#[test]
fn all_that_pass_are_exit_code_0() {
    let run = run(&home(EXEC), &["--kind", "readiness"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let rows: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(rows.len(), 2, "{run:?}");
    assert!(rows[0].starts_with("TIME "), "{run:?}");
    assert!(rows[1].contains("readiness"), "{run:?}");
    assert!(rows[1].ends_with("0     success  ready: fine"), "{run:?}");
}

#[test]
fn a_line_says_what_the_kubelet_holds() {
    let failing = "livenessProbe: {exec: {command: [sh, -c, 'exit 3']}, periodSeconds: 1}";
    let run = run(&home(failing), &["--count", "4"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let states: Vec<&str> = run
        .stdout
        .lines()
        .filter_map(|line| line.split_once("failure  "))
        .map(|(_, state)| state.split(':').next().unwrap())
        .collect();
    assert_eq!(
        states,
        [
            "1 of 3 failures",
            "2 of 3 failures",
            "would be killed",
            "1 of 3 failures"
        ]
    );
}

/// A command that fails once and passes from then on.
const SECOND: &str =
    "exec: {command: [sh, -c, 'echo x >>tries; test $(wc -l <tries) -ge 2']}, periodSeconds: 1";

#[test]
fn a_startup_probe_may_fail_until_it_passes() {
    let passes = "readinessProbe: {exec: {command: ['true']}, periodSeconds: 1}";
    let fields = format!("startupProbe: {{{SECOND}}}\n{passes}");
    let patient = run(&home(&fields), &["--count", "2", "-o", "json"]);
    assert_eq!(patient.code, Some(0), "{patient:?}");
    let verdicts = verdicts(&lines(&patient.stdout));
    assert_eq!(verdicts[..2], ["startup failure", "startup success"]);
    let fields = format!("startupProbe: {{{SECOND}, failureThreshold: 1}}\n{passes}");
    let killed = run(&home(&fields), &["--count", "2"]);
    assert_eq!(killed.code, Some(1), "{killed:?}");
}

#[test]
fn the_number_of_attempts_that_did_not_pass_is_said() {
    let fields = format!("readinessProbe: {{{SECOND}}}");
    let run = run(&home(&fields), &["--count", "3"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        run.stderr,
        "error: 1 of 3 attempts of the readiness probe of container `app` of pod/web did not pass\n"
    );
}

#[test]
fn a_reason_is_not_cut_at_the_edge_of_a_terminal() {
    let words: Vec<String> = (1..=20).map(|number| format!("reason{number}")).collect();
    let said = words.join(" ");
    let home = home(&format!(
        "readinessProbe: {{exec: {{command: [sh, -c, 'echo {said}; exit 3']}}}}"
    ));
    for columns in [80, 40] {
        let terminal = Terminal::start(&home.command(&super::LOCAL), 24, columns);
        let (code, rows) = terminal.end();
        assert_eq!(code, 1, "{rows:#?}");
        let shown: Vec<&str> = rows.iter().flat_map(|row| row.split_whitespace()).collect();
        for word in &words {
            assert!(shown.contains(&word.as_str()), "{word}: {rows:#?}");
        }
    }
}

#[test]
fn an_answer_cannot_move_the_cursor() {
    let hostile = r#"readinessProbe: {exec: {command: [printf, '\033[31m::error::x']}}"#;
    let run = run(&home(hostile), &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("\\u{1b}[31m"), "{run:?}");
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
}

#[test]
fn a_port_is_the_declared_one_or_that_of_at() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let open = listener.local_addr().unwrap().port();
    // Nobody listens there, and nobody gets the number meanwhile.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    let declared = |port: u16| {
        format!(
            "ports: [{{name: web, containerPort: {port}}}]\nreadinessProbe: {{tcpSocket: {{port: web}}}}"
        )
    };
    let by_name = run(&home(&declared(open)), &[]);
    assert_eq!(by_name.code, Some(0), "{by_name:?}");
    let at = format!("127.0.0.1:{open}");
    let words = ["probe", "-f", "pod.yaml", "--at", &at];
    let instead = home(&declared(port)).run(&words);
    assert_eq!(instead.code, Some(0), "{instead:?}");
    drop(closed);
}

#[test]
fn a_probe_that_cannot_be_run_is_errored_and_does_not_pass() {
    let unknown = "readinessProbe: {tcpSocket: {port: nope}}";
    let run = run(&home(unknown), &["-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines = lines(&run.stdout);
    assert_eq!(verdicts(&lines), ["readiness errored"]);
    assert_eq!(lines[0]["tries"], 3);
    assert_eq!(lines[0]["state"]["errored"], 1);
    assert_eq!(lines[0]["state"]["consecutive"], 0);
}

#[test]
fn errored_attempts_are_counted_in_words() {
    let missing = "readinessProbe: {exec: {command: [./nope]}, periodSeconds: 1}";
    let run = run(&home(missing), &["--count", "2"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("errored for the first time"), "{run:?}");
    assert!(
        run.stdout.contains("errored for the second time"),
        "{run:?}"
    );
}

#[test]
fn the_startup_probe_holds_the_others_back() {
    let gated = "\
startupProbe: {exec: {command: [test, -f, up]}, periodSeconds: 1, failureThreshold: 1000}
readinessProbe: {exec: {command: ['true']}, periodSeconds: 1}
";
    let home = home(gated);
    let words = [&super::LOCAL[..], &["--until", "ready", "-o", "json"]].concat();
    let mut running = Running::start(home.command(&words));
    for number in 1..=2 {
        let line = running.line();
        assert_eq!(verdicts(std::slice::from_ref(&line)), ["startup failure"]);
        assert_eq!(line["state"]["ready"], false);
        assert_eq!(line["attempt"], number);
    }
    home.write("up", "");
    let (code, rest) = running.end();
    assert_eq!(code, Some(0), "{rest:?}");
    let mut rest = verdicts(&rest);
    rest.retain(|verdict| verdict != "startup failure");
    assert_eq!(rest, ["startup success", "readiness success"]);
}

#[test]
fn a_variable_is_that_of_the_container() {
    let fields = "\
env: [{name: WORD, value: hello}, {name: SECRET, valueFrom: {secretKeyRef: {name: s, key: k}}}]
readinessProbe: {exec: {command: [echo, '$(WORD)[$(SECRET)]$(OTHER)']}}
";
    let run = run(&home(fields), &["-o", "json"]);
    assert_eq!(
        lines(&run.stdout)[0]["answer"],
        "hello[]$(OTHER)",
        "{run:?}"
    );
}

#[test]
fn a_workload_of_a_file_is_named_as_the_target() {
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      initContainers:
      - {name: proxy, image: i, restartPolicy: Always, readinessProbe: {exec: {command: ['true']}, timeoutSeconds: 60}}
      - {name: setup, image: i}
      containers:
      - {name: app, image: i, readinessProbe: {exec: {command: ['true']}, timeoutSeconds: 60}}
      - {name: plain, image: i}
";
    let run = run(&Home::with(&[("pod.yaml", deployment)]), &["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = lines(&run.stdout);
    let mut containers: Vec<&str> = lines
        .iter()
        .map(|line| line["container"].as_str().unwrap())
        .collect();
    containers.sort_unstable();
    assert_eq!(containers, ["app", "proxy"]);
    let target = (&lines[0]["target"], &lines[0]["namespace"]);
    assert_eq!(target, (&json!("deployment.apps/web"), &json!("shop")));
    assert!(lines[0]["pod"].is_null(), "{run:?}");
}

#[test]
fn a_certificate_is_shown_and_not_required() {
    let server = ApiServer::new();
    let https = server.https();
    let port = https.rsplit(':').next().unwrap();
    let fields =
        format!("readinessProbe: {{httpGet: {{scheme: HTTPS, port: {port}, path: /version}}}}");
    let home = home(&fields);
    let words = ["probe", "-f", "pod.yaml", "--at", "127.0.0.1"];
    let run = home.run(&words);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("  200   success  ready"), "{run:?}");
    assert!(
        run.stderr
            .contains("container `app` of pod/web: TLS 1.3, certificate for "),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("not verified, as by the kubelet"),
        "{run:?}"
    );
    let json = home.run(&[&words[..], &["-o", "json"]].concat());
    let line = &lines(&json.stdout)[0];
    assert_eq!(line["status"], 200);
    assert_eq!(line["tls"]["version"], "1.3");
    assert!(line["tls"]["notAfter"].is_string(), "{line}");
    assert!(line["tls"]["expired"].is_boolean(), "{line}");
    assert_eq!(json.stderr, "");
    let sent = server.requests();
    assert_eq!(sent[0].header("user-agent"), ["kube-probe/1.37"]);
    assert_eq!(sent[0].header("host"), [format!("127.0.0.1:{port}")]);
}

#[test]
fn a_redirect_to_another_host_is_a_warning_and_nobody_is_asked_there() {
    let elsewhere = TcpListener::bind("127.0.0.2:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let there = elsewhere.local_addr().unwrap();
    let server = ApiServer::new().answering("GET /moved", move |_| {
        crate::apiserver::Answer::plain(302, "").header("location", &format!("http://{there}/"))
    });
    let url = server.url();
    let port = url.rsplit(':').next().unwrap();
    let fields = format!("readinessProbe: {{httpGet: {{port: {port}, path: /moved}}}}");
    let words = ["probe", "-f", "pod.yaml", "--at", "127.0.0.1", "-o", "json"];
    let run = home(&fields).run(&words);
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = lines(&run.stdout);
    assert_eq!(verdicts(&lines), ["readiness warning"]);
    assert_eq!(lines[0]["status"], 302);
    assert_eq!(lines[0]["redirects"], json!([format!("http://{there}/")]));
    let table = home(&fields).run(&words[..5]);
    assert!(
        table
            .stdout
            .contains(&format!("not followed: http://{there}/")),
        "{table:?}"
    );
    assert!(elsewhere.accept().is_err(), "nobody has connected");
}
