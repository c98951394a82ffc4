//! The two programs as processes, and what the kernel knows of them.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Bench;
use crate::support::cluster::cluster;

/// Memory and CPU time of a process, from proc(5).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    /// KiB, now.
    pub resident: f64,
    /// KiB, at most so far.
    pub peak: f64,
    /// Seconds of CPU so far.
    pub cpu: f64,
}

/// One of the two compared programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Ours,
    Kubectl,
}

impl Bench {
    /// A wait for Jobs that are to be complete.
    pub(crate) fn wait(&self, who: Who, jobs: &[&str]) -> Command {
        let home = ["-n", self.namespace.name(), "--timeout=600s"];
        let mut command = match who {
            Who::Ours => {
                let program = env!("CARGO_BIN_EXE_kubectl-pod_wait");
                cluster().command(program, [jobs, &home[..]].concat())
            }
            Who::Kubectl => {
                let wait = ["wait", "--for=condition=Complete"];
                cluster().command(&self.kubectl, [&wait[..], jobs, &home[..]].concat())
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        command
    }
}

/// Reads the current needs of a process, or returns `None` if it has ended.
/// `cluster.sh exec` has become the program.
pub(crate) fn needs(child: &Child) -> Option<Needs> {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).ok();
    let status = read("status")?;
    let kib = |name: &str| -> Option<f64> {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let stat = read("stat")?;
    let fields = stat.rsplit_once(") ")?.1.split(' ');
    let ticks = fields.skip(11).take(2).map(str::parse::<f64>);
    Some(Needs {
        resident: kib("VmRSS:")?,
        peak: kib("VmHWM:")?,
        cpu: ticks.sum::<Result<f64, _>>().ok()? / 100.0,
    })
}

/// Time for a process to come to rest.
pub(crate) fn rest(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}

/// Ends a process that waits.
pub(crate) fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}
