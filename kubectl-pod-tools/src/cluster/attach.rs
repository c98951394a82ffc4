//! Standard input to a running container, and what it writes back, by the API
//! server's WebSocket.

use std::pin::pin;
use std::time::Duration;

use futures::SinkExt;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{AttachParams, TerminalSize};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use super::error::{ClusterError, Request, Verb};
use super::mapping::Resource;
use super::request::Cluster;

/// How often to look whether the container has started.
const LOOK: Duration = Duration::from_millis(200);
/// What was written last may be on its way when the end is known.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Which container, and how.
#[derive(Clone, Debug)]
pub(crate) struct Attach {
    pub container: String,
    /// The container has a terminal.
    pub tty: bool,
}

/// Where what the container writes goes.
pub(crate) trait Output {
    /// To standard output, or else to standard error.
    fn write(&self, bytes: &[u8], is_error: bool);
    /// Columns and rows of the terminal.
    fn size(&self) -> (u16, u16);
}

impl Cluster {
    /// Connects standard input with a container that runs, until the server says
    /// that the program has ended; false where the connection broke before.
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn attach(
        &self,
        namespace: &str,
        pod: &str,
        attach: &Attach,
        output: &impl Output,
    ) -> Result<bool, ClusterError> {
        let what = Request {
            verb: Verb::Create,
            resource: "pods/attach".to_owned(),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
        };
        let pods: Api<Pod> = Api::namespaced(self.client(), namespace);
        let params = AttachParams::default()
            .container(&attach.container)
            .stdin(true)
            .stderr(!attach.tty)
            .tty(attach.tty);
        let mut process = pods
            .attach(pod, &params)
            .await
            .map_err(|error| ClusterError::from_kube(self.server(), &what, error))?;
        if let Some(mut sizes) = process.terminal_size() {
            let (width, height) = output.size();
            // A server that does not take the size keeps its own.
            let _ = sizes.send(TerminalSize { width, height }).await;
        }
        let status = process.take_status();
        let ended = async {
            match status {
                Some(status) => status.await.is_some(),
                None => std::future::pending().await,
            }
        };
        let stdin = process.stdin();
        let typed = async {
            if let Some(mut stdin) = stdin {
                let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut stdin).await;
                let _ = stdin.shutdown().await;
            }
            // The end of the input is not the end of the program.
            std::future::pending::<()>().await;
        };
        let (out, err) = (process.stdout(), process.stderr());
        let mut written =
            pin!(async { tokio::join!(pass(out, output, false), pass(err, output, true)) });
        // The streams of a connection that broke do not end by themselves.
        tokio::select! {
            _ = &mut written => Ok(true),
            () = typed => Ok(true),
            known = ended => {
                let _ = tokio::time::timeout(LAST_WORDS, written).await;
                Ok(known)
            }
        }
    }

    /// Waits until the container runs; false where it has ended already.
    ///
    /// # Errors
    /// What a request can meet.
    pub(crate) async fn runs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
    ) -> Result<bool, ClusterError> {
        let Some(kind) = pod_model::kinds::by_type("pods") else {
            return Ok(false);
        };
        let resource = Resource::of(kind);
        loop {
            let object = self.get(&resource, namespace, pod).await?;
            let statuses = object.pointer("/status/containerStatuses");
            let own = statuses
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .find(|status| status["name"] == container);
            let phase = object.pointer("/status/phase").and_then(Value::as_str);
            match own {
                Some(own) if !own["state"]["running"].is_null() => return Ok(true),
                Some(own) if !own["state"]["terminated"].is_null() => return Ok(false),
                _ if matches!(phase, Some("Succeeded" | "Failed")) => return Ok(false),
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    }
}

async fn pass(from: Option<impl AsyncRead + Unpin>, output: &impl Output, is_error: bool) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        output.write(&buffer[..length], is_error);
    }
}
