//! `--logs`, to the byte: long lines, lines of several containers, and last lines without an end.

use serde_json::{Value, json};

use super::logs::{LOG, Scene, good, has_ended, line, pod, queries, whole};
use super::wait;
use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::support::Home;

/// Returns a server with a complete Job, whose Pod's containers wrote these logs and failed.
fn wrote(logs: &[(&str, &[u8])]) -> ApiServer {
    let containers = logs.iter().map(|(name, _)| has_ended(name, 0, 3)).collect();
    let ended = pod(1, "Succeeded", &Value::Array(containers));
    let mut server = ApiServer::new();
    for (name, log) in logs {
        server = server.on(&format!("{LOG}{name}"), Answer::bytes(log));
    }
    server.ended(&[ended])
}

/// Returns each line with its time, as the kubelet serves it.
fn timed(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines
        .enumerate()
        .flat_map(|(n, line)| [line_at(n).as_bytes(), line].concat())
        .collect()
}

fn line_at(n: usize) -> String {
    format!("2026-01-02T03:04:05.{n:09}Z ")
}

/// Returns the output of a wait.
fn output(server: &ApiServer, more: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let url = server.url();
    let args = ["wait", "job/migrate", "-n", "default", "--server", &url];
    let home = Home::new();
    let mut command = home.command(&[&args, more].concat());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    (output.stdout, output.stderr)
}

#[test]
fn a_line_of_any_length_is_one_line() {
    for length in [16_000, 16_384, 16_385, 100_000, 3 << 20] {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(length));
        let text = format!("before\n{long}\nafter\n");
        let server = wrote(&[("c", &timed(text.as_bytes()))]);
        let (stdout, _) = output(&server, &["--logs"]);
        let expected = format!("[migrate-x/c] before\n[migrate-x/c] {long}\n[migrate-x/c] after\n");
        assert!(stdout == expected.as_bytes(), "{length}");
        let server = wrote(&[("c", text.as_bytes())]);
        let (stdout, _) = output(&server, &["--logs=failed"]);
        assert!(stdout == expected.as_bytes(), "{length}");
    }
}

#[test]
fn lines_of_containers_that_write_at_the_same_time_stay_whole() {
    let names = ["a", "b", "d", "e"];
    let logs = names.map(|name| {
        let lines = (0..40).map(|n| format!("{name}{n} {}\n", name.repeat(n * 1500)));
        timed(lines.collect::<String>().as_bytes())
    });
    let logs: Vec<(&str, &[u8])> = names
        .into_iter()
        .zip(logs.iter().map(Vec::as_slice))
        .collect();
    let (stdout, _) = output(&wrote(&logs), &["--logs"]);
    let text = String::from_utf8(stdout).unwrap();
    for name in names {
        let prefix = format!("[migrate-x/{name}] ");
        let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix));
        let expected = (0..40).map(|n| format!("{name}{n} {}", name.repeat(n * 1500)));
        assert!(lines.eq(expected), "{name}");
    }
    assert_eq!(text.lines().count(), 160);
}

#[test]
fn a_pipe_gets_every_byte_and_the_last_line_as_it_is() {
    for text in [
        &b"\x1b[31mred\x1b[0m\n"[..],
        b"10%\r20%\r\n",
        b"\xff\xfe\x00 binary \xc3(\n\n\ttab\n",
        "bidi \u{202e}x\u{85}y\n".as_bytes(),
        b"without an end",
        b"one\nlast \r",
        b"##[error]x ::add-mask::y\n",
    ] {
        let prefixed: Vec<u8> = text
            .split_inclusive(|byte| *byte == b'\n')
            .flat_map(|line| [b"[migrate-x/c] ", line].concat())
            .collect();
        let server = wrote(&[("c", &timed(text))]);
        let (stdout, _) = output(&server, &["--logs"]);
        assert_eq!(stdout, prefixed);
        let (_, stderr) = output(&server, &["--logs", "-o", "json"]);
        let mut parts = stderr.windows(prefixed.len());
        assert!(parts.any(|part| part == prefixed), "{stderr:?}");
        let server = wrote(&[("c", text)]);
        let (stdout, _) = output(&server, &["--logs=failed"]);
        assert_eq!(stdout, prefixed);
    }
}

#[test]
fn a_long_line_is_resumed_where_the_connection_was_cut() {
    let numbers: Vec<String> = (0..20_000).map(|n: u32| n.to_string()).collect();
    let long = numbers.join(",");
    let first = line(1, "short");
    let second = line(2, &long);
    let cut = Answer::raw_watch(&[&first, &second[..70_000]], Then::End);
    let gate = Gate::default();
    let opened = gate.clone();
    let whole_log = [first.clone(), second.clone(), line(3, "after")];
    let ended = pod(3, "Succeeded", &json!([has_ended("c", 0, 0)]));
    let server = ApiServer::new()
        .once(&format!("{LOG}c"), cut)
        .answering(&format!("{LOG}c"), move |_| {
            opened.open();
            whole(&whole_log)
        })
        .running((&gate, &ended), &gate);
    let run = wait(&server, &["--logs"]);
    good(&run);
    let expected = format!("[migrate-x/c] short\n[migrate-x/c] {long}\n[migrate-x/c] after\n");
    assert!(run.stdout == expected, "{:?}", queries(&server));
}
