//! Errors of requests to the API server.

use kube::core::Status;
use kube::core::response::StatusCause;

use super::body::Bound;
use super::request_info::Request;
use super::tls::TlsProblem;

/// client-go's words for a path that no API server serves (k8s.io/apimachinery/pkg/api/errors,
/// `NewGenericServerResponse`).
pub(crate) const NOT_SERVED: &str = "the server could not find the requested resource";
/// Prefix of server-side apply's refusal of an object that it cannot merge: a 500 without a
/// reason (k8s.io/apimachinery/pkg/util/managedfields, `Apply`).
pub(crate) const NOT_MERGED: &str = "failed to create typed patch object (";

/// Error of a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// No connection: refused, no route, or an unknown host.
    #[error("the server {server} cannot be reached: {cause}")]
    Unreachable {
        /// Its URL.
        server: String,
        /// The innermost cause.
        cause: String,
        /// True if the request may have arrived.
        sent: bool,
    },
    /// The proxy does not connect to the server.
    #[error("the proxy {proxy} {cause}")]
    Proxy {
        /// Its URL, without user and password.
        proxy: String,
        /// Behaviour of the proxy, with a verb.
        cause: String,
    },
    /// TLS failed.
    #[error("{}", problem.message(server))]
    Tls {
        /// Its URL.
        server: String,
        /// The problem.
        problem: TlsProblem,
    },
    /// Credentials are not available: a plugin failed, a file is missing.
    #[error("no credentials for {server}: {cause}")]
    Credentials {
        /// Its URL.
        server: String,
        /// The innermost cause.
        cause: String,
    },
    /// No response within `--request-timeout`.
    #[error("no answer from {server} within {seconds} s to: {request}")]
    TimedOut {
        /// Its URL.
        server: String,
        /// The request.
        request: Request,
        /// The limit.
        seconds: u64,
    },
    /// The server refused the request.
    #[error("{}", status.message)]
    Refused {
        /// The request.
        request: Request,
        /// The server's response.
        status: Box<Status>,
    },
    /// The response is not an API object.
    #[error("unexpected response from {server}: {cause}")]
    NotAnApi {
        /// Its URL.
        server: String,
        /// The difference from an API object.
        cause: String,
    },
    /// The response came from a proxy, a login page or the wrong server.
    #[error(
        "{server} answered {status} with {answer} to: {request}; expected a response of a Kubernetes API server"
    )]
    Foreign {
        /// Its URL.
        server: String,
        /// The request.
        request: Box<Request>,
        /// The HTTP status code.
        status: u16,
        /// The answer in words.
        answer: String,
    },
    /// A response is larger than any of the API.
    #[error("{server} sent {limit} to: {request}")]
    TooLarge {
        /// Its URL.
        server: String,
        /// The request.
        request: Request,
        /// The bound.
        limit: Bound,
    },
    /// A change was sent, and its outcome is unknown.
    #[error("outcome unknown: {request}: {}", cause.without_request())]
    Unknown {
        /// The request.
        request: Request,
        /// The error after the change was sent.
        cause: Box<ClusterError>,
    },
    /// The server has no such kind.
    #[error("the server has no kind \"{kind}\" in \"{api_version}\"")]
    UnknownKind {
        /// As written.
        api_version: String,
        /// As written.
        kind: String,
    },
    /// The server does not list the types of a group that may have this one.
    #[error("cannot resolve {what}: the server does not list the types of {api_version}: {cause}")]
    Undiscovered {
        /// The type, as typed.
        what: String,
        /// The group and version.
        api_version: String,
        /// The error.
        cause: String,
    },
    /// A version of a type is no longer served, and another one is.
    #[error("{what} is no longer served in {gone}; use {served}")]
    OtherVersion {
        /// The type, with its group.
        what: String,
        /// The version that was asked for.
        gone: String,
        /// One that is served.
        served: String,
    },
    /// The server has no such type.
    #[error("the server has no type `{word}`")]
    UnknownType {
        /// As typed.
        word: String,
    },
}

impl ClusterError {
    /// Returns the HTTP status code of a refusal.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(status.code),
            _ => None,
        }
    }

    /// Returns the message without the request, which was named before.
    fn without_request(&self) -> String {
        match self {
            Self::TimedOut {
                server, seconds, ..
            } => format!("no answer from {server} within {seconds} s"),
            Self::Foreign {
                server,
                status,
                answer,
                ..
            } => format!("{server} answered {status} with {answer}"),
            Self::TooLarge { server, limit, .. } => format!("{server} sent {limit}"),
            other => other.to_string(),
        }
    }

    /// Returns whether the next request would fail, too: the server cannot be reached, or does
    /// not accept the credentials.
    pub(crate) fn is_about_connection(&self) -> bool {
        match self {
            Self::Refused { status, .. } => status.code == 401,
            Self::Unknown { cause, .. } => cause.is_about_connection(),
            Self::UnknownKind { .. }
            | Self::UnknownType { .. }
            | Self::Undiscovered { .. }
            | Self::OtherVersion { .. }
            | Self::TooLarge { .. } => false,
            _ => true,
        }
    }

    /// Returns whether a change with this error may have been made: the request may have
    /// arrived, and no response of the API server tells the outcome.
    pub(super) fn may_be_done(&self) -> bool {
        match self {
            Self::Unreachable { sent, .. } => *sent,
            Self::TimedOut { .. } | Self::NotAnApi { .. } | Self::TooLarge { .. } => true,
            // A proxy with these may have passed the request on.
            Self::Foreign { status, .. } => *status < 300 || *status == 408 || *status >= 500,
            // The server's own time ran out (apimachinery, `NewTimeoutError`), or
            // that of its store, which may have written all the same; or it is a text
            // without a reason, which a proxy writes, too.
            Self::Refused { .. } if self.is_refused_merge() => false,
            Self::Refused { status, .. } => {
                matches!(status.code, 408 | 502 | 504)
                    || status.reason == "Timeout"
                    || status.code >= 500 && status.reason.is_empty()
                    || status.code == 500 && status.message.contains("etcdserver:")
            }
            Self::Tls { .. }
            | Self::Proxy { .. }
            | Self::Credentials { .. }
            | Self::Unknown { .. }
            | Self::UnknownKind { .. }
            | Self::Undiscovered { .. }
            | Self::OtherVersion { .. }
            | Self::UnknownType { .. } => false,
        }
    }

    /// Returns whether server-side apply could not parse the object: nothing is stored, and a
    /// retry is refused, too.
    fn is_refused_merge(&self) -> bool {
        match self {
            Self::Refused { status, .. } => status.message.starts_with(NOT_MERGED),
            _ => false,
        }
    }

    /// Returns whether the server has no such object, of a type that it serves
    /// (apimachinery/pkg/api/errors, `NewNotFound`, whose `kind` is the resource). Other errors
    /// say "not found" about a namespace, or come from a proxy.
    pub(crate) fn is_not_found(&self) -> bool {
        let Self::Refused { request, status } = self else {
            return false;
        };
        if status.code != 404 || status.reason != "NotFound" || self.is_not_served() {
            return false;
        }
        let Some(details) = &status.details else {
            return true;
        };
        let (plural, group) = request
            .resource
            .split_once('.')
            .unwrap_or((&request.resource, ""));
        let fits = |said: &str, asked: &str| said.is_empty() || said == asked;
        fits(&details.name, request.name.as_deref().unwrap_or(""))
            && fits(&details.kind, plural)
            && fits(&details.group, group)
    }

    /// Returns whether the server has no such URL: it does not serve the kind, or not yet.
    pub(crate) fn is_not_served(&self) -> bool {
        match self {
            Self::UnknownKind { .. } | Self::UnknownType { .. } => true,
            Self::Refused { status, .. } => status.code == 404 && status.message == NOT_SERVED,
            _ => false,
        }
    }

    /// Returns the fields that the server refuses.
    pub(crate) fn causes(&self) -> &[StatusCause] {
        match self {
            Self::Refused { status, .. } => status
                .details
                .as_ref()
                .map_or(&[], |details| &details.causes),
            _ => &[],
        }
    }
}
