//! Sends requests, retries them within their time limit, and reads the responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::header::{ACCEPT_ENCODING, HeaderValue};
use http::{Method, StatusCode};
use kube::Client;
use kube::client::Body;
use serde_json::Value;

use super::body::{self, Bound, REFUSAL};
use super::error::ClusterError;
use super::json::{self, JsonError};
use super::log::{Log, LogEvent};
use super::refusal;
use super::renew::{Renew, Renewable};
use super::request_info::Request;
use super::retry;
use super::transport::innermost;
use super::warnings::Warnings;

/// A connection to one API server as one user, with a default namespace.
#[derive(Clone)]
pub(crate) struct Cluster {
    client: Renewable,
    server: String,
    namespace: String,
    timeout: Option<Duration>,
    answer: Option<Duration>,
    warnings: Warnings,
    log: Log,
    /// True once a response was one that only an API server sends.
    confirmed: Arc<AtomicBool>,
    /// Memory of the objects of lists that are being read, in bytes.
    lists: Arc<AtomicUsize>,
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
            confirmed: Arc::default(),
            lists: Arc::default(),
        }
    }

    /// Returns a cluster with a scripted server.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn scripted(client: Client) -> Self {
        let server = "http://server".to_owned();
        let namespace = "default".to_owned();
        let warnings = Warnings::default();
        Self::new(
            client,
            None,
            server,
            namespace,
            None,
            warnings,
            Arc::new(|_| {}),
        )
    }

    /// Returns the server's URL.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// Returns the namespace of `-n` or of the context.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the warnings of the server.
    pub(crate) fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// Returns whether a response was one that only an API server sends.
    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed.load(Ordering::Relaxed)
    }

    pub(super) fn set_confirmed(&self) {
        self.confirmed.store(true, Ordering::Relaxed);
    }

    pub(super) fn memory_of_lists(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.lists)
    }

    /// Returns the limit of `--request-timeout`.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Returns the client.
    pub(super) fn client(&self) -> Client {
        self.client.client()
    }

    /// Returns the cluster with a limit for each response, after which the server counts as
    /// unreachable. The wait before a retry does not count.
    #[must_use]
    pub(crate) fn answering_within(mut self, limit: Duration) -> Self {
        self.answer = Some(limit);
        self
    }

    /// Renews the credentials if they are missing, expired or refused, for all users of this
    /// cluster.
    ///
    /// # Errors
    /// Credentials that cannot be obtained.
    pub(crate) async fn renew(&self) -> Result<(), ClusterError> {
        self.client
            .renew()
            .await
            .map_err(|cause| ClusterError::Credentials {
                server: self.server.clone(),
                cause,
            })
    }

    /// Sends a request and returns the JSON of the response, of at most `limit` bytes. Retries
    /// if the response names a time; `--request-timeout` covers it all.
    pub(super) async fn send(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<Value, ClusterError> {
        let bytes = self.send_for_bytes(what, request, limit).await?;
        json::parse(&bytes).map_err(|error| self.not_read(what, error))
    }

    /// Does the same, and returns the JSON unparsed.
    pub(super) async fn send_for_bytes(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<u8>, ClusterError> {
        let attempt = self.send_until_it_stands(what, request, limit);
        match self.timeout {
            None => attempt.await,
            Some(limit) => tokio::time::timeout(limit, attempt)
                .await
                .unwrap_or_else(|_| Err(self.timed_out(what, limit))),
        }
    }

    /// Sends a change. If the response is lost or `check` rejects it, the outcome is unknown.
    pub(super) async fn send_change(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
        check: impl FnOnce(&Value) -> Result<(), String>,
    ) -> Result<Value, ClusterError> {
        let answer = self.send(what, request, body::OBJECT).await;
        let answer = answer.and_then(|answer| match check(&answer) {
            Ok(()) => Ok(answer),
            Err(cause) => Err(self.not_an_api(cause)),
        });
        answer.map_err(|cause| {
            if cause.may_be_done() {
                ClusterError::Unknown {
                    request: what.clone(),
                    cause: Box::new(cause),
                }
            } else {
                cause
            }
        })
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
        limit: usize,
    ) -> Result<Vec<u8>, ClusterError> {
        let response = self.open(what, request).await?;
        let (head, body) = response.into_parts();
        let (bytes, is_whole) = self.in_time(what, body::read(body, limit)).await?;
        if !is_whole {
            return Err(self.too_large(what, Bound::Sent(limit)));
        }
        if refusal::is_html(&head.headers, &bytes) {
            let (server, status, headers) = (&self.server, head.status, &head.headers);
            return Err(refusal::foreign(server, what, status, headers, &bytes));
        }
        Ok(bytes)
    }

    pub(super) fn too_large(&self, what: &Request, limit: Bound) -> ClusterError {
        ClusterError::TooLarge {
            server: self.server.clone(),
            request: what.clone(),
            limit,
        }
    }

    /// Returns the error of invalid JSON.
    pub(super) fn not_read(&self, what: &Request, error: JsonError) -> ClusterError {
        match error {
            JsonError::TooLarge => self.too_large(what, Bound::Read(json::TREE)),
            JsonError::Invalid(cause) => self.not_an_api(cause),
        }
    }

    /// Sends a request until the response is final, without reading the body.
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
            (self.log)(LogEvent::Answer(&format!(
                "{} {} {} in {} ms",
                request.method(),
                request.uri(),
                response.status().as_u16(),
                started.elapsed().as_millis()
            )));
            let status = response.status();
            if is_success(request.method(), status) {
                return Ok(response);
            }
            let delay = retry::delay(status, response.headers(), tried);
            let is_read = request.method() == Method::GET;
            if !(is_read && delay.is_some()) {
                let error = self.refused(what, response).await?;
                if delay.is_none() || !retry::did_nothing(&error) {
                    return Err(error);
                }
            }
            let delay = delay.unwrap_or_default();
            tried += 1;
            // Once is enough, however often it asks.
            if let Some(notice) = retry::notice(delay).filter(|_| !told) {
                told = true;
                (self.log)(LogEvent::Wait(&notice));
            }
            tokio::time::sleep(delay).await;
        }
    }

    /// Returns the error of an unsuccessful response.
    async fn refused(
        &self,
        what: &Request,
        response: http::Response<Body>,
    ) -> Result<ClusterError, ClusterError> {
        let (head, body) = response.into_parts();
        // Where it is long its beginning says enough.
        let (bytes, _) = self.in_time(what, body::read(body, REFUSAL)).await?;
        let (server, status, headers) = (&self.server, head.status, &head.headers);
        Ok(if status.is_success() {
            refusal::foreign(server, what, status, headers, &bytes)
        } else {
            refusal::refusal(server, what, status, headers, &bytes)
        })
    }

    /// Does the same for a body that may not end, which comes uncompressed: who compresses a
    /// stream may keep the last lines back, and servers from 1.37 on compress each event by
    /// itself, of which tower-http reads the first (tower-rs/tower-http#737).
    pub(super) async fn open_stream(
        &self,
        what: &Request,
        mut request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Body>, ClusterError> {
        let uncompressed = HeaderValue::from_static("identity");
        request.headers_mut().insert(ACCEPT_ENCODING, uncompressed);
        let response = self.open(what, &request).await?;
        if refusal::is_page(response.headers()) {
            // It says so itself; its text would have to be read.
            let (status, headers) = (response.status(), response.headers());
            return Err(refusal::foreign(&self.server, what, status, headers, b"<"));
        }
        Ok(response)
    }

    /// Returns the result if it comes within the limit of a response.
    pub(super) async fn in_time<T>(
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
                sent: true,
            }),
        }
    }

    /// Returns the error of a response that is not the API's, with the reason.
    pub(crate) fn not_an_api(&self, cause: String) -> ClusterError {
        ClusterError::NotAnApi {
            server: self.server.clone(),
            cause,
        }
    }

    pub(super) fn odd(&self, error: &(dyn std::error::Error + 'static)) -> ClusterError {
        self.not_an_api(innermost(error))
    }
}

/// Returns whether the API server sends this status for a successful request
/// (k8s.io/apiserver/pkg/endpoints/handlers); it never sends a part of a list (206).
fn is_success(method: &Method, status: StatusCode) -> bool {
    match status {
        StatusCode::OK => true,
        StatusCode::CREATED | StatusCode::ACCEPTED => method != Method::GET,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_is_answered_with_200_and_nothing_else() {
        for (status, read, change) in [
            (200, true, true),
            (201, false, true),
            (202, false, true),
            (101, false, false),
            (203, false, false),
            (204, false, false),
            (206, false, false),
            (302, false, false),
            (404, false, false),
            (500, false, false),
        ] {
            let code = StatusCode::from_u16(status).unwrap();
            assert_eq!(is_success(&Method::GET, code), read, "GET {status}");
            for method in [Method::POST, Method::PATCH, Method::DELETE] {
                assert_eq!(is_success(&method, code), change, "{method} {status}");
            }
        }
    }
}
