//! Messages of errors about requests and their outcome.

use std::error::Error as StdError;
use std::io;

use kube::core::Status;

use super::body::Bound;
use super::retry::did_nothing;
use super::tls::TlsProblem;
use super::{ClusterError, CredentialError, NOT_MERGED, NOT_SERVED, Request, Verb, innermost};

fn request() -> Request {
    Request {
        verb: Verb::Create,
        resource: "pods".to_owned(),
        name: Some("web".to_owned()),
        namespace: Some("default".to_owned()),
    }
}

fn refused(code: u16, reason: &str, message: &str) -> ClusterError {
    let status = Status::failure(message, reason).with_code(code).boxed();
    ClusterError::Refused {
        request: request(),
        status,
    }
}

fn foreign(status: u16) -> ClusterError {
    ClusterError::Foreign {
        server: "s".to_owned(),
        request: Box::new(request()),
        status,
        answer: "an HTML page".to_owned(),
    }
}

fn unreachable(sent: bool) -> ClusterError {
    ClusterError::Unreachable {
        server: "s".to_owned(),
        cause: "c".to_owned(),
        sent,
    }
}

fn timed_out() -> ClusterError {
    ClusterError::TimedOut {
        server: "s".to_owned(),
        request: request(),
        seconds: 1,
    }
}

/// Errors without a request, or of requests that were not sent.
fn not_sent() -> Vec<ClusterError> {
    let text = || "x".to_owned();
    vec![
        ClusterError::Proxy {
            proxy: text(),
            cause: text(),
        },
        ClusterError::Tls {
            server: text(),
            problem: TlsProblem::UnknownAuthority,
        },
        ClusterError::Credentials {
            server: text(),
            cause: text(),
        },
        ClusterError::Undiscovered {
            what: text(),
            api_version: text(),
            cause: text(),
        },
        ClusterError::OtherVersion {
            what: text(),
            gone: text(),
            served: text(),
        },
    ]
}

fn unknown_types() -> [ClusterError; 2] {
    let text = || "x".to_owned();
    [
        ClusterError::UnknownKind {
            api_version: text(),
            kind: text(),
        },
        ClusterError::UnknownType { word: text() },
    ]
}

#[test]
fn a_change_may_be_done_where_the_servers_word_is_missing() {
    for (error, may_be_done) in [
        (unreachable(true), true),
        (unreachable(false), false),
        (timed_out(), true),
        (
            ClusterError::NotAnApi {
                server: "s".to_owned(),
                cause: "c".to_owned(),
            },
            true,
        ),
        (
            ClusterError::TooLarge {
                server: "s".to_owned(),
                request: request(),
                limit: Bound::Sent(1),
            },
            true,
        ),
        // It has been told already.
        (
            ClusterError::Unknown {
                request: request(),
                cause: Box::new(timed_out()),
            },
            false,
        ),
    ] {
        assert_eq!(error.may_be_done(), may_be_done, "{error:?}");
    }
    for error in not_sent().into_iter().chain(unknown_types()) {
        assert!(!error.may_be_done(), "{error:?}");
    }
}

/// A page, a redirect or a text of a proxy in front of the server.
#[test]
fn foreign_response_may_follow_a_change() {
    for (status, may_be_done) in [
        (200, true),
        (206, true),
        (299, true),
        (300, false),
        (302, false),
        (404, false),
        (407, false),
        (408, true),
        (409, false),
        (499, false),
        (500, true),
        (502, true),
        (599, true),
    ] {
        assert_eq!(foreign(status).may_be_done(), may_be_done, "{status}");
    }
}

#[test]
fn a_refusal_leaves_a_change_open_where_time_ran_out() {
    let not_merged = format!("{NOT_MERGED}default/web; v1, Kind=Pod): errors");
    for (code, reason, message, may_be_done) in [
        (408, "Timeout", "", true),
        (408, "", "", true),
        (504, "Timeout", "", true),
        (502, "BadGateway", "", true),
        (504, "GatewayTimeout", "", true),
        (500, "Timeout", "", true),
        // A text without a reason, which a proxy writes, too.
        (500, "", "", true),
        (503, "", "", true),
        (499, "", "", false),
        (429, "", "", false),
        (500, "InternalError", "etcdserver: request timed out", true),
        (503, "Other", "etcdserver: request timed out", false),
        (400, "BadRequest", "etcdserver: request timed out", false),
        (500, "InternalError", "failed calling webhook", false),
        (500, "ServerTimeout", "", false),
        (503, "ServiceUnavailable", "", false),
        (403, "Forbidden", "", false),
        (409, "AlreadyExists", "", false),
        (429, "TooManyRequests", "", false),
        // It could not even be read.
        (500, "", &*not_merged, false),
    ] {
        let error = refused(code, reason, message);
        assert_eq!(
            error.may_be_done(),
            may_be_done,
            "{code} {reason} {message}"
        );
    }
}

#[test]
fn a_type_is_not_served_in_the_servers_own_words_only() {
    for error in unknown_types() {
        assert!(error.is_not_served(), "{error:?}");
    }
    for (error, is_not_served) in [
        (refused(404, "NotFound", NOT_SERVED), true),
        (refused(404, "NotFound", "pods \"web\" not found"), false),
        (refused(404, "NotFound", ""), false),
        (refused(410, "Gone", NOT_SERVED), false),
        (refused(403, "Forbidden", NOT_SERVED), false),
        (foreign(404), false),
        (unreachable(false), false),
        (timed_out(), false),
    ] {
        assert_eq!(error.is_not_served(), is_not_served, "{error:?}");
        // Nor is it a word of one object.
        assert!(!(error.is_not_served() && error.is_not_found()));
    }
    for error in not_sent() {
        assert!(!error.is_not_served(), "{error:?}");
    }
}

type Cause = Box<dyn StdError + Send + Sync>;

/// A cause in a chain.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Layer {
    text: &'static str,
    #[source]
    inner: Option<Cause>,
}

fn layer(text: &'static str, inner: Option<Cause>) -> Cause {
    Box::new(Layer { text, inner })
}

fn no_file() -> Cause {
    // ENOENT everywhere.
    Box::new(io::Error::from_raw_os_error(2))
}

#[test]
fn last_cause_of_a_chain_is_the_message() {
    let looked_up = "failed to lookup address information: Name or service not known";
    for (error, told) in [
        (layer("alone", None), "alone"),
        (layer("outer", Some(layer("Inner", None))), "Inner"),
        (layer("a", Some(layer("b", Some(layer("c", None))))), "c"),
        (no_file(), "no such file or directory"),
        (
            layer("outer", Some(layer("next", Some(no_file())))),
            "no such file or directory",
        ),
        // In our words where there are any.
        (
            layer("outer", Some(layer(looked_up, None))),
            "its name cannot be resolved",
        ),
    ] {
        assert_eq!(innermost(&*error), told, "{error:?}");
    }
}

#[test]
fn error_of_the_client_library_has_its_cause() {
    let credential = || -> Cause { Box::new(CredentialError("no login".to_owned())) };
    for (error, told) in [
        (credential(), "no credentials for s: no login"),
        (
            layer("outer", Some(layer("next", Some(credential())))),
            "no credentials for s: no login",
        ),
        (
            layer("outer", Some(no_file())),
            "the server s cannot be reached: no such file or directory",
        ),
        (
            layer("outer", Some(layer("inner", None))),
            "the server s cannot be reached: inner",
        ),
    ] {
        let error = ClusterError::from_kube("s", &request(), kube::Error::Service(error));
        assert_eq!(error.to_string(), told);
        // Where nothing says that there was no connection, it may have arrived.
        let is_credential = matches!(error, ClusterError::Credentials { .. });
        assert_eq!(error.may_be_done(), !is_credential, "{told}");
    }
}

#[test]
fn only_a_refusal_in_the_servers_own_words_did_nothing() {
    for (error, expected) in [
        (refused(429, "TooManyRequests", ""), true),
        (
            refused(500, "InternalError", "failed calling webhook"),
            true,
        ),
        (refused(503, "ServiceUnavailable", ""), true),
        (refused(500, "Timeout", ""), false),
        (
            refused(500, "InternalError", "etcdserver: request timed out"),
            false,
        ),
        (refused(503, "", ""), false),
        (refused(501, "NotImplemented", ""), false),
        (refused(502, "BadGateway", ""), false),
        (refused(504, "Timeout", ""), false),
        (refused(404, "NotFound", ""), false),
        (refused(409, "AlreadyExists", ""), false),
        (foreign(500), false),
        (foreign(404), false),
        (timed_out(), false),
        (unreachable(true), false),
        (unreachable(false), false),
    ] {
        assert_eq!(did_nothing(&error), expected, "{error:?}");
    }
}
