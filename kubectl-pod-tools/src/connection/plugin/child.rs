//! The plugin's process: its output is bounded, and it ends with whoever waits for
//! it.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::bounded::size;
use crate::connection::kubeconfig::Exec;
use crate::signals;

/// Limit of a plugin's output in bytes; a token or certificate has a few KiB.
const MAX_OUTPUT: usize = 1 << 20;
/// Time for what a plugin left behind to close the output that it inherited.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

/// Why a process gave no output, in words that follow "the plugin".
pub(super) enum Failed {
    Start(io::Error),
    Read(io::Error),
    TooLong,
    Ended(ExitStatus),
}

impl Failed {
    /// Whether there is no such program.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Start(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => {
                write!(f, "cannot be started: {}", crate::error::system(error))
            }
            Self::Read(error) => write!(f, "cannot be heard: {}", crate::error::system(error)),
            Self::TooLong => write!(f, "printed more than {}", size(MAX_OUTPUT)),
            Self::Ended(status) => match status.code() {
                Some(code) => write!(f, "failed (exit code {code})"),
                None => write!(f, "failed ({status})"),
            },
        }
    }
}

/// Runs the plugin and returns its standard output. Its standard error is ours, as
/// in kubectl: a device code or a link stands there. It is killed when the future is
/// dropped.
pub(super) async fn run(
    command: &Path,
    exec: &Exec,
    info: &str,
    interactive: bool,
) -> Result<Vec<u8>, Failed> {
    let mut process = Command::new(command);
    process.args(&exec.args);
    for variable in &exec.env {
        process.env(&variable.name, variable.value.expose_secret());
    }
    process.env("KUBERNETES_EXEC_INFO", info);
    process
        .stdin(if interactive {
            Stdio::inherit()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let has_group = has_own_group();
    #[cfg(unix)]
    if has_group {
        process.process_group(0);
    }
    signals::guard_exit();
    let mut running = Running::new(process.spawn().map_err(Failed::Start)?, has_group);
    let stdout = running.child.stdout.take();
    let mut output = Vec::new();
    let status = {
        let reading = async {
            if let Some(stdout) = stdout {
                let mut bounded = stdout.take(MAX_OUTPUT as u64 + 1);
                bounded.read_to_end(&mut output).await?;
            }
            Ok::<(), io::Error>(())
        };
        let mut reading = std::pin::pin!(reading);
        tokio::select! {
            read = &mut reading => {
                read.map_err(Failed::Read)?;
                None
            }
            status = running.wait() => {
                // A program that it left behind may hold the pipe open for ever.
                if let Ok(read) = tokio::time::timeout(LEFT_BEHIND, reading).await {
                    read.map_err(Failed::Read)?;
                }
                Some(status.map_err(Failed::Read)?)
            }
        }
    };
    if output.len() > MAX_OUTPUT {
        return Err(Failed::TooLong);
    }
    let status = match status {
        Some(status) => status,
        None => running.wait().await.map_err(Failed::Read)?,
    };
    if status.success() {
        Ok(output)
    } else {
        Err(Failed::Ended(status))
    }
}

/// Whether the plugin can be killed with all that it started. At a terminal it stays
/// in our group: one of another could not ask for a password there, and Ctrl-C
/// reaches it anyway.
fn has_own_group() -> bool {
    cfg!(unix) && std::fs::File::open("/dev/tty").is_err()
}

/// The plugins that run, for whatever ends the process without dropping them.
static RUNNING: Mutex<Vec<Process>> = Mutex::new(Vec::new());

/// A plugin's process, by its id.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Process {
    id: u32,
    has_group: bool,
}

impl Process {
    /// Kills it, and all that it started where it has a group of its own.
    #[cfg(unix)]
    fn kill(self) {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        let id = i32::try_from(self.id).ok().and_then(Pid::from_raw);
        // One that has ended needs no end.
        let _ = match id {
            Some(id) if self.has_group => kill_process_group(id, Signal::KILL),
            Some(id) => kill_process(id, Signal::KILL),
            None => Ok(()),
        };
    }

    #[cfg(not(unix))]
    fn kill(self) {}
}

/// Kills the plugins that run, from any thread, just before the process ends: whoever
/// waits for one waits for ever, and cannot say that it failed.
pub(crate) fn end_plugins() {
    let mut running = running();
    running.drain(..).for_each(Process::kill);
    std::mem::forget(running);
}

fn running() -> MutexGuard<'static, Vec<Process>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A plugin that runs. It is killed when this is dropped.
struct Running {
    child: Child,
    /// `None` once it has ended: the number may be somebody else's by then.
    process: Option<Process>,
}

impl Running {
    fn new(child: Child, has_group: bool) -> Self {
        let process = child.id().map(|id| Process { id, has_group });
        running().extend(process);
        Self { child, process }
    }

    async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.forget(|_| {});
        Ok(status)
    }

    /// Locked until that is done: whoever finds no plugin may end the process.
    fn forget(&mut self, end: impl FnOnce(Process)) {
        let mut running = running();
        if let Some(process) = self.process.take() {
            running.retain(|other| *other != process);
            end(process);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.forget(Process::kill);
    }
}
