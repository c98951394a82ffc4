//! One request: sent, retried, timed, and its answer read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
    /// Something answered as only an API server does.
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

    /// A cluster that a script answers for.
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

    /// Whether something has answered as only an API server does.
    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed.load(Ordering::Relaxed)
    }

    pub(super) fn set_confirmed(&self) {
        self.confirmed.store(true, Ordering::Relaxed);
    }

    pub(super) fn memory_of_lists(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.lists)
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

    /// Sends a request and reads the JSON that comes back, of at most `limit`
    /// bytes. Answers that name a time to come again are tried again;
    /// `--request-timeout` bounds it all.
    pub(super) async fn send(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
        limit: usize,
    ) -> Result<Value, ClusterError> {
        let bytes = self.send_for_bytes(what, request, limit).await?;
        json::parse(&bytes).map_err(|error| self.not_read(what, error))
    }

    /// The same, with the JSON as it comes.
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

    /// Sends a change. Where its answer is lost, or makes no sense to `check`, it
    /// is not known whether the server made it.
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

    /// The error of JSON that is not read.
    pub(super) fn not_read(&self, what: &Request, error: JsonError) -> ClusterError {
        match error {
            JsonError::TooLarge => self.too_large(what, Bound::Read(json::TREE)),
            JsonError::Invalid(cause) => self.not_an_api(cause),
        }
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

    /// The error that an answer without success is.
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

    /// The same for a body that may not end: it is no page for people.
    pub(super) async fn open_stream(
        &self,
        what: &Request,
        request: &http::Request<Vec<u8>>,
    ) -> Result<http::Response<Body>, ClusterError> {
        let response = self.open(what, request).await?;
        if refusal::is_page(response.headers()) {
            // It says so itself; its text would have to be read.
            let (status, headers) = (response.status(), response.headers());
            return Err(refusal::foreign(&self.server, what, status, headers, b"<"));
        }
        Ok(response)
    }

    /// What comes within the time that an answer has.
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

    /// The error of an answer that is none of the API's, and why.
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

/// Whether the API server answers a request so when all is well
/// (k8s.io/apiserver/pkg/endpoints/handlers). A part of a list (206), for one, is
/// not what it sends.
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
