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
