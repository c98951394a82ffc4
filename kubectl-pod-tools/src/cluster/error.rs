//! Errors of requests to the API server.

use kube::core::Status;
use kube::core::response::StatusCause;

use super::body::Bound;
use super::request_info::Request;
use super::tls::TlsProblem;

/// client-go's words for a path that no API server serves (k8s.io/apimachinery/pkg/api/errors,
/// `NewGenericServerResponse`).
pub(crate) const NOT_SERVED: &str = "the server could not find the requested resource";
/// How server-side apply begins its refusal of an object that it cannot merge, whatever
/// is stored: a 500 without a reason (k8s.io/apimachinery/pkg/util/managedfields,
/// `Apply`).
pub(crate) const NOT_MERGED: &str = "failed to create typed patch object (";

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// No connection: nobody there, no route, no such name.
    #[error("the server {server} cannot be reached: {cause}")]
    Unreachable {
        /// Its URL.
        server: String,
        /// The innermost cause.
        cause: String,
        /// Whether the request may have arrived all the same.
        sent: bool,
    },
    /// The proxy on the way to the server does not do its part.
    #[error("the proxy {proxy} {cause}")]
    Proxy {
        /// Its URL, without user and password.
        proxy: String,
        /// What it does instead, with a verb.
        cause: String,
    },
    /// The certificates do not go together.
    #[error("{}", problem.message(server))]
    Tls {
        /// Its URL.
        server: String,
        /// The problem with them.
        problem: TlsProblem,
    },
    /// The credentials could not be made: a plugin that failed, a missing file.
    #[error("no credentials for {server}: {cause}")]
    Credentials {
        /// Its URL.
        server: String,
        /// The innermost cause.
        cause: String,
    },
    /// No answer in the time that `--request-timeout` gives.
    #[error("no answer from {server} within {seconds} s to: {request}")]
    TimedOut {
        /// Its URL.
        server: String,
        /// The request.
        request: Request,
        /// The limit.
        seconds: u64,
    },
    /// The server answered, and the answer is a refusal.
    #[error("{}", status.message)]
    Refused {
        /// The request.
        request: Request,
        /// The server's words.
        status: Box<Status>,
    },
    /// The server answered something that is no API object.
    #[error("{server} does not answer as a Kubernetes API server does: {cause}")]
    NotAnApi {
        /// Its URL.
        server: String,
        /// What was odd.
        cause: String,
    },
    /// Something else than an API server answered: a proxy, a login page, the
    /// wrong server.
    #[error(
        "{server} answered {status} with {answer} to: {request}; that is not a Kubernetes API server's answer"
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
    /// An answer is larger than anything that the API sends.
    #[error("{server} sent {limit} to: {request}")]
    TooLarge {
        /// Its URL.
        server: String,
        /// The request.
        request: Request,
        /// The bound.
        limit: Bound,
    },
    /// A change was sent, and no answer says what became of it.
    #[error("it is not known whether this was done: {request}: {}", cause.without_request())]
    Unknown {
        /// The request.
        request: Request,
        /// Why it is not known.
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
    /// The server does not tell the types of a group that may have this one.
    #[error(
        "it is not known what {what} is: the server does not tell the types of {api_version}: {cause}"
    )]
    Undiscovered {
        /// The type, as typed.
        what: String,
        /// The group and version.
        api_version: String,
        /// Why.
        cause: String,
    },
    /// A version of a type is not served any more, and another one is.
    #[error("the server does not serve {what} in {gone} any more, but in {served}")]
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
    /// The HTTP status code of a refusal.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(status.code),
            _ => None,
        }
    }

    /// The error in words, where the request was named before.
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

    /// Whether the next request will not fare better: the server cannot be
    /// reached, or does not take the credentials.
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

    /// Whether a change that ended so may have been made: the request may have
    /// arrived, and no word of the API server says what became of it.
    pub(super) fn may_be_done(&self) -> bool {
        match self {
            Self::Unreachable { sent, .. } => *sent,
            Self::TimedOut { .. } | Self::NotAnApi { .. } | Self::TooLarge { .. } => true,
            // What answers with these stands in front of the server, and may
            // have passed the request on.
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

    /// Whether server-side apply could not read what it was to merge: nothing is
    /// stored, and the same text is refused again.
    fn is_refused_merge(&self) -> bool {
        match self {
            Self::Refused { status, .. } => status.message.starts_with(NOT_MERGED),
            _ => false,
        }
    }

    /// Whether the server says that it has no such object: the one that was asked
    /// for, of a type that it knows (apimachinery/pkg/api/errors, `NewNotFound`, whose
    /// `kind` is the resource). Others may say "not found" of a namespace, or of
    /// something that stands in between.
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

    /// Whether the server has no such URL: a kind that it does not serve, or not
    /// yet.
    pub(crate) fn is_not_served(&self) -> bool {
        match self {
            Self::UnknownKind { .. } | Self::UnknownType { .. } => true,
            Self::Refused { status, .. } => status.code == 404 && status.message == NOT_SERVED,
            _ => false,
        }
    }

    /// The fields that the server complains about.
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
