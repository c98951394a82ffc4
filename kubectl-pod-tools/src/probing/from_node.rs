//! `--from-node`: the way from a helper Pod on the node of the target.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::time::timeout;

use super::attempt::{ConnectError, Stream, Way};
use super::fault::Fault;
use super::forward::broken;
use super::node_connection::{NodeConnection, SCRIPT};
use super::node_helper::Helper;
use super::pods::ProbedPod;

/// Maximum time until a command runs in the helper Pod.
const PATIENCE: Duration = Duration::from_secs(30);

/// Time after which the end of a connection has arrived: the command has to end, and the kubelet
/// to report it.
const LINGER: Duration = Duration::from_secs(1);

/// Connections from a helper Pod: a command for each.
pub(super) struct FromNode {
    helper: Arc<Helper>,
    fault: Arc<Fault>,
    /// The command for the next connection.
    prepared: Mutex<Option<NodeConnection>>,
}

impl FromNode {
    pub(super) fn new(helper: Arc<Helper>, pod: &ProbedPod) -> Self {
        Self {
            helper,
            fault: Arc::clone(&pod.fault),
            prepared: Mutex::default(),
        }
    }

    fn take(&self) -> Option<NodeConnection> {
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        prepared.take()
    }

    async fn open(&self) -> Result<NodeConnection, ConnectError> {
        let opened = async {
            let command = self.helper.pipe(&["sh", "-c", SCRIPT]).await;
            let command = command.map_err(|error| {
                if error.is_not_found() {
                    let shown = &self.helper.shown;
                    return ConnectError::way_broken(format!("the helper {shown} is gone"));
                }
                broken(error, &self.fault)
            })?;
            NodeConnection::ready(command).await
        };
        timeout(PATIENCE, opened).await.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            let shown = &self.helper.shown;
            let message = format!("no command runs in the helper {shown} within {seconds} s");
            Err(ConnectError::way_broken(message))
        })
    }
}

impl Way for FromNode {
    fn prepare(&self) -> BoxFuture<'_, Result<(), ConnectError>> {
        Box::pin(async {
            let opened = self.open().await?;
            let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
            *prepared = Some(opened);
            Ok(())
        })
    }

    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ConnectError>> {
        Box::pin(async move {
            let prepared = match self.take() {
                Some(prepared) => prepared,
                None => self.open().await?,
            };
            let connected = prepared.connect(host, port).await?;
            Ok(Box::new(connected) as Stream)
        })
    }

    fn linger(&self) -> Duration {
        LINGER
    }
}
