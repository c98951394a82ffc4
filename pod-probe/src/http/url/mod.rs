//! URLs as Go reads, joins and writes them. Texts are bytes: a server may send anything.
//!
//! Upstream: Go's `net/url`.

mod escape;
mod parse;
mod resolve;
mod write;

pub(crate) use parse::{Dialect, UrlError};

/// A URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Url {
    /// In lower case; empty for a relative one.
    pub scheme: Vec<u8>,
    /// The text after `scheme:` where no `/` follows.
    pub opaque: Vec<u8>,
    /// User, and password if there is one; decoded.
    pub user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// `host` or `host:port`; decoded.
    pub host: Vec<u8>,
    /// Decoded.
    pub path: Vec<u8>,
    /// The path as written, where writing the decoded one gives another text.
    pub raw_path: Vec<u8>,
    /// True if the URL ends in a `?`.
    pub force_query: bool,
    /// As written.
    pub raw_query: Vec<u8>,
    /// As written; the kubelet never sends it.
    pub fragment: Vec<u8>,
    /// True for `scheme:/path`.
    pub omit_host: bool,
}

impl Url {
    /// Returns the host without its port and without brackets.
    pub(crate) fn hostname(&self) -> &[u8] {
        self.split_host().0
    }

    /// Returns the port's text, which may be empty.
    pub(crate) fn port(&self) -> &[u8] {
        self.split_host().1
    }

    fn split_host(&self) -> (&[u8], &[u8]) {
        let colon = self.host.iter().rposition(|byte| *byte == b':');
        let (host, port) = match colon {
            Some(at) if parse::is_optional_port(&self.host[at..]) => {
                (&self.host[..at], &self.host[at + 1..])
            }
            _ => (&self.host[..], &[][..]),
        };
        match host {
            [b'[', inner @ .., b']'] => (inner, port),
            _ => (host, port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(base: &str, reference: &str) -> String {
        let base = Url::parse(base.as_bytes(), Dialect::FirstColon).unwrap();
        match Url::parse(reference.as_bytes(), Dialect::FirstColon) {
            Ok(reference) => {
                String::from_utf8_lossy(&base.resolve(&reference).to_bytes()).into_owned()
            }
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn a_reference_is_resolved_against_its_base() {
        let base = "http://10.0.0.1:80/a/b?q";
        let table = [
            ("c", "http://10.0.0.1:80/a/c"),
            ("/c?d#e", "http://10.0.0.1:80/c?d#e"),
            ("../../../c", "http://10.0.0.1:80/c"),
            ("./", "http://10.0.0.1:80/a/"),
            ("", "http://10.0.0.1:80/a/b?q"),
            ("?", "http://10.0.0.1:80/a/b?"),
            ("//x/y", "http://x/y"),
            ("HTTPS://x", "https://x"),
            ("mailto:x", "mailto:x"),
            ("/a%2fb%zz", "error: invalid escape `%zz`"),
            ("/a%2fb", "http://10.0.0.1:80/a%2fb"),
            ("/ä b", "http://10.0.0.1:80/%C3%A4%20b"),
            ("http://[::1", "error: missing `]` in the host"),
            ("http://u:p@x:1/", "http://u:p@x:1/"),
            ("a:b/c", "a:b/c"),
            ("1a:b", "error: a colon in the first segment of the path"),
            ("http:/x", "http:/x"),
            ("/.//x", "http://10.0.0.1:80//x"),
            ("\u{7f}", "error: control character"),
        ];
        for (reference, expected) in table {
            assert_eq!(resolved(base, reference), expected, "{reference}");
        }
    }

    #[test]
    fn the_host_is_split_from_its_port() {
        let table = [
            ("http://[fe80::1%25eth0]:80/", "fe80::1%eth0", "80"),
            ("http://a", "a", ""),
            ("http://a:", "a", ""),
            ("http://a:1:2", "a:1", "2"),
        ];
        for (text, host, port) in table {
            let url = Url::parse(text.as_bytes(), Dialect::LastColon).unwrap();
            assert_eq!(
                (url.hostname(), url.port()),
                (host.as_bytes(), port.as_bytes())
            );
        }
    }
}
