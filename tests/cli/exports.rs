//! `explain-env -o dotenv|shell|docker`: the environment alone, to the byte.

use std::fs::{self, File};

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::explain_env::offline;
use super::look_ups::SHOP;
use crate::apiserver::{Answer, ApiServer};
use crate::pty::Terminal;
use crate::support::{Home, finish};

/// Values that attack a terminal, and honest ones such as a prompt or a colour.
const CONTROLS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {FROM_MAP: \"\\e]0;t\\a\\x9b2J\"}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: i
    envFrom: [{configMapRef: {name: c}}]
    env:
    - {name: COLOR, value: \"\\e[31m\"}
    - {name: ODD, value: \"a\\x01\\x7fb\\t.\"}
";
const FORMATS: [(&str, &str); 3] = [
    (
        "dotenv",
        "FROM_MAP=\"\u{1b}]0;t\u{7}\u{9b}2J\"\nCOLOR=\"\u{1b}[31m\"\nODD=\"a\u{1}\u{7f}b\t.\"\n",
    ),
    (
        "shell",
        "export FROM_MAP='\u{1b}]0;t\u{7}\u{9b}2J'\nexport COLOR='\u{1b}[31m'\nexport ODD='a\u{1}\u{7f}b\t.'\n",
    ),
    (
        "docker",
        "FROM_MAP=\u{1b}]0;t\u{7}\u{9b}2J\nCOLOR=\u{1b}[31m\nODD=a\u{1}\u{7f}b\t.\n",
    ),
];

/// The variables of the manifest: what stands before those of Services.
fn own(text: &str) -> &str {
    let services = text.find("KUBERNETES_").unwrap();
    let line = text[..services].rfind('\n').unwrap();
    &text[..=line]
}

#[test]
fn a_pipe_and_a_file_get_control_characters_as_they_are() {
    for (format, expected) in FORMATS {
        for color in ["auto", "never", "always"] {
            let args = ["-o", format, "--color", color];
            let piped = offline(CONTROLS, &args);
            assert_eq!(own(&piped.stdout), expected, "{format} {color}");
            assert_eq!((piped.code, piped.stderr.as_str()), (Some(0), ""));

            let home = Home::with(&[("pod.yaml", CONTROLS)]);
            let args = [&["explain-env", "-f", "pod.yaml", "--offline"], &args[..]].concat();
            let mut command = home.command(&args);
            command.stdout(File::create(home.path().join("out")).unwrap());
            assert!(command.status().unwrap().success());
            let file = fs::read_to_string(home.path().join("out")).unwrap();
            assert_eq!(file, piped.stdout, "{format} {color}");
        }
    }
}

#[test]
fn a_shell_and_a_terminal_see_the_same_variables_differently() {
    let home = Home::with(&[("pod.yaml", CONTROLS)]);
    let export = offline(CONTROLS, &["-o", "shell"]).stdout;
    let program = "eval \"$1\"; printf '%s|%s|%s' \"$FROM_MAP\" \"$COLOR\" \"$ODD\"";
    let seen = finish(home.program("sh", &["-c", program, "sh", &export]), b"");
    let expected = "\u{1b}]0;t\u{7}\u{9b}2J|\u{1b}[31m|a\u{1}\u{7f}b\t.";
    assert_eq!(seen.stdout, expected);

    for (format, _) in FORMATS {
        for color in ["auto", "always", "never"] {
            let mut command = home.command(&[
                "explain-env",
                "-f",
                "pod.yaml",
                "--offline",
                "-o",
                format,
                "--color",
                color,
            ]);
            command.env("TERM", "xterm-256color");
            let terminal = Terminal::start(&command, 60, 200);
            let rows = terminal.until(|rows| rows.iter().any(|row| row.contains("_TCP_ADDR")));
            let bytes = terminal.bytes();
            assert_eq!(terminal.end().0, 0, "{format}: {rows:#?}");
            let data = bytes.split_once("get them unchanged").unwrap().1;
            let data = data.trim_start_matches("\u{1b}[0m");
            let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            assert!(!data.contains(odd), "{format}: {data:?}");
            let shown = rows.iter().any(|row| row.contains("\\u{1b}[31m"));
            assert!(shown, "{format}: {rows:#?}");
            let told = rows.iter().filter(|row| row.contains("get them unchanged"));
            assert_eq!(told.count(), 1, "{format}: {rows:#?}");
        }
    }
    // What is harmless is shown without a word.
    let home = Home::with(&[("pod.yaml", SHOP)]);
    let args = "explain-env -f pod.yaml --offline -o shell -c first";
    let args: Vec<&str> = args.split(' ').collect();
    let terminal = Terminal::start(&home.command(&args), 60, 200);
    let rows = terminal.until(|rows| rows.iter().any(|row| row.contains("_TCP_ADDR")));
    assert_eq!(rows[0], "export ONLY=here", "{rows:#?}");
}

#[test]
fn dotenv_is_what_its_libraries_read() {
    let text = "\
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {pin: '1234'}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  enableServiceLinks: false
  containers:
  - name: c
    image: i
    env:
    - {name: PLAIN, value: 'a/b:c@d%e+f,g=h'}
    - {name: SPACE, value: ' a b '}
    - {name: QUOTES, value: \"it's \\\"\\\\ $A `b`\"}
    - {name: LINES, value: \"a\\nb\\r\\n\"}
    - {name: EMPTY}
    - {name: HASH, value: 'a #b'}
    - {name: WIDE, value: '世界'}
    - {name: db-url, value: x}
    - {name: a b, value: x}
    - {name: 1ST, value: x}
    - {name: UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
    - {name: PIN, valueFrom: {secretKeyRef: {name: s, key: pin}}}
    - {name: TWICE, value: 'no'}
    - {name: TWICE, value: 'yes'}
";
    let run = offline(text, &["-o", "dotenv"]);
    // A snapshot would take a backslash for a slash.
    let expected = [
        r#"PLAIN=a/b:c@d%e+f,g=h"#,
        r#"SPACE=" a b ""#,
        r#"QUOTES="it's \"\\ \$A \`b\`""#,
        r#"LINES="a\nb\r\n""#,
        r#"EMPTY="""#,
        r##"HASH="a #b""##,
        r#"WIDE="世界""#,
        "db-url=x",
        "# a b: not a valid name in a dotenv file",
        "# 1ST: not a valid name in a dotenv file",
        "# UID: unknown value (the Pod's UID, set by the API server)",
        "# PIN: value of a Secret, hidden",
        "TWICE=yes",
    ];
    let lines: Vec<&str> = own(&run.stdout).lines().collect();
    assert_eq!(lines, expected);
    let is_warning = |line: &&str| line.starts_with("warning");
    let warnings: Vec<&str> = run.stderr.lines().filter(is_warning).collect();
    let [twice, left_out] = warnings[..] else {
        panic!("{run:?}");
    };
    assert!(twice.contains("`TWICE`"), "{run:?}");
    assert_eq!(
        left_out,
        "warning: values of Secrets are omitted (use `--show-secrets`)"
    );
    let shown = offline(text, &["-o", "dotenv", "--show-secrets"]);
    assert!(shown.stdout.contains("\nPIN=1234\n"), "{shown:?}");
}

#[test]
fn an_export_is_of_one_container_of_one_target() {
    for format in ["dotenv", "shell", "docker"] {
        let both = offline(SHOP, &["-o", format, "-c", "app,first"]);
        assert_data_eq!(
            both.all(),
            str![[r#"
exit code 2
--- stderr
error: this format prints one container, found 2: first, app
help: choose one with `-c NAME`

"#]]
        );
    }
    let two = format!("{SHOP}---\n{}", SHOP.replace("name: shop", "name: other"));
    let run = offline(&two, &["-o", "docker", "-c", "first"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 2
--- stderr
error: this format prints one container, found 2: first of pod/shop, first of pod/other
help: name one target, and one of its containers with `-c NAME`

"#]]
    );
    let none = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n";
    let run = offline(none, &["-o", "docker"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 2
--- stderr
error: this format prints one container, but pod/p has none
help: add a container, or leave out `-o`

"#]]
    );
}

/// Beyond what a container could be started with, which is said; but what is
/// asked for is printed.
#[test]
fn a_value_of_two_megabytes_is_whole_in_every_format() {
    let long = "x".repeat(2 << 20);
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: i\n    env: [{{name: LONG, value: {long}}}, {{name: AFTER, value: $(LONG)}}]\n"
    );
    for format in ["table", "json", "yaml", "dotenv", "shell", "docker"] {
        let run = offline(&text, &["-o", format]);
        assert_eq!(run.code, Some(1), "{format}: {}", run.stderr);
        assert!(run.stdout.matches(&long).count() >= 2, "{format}");
        let told = run.stderr + &run.stdout;
        assert!(
            told.contains("2097158 bytes, and Linux allows 131072"),
            "{format}"
        );
        assert!(told.len() < 7 * long.len(), "{format}: {}", told.len());
    }
    let trace = offline(&text, &["--trace", "AFTER"]);
    assert!(trace.stdout.contains(&long));
}

/// A Pod whose variables are not all known: two sources of `envFrom` and one of `env`.
const UNREAD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: i
    envFrom: [{configMapRef: {name: app}}, {prefix: DB_, secretRef: {name: db}}]
    env:
    - {name: A, value: own}
    - {name: KEY, valueFrom: {secretKeyRef: {name: login, key: k}}}
";

#[test]
fn sources_that_were_not_read_are_comments_and_warnings() {
    for (format, own) in [
        ("dotenv", "A=own"),
        ("shell", "export A=own"),
        ("docker", "A=own"),
    ] {
        let run = offline(UNREAD, &["-o", format]);
        let table = offline(UNREAD, &[]);
        assert_eq!(run.code, table.code, "{run:?}");
        let lines: Vec<&str> = run.stdout.lines().collect();
        let first = [
            "# configmap/app: not read (not asked), variables may be missing",
            "# secret/db: not read (not asked), variables `DB_…` may be missing",
            own,
        ];
        assert_eq!(lines[..3], first, "{run:?}");
        assert!(
            lines[3].starts_with("# KEY: unknown value (Secret `login` was not read"),
            "{run:?}"
        );
        let last = "# Services of the namespace: not read (not asked), variables may be missing";
        assert_eq!(lines.last(), Some(&last), "{run:?}");
        for name in ["ConfigMap `app`", "Secret `db`", "Secret `login`"] {
            let told = run
                .stderr
                .lines()
                .filter(|line| line.starts_with("warning"));
            let told = told.filter(|line| line.contains(name)).count();
            assert!(told >= 1, "{name}: {run:?}");
        }
    }
}

/// A server that forbids everything but the Pod.
#[test]
fn an_export_of_what_is_forbidden_is_not_silent() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"enableServiceLinks": false, "containers": [{"name": "c", "image": "i",
            "envFrom": [{"configMapRef": {"name": "app"}}, {"secretRef": {"name": "db"}}]}]},
    });
    let refused = || Answer::refusal(403, "Forbidden", "no");
    let namespace = "GET /api/v1/namespaces/default";
    let server = ApiServer::new()
        .on(&format!("{namespace}/pods/web"), Answer::json(&pod))
        .on(&format!("{namespace}/configmaps/app"), refused())
        .on(&format!("{namespace}/secrets/db"), refused());
    let home = Home::new();
    let table = home.run_on(&server, &["explain-env", "web"]);
    for format in ["dotenv", "shell", "docker"] {
        let run = home.run_on(&server, &["explain-env", "web", "-o", format]);
        assert_eq!(run.code, table.code, "{run:?}");
        assert_eq!(
            run.stdout,
            "# configmap/app: not read (forbidden), variables may be missing\n\
             # secret/db: not read (forbidden), variables may be missing\n"
        );
        let warnings = run
            .stderr
            .lines()
            .filter(|line| line.starts_with("warning"));
        assert_eq!(warnings.count(), 2, "{run:?}");
    }
}
