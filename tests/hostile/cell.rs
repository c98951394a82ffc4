//! One cell of the matrix: a command against a server with one fault, and
//! everything that has to hold of it.

use std::process;
use std::time::Duration;

use crate::commands::{Command, FILES, JUNIT, Sort};
use crate::faults::{Class, Misdeed};
use crate::process::{Ran, run};
use crate::rules::{allowed, untold};
use crate::server::{Fault, Hostile, Request, Role};
use crate::world;

/// Values of both time-outs, one after the other until the fault shows on
/// a busy machine, and what they are when the answer has to be waited for.
const SHORT: [&str; 3] = ["1s", "5s", "15s"];
const LONG: [&str; 1] = ["20s"];
/// The same where the answer has to be read to its end, by a program that was built
/// for tests.
const DENSE: [&str; 1] = ["10s"];
/// Slack beyond the time-outs: the machine is busy, and a command asks
/// more than once.
const SLACK: Duration = Duration::from_secs(10);
/// After this time a run is one that never ends.
const HANGS: Duration = Duration::from_secs(30);
/// The most that may be resident, in KiB: two of the largest answers that are
/// read at a time, one of them as objects, and a program around them.
const MEMORY: u64 = 192 << 10;
/// More than a person reads of an error, in bytes.
const TALK: usize = 16 << 10;
/// A report of an earlier run in which all was well.
const OLD_JUNIT: &str = "<?xml version=\"1.0\"?>\n<testsuite tests=\"1\" failures=\"0\"/>\n";

/// A command, and what is done to it.
pub(crate) struct Cell {
    pub(crate) command: &'static Command,
    pub(crate) role: Role,
    pub(crate) misdeed: Misdeed,
}

/// A cell that is not as it should be.
pub(crate) struct Failure {
    pub(crate) cell: String,
    pub(crate) problems: Vec<String>,
    pub(crate) evidence: String,
}

impl Cell {
    /// Runs it and checks it; `None` if there was nothing that the fault could
    /// change.
    pub(crate) fn check(&self) -> Option<Result<(), Failure>> {
        let timeouts = match self.misdeed.class {
            Class::Right => &LONG[..],
            _ if self.misdeed.name.starts_with("dense") => &DENSE[..],
            _ => &SHORT[..],
        };
        let mut last = None;
        for timeout in timeouts {
            let server = self.server();
            let run = Run::of(self.command, &server.url(), timeout, &[]);
            if server.has_misbehaved() {
                return Some(self.checked(&run, &server.requests()));
            }
            let had_nothing = run.ran.code == Some(0) && self.is_altered();
            last = (!had_nothing).then_some((server, run));
            if had_nothing {
                break;
            }
        }
        let (server, run) = last?;
        if self.is_altered() && run.ran.code != Some(124) {
            return None;
        }
        let problem = format!("it never asked for {:?}", self.role);
        Some(run.failure(vec![problem], self.name(), &server.requests()))
    }

    fn is_altered(&self) -> bool {
        matches!(self.misdeed.fault, Fault::Altered(_))
    }

    fn server(&self) -> Hostile {
        let then = self.command.then;
        Hostile::plain(
            Box::new(move |request| world::answer(request, then)),
            self.command.targets,
            Some((self.role, self.misdeed.fault.clone())),
        )
    }

    fn checked(&self, run: &Run, requests: &[(Role, Request)]) -> Result<(), Failure> {
        let class = self.misdeed.class;
        let mut problems = run.problems(&allowed(self.command, self.role, class));
        problems.extend(self.sent(requests));
        let may_be_done = class == Class::NotAnAnswer && self.role == Role::Write;
        let is_dry = self.command.args.contains(&"--dry-run=server");
        let is_told = run.ran.stderr.contains("know");
        if may_be_done && !is_dry && BROKEN.contains(&self.misdeed.name.as_str()) && !is_told {
            problems.push("it does not say that the outcome is not known".to_owned());
        }
        problems.extend(untold(self.command, self.role, class, &run.ran));
        run.failure(problems, self.name(), requests)
    }

    /// As a failure names it.
    pub(crate) fn name(&self) -> String {
        let Self {
            command,
            role,
            misdeed,
        } = self;
        format!("{} | {role:?} | {}", command.name, misdeed.name)
    }

    /// The problems with the requests.
    fn sent(&self, requests: &[(Role, Request)]) -> Vec<String> {
        let mut problems = Vec::new();
        let of = |role: Role| requests.iter().filter(move |(of, _)| *of == role);
        if !self.command.writes() && of(Role::Write).count() > 0 {
            problems.push("it wrote, and must not".to_owned());
        }
        if !self.command.deletes() && of(Role::Delete).count() > 0 {
            problems.push("it deleted, and must not".to_owned());
        }
        let is_dry = self.command.args.contains(&"--dry-run=server");
        if is_dry && of(Role::Write).any(|(_, request)| !request.path.contains("dryRun=All")) {
            problems.push("it wrote in a dry run".to_owned());
        }
        // Who names a time to come again has not done anything. A server-side
        // apply says the same as often as it is sent.
        let may_repeat = self.misdeed.name.contains("Retry-After") && self.role == Role::Write;
        let posts = of(Role::Write).filter(|(_, request)| request.method == "POST");
        if !may_repeat && posts.count() > 1 {
            problems.push("it created twice".to_owned());
        }
        problems
    }
}

/// Faults after which a request may have been carried out, for all that the
/// client can know.
const BROKEN: [&str; 7] = [
    "hangs",
    "half of the body",
    "closes at once",
    "half of the head",
    "stalls in the body",
    "cut after 201",
    "cut after 200 in a chunk",
];

/// One run of a command.
pub(crate) struct Run {
    command: &'static Command,
    server: String,
    timeout: Duration,
    pub(crate) ran: Ran,
    junit: String,
}

impl Run {
    /// Runs a command against a server, with more arguments.
    pub(crate) fn of(
        command: &'static Command,
        server: &str,
        timeout: &str,
        more: &[&str],
    ) -> Self {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in FILES.into_iter().chain([(JUNIT, OLD_JUNIT)]) {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        let mut args = vec![
            "-n",
            "default",
            "--server",
            server,
            "--request-timeout",
            timeout,
        ];
        args.extend(command.args);
        if command.waits() {
            args.extend(["--timeout", timeout]);
        }
        args.extend(more);
        let mut process = process::Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
        process.args(&args).current_dir(home.path()).env_clear();
        process.env("HOME", home.path());
        // All of them at once: whoever runs us obeys its own kind of lines.
        for (name, value) in [
            ("GITHUB_ACTIONS", "true"),
            ("GITLAB_CI", "true"),
            ("TF_BUILD", "True"),
            ("TEAMCITY_VERSION", "2026.1"),
            ("CI", "true"),
        ] {
            process.env(name, value);
        }
        let ran = run(process, HANGS);
        let junit = std::fs::read_to_string(home.path().join(JUNIT)).unwrap_or_default();
        Self {
            command,
            server: server.to_owned(),
            timeout: Duration::from_secs(timeout.trim_end_matches('s').parse().unwrap()),
            ran,
            junit,
        }
    }

    /// The problems of the run; the codes are those it may end with.
    pub(crate) fn problems(&self, codes: &[i32]) -> Vec<String> {
        let ran = &self.ran;
        let mut problems = Vec::new();
        match ran.code {
            _ if ran.hung => problems.push("it never ends".to_owned()),
            None => problems.push(format!("signal {:?} ended it", ran.signal)),
            Some(code) if !codes.contains(&code) => {
                problems.push(format!("exit code {code}, not one of {codes:?}"));
            }
            Some(_) => {}
        }
        if !ran.hung && ran.took > self.timeout + SLACK {
            problems.push(format!("it takes {:.1} s", ran.took.as_secs_f64()));
        }
        if ran.peak > MEMORY {
            problems.push(format!("it takes {} MiB", ran.peak >> 10));
        }
        problems.extend(self.wrong_words());
        problems.extend(self.wrong_reports());
        problems
    }

    /// The problems with its output.
    fn wrong_words(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let ran = &self.ran;
        for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            let mut bad = |what: &str| problems.push(format!("{what} on {name}"));
            if text.contains("panicked at") || text.contains("RUST_BACKTRACE") {
                bad("a panic");
            }
            // A program that is attached, and a log, may write what they like.
            let is_ours = name == "stderr" || !self.shows_output();
            let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            if is_ours && text.contains(is_control) {
                bad("a control character");
            }
            if is_ours && text.contains(is_bidi) {
                bad("a bidi control");
            }
            // Docs say so: what a program writes that is attached is its own.
            if name == "stdout" && self.is_attached() {
                continue;
            }
            for line in text.split(['\n', '\r']) {
                let line = line.trim_start();
                let is_own = line.starts_with("::error title=");
                if line.starts_with("::") && !is_own {
                    bad("a line that GitHub obeys");
                    break;
                }
                // GitLab's sections need control characters, which are looked for above.
                let marks = ["##[", "##vso[", "##teamcity["];
                // Within JSON they are data.
                let is_data = name == "stdout" && self.command.is_json();
                let mark = marks.iter().find(|mark| line.contains(*mark));
                if let Some(mark) = mark.filter(|_| !is_data) {
                    bad(&format!("a line with `{mark}`"));
                    break;
                }
            }
            for page in ["docs.rs", "github.com", "rust-lang.org", "crates.io"] {
                if text.contains(page) {
                    bad(&format!("a library's page ({page})"));
                }
            }
        }
        if ran.stderr.len() > TALK && !self.is_attached() && !self.command.args.contains(&"json") {
            problems.push(format!("{} bytes of stderr", ran.stderr.len()));
        }
        let failed = ran.code.is_some_and(|code| code != 0);
        // What is wrong with the target is the answer.
        let answers = ["error", "does not get better", "\"verdict\": \"no\""];
        let is_found = ran.code == Some(1) && answers.iter().any(|no| ran.stdout.contains(no));
        let failed = failed && !is_found;
        if failed && ran.stderr.trim().is_empty() {
            problems.push("not a word on stderr".to_owned());
        }
        let address = self.server.split_once("://").map_or("", |(_, at)| at);
        let names = self.command.names.iter().copied().chain([address]);
        // What lies beside a target is named by itself.
        let beside = [
            "configmaps",
            "secrets",
            "services",
            "limitranges",
            "events",
            "nodes",
            "namespaces",
            "/version",
            "/apis",
        ];
        let names = names.chain(beside);
        let names = names.chain((self.command.sort == Sort::Version).then_some("the server"));
        if failed && !names.into_iter().any(|name| ran.stderr.contains(name)) {
            problems.push("neither server nor resource is named".to_owned());
        }
        problems
    }

    /// Returns whether a program has its standard output and error.
    fn is_attached(&self) -> bool {
        self.command.args.contains(&"--stdin")
    }

    /// Returns whether it shows what a container writes.
    fn shows_output(&self) -> bool {
        ["--logs", "--attach"]
            .iter()
            .any(|flag| self.command.args.contains(flag))
    }

    /// The problems with its JSON and its JUnit report.
    fn wrong_reports(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let ran = &self.ran;
        // What nests deep is read by programs that can.
        let is_broken = |value: Result<serde_json::Value, serde_json::Error>| {
            value.is_err_and(|error| !error.to_string().starts_with("recursion limit"))
        };
        let mut json =
            serde_json::Deserializer::from_str(&ran.stdout).into_iter::<serde_json::Value>();
        if self.command.is_json() && !ran.hung && json.any(is_broken) {
            problems.push("JSON that cannot be read".to_owned());
        }
        if self.command.has_junit() && ran.code != Some(0) && !ran.hung {
            if self.junit == OLD_JUNIT {
                problems.push("the old JUnit report is still there".to_owned());
            } else if self.junit.contains("failures=\"0\"") {
                problems.push("a JUnit report without a failure".to_owned());
            }
        }
        if self.command.has_junit() && ran.code == Some(0) && !self.junit.contains("<testcase") {
            problems.push("a green JUnit report without a test".to_owned());
        }
        // What was not looked into is not the same as what is the same.
        let verifies = self.command.args.contains(&"--verify");
        let is_open = ["not known", "may be"]
            .iter()
            .any(|text| ran.stdout.contains(text));
        if verifies && ran.code == Some(0) && !is_open && !ran.stdout.contains("the same") {
            problems.push("it does not say what it could not look into".to_owned());
        }
        problems
    }

    /// The failure, if there are problems.
    pub(crate) fn failure(
        &self,
        problems: Vec<String>,
        cell: String,
        requests: &[(Role, Request)],
    ) -> Result<(), Failure> {
        if problems.is_empty() {
            return Ok(());
        }
        let short = |text: &str| text.chars().take(600).collect::<String>();
        let asked: Vec<String> = requests
            .iter()
            .take(8)
            .map(|(role, request)| format!("{role:?} {} {}", request.method, short(&request.path)))
            .collect();
        let ran = &self.ran;
        let evidence = format!(
            "exit {:?} in {:.1} s with {} MiB\n  asked: {}\n  stdout: {:?}\n  stderr: {:?}",
            ran.code,
            ran.took.as_secs_f64(),
            ran.peak >> 10,
            asked.join(", "),
            short(&ran.stdout),
            short(&ran.stderr)
        );
        Err(Failure {
            cell,
            problems,
            evidence,
        })
    }

    /// Returns whether it did all that it was asked to.
    pub(crate) fn is_healthy(&self) -> bool {
        self.ran.code == Some(0)
    }
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}
