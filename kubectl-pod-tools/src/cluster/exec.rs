//! Runs commands in containers, over the API server's WebSocket.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::Api;
use kube::api::AttachParams;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::error::ClusterError;
use super::request::Cluster;
use super::request_info::{Request, Verb};

/// Maximum time of a command.
const PATIENCE: Duration = Duration::from_mins(1);

/// Maximum output of a command, in bytes: more than an environment, which the kernel limits to
/// 6 MiB (fs/exec.c, `_STK_LIM`).
const MOST: u64 = 8 << 20;

/// Failure of a command without a status.
const BROKE: &str = "the connection broke before the command ended";

/// Result of a command.
#[derive(Debug)]
pub(crate) struct Executed {
    /// Standard output; never logged.
    pub stdout: Vec<u8>,
    /// Message of the kubelet or the runtime if the command failed.
    pub failure: Option<String>,
}

/// End of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExecEnd {
    /// It ended by itself, with this exit code.
    Exited(i32),
    /// It could not be started, or its end is not known; the message of the kubelet or the
    /// runtime.
    Failed(String),
}

/// Output of a command, standard output and standard error as they come, up to a limit.
#[derive(Debug)]
pub(crate) struct ExecOutput {
    bytes: Mutex<Vec<u8>>,
    limit: usize,
}

impl ExecOutput {
    /// Returns an output that keeps at most so many bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            bytes: Mutex::default(),
            limit,
        }
    }

    /// Returns the output.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a stream to its end.
    async fn read(&self, from: Option<impl AsyncRead + Unpin>) {
        let Some(mut from) = from else { return };
        let mut buffer = vec![0; 4 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
            let room = self.limit.saturating_sub(bytes.len()).min(length);
            bytes.extend_from_slice(buffer.get(..room).unwrap_or_default());
        }
    }
}

impl Cluster {
    /// Runs a command in a container to its end, without a terminal and without a time-out.
    ///
    /// # Errors
    /// Request errors. A command that fails is a result.
    pub(crate) async fn exec_for_code(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[String],
        output: &ExecOutput,
    ) -> Result<ExecEnd, ClusterError> {
        let what = request(namespace, pod);
        let wrong = |error| ClusterError::from_kube(self.server(), &what, error);
        self.renew().await?;
        let pods: Api<Pod> = Api::namespaced(self.client(), namespace);
        let params = AttachParams::default().container(container);
        let command = command.iter().map(String::as_str);
        let mut process = pods.exec(pod, command, &params).await.map_err(wrong)?;
        let status = process.take_status();
        let (stdout, stderr) = (process.stdout(), process.stderr());
        tokio::join!(output.read(stdout), output.read(stderr));
        let status = match status {
            Some(status) => status.await,
            None => None,
        };
        Ok(end(status))
    }

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
        let what = request(namespace, pod);
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
            None => Some(BROKE.to_owned()),
        };
        Ok(Executed { stdout, failure })
    }
}

/// Returns the end of a command with this status, or without one.
pub(super) fn end(status: Option<Status>) -> ExecEnd {
    match status {
        Some(status) if status.status.as_deref() == Some("Success") => ExecEnd::Exited(0),
        Some(status) => match exit_code(&status) {
            Some(code) => ExecEnd::Exited(code),
            None => ExecEnd::Failed(status.message.unwrap_or_default()),
        },
        None => ExecEnd::Failed(BROKE.to_owned()),
    }
}

pub(super) fn request(namespace: &str, pod: &str) -> Request {
    Request {
        // Upstream asks for this verb, whatever the HTTP method is.
        verb: Verb::Create,
        resource: "pods/exec".to_owned(),
        name: Some(pod.to_owned()),
        namespace: Some(namespace.to_owned()),
    }
}

/// Returns the exit code of a command that failed (k8s.io/apimachinery/pkg/util/remotecommand,
/// `NonZeroExitCodeReason`).
fn exit_code(status: &Status) -> Option<i32> {
    if status.reason.as_deref() != Some("NonZeroExitCode") {
        return None;
    }
    let mut causes = status
        .details
        .iter()
        .flat_map(|details| details.causes.iter().flatten());
    let cause = causes.find(|cause| cause.reason.as_deref() == Some("ExitCode"))?;
    cause.message.as_deref()?.parse().ok()
}
