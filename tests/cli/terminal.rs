//! Colour, and text that would play with a terminal.

use crate::POD;
use crate::apiserver::{Answer, ApiServer};
use crate::pty::Terminal;
use crate::support::{Home, finish};

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let home = Home::with(&[("pod.yaml", &POD.replace("image:", "imagee:"))]);
    let coloured = |color: &[&str], environment: &[(&str, &str)]| {
        let args = [&["create", "-f", "pod.yaml", "--dry-run=client"], color].concat();
        let mut command = home.command(&args);
        command.envs(environment.iter().copied());
        let run = finish(command, b"");
        assert!(!run.stderr.is_empty());
        run.stderr.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "not a terminal");
    assert!(!coloured(
        &["--color", "auto"],
        &[("TERM", "xterm-256color")]
    ));
    assert!(coloured(&["--color", "always"], &[]));
    assert!(
        coloured(&["--color=always"], &[("NO_COLOR", "1")]),
        "the flag was meant"
    );
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(
        !coloured(&[], &[("CLICOLOR_FORCE", "1")]),
        "only a terminal, whatever else is set"
    );
}

/// Runs the program on a terminal of its own, by `script` of util-linux.
fn on_terminal(home: &Home, environment: &[(&str, &str)]) -> String {
    let call = format!(
        "{} create -f pod.yaml --dry-run=client",
        env!("CARGO_BIN_EXE_kubectl-pod_tools")
    );
    let mut command = home.program("script", &["-qec", &call, "/dev/null"]);
    command.envs(environment.iter().copied());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn on_a_terminal_no_color_and_a_dumb_one_are_heeded() {
    let home = Home::with(&[("pod.yaml", &POD.replace("image:", "imagee:"))]);
    let xterm = ("TERM", "xterm-256color");
    let text = on_terminal(&home, &[xterm]);
    assert!(
        text.contains('\u{1b}') && text.contains("unknown field"),
        "{text:?}"
    );
    for environment in [&[xterm, ("NO_COLOR", "1")][..], &[("TERM", "dumb")]] {
        let text = on_terminal(&home, environment);
        assert!(
            !text.contains('\u{1b}') && text.contains("unknown field"),
            "{text:?}"
        );
    }
}

/// The report and what is said of the files go to the same terminal.
#[test]
fn findings_and_a_report_share_a_terminal() {
    let pod = format!("{POD}---\n{}", POD.replace("image:", "imagee:"));
    let home = Home::with(&[("pod.yaml", &pod)]);
    let mut command = home.command(&["explain-env", "--offline", "-f", "pod.yaml"]);
    command.env("TERM", "xterm-256color");
    let (code, rows) = Terminal::start(&command, 40, 100).end();
    assert_eq!(code, 1, "{rows:#?}");
    let text = rows.join("\n");
    assert!(text.contains("unknown field `imagee`"), "{text}");
    assert!(text.contains("pod/web, container web"), "{text}");
}

#[test]
fn foreign_text_cannot_control_the_terminal() {
    let hostile = "e\\e[2J\\u009b31m\\u202e\\u0007\\r";
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: \"{hostile}\"}}\nspec:\n  \"{hostile}\": 1\n  containers: [{{name: a, image: i, env: [{{name: \"{hostile}\", value: \"{hostile}\"}}]}}]\n"
    );
    let home = Home::with(&[("pod.yaml", &pod)]);
    home.write("e\u{1b}[2J\u{9b}31m.yaml", &pod);
    let said = "e\u{1b}[2J\u{9b}31m\u{202e}\u{7}\r\u{1b}]0;title\u{7}";
    let causes = serde_json::json!([{"reason": said, "field": said, "message": said}]);
    let server = ApiServer::new()
        .once("POST /api", Answer::refusal_with(422, said, said, &causes))
        .once("POST /api", Answer::refusal(403, said, said))
        .once("POST /api", Answer::text(500, said))
        .on("POST /api", Answer::refusal(418, said, said));
    let ignore = "--validate=ignore";
    for args in [
        &["create", "-f", "pod.yaml", ignore][..],
        &["create", "-f", "pod.yaml", ignore],
        &["create", "-f", "pod.yaml", ignore],
        &["create", "-f", "pod.yaml", ignore],
        &["create", "-f", "pod.yaml"],
        &["create", "-f", ".", ignore],
        &["create", "-f", "pod.yaml", ignore, "--dry-run=client"],
        &[
            "create",
            "-f",
            "pod.yaml",
            ignore,
            "--dry-run=client",
            "-o",
            "name",
        ],
        &[
            "create",
            "-f",
            "pod.yaml",
            ignore,
            "--dry-run=client",
            "-o",
            "yaml",
        ],
        &[
            "create",
            "-f",
            "pod.yaml",
            ignore,
            "--dry-run=client",
            "-o",
            "json",
        ],
        &["create", "-f", "e\u{1b}[2J"],
        &[
            "create",
            "-f",
            "pod.yaml",
            "-n",
            "\u{1b}[2J",
            "-v",
            "9",
            ignore,
        ],
        &["version", "--context", "\u{1b}[2J"],
        &["explain-env", "-f", "pod.yaml", "--offline"],
        &["explain-env", "-f", "pod.yaml", "--offline", "-o", "yaml"],
        &["explain-env", "\u{1b}[2J/x"],
        &["explain-env", "\u{1b}[2J"],
        &["\u{1b}[2J"],
        &["create", "--\u{1b}[2J"],
        &["create", "-o", "\u{1b}[2J"],
    ] {
        let run = home.run_on(&server, args);
        let odd = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        let text = run.stdout + &run.stderr;
        assert!(!text.contains(odd), "{args:?}: {text:?}");
    }
}
