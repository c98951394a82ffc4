//! A `wait` beside a test: ours, and kubectl's for comparison.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::cluster::{cluster, upstream};
use super::namespace::Namespace;

/// The result of a wait.
#[derive(Debug)]
pub(crate) struct Waited {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Time since its start, or since [`Begun`] was created.
    pub(crate) took: Duration,
}

impl Waited {
    fn of(output: Output, took: Duration) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            took,
        }
    }

    /// Returns its last line of output.
    pub(crate) fn last(&self) -> &str {
        self.stderr.lines().last().unwrap_or("")
    }

    /// It ended with this code, and its last line says all of this.
    #[track_caller]
    pub(crate) fn is(&self, what: &str, code: i32, says: &[&str]) {
        assert_eq!(self.code, Some(code), "{what}: {self:?}");
        for text in says {
            assert!(self.last().contains(text), "{what}: {text}: {self:?}");
        }
    }
}

/// Our wait, not started yet.
pub(crate) fn command(namespace: &Namespace, args: &[&str]) -> Command {
    let home = ["-n", namespace.name()];
    cluster().command(
        env!("CARGO_BIN_EXE_kubectl-pod_wait"),
        [args, &home[..]].concat(),
    )
}

/// `kubectl wait`, not started yet.
pub(crate) fn kubectl_wait(namespace: &Namespace, args: &[&str]) -> Command {
    let wait = ["kubectl", "wait", "-n", namespace.name()];
    cluster().command(upstream(), [&wait[..], args].concat())
}

/// Ours, to its end.
pub(crate) fn wait(namespace: &Namespace, args: &[&str]) -> Waited {
    begin(command(namespace, args)).ended()
}

/// One that runs. What it writes is read when it has ended, so that it must
/// not be more than a pipe holds.
pub(crate) struct Begun {
    child: Child,
    since: Instant,
}

/// Starts one.
pub(crate) fn begin(mut command: Command) -> Begun {
    let command = command.stdin(Stdio::null());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Begun {
        child: command.spawn().unwrap(),
        since: Instant::now(),
    }
}

impl Begun {
    /// Its end, which comes by itself.
    pub(crate) fn ended(self) -> Waited {
        let output = self.child.wait_with_output().unwrap();
        Waited::of(output, self.since.elapsed())
    }

    /// Its end within a time, or the end that is made of it then.
    pub(crate) fn ended_within(mut self, limit: Duration) -> Waited {
        let until = Instant::now() + limit;
        while self.runs() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        // It may have ended by now.
        drop(self.child.kill());
        self.ended()
    }

    /// Returns whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its process: `cluster.sh exec` becomes the program.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
    }

    /// The CPU that it has used, user and system (proc(5), `stat`: fields 14
    /// and 15, in hundredths of a second).
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let ticks = fields.split(' ').skip(11).take(2);
        let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }
}

/// A Job of one container with a script, as YAML. `spec` and `pod` are lines
/// for their places.
pub(crate) fn job(name: &str, spec: &str, pod: &str, script: &str) -> String {
    format!(
        "---\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec:\n  {spec}\n  template:\n    spec:\n      {pod}\n      terminationGracePeriodSeconds: 1\n      containers:\n      - name: main\n        image: busybox\n        command: [sh, -c, '{script}']\n"
    )
}

/// Applies objects with kubectl.
pub(crate) fn apply(namespace: &Namespace, text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    namespace.kubectl(&["apply", "-f", file.path().to_str().unwrap()]);
}

/// The restart policy of a Job's Pods.
pub(crate) const NEVER: &str = "restartPolicy: Never";
/// The restart policy of a Job's Pods.
pub(crate) const ON_FAILURE: &str = "restartPolicy: OnFailure";
