//! One request: sent, retried, timed, and its answer read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use kube::Client;
use kube::client::Body;
use kube::core::Status;
use serde_json::Value;

use super::error::{ClusterError, Request, innermost};
use super::retry;
use super::warnings::Warnings;

/// One API server, as one user, with one default namespace.
#[derive(Clone)]
pub(crate) struct Cluster {
    client: Client,
    server: String,
    namespace: String,
    timeout: Option<Duration>,
    warnings: Warnings,
    log: Log,
}

/// Told of what happens on the way to an answer.
pub(crate) type Log = Arc<dyn Fn(Said<'_>) + Send + Sync>;

/// What a [`Log`] is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said<'a> {
    /// An answer of the server, for `-v`.
    Answer(&'a str),
    /// Why nothing happens for a while.
    Wait(&'a str),
}

impl Cluster {
    pub(crate) fn new(
        client: Client,
        server: String,
        namespace: String,
        timeout: Option<Duration>,
        warnings: Warnings,
        log: Log,
    ) -> Self {
        Self {
            client,
            server,
            namespace,
            timeout: timeout.filter(|timeout| *timeout != Duration::MAX),
            warnings,
            log,
        }
    }

    /// Its URL.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// The namespace that `-n` or the context names.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// What it has to say beside its answers.
    pub(crate) fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// What `--request-timeout` allows.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The client underneath, for watches.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request and reads the object that comes back. Answers that name
    /// a time to come again are tried again; `--request-timeout` bounds it all.
    pub(super) async fn send(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
    ) -> Result<Value, ClusterError> {
        let attempt = self.send_until_it_stands(what, request);
        match self.timeout {
            None => attempt.await,
            Some(limit) => tokio::time::timeout(limit, attempt)
                .await
                .unwrap_or_else(|_| Err(self.timed_out(what, limit))),
        }
    }

    pub(super) fn timed_out(&self, what: &Request, limit: Duration) -> ClusterError {
        ClusterError::TimedOut {
            server: self.server.clone(),
            request: what.clone(),
            seconds: limit.as_secs(),
        }
    }

    async fn send_until_it_stands(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
    ) -> Result<Value, ClusterError> {
        let mut tried = 0;
        let mut told = false;
        loop {
            let mut copy = http::Request::builder()
                .method(request.method())
                .uri(request.uri());
            if let Some(headers) = copy.headers_mut() {
                headers.clone_from(request.headers());
            }
            let copy = copy
                .body(Body::from(request.body().clone()))
                .map_err(|e| self.odd(&e))?;
            let started = Instant::now();
            let response = self
                .client
                .send(copy)
                .await
                .map_err(|e| ClusterError::from_kube(&self.server, what, e))?;
            (self.log)(Said::Answer(&format!(
                "{} {} {} in {} ms",
                request.method(),
                request.uri(),
                response.status().as_u16(),
                started.elapsed().as_millis()
            )));
            if let Some(delay) = retry::delay(response.status(), response.headers(), tried) {
                tried += 1;
                // Once is enough, however often it asks.
                if let Some(notice) = retry::notice(delay).filter(|_| !told) {
                    told = true;
                    (self.log)(Said::Wait(&notice));
                }
                tokio::time::sleep(delay).await;
                continue;
            }
            let status = response.status();
            let bytes = response
                .into_body()
                .collect_bytes()
                .await
                .map_err(|e| ClusterError::from_kube(&self.server, what, e))?;
            return self.read(what, status, &bytes);
        }
    }

    fn read(
        &self,
        what: &Request,
        status: StatusCode,
        bytes: &[u8],
    ) -> Result<Value, ClusterError> {
        if status.is_success() {
            return serde_json::from_slice(bytes).map_err(|e| self.odd(&e));
        }
        let refusal = serde_json::from_slice::<Status>(bytes)
            .ok()
            .filter(|refusal| !refusal.message.is_empty());
        let refusal = refusal.unwrap_or_else(|| {
            let text = String::from_utf8_lossy(bytes);
            let first = text.trim().lines().next().unwrap_or("");
            let message = match first {
                "" => format!("{status}"),
                line => format!("{status}: {}", line.chars().take(200).collect::<String>()),
            };
            Status::failure(&message, "")
        });
        Err(ClusterError::Refused {
            request: what.clone(),
            status: refusal.with_code(status.as_u16()).boxed(),
        })
    }

    pub(super) fn odd(&self, error: &dyn std::error::Error) -> ClusterError {
        ClusterError::NotAnApi {
            server: self.server.clone(),
            cause: innermost(error),
        }
    }
}
