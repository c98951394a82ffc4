//! The process of a plugin: its output is bounded, and it ends with the command.

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

/// Maximum size of a plugin's output, in bytes; a token or certificate has a few KiB.
const MAX_OUTPUT: usize = 1 << 20;
/// Time for processes that a plugin left behind to close its output.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

/// Reason why a process gave no output, as a message that follows "the plugin".
pub(super) enum Failed {
    Start(io::Error),
    Read(io::Error),
    TooLong,
    Ended(ExitStatus),
}

impl Failed {
    /// Returns whether the program does not exist.
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
            Self::Read(error) => write!(
                f,
                "returned unreadable output: {}",
                crate::error::system(error)
            ),
            Self::TooLong => write!(f, "printed more than {}", size(MAX_OUTPUT)),
            Self::Ended(status) => match status.code() {
                Some(code) => write!(f, "failed (exit code {code})"),
                None => write!(f, "failed ({status})"),
            },
        }
    }
}

/// Runs the plugin and returns its standard output. Its standard error is inherited, as in
/// kubectl, for a device code or a link. The plugin is killed when the future is dropped.
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

/// Returns whether the plugin gets a process group of its own, so that it can be killed with
/// its children. At a terminal it does not: it could not ask for a password, and Ctrl-C reaches
/// it anyway.
fn has_own_group() -> bool {
    cfg!(unix) && std::fs::File::open("/dev/tty").is_err()
}

/// Running plugins, for ends of the process that do not drop them.
static RUNNING: Mutex<Vec<Process>> = Mutex::new(Vec::new());

/// Process id of a plugin.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Process {
    id: u32,
    has_group: bool,
}

impl Process {
    /// Kills the process, and its children if it has a group of its own.
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

/// Kills the running plugins from any thread, just before the process ends. A task that waits
/// for one then waits forever, so that it cannot report a failure.
pub(crate) fn end_plugins() {
    let mut running = running();
    running.drain(..).for_each(Process::kill);
    std::mem::forget(running);
}

fn running() -> MutexGuard<'static, Vec<Process>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running plugin, which is killed on drop.
struct Running {
    child: Child,
    /// The process, or `None` once it has ended: its id may be reused then.
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

    /// Kills the plugin while the list is locked: a thread that finds no plugin may end the
    /// process.
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
