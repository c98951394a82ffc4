//! Runs commands in containers, over the API server's WebSocket.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::AttachParams;
use tokio::io::AsyncReadExt;

use super::error::ClusterError;
use super::request::Cluster;
use super::request_info::{Request, Verb};

/// Maximum time of a command.
const PATIENCE: Duration = Duration::from_mins(1);

/// Maximum output of a command, in bytes: more than an environment, which the kernel limits to
/// 6 MiB (fs/exec.c, `_STK_LIM`).
const MOST: u64 = 8 << 20;

/// Result of a command.
#[derive(Debug)]
pub(crate) struct Executed {
    /// Standard output; never logged.
    pub stdout: Vec<u8>,
    /// Message of the kubelet or the runtime if the command failed.
    pub failure: Option<String>,
}

impl Cluster {
    /// Runs a command in a container to its end, without a terminal.
    ///
    /// # Errors
    /// Request errors. A command that fails is a result.
    pub(crate) async fn exec(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[&str],
    ) -> Result<Executed, ClusterError> {
        let what = Request {
            // Upstream asks for this verb, whatever the HTTP method is.
            verb: Verb::Create,
            resource: "pods/exec".to_owned(),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
        };
        let limit = self.timeout().unwrap_or(PATIENCE);
        let run = self.exec_to_end(&what, namespace, pod, container, command);
        match tokio::time::timeout(limit, run).await {
            Ok(answer) => answer,
            Err(_) => Err(ClusterError::TimedOut {
                server: self.server().to_owned(),
                request: what.clone(),
                seconds: limit.as_secs(),
            }),
        }
    }

    async fn exec_to_end(
        &self,
        what: &Request,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[&str],
    ) -> Result<Executed, ClusterError> {
        let wrong = |error| ClusterError::from_kube(self.server(), what, error);
        let pods: Api<Pod> = Api::namespaced(self.client(), namespace);
        let params = AttachParams::default().container(container).stderr(false);
        let command = command.iter().copied();
        let mut process = pods.exec(pod, command, &params).await.map_err(wrong)?;
        let status = process.take_status();
        let mut stdout = Vec::new();
        if let Some(mut reader) = process.stdout() {
            let mut reader = (&mut reader).take(MOST + 1);
            let read = reader.read_to_end(&mut stdout).await;
            read.map_err(|error| self.odd(&error))?;
            if stdout.len() as u64 > MOST {
                let what = format!("it wrote more than {} MiB", MOST >> 20);
                return Ok(Executed {
                    stdout: Vec::new(),
                    failure: Some(what),
                });
            }
        }
        let status = match status {
            Some(status) => status.await,
            None => None,
        };
        let failure = match status {
            Some(status) if status.status.as_deref() == Some("Success") => None,
            Some(status) => Some(status.message.unwrap_or_default()),
            None => Some("the connection broke before the command ended".to_owned()),
        };
        Ok(Executed { stdout, failure })
    }
}
