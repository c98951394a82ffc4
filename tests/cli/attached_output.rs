//! `--attach`: the output of a program, from before the connection and over it.

use super::attached::{ATTACH, LOG, ended, running, serving};
use crate::apiserver::{Answer, ApiServer, Gate};
use crate::support::Home;

/// `V=$(kubectl pod-tools create pod … --attach --rm -q -- cat f)`.
#[test]
fn the_output_of_a_program_that_has_ended_is_its_output() {
    let home = Home::new();
    let long = format!("{}\nend\n", "x".repeat(100_000));
    for text in [
        &b"one\ntwo\n"[..],
        b"without an end",
        b"\x1b[31m\xff\x00\r\n\n\r##[error]x\n::add-mask::y\n",
        b"",
        long.as_bytes(),
    ] {
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        let timed: Vec<u8> = lines
            .flat_map(|line| [b"2026-01-02T03:04:05.000000001Z ", line].concat())
            .collect();
        let server = ApiServer::new().on(LOG, Answer::bytes(&timed));
        let server = serving(server, &ended(), &Gate::default());
        let args = [
            "create", "pod", "p", "--image", "i", "--attach", "--rm", "-q", "-n", "default",
        ];
        let url = server.url();
        let mut command = home.command(&[&args[..], &["--server", &url]].concat());
        command.env("GITHUB_ACTIONS", "true");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(output.stdout == text, "{output:?}");
        assert_eq!(output.stderr, b"", "{output:?}");
        let asked = server.asked();
        assert!(
            asked.iter().any(|asked| asked.starts_with("DELETE")),
            "{asked:?}"
        );
        assert!(
            !asked.iter().any(|asked| asked.contains("proxy")),
            "{asked:?}"
        );
    }
}

/// Standard input that is no terminal: what was written before the connection stood
/// comes first, and once.
#[test]
fn output_before_the_connection_comes_first() {
    let home = Home::new();
    for (log, brought, expected) in [
        ("early\n", "late\n", "early\nlate\n"),
        ("early\nlate\n", "late\n", "early\nlate\n"),
        ("early\nlate\n", "te\n$ ", "early\nlate\n$ "),
        ("", "all\n", "all\n"),
    ] {
        let done = Gate::default();
        done.open();
        let server = ApiServer::new()
            .on(ATTACH, Answer::exec(brought, None))
            .on(LOG, Answer::bytes(log));
        let server = serving(server, &running(), &done);
        let args = [
            "create", "pod", "p", "--image", "i", "--attach", "--stdin", "-q", "-n", "default",
        ];
        let run = home.run_on(&server, &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(run.stdout, expected, "{run:?}");
    }
}

/// Without standard input: the log is the output, and the connection tells which of
/// its lines are of standard error.
#[test]
fn standard_error_is_apart_where_the_connection_tells_it() {
    let home = Home::new();
    for (log, brought, stdout, stderr) in [
        (
            "o1\ne1\no2\n",
            &[(false, "o1\n"), (true, "e1\n"), (false, "o2\n")][..],
            "o1\no2\n",
            "e1\n",
        ),
        // What was written before is all there; nobody knows its stream.
        (
            "e0\no1\ne1\n",
            &[(false, "o1\n"), (true, "e1\n")],
            "e0\no1\n",
            "e1\n",
        ),
        (
            "error\no1",
            &[(true, "ror\n"), (false, "o1")],
            "o1",
            "error\n",
        ),
        ("o1\n", &[], "o1\n", ""),
        (
            "x\nx\nx\n",
            &[(false, "x\nx\n"), (true, "x\n")],
            "x\nx\n",
            "x\n",
        ),
    ] {
        let lines = log.split_inclusive('\n');
        let lines = lines.map(|line| format!("2026-01-02T03:04:05.000000001Z {line}"));
        let done = Gate::default();
        done.open();
        let server = ApiServer::new()
            .on(ATTACH, Answer::writing(brought))
            .on(LOG, Answer::bytes(lines.collect::<String>()));
        let server = serving(server, &running(), &done);
        let args = [
            "create", "pod", "p", "--image", "i", "--attach", "-q", "-n", "default",
        ];
        let run = home.run_on(&server, &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(
            (run.stdout.as_str(), run.stderr.as_str()),
            (stdout, stderr),
            "{log:?}"
        );
    }
}

/// Who may not attach has the output all the same.
#[test]
fn a_connection_that_is_refused_loses_nothing() {
    let home = Home::new();
    for more in [&[][..], &["--stdin"]] {
        let done = Gate::default();
        done.open();
        let log = if more.is_empty() {
            "2026-01-02T03:04:05Z all\n"
        } else {
            "all\n"
        };
        let server = ApiServer::new()
            .on(
                ATTACH,
                Answer::refusal(403, "Forbidden", "pods \"p\" is forbidden"),
            )
            .on(LOG, Answer::bytes(log));
        let server = serving(server, &running(), &done);
        let args = [
            "create", "pod", "p", "--image", "i", "--attach", "-n", "default",
        ];
        let run = home.run_on(&server, &[&args[..], more].concat());
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(0), "all\n"),
            "{run:?}"
        );
        assert_eq!(
            run.stderr.contains("cannot attach to pod/"),
            !more.is_empty(),
            "{run:?}"
        );
    }
}
