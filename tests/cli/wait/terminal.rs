//! Output on a terminal while waiting.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIST, UID, WATCH, bookmark, complete, event, job, list};
use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::pty::Terminal;
use crate::support::Home;

const EVENTS: &str = "GET /api/v1/namespaces/default/events?";
const PODS: &str = "GET /api/v1/namespaces/default/pods?";

/// An event of a Job's Pod.
fn pulling(message: &str) -> Value {
    json!({
        "metadata": {"name": "e", "uid": "e", "resourceVersion": "3"},
        "involvedObject": {"kind": "Job", "name": "migrate", "uid": UID},
        "reason": "Pulling", "message": message,
    })
}

fn watched(resource: &str) -> String {
    resource.replace('?', "?watch=1")
}

/// A Job that runs until the gate is open, and then completes.
fn at_work(gate: &Gate) -> ApiServer {
    let events = [event("MODIFIED", &job(2, &json!({"active": 2})))];
    let end = format!("{}\n", event("MODIFIED", &complete(9)));
    let empty = || list(1, &[]);
    ApiServer::new()
        .on(
            WATCH,
            Answer::watch(&events, Then::Hold).then(gate, &[&end]),
        )
        .on(
            &watched(EVENTS),
            Answer::watch(
                &[event("ADDED", &pulling("Pulling image \"i\" \u{1b}[31m"))],
                Then::Hold,
            ),
        )
        .on(&watched(PODS), Answer::watch(&[], Then::Hold))
        .on(EVENTS, empty())
        .on(PODS, empty())
        .on(LIST, list(1, &[job(1, &json!({}))]))
}

fn waiting(home: &Home, server: &ApiServer, more: &[&str]) -> Command {
    let url = server.url();
    let args = [
        &["wait", "job/migrate", "-n", "default", "--server", &url],
        more,
    ];
    let mut command = home.command(&args.concat());
    command.env("TERM", "xterm-256color");
    command
}

const UNLIMITED: &str = "no timeout set; waiting indefinitely (use `--timeout`)";

#[test]
fn a_line_for_each_target_is_drawn_and_taken_away_at_the_end() {
    let (home, gate) = (Home::new(), Gate::default());
    let server = at_work(&gate);
    let terminal = Terminal::start(&waiting(&home, &server, &[]), 24, 100);
    let rows = terminal.until(|rows| rows.iter().any(|row| row.contains("Pulling")));
    let [above, line] = rows.as_slice() else {
        panic!("{rows:#?}");
    };
    assert_eq!(above, UNLIMITED);
    assert!(line.starts_with("job/migrate "), "{line}");
    assert!(
        line.ends_with(
            "  Running: 0 of 2 succeeded, 2 active; job/migrate: Pulling: Pulling image \"i\" …"
        ) || line.ends_with("Pulling: Pulling image \"i\" \\u{1b}[31m")
            || line.contains("Pulling: Pulling image"),
        "{line}"
    );
    let bytes = terminal.bytes();
    assert!(!bytes.contains("\u{1b}[31m"), "{bytes:?}");
    gate.open();
    let (code, rows) = terminal.end();
    assert_eq!(code, 0);
    assert_eq!(
        rows,
        [
            UNLIMITED,
            "job/migrate is done: CompletionsReached: said so"
        ]
    );
}

#[test]
fn a_narrow_terminal_has_narrow_lines() {
    for columns in [80, 40, 12, 2] {
        let (home, gate) = (Home::new(), Gate::default());
        let server = at_work(&gate);
        let command = waiting(&home, &server, &["--timeout", "1m"]);
        let terminal = Terminal::start(&command, 24, columns);
        let rows = terminal.until(|rows| rows.iter().any(|row| row.contains('…')));
        assert_eq!(rows.len(), 1, "{columns}: {rows:#?}");
        gate.open();
        let (code, _) = terminal.end();
        assert_eq!(code, 0);
    }
}

#[test]
fn other_messages_do_not_break_the_lines() {
    let unwell = || Answer::refusal(500, "InternalError", "etcd leader changed");
    let (home, server) = (Home::new(), {
        let events: Vec<Value> = (2..12).map(bookmark).collect();
        let later: Vec<Value> = (20..60).map(bookmark).collect();
        ApiServer::new()
            .once(WATCH, Answer::watch(&events, Then::End))
            .once(WATCH, unwell())
            .on(WATCH, Answer::watch(&later, Then::Hold))
            .on(LIST, list(1, &[job(1, &json!({"active": 1}))]))
    });
    let command = waiting(&home, &server, &["--timeout", "4s"]);
    let terminal = Terminal::start(&command, 24, 80);
    let said = [
        "warning: etcd leader changed; trying again",
        "warning: connection to the server restored",
    ];
    let rows = terminal.until(|rows| rows.len() == 3 && rows[1] == said[1]);
    assert_eq!(rows[..2], said);
    assert!(rows[2].starts_with("job/migrate "), "{rows:#?}");
    let (code, rows) = terminal.end();
    assert_eq!(code, 124);
    assert_eq!(rows.len(), 3, "{rows:#?}");
    assert_eq!(rows[..2], said);
    assert!(
        rows[2].starts_with("error: job/migrate: timed out: "),
        "{rows:#?}"
    );
}

#[test]
fn no_message_is_lost_when_the_terminal_is_resized() {
    let (home, gate) = (Home::new(), Gate::default());
    let server = at_work(&gate);
    let terminal = Terminal::start(&waiting(&home, &server, &[]), 24, 100);
    let drawn = |rows: &[String]| {
        rows.last()
            .is_some_and(|row| row.starts_with("job/migrate "))
    };
    terminal.until(drawn);
    for columns in [60, 90, 70] {
        terminal.resize(24, columns);
        // Until it is drawn for the new width, and once more.
        std::thread::sleep(Duration::from_millis(1100));
    }
    gate.open();
    let (code, rows) = terminal.end();
    assert_eq!(code, 0);
    assert_eq!(
        rows.first().map(String::as_str),
        Some(UNLIMITED),
        "{rows:#?}"
    );
    assert_eq!(
        rows.last().map(String::as_str),
        Some("job/migrate is done: CompletionsReached: said so"),
        "{rows:#?}"
    );
}

#[test]
fn many_targets_are_a_summary_and_the_most_urgent() {
    let jobs = (0..100).map(|index| {
        let mut job = if index < 40 {
            complete(1)
        } else {
            job(1, &json!({"active": 1}))
        };
        job["metadata"]["name"] = format!("j{index}").into();
        job["metadata"]["uid"] = format!("u{index}").into();
        job
    });
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &jobs.collect::<Vec<_>>()));
    let (home, url) = (Home::new(), server.url());
    let mut command = home.command(&[
        "wait",
        "jobs",
        "--all",
        "-n",
        "default",
        "--timeout",
        "3s",
        "--server",
        &url,
    ]);
    command.env("TERM", "xterm");
    let terminal = Terminal::start(&command, 10, 60);
    let rows = terminal.until(|rows| rows.iter().any(|row| row.contains("40 of 100 done")));
    let summary = rows.iter().position(|row| row.contains("of 100 done"));
    let lines = &rows[summary.unwrap()..];
    assert!(
        lines[0].starts_with("40 of 100 done, 60 running ("),
        "{lines:#?}"
    );
    assert_eq!(lines.len(), 6, "{lines:#?}");
    assert!(lines[1].starts_with("job/j40 "), "{lines:#?}");
    let (code, _) = terminal.end();
    assert_eq!(code, 124);
}

#[test]
fn without_a_real_terminal_or_for_the_quiet_there_are_plain_lines_or_none() {
    for (name, value, more, says) in [
        ("TERM", "dumb", &[][..], true),
        ("CI", "true", &[], true),
        ("LANG", "C", &["-q"], false),
    ] {
        let (home, gate) = (Home::new(), Gate::default());
        let server = at_work(&gate);
        let mut command = waiting(&home, &server, more);
        command.env(name, value);
        let terminal = Terminal::start(&command, 24, 100);
        // Progress would be drawn by then.
        terminal.until(|rows| !says || rows.iter().any(|row| row.contains("2 active")));
        std::thread::sleep(Duration::from_millis(1500));
        let bytes = terminal.bytes();
        assert!(!bytes.contains('\u{1b}'), "{name}: {bytes:?}");
        gate.open();
        let (code, rows) = terminal.end();
        assert_eq!(code, 0);
        assert_eq!(!rows.is_empty(), says, "{name}: {rows:#?}");
        if says {
            assert!(
                rows.contains(&"job/migrate: Running: 0 of 2 succeeded, 2 active".to_owned()),
                "{rows:#?}"
            );
        }
    }
}

#[test]
fn ctrl_c_leaves_a_clean_terminal() {
    let (home, gate) = (Home::new(), Gate::default());
    let server = at_work(&gate);
    let mut terminal = Terminal::start(&waiting(&home, &server, &[]), 24, 100);
    terminal.until(|rows| rows.iter().any(|row| row.contains("2 active")));
    assert!(terminal.shows_cursor());
    terminal.press("\u{3}");
    terminal.until(|rows| rows.iter().any(|row| row.contains("interrupted after")));
    assert!(terminal.shows_cursor());
    let (code, rows) = terminal.end();
    assert_eq!(code, 130);
    // The terminal itself shows the key.
    let rows: Vec<&str> = rows
        .iter()
        .map(|row| row.trim_start_matches("^C"))
        .collect();
    let [above, last] = rows.as_slice() else {
        panic!("{rows:#?}");
    };
    assert_eq!(*above, UNLIMITED);
    let (head, tail) = last.split_once(" s; ").unwrap();
    assert!(head.starts_with("error: interrupted after "), "{last}");
    assert_eq!(tail, "job/migrate: Running: 0 of 2 succeeded, 2 active");
}

/// Output that does not go to the terminal does not redraw it.
#[test]
fn lines_of_logs_that_go_into_a_file_do_not_draw_the_progress_anew() {
    const LOG: &str = "GET /api/v1/namespaces/default/pods/migrate-x/log?container=c";
    const LINES: usize = 4_000;
    let (home, lines, end) = (Home::new(), Gate::default(), Gate::default());
    let pod = json!({"kind": "Pod",
        "metadata": {"name": "migrate-x", "namespace": "default", "uid": "p", "resourceVersion": "1",
                     "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Running", "containerStatuses": [{"name": "c", "restartCount": 0, "state": {"running": {}}}]}});
    let written: Vec<String> = (0..LINES)
        .map(|n| format!("2026-01-02T03:04:05.{n:09}Z line {n}\n"))
        .collect();
    let written: Vec<&str> = written.iter().map(String::as_str).collect();
    let completes = format!("{}\n", event("MODIFIED", &complete(9)));
    let server = ApiServer::new()
        .on(
            LOG,
            Answer::raw_watch(&[], Then::Hold).then(&lines, &written),
        )
        .on(
            WATCH,
            Answer::watch(
                &[event("MODIFIED", &job(2, &json!({"active": 1})))],
                Then::Hold,
            )
            .then(&end, &[&completes]),
        )
        .on(&watched(PODS), Answer::watch(&[], Then::Hold))
        .on(&watched(EVENTS), Answer::watch(&[], Then::Hold))
        .on(EVENTS, list(1, &[]))
        .on(PODS, list(1, &[pod]))
        .on(LIST, list(1, &[job(1, &json!({}))]));
    let url = server.url();
    let args = [
        "wait",
        "job/migrate",
        "-n",
        "default",
        "--server",
        &url,
        "--logs",
    ];
    let command = home.command(&args);
    let mut into_file = home.program("sh", &["-c", "exec \"$0\" \"$@\" >log"]);
    into_file
        .arg(command.get_program())
        .args(command.get_args());
    into_file.env("TERM", "xterm-256color");
    let terminal = Terminal::start(&into_file, 24, 80);
    let drawn = |rows: &[String]| rows.iter().any(|row| row.starts_with("job/migrate "));
    terminal.until(drawn);
    lines.open();
    let last = format!("line {}\n", LINES - 1);
    let log = || std::fs::read_to_string(home.path().join("log")).unwrap_or_default();
    let patience = Instant::now() + Duration::from_mins(1);
    while !log().ends_with(&last) && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(20));
    }
    let cleared = terminal.bytes().matches("\u{1b}[2K").count();
    end.open();
    let (code, rows) = terminal.end();
    assert_eq!(code, 0, "{rows:#?}");
    assert_eq!(log().lines().count(), LINES);
    assert!(cleared < 60, "drawn {cleared} times");
}
