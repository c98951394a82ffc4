//! What can go wrong between us and the API server.

use std::error::Error as StdError;
use std::fmt;

use kube::core::Status;
use kube::core::response::StatusCause;

use super::body::Bound;
use super::transport::{self, TlsProblem};

/// What is done to a resource, in the words of RBAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Read one.
    Get,
    /// Read all.
    List,
    /// Be told of changes.
    Watch,
    /// POST.
    Create,
    /// PATCH, server-side apply included.
    Patch,
    /// DELETE.
    Delete,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Patch => "patch",
            Self::Delete => "delete",
        })
    }
}

/// What was asked of the server, as an error names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// What was to be done.
    pub verb: Verb,
    /// To what: `pods`, `jobs.batch`.
    pub resource: String,
    /// Which one, where it is one.
    pub name: Option<String>,
    /// Where, for what lives in a namespace.
    pub namespace: Option<String>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if let Some(name) = &self.name {
            write!(f, " \"{name}\"")?;
        }
        match &self.namespace {
            Some(namespace) if namespace.is_empty() => f.write_str(" in all namespaces"),
            Some(namespace) => write!(f, " in namespace \"{namespace}\""),
            None => Ok(()),
        }
    }
}

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
            Self::Refused { status, .. } => status.message.starts_with(super::refusal::NOT_MERGED),
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
            Self::Refused { status, .. } => {
                status.code == 404 && status.message == super::refusal::NOT_SERVED
            }
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

    /// An error of the client library, without its stack of nested causes.
    pub(super) fn from_kube(server: &str, request: &Request, error: kube::Error) -> Self {
        let server = server.to_owned();
        match error {
            kube::Error::Api(status) => Self::Refused {
                request: request.clone(),
                status,
            },
            kube::Error::SerdeError(error) => Self::NotAnApi {
                server,
                cause: error.to_string(),
            },
            error => {
                if let Some(cause) = credential_error(&error) {
                    return Self::Credentials { server, cause };
                }
                if let Some(ProxyError { proxy, cause }) = find_proxy_error(&error) {
                    return Self::Proxy {
                        proxy: proxy.clone(),
                        cause: cause.clone(),
                    };
                }
                match transport::tls_problem(&error) {
                    Some(problem) => Self::Tls { server, problem },
                    None => Self::Unreachable {
                        server,
                        cause: innermost(&error),
                        sent: !is_before_sending(&error),
                    },
                }
            }
        }
    }
}

/// Whether there was no connection yet when it went wrong.
fn is_before_sending(error: &kube::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<hyper_util::client::legacy::Error>() {
            return found.is_connect();
        }
        next = cause.source();
    }
    false
}

/// Credentials that could not be made for a request, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct CredentialError(pub(crate) String);

/// Credentials that could not be made, wherever in a chain of causes.
fn credential_error(error: &kube::Error) -> Option<String> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(CredentialError(why)) = cause.downcast_ref() {
            return Some(why.clone());
        }
        next = cause.source();
    }
    None
}

/// A proxy that cannot be reached, or that does not connect to the server.
#[derive(Debug, thiserror::Error)]
#[error("the proxy {proxy} {cause}")]
pub(crate) struct ProxyError {
    proxy: String,
    cause: String,
}

impl ProxyError {
    /// Returns the error where the proxy on the way to `server` is at fault, and `None`
    /// where something else is. No request was sent then.
    pub(crate) fn of(
        proxy: &http::Uri,
        server: &http::Uri,
        error: &(dyn StdError + 'static),
    ) -> Option<Self> {
        let cause = transport::proxy_fault(error, server)?;
        let host = proxy.authority()?.as_str();
        let address = host.rsplit_once('@').map_or(host, |(_, address)| address);
        let scheme = proxy.scheme_str()?;
        let proxy = format!("{scheme}://{address}");
        Some(Self { proxy, cause })
    }
}

fn find_proxy_error(error: &kube::Error) -> Option<&ProxyError> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

/// The last cause of a chain, in our words where there are any: the others only wrap
/// it.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    if let Some(words) = transport::words(error) {
        return words;
    }
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    crate::error::system(last)
}
