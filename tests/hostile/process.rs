//! A process under watch: how it ends, how long it takes, and how much memory
//! it has at most.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The result of a run.
pub(crate) struct Ran {
    /// The exit code, or `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// True if it had to be killed.
    pub(crate) hung: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The most that was resident, in KiB.
    pub(crate) peak: u64,
}

/// Time between two looks at a process.
const LOOK: Duration = Duration::from_millis(10);
/// Bytes of a stream that are kept; the rest is read and dropped.
const KEPT: usize = 4 << 20;

/// Runs a command to its end, or kills it after a time.
pub(crate) fn run(mut command: Command, limit: Duration) -> Ran {
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = drain(child.stdout.take().unwrap());
    let stderr = drain(child.stderr.take().unwrap());
    let status_file = format!("/proc/{}/status", child.id());
    let (mut peak, mut hung) = (0, false);
    let status = loop {
        peak = peak.max(resident(&status_file));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if !hung && began.elapsed() > limit {
            hung = true;
            child.kill().unwrap();
        }
        thread::sleep(LOOK);
    };
    Ran {
        code: status.code(),
        signal: status.signal(),
        hung,
        took: began.elapsed(),
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
        peak,
    }
}

fn drain(mut stream: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            let room = KEPT - kept.len().min(KEPT);
            kept.extend_from_slice(&buffer[..length.min(room)]);
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}

/// `VmHWM` of proc(5), in KiB; 0 when the process has ended.
fn resident(file: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    if !text.starts_with("Name:\tkubectl-") {
        // It is still a copy of this process.
        return 0;
    }
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.map_or(0, |number| number.trim().parse().unwrap())
}
