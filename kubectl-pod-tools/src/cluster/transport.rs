//! Messages of failures of HTTP and of the system.

use std::error::Error as StdError;

use rustls::Error as TlsError;

use super::tls::{find, tls_words};
use crate::error::system;

/// Returns the message of a failure of the transport, or `None` to use the system's message.
fn words(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(error) = find::<TlsError>(error) {
        return Some(tls_words(error));
    }
    if let Some(error) = find::<hyper::Error>(error)
        && let Some(words) = http_words(error)
    {
        return Some(words.to_owned());
    }
    let text = last(error).to_string();
    TEXTS
        .iter()
        .find(|(theirs, _)| text.contains(theirs))
        .map(|(_, ours)| (*ours).to_owned())
}

/// Messages of failures without a type of their own.
const TEXTS: [(&str, &str); 11] = [
    ("without sending TLS close_notify", CUT_OFF),
    (
        "tls handshake eof",
        "it closed the connection in the middle of the TLS handshake",
    ),
    ("end of file before message length", BROKE_OFF),
    ("unexpected EOF during chunk", BROKE_OFF),
    (
        "failed to lookup address information",
        "its name cannot be resolved",
    ),
    (
        "deadline has elapsed",
        "no connection within the time limit",
    ),
    (
        "tunnel error: proxy authorization required",
        "the proxy requires a user and a password",
    ),
    (
        "tunnel error: unsuccessful",
        "the proxy refuses to connect to it",
    ),
    (
        "tunnel error: unexpected end of file",
        "the proxy closed the connection",
    ),
    (
        "tunnel error: proxy response headers too long",
        "the proxy sent an invalid response",
    ),
    ("SOCKS error: ", "the SOCKS proxy refuses to connect to it"),
];

/// Returns the failure of a proxy, or `None` if the error is not about the proxy. With a proxy,
/// all direct connections are to the proxy.
pub(super) fn proxy_fault(error: &(dyn StdError + 'static), server: &http::Uri) -> Option<String> {
    let says = |text: &str| {
        let mut next = Some(error);
        std::iter::from_fn(|| {
            let cause = next?;
            next = cause.source();
            Some(cause.to_string())
        })
        .any(|cause| cause.contains(text))
    };
    if find::<TlsError>(error).is_some() {
        return None;
    }
    for (theirs, ours) in [
        (
            "tunnel error: proxy authorization required",
            "requires a user and a password",
        ),
        (
            "tunnel error: unexpected end of file",
            "closed the connection",
        ),
        (
            "tunnel error: proxy response headers too long",
            "sent an invalid response",
        ),
        // These come without their cause.
        (
            "SOCKS error: failed to create underlying connection",
            "cannot be reached",
        ),
        ("SOCKS error: io error", "closed the connection"),
        ("SOCKS error: failed parsing", "sent an invalid response"),
    ] {
        if says(theirs) {
            return Some(ours.to_owned());
        }
    }
    // A tunnel that has no connection to begin with says so around the cause of that.
    if says("tcp connect error") || says("dns error") || says("deadline has elapsed") {
        return Some(format!("cannot be reached: {}", innermost(error)));
    }
    let is_refused = says("tunnel error: ") || says("SOCKS error: ");
    is_refused.then(|| format!("does not connect to {server}"))
}

const CUT_OFF: &str = "the connection was cut off";
const BROKE_OFF: &str = "the answer broke off";
const NOT_HTTP: &str = "its answer is not HTTP";

fn http_words(error: &hyper::Error) -> Option<&'static str> {
    if error.is_incomplete_message() {
        Some("it closed the connection without an answer")
    } else if error.is_parse() {
        Some(NOT_HTTP)
    } else if error.is_canceled() || error.is_closed() {
        Some("the connection was closed")
    } else {
        None
    }
}

/// Returns the message of the last cause of a chain, which the others only wrap.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    if let Some(words) = words(error) {
        return words;
    }
    system(last(error))
}

/// Returns the last cause of a chain, which the others only wrap.
fn last<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut last = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::AlertDescription;

    use super::*;

    fn wrapped(error: TlsError) -> io::Error {
        io::Error::other(io::Error::other(error))
    }

    #[test]
    fn no_words_of_a_library_are_left() {
        let eof = io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "peer closed connection without sending TLS close_notify: https://docs.rs/rustls",
        );
        assert_eq!(words(&eof).unwrap(), "the connection was cut off");
        for alert in [
            AlertDescription::InternalError,
            AlertDescription::UnrecognisedName,
            AlertDescription::Unknown(200),
        ] {
            let told = words(&wrapped(TlsError::AlertReceived(alert))).unwrap();
            let start = "it refuses the TLS connection: ";
            assert!(told.starts_with(start), "{told}");
            assert_eq!(told, told.to_lowercase().replace("tls", "TLS"));
        }
        assert!(words(&io::Error::from(io::ErrorKind::ConnectionRefused)).is_none());
    }
}
