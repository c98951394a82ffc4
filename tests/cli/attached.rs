//! `--attach --tty`: the terminal is a program's for a while, and is given back
//! whatever ends the run.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::pty::Terminal;
use crate::support::Home;

const UID: &str = "11111111-2222-3333-4444-555555555555";
/// Time that a busy machine may add to a bound.
const SLACK: Duration = Duration::from_secs(2);

fn pod(phase: &str, status: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "uid": UID, "resourceVersion": "2"},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "p"}]},
        "status": {"phase": phase, "containerStatuses": [
            {"name": "p", "restartCount": 0, "state": status},
            {"name": "proxy", "restartCount": 0, "state": status}]},
    })
}

pub(crate) fn running() -> Value {
    pod("Running", &json!({"running": {}}))
}

pub(crate) fn ended() -> Value {
    pod("Succeeded", &json!({"terminated": {"exitCode": 0}}))
}

/// A server of a Pod with these routes beside.
pub(crate) fn serving(server: ApiServer, pod: &Value, done: &Gate) -> ApiServer {
    let pods = json!({"kind": "PodList", "metadata": {"resourceVersion": "2"}, "items": [pod]});
    let last = json!({"type": "MODIFIED", "object": ended()});
    server
        .storing()
        .on("GET /api/v1/namespaces/default/pods/p", Answer::json(pod))
        .on(
            "GET /api/v1/namespaces/default/pods?watch=1",
            Answer::watch(&[], Then::Hold).then(done, &[&format!("{last}\n")]),
        )
        .on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&pods),
        )
        .on(
            "DELETE /api/v1/namespaces/default/pods/p",
            Answer::json(&json!({"kind": "Status", "status": "Success"})),
        )
}

pub(crate) const ATTACH: &str = "GET /api/v1/namespaces/default/pods/p/attach";
pub(crate) const LOG: &str = "GET /api/v1/namespaces/default/pods/p/log?container=p";

/// A Pod that has our terminal.
fn attached() -> ApiServer {
    let server = ApiServer::new()
        .on(ATTACH, Answer::attached("$ "))
        .on(LOG, Answer::bytes(""));
    serving(server, &running(), &Gate::default())
}

fn attach(home: &Home, server: &ApiServer, more: &[&str]) -> Command {
    let args = [
        "create", "pod", "p", "--image", "i", "--attach", "--stdin", "--tty",
    ];
    let common = ["-n", "default", "--server", &server.url()];
    let mut command = home.command(&[&args, more, &common].concat());
    command.env("TERM", "xterm");
    command
}

#[test]
fn a_terminal_is_restored_whatever_ends_the_run() {
    let home = Home::new();
    for (signals, code) in [
        (&["HUP"][..], 129),
        (&["QUIT"], 131),
        (&["TERM"], 143),
        (&["INT"], 130),
        (&["INT", "INT"], 130),
        (&["TERM", "TERM"], 143),
    ] {
        let server = attached();
        let terminal = Terminal::start(&attach(&home, &server, &[]), 24, 80);
        let device = terminal.device();
        device.until_raw();
        for signal in signals {
            terminal.signal(signal);
        }
        let (ended, rows) = terminal.end();
        // How a shell would see it; the library only knows that it was a signal.
        assert!(ended == code || ended == 1, "{signals:?}: {ended} {rows:?}");
        assert!(!device.is_raw(), "{signals:?}");
    }
    let server = attached();
    let began = Instant::now();
    let terminal = Terminal::start(&attach(&home, &server, &["--timeout", "2s"]), 24, 80);
    let device = terminal.device();
    device.until_raw();
    assert_eq!(terminal.end().0, 124);
    assert!(!device.is_raw());
    assert!(began.elapsed() < Duration::from_secs(3) + SLACK);
}

/// `nohup`: who had SIGHUP ignored goes on.
#[test]
fn a_hangup_that_was_ignored_stays_ignored() {
    let home = Home::new();
    let server = attached();
    let plain = attach(&home, &server, &[]);
    let words: Vec<String> = std::iter::once(plain.get_program())
        .chain(plain.get_args())
        .map(|word| {
            shlex::try_quote(word.to_str().unwrap())
                .unwrap()
                .into_owned()
        })
        .collect();
    let shell = format!("trap '' HUP; exec {}", words.join(" "));
    let mut command = home.program("sh", &["-c", &shell]);
    command.env("TERM", "xterm");
    let terminal = Terminal::start(&command, 24, 80);
    let device = terminal.device();
    device.until_raw();
    terminal.signal("HUP");
    std::thread::sleep(Duration::from_millis(500));
    assert!(device.is_raw(), "it goes on");
    terminal.signal("TERM");
    assert_eq!(terminal.end().0, 143);
    assert!(!device.is_raw());
}

/// A program that tells what it gets; it wrote something before.
fn conversing() -> ApiServer {
    let done = Gate::default();
    let server = ApiServer::new()
        .on(ATTACH, Answer::conversing("begins\r\n$ ", &done))
        .on(LOG, Answer::bytes("before\r\nbegins\r\n"));
    serving(server, &running(), &done)
}

#[test]
fn keys_and_sizes_reach_the_program_as_they_are() {
    let home = Home::new();
    let server = conversing();
    let mut terminal = Terminal::start(&attach(&home, &server, &["--rm"]), 24, 80);
    let device = terminal.device();
    device.until_raw();
    // The larger one makes a program draw again.
    let rows = terminal.until(|rows| rows.concat().contains("(81x25)(80x24)"));
    let text = rows.concat();
    assert!(
        text.contains("beforebegins$ "),
        "once, and in order: {rows:?}"
    );
    // Ctrl-C, Ctrl-D, Ctrl-Z, a carriage return, an arrow, a letter of two bytes.
    terminal.press("a\u{3}\u{4}\u{1a}\r\u{1b}[Aé");
    let keys = "<97><3><4><26><13><27><91><65><195><169>";
    terminal.until(|rows| rows.concat().contains(keys));
    for (rows, columns, times) in [(30, 100, 1), (10, 40, 1), (24, 80, 2)] {
        terminal.resize(rows, columns);
        let told = format!("({columns}x{rows})");
        terminal.until(|_| terminal.bytes().matches(&told).count() == times);
    }
    assert!(device.is_raw());
    terminal.press("q");
    assert_eq!(terminal.wait(), 0);
    assert!(!device.is_raw());
    let bytes = terminal.bytes();
    assert!(bytes.contains("<113>"), "{bytes:?}");
    assert!(
        bytes.contains("(100x30)") && bytes.contains("(40x10)"),
        "{bytes:?}"
    );
    assert_eq!(bytes.matches("before").count(), 1, "{bytes:?}");
    let asked = server.asked();
    assert!(
        asked.contains(&"DELETE /api/v1/namespaces/default/pods/p".to_owned()),
        "{asked:?}"
    );
}

/// The connection ends, and the program has not.
#[test]
fn a_connection_that_breaks_gives_the_terminal_back() {
    let home = Home::new();
    let broken = Answer::exec("$ ", None);
    let server = ApiServer::new()
        .on(ATTACH, broken)
        .on(LOG, Answer::bytes(""));
    let server = serving(server, &running(), &Gate::default());
    let terminal = Terminal::start(&attach(&home, &server, &["--timeout", "3s"]), 24, 80);
    let device = terminal.device();
    assert_eq!(terminal.end().0, 124);
    assert!(!device.is_raw());
}

#[test]
fn object_left_behind_by_a_signal_is_named() {
    let home = Home::new();
    for (more, stdin) in [(&["--stdin", "--tty"][..], true), (&[], false)] {
        let server = ApiServer::new()
            .on(ATTACH, Answer::attached("$ "))
            .on(LOG, Answer::bytes("2026-01-02T03:04:05Z before\n"));
        let server = serving(server, &running(), &Gate::default());
        let args = [
            "create", "pod", "p", "--image", "i", "--attach", "--rm", "-n", "default",
        ];
        let url = server.url();
        let mut command = home.command(&[&args[..], more, &["--server", &url]].concat());
        command.env("TERM", "xterm");
        let terminal = Terminal::start(&command, 24, 120);
        if stdin {
            terminal.device().until_raw();
        }
        terminal.until(|rows| rows.concat().contains(if stdin { "$" } else { "before" }));
        terminal.signal("INT");
        let (_, rows) = terminal.end();
        let text = rows.join("\n");
        assert!(
            text.contains("left behind: pod/p") && text.contains("kubectl delete pod/p -n default"),
            "{text}"
        );
        assert!(
            !server
                .asked()
                .iter()
                .any(|asked| asked.starts_with("DELETE"))
        );
    }
}

/// `--rm` with standard input, and without it: the truth about what is left.
#[test]
fn object_not_deleted_after_an_attach_is_named() {
    const DELETE: &str = "DELETE /api/v1/namespaces/default/pods/p";
    let held = || {
        let mut pod = ended();
        pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        pod["metadata"]["finalizers"] = json!(["example.com/archive"]);
        Answer::json(&pod)
    };
    let gone = json!({"kind": "Status", "status": "Success"});
    for (answer, more, code, said) in [
        (Answer::json(&gone), &[][..], 0, "pod/p deleted\n"),
        (
            held(),
            &[],
            0,
            "pod/p: deletion requested; blocked by finalizers: example.com/archive\n",
        ),
        (
            Answer::refusal(403, "Forbidden", "pods is forbidden"),
            &[],
            3,
            "pods is forbidden\n",
        ),
        (
            Answer::silent(),
            &["--timeout", "2s"],
            124,
            "timed out: it is not known whether pod/p is deleted\n",
        ),
    ] {
        for stdin in [&["--stdin"][..], &[]] {
            let done = Gate::default();
            done.open();
            let server = ApiServer::new()
                .on(DELETE, answer.clone())
                .on(ATTACH, Answer::exec("out\n", None))
                .on(LOG, Answer::bytes("2026-01-02T03:04:05Z out\n"));
            let server = serving(server, &ended(), &done);
            let args = [
                "create", "pod", "p", "--image", "i", "--attach", "--rm", "-n", "default",
            ];
            let run = Home::new().run_on(&server, &[&args[..], stdin, more].concat());
            assert_eq!(run.code, Some(code), "{run:?}");
            assert!(run.stderr.contains(said), "{run:?}");
            let is_deleted = said == "pod/p deleted\n";
            assert_eq!(run.stderr.contains("pod/p deleted"), is_deleted, "{run:?}");
            let left = "kubectl delete pod/p -n default\n";
            assert_eq!(run.stderr.contains(left), code == 124, "{run:?}");
        }
    }
}
