//! The ways to a live Pod: a port-forward and commands, both through the API server.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use pod_probe::{Execution, Handler, MAX_OUTPUT, Probe};
use tokio::time::timeout;

use super::attempt::{ConnectError, Executor, Stream, Way};
use super::fault::Fault;
use super::pods::ProbedPod;
use crate::cluster::{Cluster, ClusterError, ExecEnd, ExecOutput};

/// Maximum time that a port has to refuse a connection which carries nothing: the node connects
/// only after the API server has answered, and says nothing if the port accepts. It is half of the
/// probe's time-out, if that is less.
const SETTLE: Duration = Duration::from_secs(2);

/// Time after which the end of a connection has arrived: containerd waits a second for the other
/// direction to end (internal/cri/server, `portForward`).
const LINGER: Duration = Duration::from_millis(2500);

/// A port-forward to a Pod: one for each connection.
pub(super) struct Forward {
    cluster: Cluster,
    namespace: String,
    pod: String,
    fault: Arc<Fault>,
    /// The time that a port has to refuse if nothing is sent, so that only silence says that it
    /// accepts.
    silence: Option<Duration>,
}

impl Forward {
    pub(super) fn new(cluster: &Cluster, pod: &ProbedPod, probe: &Probe) -> Self {
        let seconds = u64::try_from(probe.timeout_seconds).unwrap_or_default();
        let silence = SETTLE.min(Duration::from_secs(seconds) / 2);
        Self {
            cluster: cluster.clone(),
            namespace: pod.namespace.clone(),
            pod: pod.name.clone().unwrap_or_default(),
            fault: Arc::clone(&pod.fault),
            silence: matches!(probe.handler, Handler::TcpSocket { .. }).then_some(silence),
        }
    }

    async fn open(&self, port: u16) -> Result<Stream, ConnectError> {
        let forwarded = self.cluster.forward(&self.namespace, &self.pod, port).await;
        let mut forwarded = forwarded.map_err(|error| broken(error, &self.fault))?;
        if let Some(time) = self.silence
            && let Some(message) = forwarded.refusal_within(time).await
        {
            return Err(ConnectError::refused(message));
        }
        Ok(Box::new(forwarded))
    }
}

impl Way for Forward {
    fn connect<'a>(
        &'a self,
        _host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ConnectError>> {
        Box::pin(self.open(port))
    }

    fn linger(&self) -> Duration {
        LINGER
    }
}

pub(super) fn broken(error: ClusterError, fault: &Fault) -> ConnectError {
    let message = error.to_string();
    fault.set(error);
    ConnectError::way_broken(message)
}

/// Runs commands in a container of a Pod.
pub(super) struct PodExecutor {
    cluster: Cluster,
    namespace: String,
    pod: String,
    container: String,
    fault: Arc<Fault>,
}

impl PodExecutor {
    pub(super) fn new(cluster: &Cluster, pod: &ProbedPod, container: &str) -> Self {
        Self {
            cluster: cluster.clone(),
            namespace: pod.namespace.clone(),
            pod: pod.name.clone().unwrap_or_default(),
            container: container.to_owned(),
            fault: Arc::clone(&pod.fault),
        }
    }

    async fn run(&self, command: &[String], limit: Duration) -> Execution {
        let output = ExecOutput::new(MAX_OUTPUT);
        let (namespace, pod, container) = (&self.namespace, &self.pod, &self.container);
        let run = self
            .cluster
            .exec_for_code(namespace, pod, container, command, &output);
        let ended = timeout(limit, run).await;
        match ended {
            Err(_) => Execution::TimedOut {
                output: output.into_bytes(),
            },
            Ok(Ok(ExecEnd::Exited(code))) => Execution::Exited {
                code,
                output: output.into_bytes(),
            },
            Ok(Ok(ExecEnd::Failed(reason))) => Execution::NotRun {
                reason: innermost(&reason).to_owned(),
            },
            Ok(Err(error)) => {
                let reason = error.to_string();
                self.fault.set(error);
                Execution::NotRun { reason }
            }
        }
    }
}

/// Returns the message of the runtime without those that the kubelet, the shim and runc put in
/// front of it.
fn innermost(message: &str) -> &str {
    [
        "unable to start container process: ",
        "OCI runtime exec failed: ",
    ]
    .iter()
    .find_map(|words| message.split_once(words))
    .map_or(message, |(_, inner)| inner)
}

impl Executor for PodExecutor {
    fn execute<'a>(&'a self, command: &'a [String], timeout: Duration) -> BoxFuture<'a, Execution> {
        Box::pin(self.run(command, timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_the_runtime_is_what_is_left() {
        let long = "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \"45ec\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"./nope\": stat ./nope: no such file or directory: unknown";
        assert_eq!(
            innermost(long),
            "exec: \"./nope\": stat ./nope: no such file or directory: unknown"
        );
        assert_eq!(innermost("container not found"), "container not found");
    }
}
