//! What every command is handed: where it writes, the way to the cluster, and
//! the version whose rules apply.

use std::future::Future;
use std::sync::Arc;

use pod_model::KubernetesVersion;

use crate::cluster::{Cluster, Log, LogEvent};
use crate::connection::{self, ConnectionFlags};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::signals;
use crate::ui::Ui;

/// From this level of `-v` on, each answer of the server is told, as in kubectl.
const LOG_REQUESTS: u8 = 6;

/// The surroundings of a command.
pub(crate) struct Context {
    /// Where it writes.
    pub ui: Arc<Ui>,
    /// Which cluster, as whom; nothing is opened before [`Context::connect`].
    pub connection: ConnectionFlags,
    /// `--kubernetes-version`.
    pub kubernetes_version: Option<KubernetesVersion>,
}

impl Context {
    /// Opens the way to the cluster.
    ///
    /// # Errors
    /// A kubeconfig that does not lead to one.
    pub(crate) async fn connect(&self) -> Result<Cluster, CommandError> {
        Ok(connection::connect(&self.connection, self.log()).await?)
    }

    /// Who is told of each answer of the server, and of each wait for one.
    pub(crate) fn log(&self) -> Log {
        let ui = Arc::clone(&self.ui);
        Arc::new(move |event| match event {
            LogEvent::Answer(line) => ui.detail(LOG_REQUESTS, line),
            LogEvent::Wait(line) => ui.note(line),
            LogEvent::Warning(line) => ui.warning(line),
        })
    }

    /// Tells a failure and its way out.
    pub(crate) fn tell(&self, failure: &Failure) {
        self.ui.error(&failure.message);
        if let Some(help) = &failure.help {
            self.ui.help(help);
        }
    }

    /// Runs what talks to the cluster. Ctrl-C and SIGTERM end it, unless it has
    /// claimed them, and leave the cluster as it is.
    ///
    /// # Errors
    /// Those of the future.
    pub(crate) fn block_on<F>(future: F) -> Result<Exit, CommandError>
    where
        F: Future<Output = Result<Exit, CommandError>>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(Exit::Failure, format!("cannot start: {error}")))?;
        let result = runtime.block_on(async {
            tokio::select! {
                // The future's first steps read files, which can block. Until it
                // first waits, no handler is there and a signal ends the process by
                // itself.
                biased;
                result = future => result,
                exit = signals::unclaimed() => Err(CommandError::Told(exit)),
            }
        });
        // A blocking thread, such as one that resolves a name, must not hold the
        // exit up.
        runtime.shutdown_background();
        result
    }
}
