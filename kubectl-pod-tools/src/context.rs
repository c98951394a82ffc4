//! Context of a command: output, connection to the cluster, and the Kubernetes version whose
//! rules apply.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;

use pod_model::{KubernetesVersion, RulesVersion};

use crate::cluster::{Cluster, Log, LogEvent};
use crate::connection::{self, ConnectionFlags};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::invocation::Program;
use crate::signals;
use crate::ui::Ui;

/// Level of `-v` from which each response of the server is logged, as in kubectl.
const LOG_REQUESTS: u8 = 6;

/// Context of a command.
pub(crate) struct Context {
    /// Output.
    pub ui: Arc<Ui>,
    /// Flags of the connection, which [`Context::connect`] opens.
    pub connection: ConnectionFlags,
    /// `--kubernetes-version`.
    pub kubernetes_version: Option<KubernetesVersion>,
    /// The program that the process was called as.
    pub program: Program,
}

impl Context {
    /// Connects to the cluster.
    ///
    /// # Errors
    /// An invalid configuration, or none.
    pub(crate) async fn connect(&self) -> Result<Cluster, CommandError> {
        Ok(connection::connect(&self.connection, self.log()).await?)
    }

    /// Returns the version whose rules apply: that of `--kubernetes-version`, the server's if
    /// it was asked, or the newest.
    pub(crate) fn rules_version(&self, server: Option<&RulesVersion>) -> RulesVersion {
        match (self.kubernetes_version, server) {
            (Some(chosen), _) => chosen.into(),
            (None, Some(server)) => server.clone(),
            (None, None) => RulesVersion::default(),
        }
    }

    /// Warns that the rules are not those of the server's version. A command calls it once.
    pub(crate) fn warn_of_skew(&self, version: &RulesVersion) {
        if let Some(warning) = version.warning() {
            self.ui.warning(&warning);
        }
    }

    /// Returns the log of responses, waits and warnings.
    pub(crate) fn log(&self) -> Log {
        let ui = Arc::clone(&self.ui);
        Arc::new(move |event| match event {
            LogEvent::Answer(line) => ui.detail(LOG_REQUESTS, line),
            LogEvent::Wait(line) => ui.note(line),
            LogEvent::Warning(line) => ui.warning(line),
        })
    }

    /// Prints a failure with its help.
    pub(crate) fn print_failure(&self, failure: &Failure) {
        self.ui.error(&failure.message);
        if let Some(help) = &failure.help {
            self.ui.help(help);
        }
    }

    /// Runs requests to the cluster. Ctrl-C and SIGTERM end the run, unless it has claimed
    /// them.
    ///
    /// # Errors
    /// Those of the future.
    pub(crate) fn block_on<F>(future: F) -> Result<Exit, CommandError>
    where
        F: Future<Output = Result<Exit, CommandError>>,
    {
        Self::block_on_dyn(pin!(future))
    }

    /// The rest of [`Context::block_on`]: code for each future would be large.
    fn block_on_dyn(
        future: Pin<&mut dyn Future<Output = Result<Exit, CommandError>>>,
    ) -> Result<Exit, CommandError> {
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
                exit = signals::unclaimed() => Err(CommandError::Reported(exit)),
            }
        });
        // A blocking thread, such as one that resolves a name, must not delay the exit.
        runtime.shutdown_background();
        result
    }
}
