//! Values of flags that a script took from others: whatever the flag, its message
//! commands neither a CI runner nor a terminal.

use std::process::Command;

use clap::Arg;

use crate::apiserver::ApiServer;
use crate::pty::Terminal;
use crate::runners::{HOSTILE, RUNNERS, obeyed};
use crate::support::{Home, finish};

/// A run on a terminal is mostly waited for.
const WORKERS: usize = 6;
/// Words that make each command do its work, beside the flag.
const WORK: [(&str, &[&str]); 18] = [
    ("create", &["--filename=pod.yaml", "--dry-run=client"]),
    ("create pod", &["a", "--image=i", "--dry-run=client"]),
    ("create job", &["a", "--image=i", "--dry-run=client"]),
    ("apply", &["--filename=pod.yaml", "--dry-run=client"]),
    ("wait", &["job/x", "--timeout=1s"]),
    ("explain", &["--filename=pod.yaml", "--offline"]),
    ("explain-env", &["--filename=pod.yaml", "--offline"]),
    ("explain-probes", &["--filename=pod.yaml", "--offline"]),
    ("explain-status", &["--filename=pod.yaml", "--offline"]),
    ("explain-hooks", &["--filename=pod.yaml", "--offline"]),
    ("explain-resources", &["--filename=pod.yaml", "--offline"]),
    ("explain-security", &["--filename=pod.yaml", "--offline"]),
    ("explain-job", &["--filename=job.yaml", "--offline"]),
    ("explain-scheduling", &["--filename=pod.yaml", "--offline"]),
    ("probe", &["--filename=pod.yaml", "--at=127.0.0.1"]),
    ("rules", &[]),
    ("version", &[]),
    ("completion", &[]),
];

/// The paths of all commands that can be called, and what each takes with a value.
pub(crate) fn commands() -> Vec<(Vec<String>, Vec<Arg>)> {
    fn walk(command: &clap::Command, path: &[String], found: &mut Vec<(Vec<String>, Vec<Arg>)>) {
        let takes_value = |arg: &&Arg| arg.get_action().takes_values();
        if !path.is_empty() {
            let args = command.get_arguments().filter(takes_value);
            found.push((path.to_vec(), args.cloned().collect()));
        }
        for command in command.get_subcommands() {
            let name = command.get_name().to_owned();
            walk(command, &[path, &[name]].concat(), found);
        }
    }
    let mut suite = kubectl_pod_tools::suite_command();
    suite.build();
    let mut found = Vec::new();
    walk(&suite, &[], &mut found);
    found
}

/// The command line that gives a flag or a place this value.
pub(crate) fn line(path: &[String], arg: &Arg, value: &str) -> Vec<String> {
    let name = path.join(" ");
    let work = WORK.iter().find(|(command, _)| *command == name);
    let (_, work) = work.unwrap_or_else(|| panic!("{name} has work here"));
    let flag = match (arg.get_long(), arg.get_short()) {
        (Some(long), _) => format!("--{long}="),
        (None, Some(short)) => format!("-{short}"),
        (None, None) => String::new(),
    };
    // Nothing is given twice.
    let is_other = |word: &&&str| match flag.as_str() {
        "" => word.starts_with('-'),
        flag => !word.starts_with(flag),
    };
    let work = work.iter().filter(is_other).map(ToString::to_string);
    let given = format!("{flag}{value}");
    path.iter().cloned().chain(work).chain([given]).collect()
}

/// Removes our own styles and the cursor movements of progress lines.
fn without_styles(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace("\r\u{1b}[2K", "\n");
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix(['m', 'A']) {
            Some(rest) => out.push_str(rest),
            None => out.push_str(&format!("\u{1b}[{part}")),
        }
    }
    out
}

/// Returns the output in a pipe and on a terminal.
fn said(home: &Home, runner: (&str, &str), path: &[String], arg: &Arg) -> Vec<String> {
    let start = |value: &str| {
        let line = line(path, arg, value);
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let mut command: Command = home.command(&line);
        command.env(runner.0, runner.1);
        command
    };
    let piped = finish(start(HOSTILE), b"");
    let mut on_terminal = start(&format!("::a::{HOSTILE}"));
    on_terminal.env("TERM", "xterm-256color");
    let mut terminal = Terminal::start(&on_terminal, 24, 200);
    terminal.wait();
    let seen = without_styles(&terminal.bytes());
    vec![piped.stdout, piped.stderr, seen]
}

#[test]
fn no_value_of_a_flag_is_a_command() {
    let server = ApiServer::new().storing();
    let home = Home::with(&[
        ("pod.yaml", crate::POD),
        ("job.yaml", crate::explain_job::MIGRATE),
    ]);
    home.kubeconfig(&server, "{}");
    let cases: Vec<_> = commands()
        .into_iter()
        .flat_map(|(path, args)| args.into_iter().map(move |arg| (path.clone(), arg)))
        .collect();
    assert!(cases.len() > 300, "{}", cases.len());
    let check = |worker: usize| {
        for (index, (path, arg)) in cases.iter().enumerate().skip(worker).step_by(WORKERS) {
            let runner = RUNNERS[index % RUNNERS.len()];
            for text in said(&home, runner, path, arg) {
                assert_eq!(
                    obeyed(&text),
                    Vec::<String>::new(),
                    "{path:?} {arg}: {text}"
                );
            }
        }
    };
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let check = &check;
            scope.spawn(move || check(worker));
        }
    });
}
