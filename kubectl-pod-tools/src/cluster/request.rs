//! One request: sent, retried, timed, and its answer read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use kube::Client;
use kube::client::Body;
use kube::core::Status;
use serde_json::Value;

use super::error::{ClusterError, Request, innermost};
use super::renew::{Renew, Renewable};
use super::retry;
use super::warnings::Warnings;

/// One API server, as one user, with one default namespace.
#[derive(Clone)]
pub(crate) struct Cluster {
    client: Renewable,
    server: String,
    namespace: String,
    timeout: Option<Duration>,
    answer: Option<Duration>,
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
    /// What a person should know and change.
    Warning(&'a str),
}

impl Cluster {
    pub(crate) fn new(
        client: Client,
        renew: Option<Renew>,
        server: String,
        namespace: String,
        timeout: Option<Duration>,
        warnings: Warnings,
        log: Log,
    ) -> Self {
        Self {
            client: Renewable::new(client, renew),
            server,
            namespace,
            timeout: timeout.filter(|timeout| *timeout != Duration::MAX),
            answer: None,
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

    /// The client underneath.
    pub(super) fn client(&self) -> Client {
        self.client.client()
    }

    /// The same, which takes a server that is silent for so long for one that is
    /// not there. The time that an answer asks to wait is not part of it.
    #[must_use]
    pub(crate) fn answering_within(mut self, limit: Duration) -> Self {
        self.answer = Some(limit);
        self
    }

    /// Makes the credentials, where they are not there yet, have expired or were
    /// refused, for all that use this cluster.
    ///
    /// # Errors
    /// Why there are none.
    pub(crate) async fn renew(&self) -> Result<(), ClusterError> {
        self.client
            .renew()
            .await
            .map_err(|cause| ClusterError::Credentials {
                server: self.server.clone(),
                cause,
            })
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
        let response = self.open(what, request).await?;
        let bytes = self.collect(what, response).await?;
        serde_json::from_slice(&bytes).map_err(|e| self.odd(&e))
    }

    /// Sends a request until its answer stands, and leaves the body to be read.
    pub(super) async fn open(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
    ) -> Result<http::Response<Body>, ClusterError> {
        // Not part of the time that an answer has: a person may have to log in.
        self.renew().await?;
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
            let response = self.in_time(what, self.client().send(copy)).await?;
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
            if status.is_success() {
                return Ok(response);
            }
            let bytes = self.collect(what, response).await?;
            return Err(Self::refused(what, status, &bytes));
        }
    }

    async fn collect(
        &self,
        what: &Request,
        response: http::Response<Body>,
    ) -> Result<impl AsRef<[u8]> + std::ops::Deref<Target = [u8]> + use<>, ClusterError> {
        self.in_time(what, response.into_body().collect_bytes())
            .await
    }

    /// What comes within the time that an answer has.
    async fn in_time<T>(
        &self,
        what: &Request,
        answer: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, ClusterError> {
        let wrong = |error| ClusterError::from_kube(&self.server, what, error);
        let Some(limit) = self.answer else {
            return answer.await.map_err(wrong);
        };
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer.map_err(wrong),
            Err(_) => Err(ClusterError::Unreachable {
                server: self.server.clone(),
                cause: format!("no answer within {} s", limit.as_secs()),
            }),
        }
    }

    fn refused(what: &Request, status: StatusCode, bytes: &[u8]) -> ClusterError {
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
        ClusterError::Refused {
            request: what.clone(),
            status: refusal.with_code(status.as_u16()).boxed(),
        }
    }

    pub(super) fn odd(&self, error: &(dyn std::error::Error + 'static)) -> ClusterError {
        ClusterError::NotAnApi {
            server: self.server.clone(),
            cause: innermost(error),
        }
    }
}
