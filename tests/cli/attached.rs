//! `--attach --tty`: the terminal is a program's for a while, and is given back
//! whatever ends the run.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::apiserver::{Answer, ApiServer, Then};
use crate::pty::Terminal;
use crate::support::Home;

const UID: &str = "11111111-2222-3333-4444-555555555555";
/// Time that a busy machine may add to a bound.
const SLACK: Duration = Duration::from_secs(2);

/// A Pod that has our terminal.
fn attached() -> ApiServer {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "uid": UID, "resourceVersion": "2"},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "p"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "p", "state": {"running": {}}}]},
    });
    let pods = json!({"kind": "PodList", "metadata": {"resourceVersion": "2"}, "items": [pod]});
    ApiServer::new()
        .storing()
        .on(
            "GET /api/v1/namespaces/default/pods/p/attach",
            Answer::attached("$ "),
        )
        .on("GET /api/v1/namespaces/default/pods/p", Answer::json(&pod))
        .on(
            "GET /api/v1/namespaces/default/pods?watch=1",
            Answer::watch(&[], Then::Hold),
        )
        .on(
            "GET /api/v1/namespaces/default/pods?limit",
            Answer::json(&pods),
        )
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
