//! CI runners that obey lines of what their jobs print: none of what others wrote
//! is such a line.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run, finish};

pub(crate) const RUNNERS: [(&str, &str); 4] = [
    ("GITHUB_ACTIONS", "true"),
    ("TF_BUILD", "True"),
    ("TEAMCITY_VERSION", "2025.1"),
    ("GITLAB_CI", "true"),
];

/// All that a runner might obey, on lines of their own and within them.
pub(crate) const HOSTILE: &str = "x\n::add-mask::a\r\n  ::error::b\r::warning::c\u{2028}::d::\u{85}::e::\u{b}::f::\u{c}::g::\n\t::h:: ##[error]i ##vso[task.complete]j ##teamcity[k] ###[l] #\u{ad}#[m] section_start:1:n\r\u{1b}[0K\n\u{1b}[m::o::#\u{1b}[m#[p]#\u{1b}]0;q\u{7}#vso[r]\u{1b}[2J\u{9b}31m\u{202e}\u{2066}s";

/// The lines of a text that a runner would obey, our own annotations left out; and
/// whether a terminal would obey it.
pub(crate) fn obeyed(text: &str) -> Vec<String> {
    let breaks = [
        '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
    ];
    let lines = text.split(breaks);
    let is_command = |line: &&str| {
        let line = line.replace('\u{ad}', "");
        let own = line.starts_with("::error title=");
        (line.trim_start().starts_with("::") && !own)
            || ["##[", "##vso[", "##teamcity["]
                .iter()
                .any(|mark| line.contains(mark))
    };
    let mut found: Vec<String> = lines.filter(is_command).map(str::to_owned).collect();
    // Unicode's controls, and those that reorder text (UAX 9).
    let is_odd = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    found.extend(text.chars().find(|c| is_odd(*c)).map(|c| format!("{c:?}")));
    found
}

/// As the lines that a runner makes of it, without what only a terminal obeys.
fn without_controls(text: &str) -> String {
    let is_kept = |c: &char| *c == '\n' || *c == '\t' || obeyed(&c.to_string()).is_empty();
    let breaks = |c| {
        if "\r\u{b}\u{c}\u{85}\u{2028}\u{2029}".contains(c) {
            '\n'
        } else {
            c
        }
    };
    text.chars().map(breaks).filter(is_kept).collect()
}

fn under(home: &Home, runner: (&str, &str), server: &ApiServer, args: &[&str]) -> Run {
    let mut command = home.command(&[args, &["--server", &server.url()]].concat());
    command.env(runner.0, runner.1);
    finish(command, b"")
}

#[track_caller]
fn is_harmless(run: &Run, what: &str) {
    for text in [&run.stdout, &run.stderr] {
        assert_eq!(obeyed(text), Vec::<String>::new(), "{what}: {run:?}");
    }
}

const JOBS: &str = "GET /apis/batch/v1/namespaces/default/jobs";
const UID: &str = "11111111-2222-3333-4444-555555555555";

/// A Job that failed, whose every word is hostile; and its Pod, which logged more.
fn hostile() -> ApiServer {
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "bad", "namespace": "default", "uid": UID, "resourceVersion": "3"},
        "spec": {}, "status": {"conditions": [
            {"type": "Failed", "status": "True", "reason": HOSTILE, "message": HOSTILE}]},
    });
    let pod = json!({
        "metadata": {"name": "bad-x", "namespace": "default", "uid": "p", "resourceVersion": "3",
                     "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "reason": HOSTILE, "message": HOSTILE, "containerStatuses": [
            {"name": "c", "restartCount": 0, "state": {"terminated": {"exitCode": 3, "reason": HOSTILE, "message": HOSTILE}}}]},
    });
    let lines = HOSTILE.replace('\n', "\n2026-01-02T03:04:05Z ");
    let list = |kind: &str, items: &[&Value]| {
        Answer::json(&json!({"kind": kind, "metadata": {"resourceVersion": "3"}, "items": items}))
    };
    let watch = || Answer::watch(&[], Then::Hold);
    ApiServer::new()
        .on(&format!("{JOBS}?watch=1"), watch())
        .on(
            JOBS,
            list("JobList", &[&job]).header("warning", "299 - \"##[error]w ::x::\""),
        )
        .on(
            "GET /api/v1/namespaces/default/pods/bad-x/log",
            Answer::text(
                200,
                &format!("2026-01-02T03:04:05Z ::first::\n2026-01-02T03:04:05Z {lines}\n"),
            ),
        )
        .on("GET /api/v1/namespaces/default/pods?watch=1", watch())
        .on(
            "GET /api/v1/namespaces/default/pods",
            list("PodList", &[&pod]),
        )
        .on("GET /api/v1/namespaces/default/events?watch=1", watch())
        .on(
            "GET /api/v1/namespaces/default/events",
            list("EventList", &[]),
        )
}

#[test]
fn output_of_a_wait_is_never_a_runner_command() {
    let home = Home::new();
    for runner in RUNNERS {
        for more in [
            &[][..],
            &["--logs"],
            &["--logs=failed", "-v", "9"],
            &["--logs", "--color", "always"],
            &["-o", "json"],
            &["-o", "yaml", "--logs"],
            &["-o", "name"],
            &["--junit", "/dev/stdout"],
        ] {
            let server = hostile();
            let args = [&["wait", "job/bad", "-n", "default"], more].concat();
            let mut run = under(&home, runner, &server, &args);
            assert_eq!(run.code, Some(1), "{run:?}");
            assert!(run.stderr.contains("job/bad failed"), "{run:?}");
            if more.iter().any(|word| word.starts_with("--logs")) {
                // Of a log only the marks are changed, whoever reads it.
                for stream in [&mut run.stdout, &mut run.stderr] {
                    assert!(!stream.contains("section_start:1:n\r\u{1b}[0K"), "{stream}");
                    *stream = without_controls(stream);
                }
            }
            is_harmless(&run, &format!("{runner:?} {more:?}"));
            assert_eq!(
                run.stderr
                    .lines()
                    .filter(|line| line.starts_with("::error title="))
                    .count(),
                usize::from(runner.0 == "GITHUB_ACTIONS"),
                "{run:?}"
            );
            let message = if more.contains(&"json") {
                serde_json::from_str::<Value>(&run.stdout).unwrap()
            } else {
                continue;
            };
            let message = message["items"][0]["message"].as_str().unwrap();
            assert!(message.contains(HOSTILE), "it means the same: {message}");
        }
    }
}

#[test]
fn refusal_is_never_a_runner_command() {
    let pod = crate::POD.replace(
        "name: web\nspec",
        "name: web\n  annotations: {a: '##[error]x'}\nspec",
    );
    let home = Home::with(&[("pod.yaml", &pod)]);
    let causes = json!([{"reason": HOSTILE, "field": HOSTILE, "message": HOSTILE}]);
    for runner in RUNNERS {
        for answer in [
            Answer::refusal_with(422, HOSTILE, HOSTILE, &causes),
            Answer::refusal(403, HOSTILE, HOSTILE),
            Answer::refusal(409, "AlreadyExists", &format!("{HOSTILE} already exists")),
            Answer::refusal(500, HOSTILE, HOSTILE),
            Answer::text(502, HOSTILE),
            Answer::text(200, HOSTILE),
        ] {
            let server = ApiServer::new().on("POST /api", answer);
            for more in [&[][..], &["-v", "9"]] {
                let args = [&["create", "-f", "pod.yaml"], more].concat();
                let run = under(&home, runner, &server, &args);
                assert_ne!(run.code, Some(0), "{run:?}");
                is_harmless(&run, &format!("{runner:?} {more:?}"));
            }
        }
    }
}

/// Names and values of a Pod as files may hold them; `json!` quotes them.
fn file() -> String {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "annotations": {"note": HOSTILE}},
        "spec": {"containers": [{"name": "web", "image": "i", "command": [HOSTILE], "env": [
            {"name": "::add-mask::a", "value": HOSTILE},
            {"name": "##[error]b", "value": "::only::"},
            {"name": "C", "value": "##vso[x]"}]}]},
    });
    pod.to_string()
}

#[test]
fn text_of_a_file_is_never_a_runner_command() {
    let spec =
        "\nspec:\n  ::notice::x: 1\n  \"##[group]\": 2\n  containers: [{name: a, image: i}]\n";
    let broken = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}{spec}");
    let home = Home::with(&[("pod.yaml", &file()), ("broken.yaml", &broken)]);
    let server = ApiServer::new().storing();
    let original: Value = serde_json::from_str(&file()).unwrap();
    for runner in RUNNERS {
        for args in [
            &["explain-env", "--offline", "-f", "pod.yaml"][..],
            &["explain-env", "--offline", "-f", "pod.yaml", "-o", "json"],
            &["explain-env", "--offline", "-f", "pod.yaml", "-o", "yaml"],
            &["explain-env", "--offline", "-f", "pod.yaml", "--trace", "C"],
            &["explain-env", "--offline", "-f", "broken.yaml"],
            &[
                "create",
                "--validate=ignore",
                "-f",
                "pod.yaml",
                "-o",
                "json",
            ],
            &[
                "create",
                "--validate=ignore",
                "-f",
                "pod.yaml",
                "-o",
                "yaml",
            ],
            &[
                "create",
                "--validate=warn",
                "-f",
                "broken.yaml",
                "--dry-run=client",
            ],
            &[
                "create",
                "--validate=ignore",
                "-f",
                "broken.yaml",
                "--dry-run=client",
                "-o",
                "yaml",
            ],
            &["create", "-f", "x\n::error::y"],
            &["create", "-f", "##[error]x"],
            &["create", "\n::error::y"],
            &["create", "--x\n::error::y"],
            &["wait", "job/x", "--timeout", "1\n::error::y"],
            &["wait", "job/x\n::error::y"],
            &["wait", "job/x", "-o", "\n::error::y ##[x]"],
            &[
                "create",
                "pod",
                "a",
                "--image",
                "i",
                "--env",
                "A=x\n::y:: ##[z]",
                "--dry-run=client",
                "-o",
                "yaml",
            ],
        ] {
            let run = under(&home, runner, &server, args);
            is_harmless(&run, &format!("{runner:?} {args:?}"));
            let value =
                if args.contains(&"yaml") && args.contains(&"pod.yaml") && run.code == Some(0) {
                    home.write("again.yaml", &run.stdout);
                    let again = home.run(&[
                        "create",
                        "--validate=ignore",
                        "--dry-run=client",
                        "-o",
                        "json",
                        "-f",
                        "again.yaml",
                    ]);
                    again.stdout
                } else if args.contains(&"json") {
                    run.stdout
                } else {
                    continue;
                };
            let value: Value = serde_json::from_str(&value).unwrap_or_default();
            if args[0] == "create" {
                assert_eq!(value["spec"], original["spec"], "it means the same");
                assert_eq!(
                    value["metadata"]["annotations"],
                    original["metadata"]["annotations"]
                );
            }
        }
    }
}

/// Outside of runners, too, no line of a message begins with what others wrote.
#[test]
fn a_message_of_several_lines_has_our_mark_on_each() {
    let refusal = Answer::refusal(500, "R", "one\n::two::\n  three\r::four::");
    let server = ApiServer::bare().on("GET /version", refusal);
    let run = Home::new().run_on(&server, &["version"]);
    let (_, said) = run.stderr.split_once("(500): ").unwrap();
    assert_eq!(said, "one\n  | ::two::\n  |   three\\r::four::\n");
}

/// A program for whom the output is meant gets what it means, to the byte.
#[test]
fn exports_and_files_for_programs_stay_as_they_are() {
    let pod = crate::POD.replace(
        "image: nginx",
        "image: nginx\n    env: [{name: A, value: '##[error]x'}]",
    );
    let home = Home::with(&[("pod.yaml", &pod)]);
    let mut command = home.command(&["explain-env", "--offline", "-o", "shell", "-f", "pod.yaml"]);
    command.env("GITHUB_ACTIONS", "true");
    let run = finish(command, b"");
    assert!(run.stdout.contains("##[error]x"), "{run:?}");
}
