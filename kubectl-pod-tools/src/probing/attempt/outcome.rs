//! Results of tries and attempts.

use std::time::Duration;

use jiff::Timestamp;
use pod_probe::{Judgement, Verdict};

use super::way::ConnectError;

/// Result of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Verdict of the last try.
    pub verdict: Verdict,
    /// Number of tries: more than one only if all but the last were errored.
    pub tries: u32,
    /// Time that all tries took.
    pub duration: Duration,
    /// The reason, as a sentence without a full stop; no text of the server.
    pub message: String,
    /// Status code of the last HTTP response.
    pub status: Option<u16>,
    /// Exit code of a command.
    pub exit_code: Option<i32>,
    /// First line of the answer that is not blank; it is not escaped.
    pub first_line: Option<String>,
    /// The server's side of the last TLS connection.
    pub tls: Option<TlsFacts>,
    /// URLs that redirects led to, in order; the last one may not have been followed.
    pub redirects: Vec<String>,
}

/// A server's side of a TLS connection. The kubelet requires none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFacts {
    /// Names and addresses of the certificate.
    pub names: Vec<String>,
    /// End of its validity, or `None` if it cannot be read.
    pub not_after: Option<Timestamp>,
    /// Version of TLS, such as `1.3`.
    pub version: &'static str,
}

/// Result of one try.
pub(super) struct Try {
    pub judgement: Judgement,
    pub tls: Option<TlsFacts>,
}

impl From<Judgement> for Try {
    fn from(judgement: Judgement) -> Self {
        let tls = None;
        Self { judgement, tls }
    }
}

/// The reason that there is no connection for HTTP.
pub(super) enum Refused {
    Target(String),
    Way(String),
}

impl From<ConnectError> for Refused {
    fn from(error: ConnectError) -> Self {
        if error.is_way_broken {
            Self::Way(error.message)
        } else {
            Self::Target(error.message)
        }
    }
}
