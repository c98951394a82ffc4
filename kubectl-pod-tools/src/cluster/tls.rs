//! Messages of failed TLS connections: a table of rustls' errors.

use std::error::Error as StdError;
use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// Reason why a TLS connection failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TlsProblem {
    /// The server's certificate is not signed by a trusted authority.
    UnknownAuthority,
    /// The certificate is that of an authority, and a server's was expected.
    OwnAuthority,
    /// The certificate is for other names.
    WrongName {
        /// The names, if they are known.
        names: Vec<String>,
    },
    /// The certificate has expired.
    Expired(Option<Timestamp>),
    /// The certificate is not valid yet.
    NotYetValid(Option<Timestamp>),
    /// Another problem of the server's certificate.
    Certificate(String),
    /// The server requires a client certificate.
    ClientCertificateMissing,
    /// The server does not accept the client certificate.
    ClientCertificateRefused(&'static str),
    /// There is no common version or cipher.
    NothingInCommon(String),
}

impl TlsProblem {
    /// Returns the whole message about a server.
    pub(crate) fn message(&self, server: &str) -> String {
        let not_trusted = |why: &str| format!("the certificate of {server} is not trusted: {why}");
        match self {
            Self::UnknownAuthority => not_trusted("it is signed by an unknown authority"),
            Self::OwnAuthority => not_trusted("it is for an authority, not for a server"),
            Self::WrongName { names } if names.is_empty() => not_trusted("it is for another name"),
            Self::WrongName { names } => not_trusted(&format!("it is for {}", names.join(", "))),
            Self::Expired(None) => not_trusted("it has expired"),
            Self::Expired(Some(at)) => not_trusted(&format!("it has expired on {at}")),
            Self::NotYetValid(None) => not_trusted("it is not valid yet"),
            Self::NotYetValid(Some(at)) => not_trusted(&format!("it is valid from {at}")),
            Self::Certificate(why) => not_trusted(why),
            Self::ClientCertificateMissing => format!("{server} requires a client certificate"),
            Self::ClientCertificateRefused(why) => {
                format!("{server} does not accept the client certificate: {why}")
            }
            Self::NothingInCommon(why) => format!("no TLS connection to {server}: {why}"),
        }
    }

    /// Returns the help.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::UnknownAuthority => {
                "use --certificate-authority with the authority that signed it"
            }
            Self::OwnAuthority => {
                "use --certificate-authority with the authority that signed the server's certificate"
            }
            Self::WrongName { .. } => "use a --server URL with such a name, or --tls-server-name",
            Self::Expired(_) => {
                "renew the server's certificate (`kubeadm certs renew`), or check the clock of this machine"
            }
            Self::NotYetValid(_) => "check the clocks of this machine and of the server",
            Self::Certificate(_) => "the server needs another certificate",
            Self::ClientCertificateMissing => {
                "use --client-certificate and --client-key, or a --user that has them"
            }
            Self::ClientCertificateRefused(_) => {
                "log in again, or use another with --user or --client-certificate"
            }
            Self::NothingInCommon(_) => "the server must offer TLS 1.2 or 1.3",
        }
    }
}

/// Returns the TLS problem of an error, or `None` if it is another error.
pub(super) fn tls_problem(error: &(dyn StdError + 'static)) -> Option<TlsProblem> {
    match find::<TlsError>(error)? {
        TlsError::InvalidCertificate(error) => Some(certificate_problem(error)),
        TlsError::NoCertificatesPresented => Some(TlsProblem::Certificate(
            "the server sent no certificate".to_owned(),
        )),
        TlsError::AlertReceived(alert) => alert_problem(*alert),
        TlsError::PeerIncompatible(why) => {
            Some(TlsProblem::NothingInCommon(spaced(&format!("{why:?}"))))
        }
        _ => None,
    }
}

fn certificate_problem(error: &CertificateError) -> TlsProblem {
    match error {
        CertificateError::UnknownIssuer => TlsProblem::UnknownAuthority,
        CertificateError::NotValidForName => TlsProblem::WrongName { names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => TlsProblem::WrongName {
            names: presented.iter().map(|name| plain_name(name)).collect(),
        },
        CertificateError::Expired => TlsProblem::Expired(None),
        CertificateError::ExpiredContext { not_after, .. } => {
            TlsProblem::Expired(timestamp(*not_after))
        }
        CertificateError::NotValidYet => TlsProblem::NotYetValid(None),
        CertificateError::NotValidYetContext { not_before, .. } => {
            TlsProblem::NotYetValid(timestamp(*not_before))
        }
        CertificateError::Revoked => TlsProblem::Certificate("it was revoked".to_owned()),
        CertificateError::BadEncoding => TlsProblem::Certificate("it is malformed".to_owned()),
        CertificateError::BadSignature => {
            TlsProblem::Certificate("its signature is wrong".to_owned())
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            TlsProblem::Certificate("it is not for servers".to_owned())
        }
        error if format!("{error:?}").contains("CaUsedAsEndEntity") => TlsProblem::OwnAuthority,
        error => TlsProblem::Certificate(spaced(&format!("{error:?}"))),
    }
}

/// Returns `cluster.test` for `DnsName("cluster.test")`.
fn plain_name(name: &str) -> String {
    let inner = name
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(name).trim_matches('"').to_owned()
}

fn timestamp(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}

fn alert_problem(alert: AlertDescription) -> Option<TlsProblem> {
    let refused = TlsProblem::ClientCertificateRefused;
    Some(match alert {
        AlertDescription::CertificateRequired => TlsProblem::ClientCertificateMissing,
        AlertDescription::UnknownCA => {
            refused("it is signed by an authority that it does not know")
        }
        AlertDescription::CertificateExpired => refused("it has expired"),
        AlertDescription::CertificateRevoked => refused("it was revoked"),
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::AccessDenied => refused("it is not good"),
        AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure => {
            TlsProblem::NothingInCommon("the server refuses what is offered".to_owned())
        }
        _ => return None,
    })
}

/// `ServerDoesNotSupportTls12Or13` as words.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_uppercase() && words.ends_with(|last: char| last.is_lowercase()) {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// Describes an error of TLS.
pub(super) fn tls_words(error: &TlsError) -> String {
    match error {
        // What no TLS server writes.
        TlsError::InvalidMessage(_) => {
            "it does not answer in TLS; is its URL http:// by chance?".to_owned()
        }
        TlsError::PeerSentOversizedRecord | TlsError::DecryptError => {
            "its TLS records are broken".to_owned()
        }
        TlsError::PeerMisbehaved(_)
        | TlsError::InappropriateMessage { .. }
        | TlsError::InappropriateHandshakeMessage { .. } => "its TLS is broken".to_owned(),
        TlsError::AlertReceived(alert) => format!(
            "it refuses the TLS connection: {}",
            spaced(&format!("{alert:?}"))
        ),
        TlsError::InvalidCertificate(error) => certificate_problem(error).message("the server"),
        other => other.to_string(),
    }
}

/// The first cause of a type, the ones inside an io::Error included: that leaves
/// itself out of the chain.
pub(super) fn find<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        next = match cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(error: TlsError) -> io::Error {
        io::Error::other(io::Error::other(error))
    }

    #[test]
    fn tls_errors_are_found_in_their_boxes_and_told_in_our_words() {
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_700_000_000));
        for (error, told) in [
            (
                CertificateError::UnknownIssuer,
                "the certificate of S is not trusted: it is signed by an unknown authority",
            ),
            (
                CertificateError::ExpiredContext {
                    time,
                    not_after: time,
                },
                "the certificate of S is not trusted: it has expired on 2023-11-14T22:13:20Z",
            ),
            (
                CertificateError::Expired,
                "the certificate of S is not trusted: it has expired",
            ),
            (
                CertificateError::NotValidYetContext {
                    time,
                    not_before: time,
                },
                "the certificate of S is not trusted: it is valid from 2023-11-14T22:13:20Z",
            ),
            (
                CertificateError::UnhandledCriticalExtension,
                "the certificate of S is not trusted: unhandled critical extension",
            ),
        ] {
            let error = wrapped(TlsError::InvalidCertificate(error));
            let problem = tls_problem(&error).unwrap();
            assert_eq!(problem.message("S"), told);
            let expires = told.contains("expired") || told.contains("before");
            assert!(!(expires && problem.help().contains("--tls-server-name")));
        }
    }

    #[test]
    fn a_client_certificate_that_is_missing_is_not_the_servers_fault() {
        let error = wrapped(TlsError::AlertReceived(
            AlertDescription::CertificateRequired,
        ));
        let problem = tls_problem(&error).unwrap();
        assert_eq!(problem.message("S"), "S requires a client certificate");
        assert!(problem.help().contains("--client-certificate"));
    }

    #[test]
    fn names_are_told_without_their_types() {
        assert_eq!(plain_name("DnsName(\"cluster.test\")"), "cluster.test");
        assert_eq!(plain_name("IpAddress(127.0.0.1)"), "127.0.0.1");
        assert_eq!(plain_name("odd"), "odd");
        assert_eq!(
            spaced("ServerDoesNotSupportTls12Or13"),
            "server does not support tls12or13"
        );
    }
}
