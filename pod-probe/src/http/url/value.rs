//! A URL in its parts.

use super::text::is_optional_port;

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
            Some(at) if is_optional_port(&self.host[at..]) => {
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
