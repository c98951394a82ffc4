//! Commands in containers whose standard streams stay open, over the API server's WebSocket.

use futures::FutureExt;
use futures::future::BoxFuture;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::Api;
use kube::api::{AttachParams, AttachedProcess};
use tokio::io::{ReadHalf, SimplexStream, WriteHalf};

use super::error::ClusterError;
use super::exec::{ExecEnd, end, request};
use super::request::Cluster;

/// Maximum bytes of a stream that wait to be passed on.
const BUFFER: usize = 64 << 10;

/// A command that runs. It loses its streams when this is dropped.
pub(crate) struct PipedCommand {
    /// Its standard input.
    pub stdin: WriteHalf<SimplexStream>,
    /// Its standard output.
    pub stdout: ReadHalf<SimplexStream>,
    /// Its standard error.
    pub stderr: ReadHalf<SimplexStream>,
    /// Its end: the streams of a connection that broke do not end by themselves.
    pub end: BoxFuture<'static, ExecEnd>,
    _process: AttachedProcess,
}

impl Cluster {
    /// Starts a command in a container.
    ///
    /// # Errors
    /// Request errors. A command that cannot be started has such an end.
    pub(crate) async fn pipe(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        command: &[&str],
    ) -> Result<PipedCommand, ClusterError> {
        let what = request(namespace, pod);
        self.renew().await?;
        let pods: Api<Pod> = Api::namespaced(self.client(), namespace);
        let params = AttachParams::default()
            .container(container)
            .stdin(true)
            .max_stdin_buf_size(BUFFER)
            .max_stdout_buf_size(BUFFER)
            .max_stderr_buf_size(BUFFER);
        let opened = pods.exec(pod, command.iter().copied(), &params).await;
        let mut process =
            opened.map_err(|error| ClusterError::from_kube(self.server(), &what, error))?;
        let streams = (process.stdin(), process.stdout(), process.stderr());
        let (Some(stdin), Some(stdout), Some(stderr)) = streams else {
            return Err(self.not_an_api("no streams for the command".to_owned()));
        };
        let status = process.take_status();
        let ended = async {
            let status: Option<Status> = match status {
                Some(status) => status.await,
                None => None,
            };
            end(status)
        };
        Ok(PipedCommand {
            stdin,
            stdout,
            stderr,
            end: ended.boxed(),
            _process: process,
        })
    }
}
