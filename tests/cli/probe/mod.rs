//! `probe`: declared probes against processes of this machine, and through a scripted API server.

mod ends;
mod from_node;
mod live;
mod local;
mod program;
mod usage;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Home, Run};

/// Time for what comes soon, on a busy machine as well.
const PATIENCE: Duration = Duration::from_mins(1);

/// Returns a Pod with one container `app` that has these fields. Its probes have much time: a
/// machine may be busy.
fn pod(fields: &str) -> String {
    let fields = &fields.replace("Probe: {", "Probe: {timeoutSeconds: 60, ");
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n  - name: app\n    image: i\n{}",
        indented(fields)
    )
}

fn indented(fields: &str) -> String {
    let lines = fields.lines().map(|line| format!("    {line}\n"));
    lines.collect()
}

/// Returns a home with the Pod in `pod.yaml`.
fn home(fields: &str) -> Home {
    Home::with(&[("pod.yaml", &pod(fields))])
}

/// Words that probe the file on this machine, commands included.
const LOCAL: [&str; 6] = [
    "probe",
    "-f",
    "pod.yaml",
    "--at",
    "127.0.0.1",
    "--allow-exec",
];

fn run(home: &Home, more: &[&str]) -> Run {
    home.run(&[&LOCAL[..], more].concat())
}

/// Returns the lines of `-o json`.
fn lines(stdout: &str) -> Vec<Value> {
    let lines = stdout.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

/// Returns `kind verdict` of each line.
fn verdicts(lines: &[Value]) -> Vec<String> {
    let verdict = |line: &Value| {
        let [kind, verdict] = ["kind", "verdict"].map(|key| line[key].as_str().unwrap());
        format!("{kind} {verdict}")
    };
    lines.iter().map(verdict).collect()
}

/// A run whose standard output is read line by line.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Returns the next line of `-o json`.
    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    }

    /// Waits for its end; the remaining lines.
    fn end(mut self) -> (Option<i32>, Vec<Value>) {
        let rest = std::io::read_to_string(&mut self.stdout).unwrap();
        let status = self.child.wait().unwrap();
        (status.code(), lines(&rest))
    }
}

/// Waits until a condition holds.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns whether the process that wrote its number to a file still runs.
fn is_alive(file: &Path) -> bool {
    let number = std::fs::read_to_string(file).unwrap_or_default();
    let status = std::fs::read_to_string(format!("/proc/{}/stat", number.trim()));
    // A process that nobody has waited for is still listed.
    status.is_ok_and(|status| !status.contains(") Z "))
}
