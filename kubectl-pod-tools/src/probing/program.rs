//! The program that is started to be probed.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::error::{Failure, system};
use crate::exit::Exit;
use crate::ui::Ui;

/// A program in a process group of its own, which ends with it.
pub(super) struct Program {
    child: Child,
    #[cfg(unix)]
    group: Option<Pid>,
    /// Its name, as it was typed.
    pub(super) shown: String,
}

impl Program {
    /// Starts a program. Its output goes to standard error: standard output is data.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(words: &[OsString]) -> Result<Option<Self>, Failure> {
        let Some((name, arguments)) = words.split_first() else {
            return Ok(None);
        };
        let shown = name.to_string_lossy().into_owned();
        let mut command = Command::new(name);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Ui::stderr_of_program())
            .stderr(Ui::stderr_of_program())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().map_err(|error| {
            let message = format!("cannot start `{shown}`: {}", system(&error));
            Failure::new(Exit::Failure, message)
        })?;
        Ok(Some(Self {
            #[cfg(unix)]
            group: child
                .id()
                .and_then(|pid| i32::try_from(pid).ok())
                .and_then(Pid::from_raw),
            child,
            shown,
        }))
    }

    /// Waits for its end, and returns a phrase such as `exited with code 1`.
    pub(super) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => describe(status),
            Err(error) => format!("cannot be waited for: {}", system(&error)),
        }
    }

    /// Ends it: SIGTERM, and SIGKILL if it or a child of it stays.
    pub(super) async fn end(mut self, grace: Duration) {
        if matches!(self.child.try_wait(), Ok(None)) {
            #[cfg(unix)]
            self.signal(Signal::TERM);
            #[cfg(not(unix))]
            let _ = self.child.start_kill();
            // The result does not matter: what stays is killed.
            let _ = timeout(grace, self.child.wait()).await;
        }
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // It fails only if nobody is left.
            let _ = kill_process_group(group, signal);
        }
    }
}

#[cfg(unix)]
impl Drop for Program {
    fn drop(&mut self) {
        // Its children have its group.
        self.signal(Signal::KILL);
    }
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("was killed by signal {signal}");
    }
    match status.code() {
        Some(code) => format!("exited with code {code}"),
        None => "ended".to_owned(),
    }
}
