//! Time and memory of one process.

use std::path::Path;
use std::process::{Command, Stdio};

/// CPU time, user and system, and peak memory of one run.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub seconds: f64,
    pub peak_kib: u64,
}

/// Runs a program once. Its end does not matter: what is wrong takes time, too.
///
/// The time is what bash says, which has milliseconds; `/usr/bin/time` says the memory,
/// and the time in hundredths of a second.
pub(crate) fn cost(program: &Path, args: &[&str]) -> Cost {
    let script =
        "TIMEFORMAT='%3U %3S'; time /usr/bin/time -q -f %M -o \"$0\" \"$@\" >/dev/null 2>&1";
    let peak = tempfile::NamedTempFile::new().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-c", script])
        .arg(peak.path())
        .arg(program)
        .args(args);
    // No configuration of this machine's.
    bash.env_remove("KUBECONFIG").env("HOME", "/nonexistent");
    let output = bash.stdin(Stdio::null()).output().unwrap();
    let times = String::from_utf8(output.stderr).unwrap();
    let times = times.split_whitespace().map(str::parse::<f64>);
    let peak_kib = std::fs::read_to_string(peak.path()).unwrap();
    Cost {
        seconds: times.map(Result::unwrap).sum(),
        peak_kib: peak_kib.trim().parse().unwrap(),
    }
}
