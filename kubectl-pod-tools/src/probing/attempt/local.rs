//! Commands on this machine.

use std::io::Error;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, join};
use pod_probe::{Execution, MAX_OUTPUT};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout_at};

use super::executor::Executor;

/// Maximum time that children may hold the output open after the command has ended.
///
/// containerd drains it without a limit of its own, and the kubelet waits for containerd for two
/// minutes more than the time-out. On a person's machine that would be a hang, so it is shorter.
const DRAIN: Duration = Duration::from_secs(10);

/// Runs commands as processes of this machine, each in a process group of its own that is killed
/// after the time-out, and when the attempt is dropped.
#[derive(Clone, Debug, Default)]
pub struct LocalExecutor {
    /// Variables in addition to those of this process.
    pub env: Vec<(String, String)>,
}

impl Executor for LocalExecutor {
    fn execute<'a>(&'a self, command: &'a [String], timeout: Duration) -> BoxFuture<'a, Execution> {
        Box::pin(async move {
            let run = self.run(command, timeout).await;
            run.unwrap_or_else(|reason| Execution::NotRun { reason })
        })
    }
}

impl LocalExecutor {
    async fn run(&self, command: &[String], timeout: Duration) -> Result<Execution, String> {
        let deadline = Instant::now() + timeout;
        let (program, arguments) = command.split_first().ok_or("the command is empty")?;
        let started = self.start(program, arguments);
        let mut child = started.map_err(|error| format!("`{program}`: {error}"))?;
        let mut group = Group::of(&child);
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let output = Mutex::new(Vec::new());
        let ended = {
            let read = join(
                read_up_to_limit(&mut stdout, &output),
                read_up_to_limit(&mut stderr, &output),
            );
            let read = read.fuse();
            tokio::pin!(read);
            let ended = tokio::select! {
                ended = timeout_at(deadline, child.wait()) => ended,
                _ = &mut read => timeout_at(deadline, child.wait()).await,
            };
            if ended.is_err() {
                group.kill();
                let _ = child.start_kill();
            } else {
                group.disarm();
            }
            if !futures::future::FusedFuture::is_terminated(&*read) {
                let _ = timeout_at(Instant::now() + DRAIN, read).await;
            }
            ended
        };
        let output = output.into_inner().unwrap_or_else(PoisonError::into_inner);
        match ended {
            Err(_) => Ok(Execution::TimedOut { output }),
            Ok(Ok(status)) => {
                let code = exit_code(status);
                Ok(Execution::Exited { code, output })
            }
            Ok(Err(error)) => Err(error.to_string()),
        }
    }

    fn start(&self, program: &str, arguments: &[String]) -> Result<Child, Error> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }
}

/// Reads to the end, and keeps the first bytes.
async fn read_up_to_limit(reader: &mut Option<impl AsyncRead + Unpin>, output: &Mutex<Vec<u8>>) {
    let Some(reader) = reader else { return };
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = reader.read(&mut buffer).await {
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        let space = MAX_OUTPUT.saturating_sub(output.len());
        output.extend_from_slice(&buffer[..length.min(space)]);
    }
}

/// The code that a container's runtime would report.
fn exit_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(-1)
}

/// A process group, which is killed when it is dropped before its leader has ended. What a command
/// leaves behind lives on, as it does in a container.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let leader = id.and_then(rustix::process::Pid::from_raw);
        Self { leader }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self {}
    }

    fn disarm(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }

    fn kill(&self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn run(script: &str, timeout: Duration) -> Execution {
        let command = ["/bin/sh", "-c", script].map(str::to_owned);
        execute(&command, timeout)
    }

    fn execute(command: &[String], timeout: Duration) -> Execution {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(LocalExecutor::default().execute(command, timeout))
    }

    const LONG: Duration = Duration::from_mins(1);

    fn exited(code: i32, output: &str) -> Execution {
        let output = output.as_bytes().to_vec();
        Execution::Exited { code, output }
    }

    #[test]
    fn a_command_has_its_exit_code_and_the_output_of_both_streams() {
        assert_eq!(run("echo a; exit 0", LONG), exited(0, "a\n"));
        assert_eq!(run("echo b >&2; exit 7", LONG), exited(7, "b\n"));
        assert_eq!(run("kill -9 $$", LONG), exited(137, ""));
    }

    #[test]
    fn of_a_long_output_10_kib_are_kept() {
        let Execution::Exited { code, output } = run("yes | head -c 100000; exit 1", LONG) else {
            panic!("it ends");
        };
        assert_eq!((code, output.len()), (1, MAX_OUTPUT));
    }

    #[test]
    fn a_program_that_is_missing_is_not_run() {
        for command in [vec!["/no/such/program".to_owned()], Vec::new()] {
            let execution = execute(&command, LONG);
            assert!(
                matches!(execution, Execution::NotRun { .. }),
                "{execution:?}"
            );
        }
    }

    #[test]
    fn a_command_that_hangs_is_killed_with_its_children() {
        let pid = tempfile::NamedTempFile::new().unwrap();
        let script = format!(
            "sleep 1000 & echo $! > {}; sleep 1000",
            pid.path().display()
        );
        let execution = run(&script, Duration::from_secs(2));
        assert!(
            matches!(execution, Execution::TimedOut { .. }),
            "{execution:?}"
        );
        let pid = std::fs::read_to_string(pid.path()).unwrap();
        let child = std::path::PathBuf::from(format!("/proc/{}/stat", pid.trim()));
        let start = Instant::now();
        loop {
            let state = std::fs::read_to_string(&child).unwrap_or_default();
            // Gone, or not yet collected by the process that took it over.
            if state.is_empty() || state.contains(" Z ") {
                break;
            }
            assert!(start.elapsed() < LONG, "{state}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn an_attempt_waits_for_children_that_hold_the_output() {
        let start = Instant::now();
        assert_eq!(run("sleep 2 & exit 3", LONG), exited(3, ""));
        assert!(start.elapsed() >= Duration::from_millis(1900));
    }
}
