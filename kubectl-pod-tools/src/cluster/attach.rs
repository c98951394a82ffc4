//! Attaches to running containers: standard input and output, over the API server's WebSocket.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use futures::{Sink, SinkExt};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{AttachParams, AttachedProcess, TerminalSize};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use super::error::ClusterError;
use super::mapping::Resource;
use super::request::Cluster;
use super::request_info::{Request, Verb};

/// Interval of the checks whether the container has started, at first
const LOOK: Duration = Duration::from_millis(100);
const NEW: Duration = Duration::from_secs(10);
/// Interval of the later checks.
const LATER: Duration = Duration::from_millis(500);
/// Maximum bytes of a stream that wait to be passed on.
const BUFFER: usize = 64 << 10;
/// Interval of the attempts to attach to a running container.
const REFUSED: u32 = 5;
/// Time for the last output to arrive after the end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A container, and the streams to attach to.
#[derive(Clone, Debug)]
pub(crate) struct Attach {
    pub container: String,
    /// Attach standard input.
    pub stdin: bool,
    /// The container has a terminal.
    pub tty: bool,
}

/// Receiver of a container's output.
pub(crate) trait Output {
    /// Waits until more can be written.
    fn room(&self) -> impl Future<Output = ()>;
    /// Writes to standard output or standard error.
    fn write(&self, bytes: &[u8], is_error: bool);
    /// Returns the columns and rows of the terminal.
    fn size(&self) -> (u16, u16);
    /// Waits until the terminal may have another size.
    fn resized(&self) -> impl Future<Output = ()>;
}

/// State of a container.
#[derive(Debug, PartialEq, Eq)]
enum Stands {
    /// It has not started yet.
    Waits {
        /// True if it is on a node, so that the kubelet can be asked for it.
        has_node: bool,
    },
    Runs,
    Ended,
}

impl Cluster {
    /// Attaches to a container as soon as it runs. Returns `None` if it has ended already.
    ///
    /// The connection does not bring earlier output, so it is attempted before the API server
    /// reports that the container runs: the kubelet knows it earlier.
    ///
    /// # Errors
    /// Request errors; a refused connection to a running container.
    pub(crate) async fn attach(
        &self,
        namespace: &str,
        pod: &str,
        attach: &Attach,
    ) -> Result<Option<Attached>, ClusterError> {
        let began = Instant::now();
        let mut refused = 0;
        loop {
            let stands = self.stands(namespace, pod, &attach.container).await?;
            if let Stands::Ended = stands {
                return Ok(None);
            }
            // Input that goes to a connection that fails is lost: it is for a container
            // that runs for certain.
            let is_tried = match stands {
                Stands::Waits { has_node } => has_node && !attach.stdin,
                _ => true,
            };
            if is_tried {
                match self.try_attach(namespace, pod, attach).await {
                    Ok(process) => return Ok(Some(Attached(process))),
                    Err(error) if matches!(error.code(), Some(401 | 403)) => return Err(error),
                    Err(error) => {
                        // It may have ended between the look and the request.
                        refused += u32::from(matches!(stands, Stands::Runs));
                        if refused == REFUSED {
                            return Err(error);
                        }
                    }
                }
            }
            let is_new = began.elapsed() < NEW;
            tokio::time::sleep(if is_new { LOOK } else { LATER }).await;
        }
    }

    async fn try_attach(
        &self,
        namespace: &str,
        pod: &str,
        attach: &Attach,
    ) -> Result<AttachedProcess, ClusterError> {
        let what = Request {
            verb: Verb::Create,
            resource: "pods/attach".to_owned(),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
        };
        let pods: Api<Pod> = Api::namespaced(self.client(), namespace);
        let params = AttachParams::default()
            .container(&attach.container)
            .stdin(attach.stdin)
            .max_stdout_buf_size(BUFFER)
            .max_stderr_buf_size(BUFFER)
            .stderr(!attach.tty)
            .tty(attach.tty);
        let process = pods.attach(pod, &params).await;
        process.map_err(|error| ClusterError::from_kube(self.server(), &what, error))
    }

    async fn stands(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
    ) -> Result<Stands, ClusterError> {
        let Some(kind) = pod_model::kinds::by_type("pods") else {
            return Ok(Stands::Ended);
        };
        let object = self.get(&Resource::of(kind), namespace, pod).await?;
        let statuses = object.pointer("/status/containerStatuses");
        let own = statuses
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .find(|status| status["name"] == container);
        let phase = object.pointer("/status/phase").and_then(Value::as_str);
        Ok(match own {
            Some(own) if !own["state"]["running"].is_null() => Stands::Runs,
            Some(own) if !own["state"]["terminated"].is_null() => Stands::Ended,
            _ if matches!(phase, Some("Succeeded" | "Failed")) => Stands::Ended,
            _ => Stands::Waits {
                has_node: object.pointer("/spec/nodeName").is_some(),
            },
        })
    }
}

/// End of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// The program has ended.
    Ended,
    /// The connection broke.
    Broke,
    /// The kubelet refused after the connection was open, with its message: the container does
    /// not run, or not yet.
    Refused(String),
}

/// A connection to a container.
pub(crate) struct Attached(AttachedProcess);

impl Attached {
    /// Passes on the container's output, and standard input if it is attached, until the
    /// program has ended.
    pub(crate) async fn pass(self, output: &impl Output) -> Passed {
        let mut process = self.0;
        let sizes = process.terminal_size();
        let status = process.take_status();
        let mut ended = pin!(async {
            match status {
                Some(status) => match status.await {
                    Some(status) if status.status.as_deref() == Some("Failure") => {
                        Passed::Refused(status.message.unwrap_or_default())
                    }
                    Some(_) => Passed::Ended,
                    None => Passed::Broke,
                },
                None => std::future::pending().await,
            }
        });
        let stdin = process.stdin();
        let typed = async {
            if let Some(mut stdin) = stdin {
                let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut stdin).await;
                let _ = stdin.shutdown().await;
            }
            // The end of the input is not the end of the program.
            std::future::pending::<()>().await;
        };
        let resized = async {
            if let Some(sizes) = sizes {
                send_sizes(sizes, output).await;
            }
            std::future::pending::<()>().await;
        };
        let moves = Moves::default();
        let (out, err) = (process.stdout(), process.stderr());
        let mut written = pin!(async {
            tokio::join!(
                pass(out, output, false, &moves),
                pass(err, output, true, &moves)
            )
        });
        // The streams of a connection that broke do not end by themselves.
        tokio::select! {
            // The status follows the streams.
            _ = &mut written => match tokio::time::timeout(LAST_WORDS, ended).await {
                Ok(known) => known,
                Err(_) => Passed::Ended,
            },
            () = typed => Passed::Ended,
            () = resized => Passed::Ended,
            known = &mut ended => {
                // As long as something comes, or whoever reads is slow, more may come.
                loop {
                    let before = moves.passed.get();
                    let waited = tokio::time::timeout(LAST_WORDS, &mut written).await;
                    let is_silent = moves.passed.get() == before && moves.open.get() == 0;
                    if waited.is_ok() || is_silent {
                        break;
                    }
                }
                known
            }
        }
    }
}

/// Sends the terminal's size to the container, and every change of it. The first size is one
/// larger, so that a program that has drawn already draws again
/// (k8s.io/kubectl/pkg/cmd/attach, `sizePlusOne`).
async fn send_sizes(mut sizes: impl Sink<TerminalSize> + Unpin, output: &impl Output) {
    let (width, height) = output.size();
    let larger = (width.saturating_add(1), height.saturating_add(1));
    let mut last = None;
    for size in [larger, (width, height)] {
        if sizes.send(terminal_size(size)).await.is_err() {
            // A server that does not take the size keeps its own.
            return;
        }
        last = Some(size);
    }
    loop {
        output.resized().await;
        let size = output.size();
        if last.replace(size) != Some(size) && sizes.send(terminal_size(size)).await.is_err() {
            return;
        }
    }
}

fn terminal_size((width, height): (u16, u16)) -> TerminalSize {
    TerminalSize { width, height }
}

/// Progress of two streams.
#[derive(Default)]
struct Moves {
    /// Number of pieces that were passed on.
    passed: Cell<usize>,
    /// Number of pieces that wait to be passed on.
    open: Cell<usize>,
}

async fn pass(
    from: Option<impl AsyncRead + Unpin>,
    output: &impl Output,
    is_error: bool,
    moves: &Moves,
) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        moves.open.set(moves.open.get() + 1);
        output.room().await;
        output.write(&buffer[..length], is_error);
        moves.open.set(moves.open.get() - 1);
        moves.passed.set(moves.passed.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scripted::{answer, serving};
    use super::*;

    #[tokio::test]
    async fn a_container_stands_as_its_status_says() {
        let waits = json!({"waiting": {"reason": "PodInitializing"}});
        let runs = json!({"running": {"startedAt": "2026-01-02T03:04:05Z"}});
        let ended = json!({"terminated": {"exitCode": 0}});
        let waiting = |has_node| Stands::Waits { has_node };
        for (state, phase, node, expected) in [
            (&runs, "Running", Some("n"), Stands::Runs),
            (&json!({"running": {}}), "Running", Some("n"), Stands::Runs),
            (&ended, "Running", Some("n"), Stands::Ended),
            (&ended, "Pending", Some("n"), Stands::Ended),
            (&waits, "Pending", Some("n"), waiting(true)),
            (&waits, "Running", Some("n"), waiting(true)),
            (&waits, "Pending", None, waiting(false)),
            (&json!({}), "Running", Some("n"), waiting(true)),
            (&Value::Null, "Pending", None, waiting(false)),
            // A Pod that has ended starts no container.
            (&waits, "Failed", Some("n"), Stands::Ended),
            (&waits, "Succeeded", Some("n"), Stands::Ended),
            (&json!({}), "Failed", None, Stands::Ended),
        ] {
            let other = json!({"name": "other", "state": {"running": {}}});
            let own = json!({"name": "c", "state": state});
            let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
                "spec": {"nodeName": node}, "status": {"phase": phase, "containerStatuses": [other, own]}});
            if node.is_none() {
                pod["spec"] = json!({});
            }
            if state.is_null() {
                pod["status"]["containerStatuses"] = json!([other]);
            }
            let (cluster, _) = serving(vec![answer(&pod)]);
            let stands = cluster.stands("default", "p", "c").await.unwrap();
            assert_eq!(stands, expected, "{pod}");
        }
    }
}
