//! Whole processes, timed alternately so that both meet the same weather.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs of each program.
pub(crate) const RUNS: usize = 21;

/// Time and memory of one program.
pub(crate) struct Figures {
    /// Milliseconds.
    pub median: f64,
    /// Milliseconds.
    pub fastest: f64,
    /// Peak resident memory; 0 where `/usr/bin/time` is missing.
    pub peak_kib: u64,
}

type Program<'a> = (&'a Path, &'a [&'a str]);

/// Runs both in turn.
pub(crate) fn side_by_side(ours: Program<'_>, theirs: Program<'_>) -> (Figures, Figures) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        a.push(milliseconds(ours));
        b.push(milliseconds(theirs));
    }
    (figures(ours, a), figures(theirs, b))
}

fn command((program, args): Program<'_>) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // No configuration of this machine's: neither is to look for a cluster.
    command.env_remove("KUBECONFIG").env("HOME", "/nonexistent");
    command
}

fn milliseconds(program: Program<'_>) -> f64 {
    let started = Instant::now();
    command(program).status().unwrap();
    started.elapsed().as_secs_f64() * 1e3
}

fn figures(program: Program<'_>, mut times: Vec<f64>) -> Figures {
    times.sort_by(f64::total_cmp);
    Figures {
        median: times[times.len() / 2],
        fastest: times[0],
        peak_kib: peak(program).unwrap_or(0),
    }
}

fn peak((program, args): Program<'_>) -> Option<u64> {
    let mut time = Command::new("/usr/bin/time");
    time.args(["-f", "%M"]).arg(program).args(args);
    let output = time.stdout(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().last()?.trim().parse().ok()
}
