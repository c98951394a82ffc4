//! The bytes of a request.
//!
//! Upstream: `Request.write` in Go's `net/http/request.go`, and `persistConn.roundTrip` in
//! `net/http/transport.go`.

use super::fields::{has_token, trim_space};
use super::punycode;
use super::request::Request;

/// Fields that HTTP/2 has none of.
const NOT_IN_HTTP_2: [&str; 4] = ["Connection", "Proxy-Connection", "Upgrade", "Keep-Alive"];

/// A `GET` request of HTTP/2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http2Request {
    /// `:authority`.
    pub authority: Vec<u8>,
    /// `:path`.
    pub path: Vec<u8>,
    /// The other fields, with names in lower case.
    pub fields: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// Returns the request as HTTP/1.1 sends it.
    pub(super) fn to_http_1(&self) -> Result<Vec<u8>, String> {
        self.validate()?;
        let mut out = b"GET ".to_vec();
        out.extend(self.target()?);
        out.extend(b" HTTP/1.1\r\nHost: ");
        out.extend(self.authority()?);
        out.extend(b"\r\n");
        let mut line = |name: &str, value: &[u8]| {
            out.extend(name.as_bytes());
            out.extend(b": ");
            out.extend(trim_space(value));
            out.extend(b"\r\n");
        };
        if let Some(agent) = self.header("User-Agent") {
            line("User-Agent", agent);
        }
        let mut sorted: Vec<_> = self.headers.iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value) in sorted {
            if name != "User-Agent" {
                line(name, value);
            }
        }
        if !self.wants_close() && !self.switches_protocol() {
            line("Connection", b"close");
        }
        out.extend(b"\r\n");
        Ok(out)
    }

    /// Returns the request as HTTP/2 sends it.
    ///
    /// Upstream: `EncodeHeaders` in `golang.org/x/net/internal/httpcommon/request.go`.
    pub(super) fn to_http_2(&self) -> Result<Http2Request, String> {
        self.validate()?;
        let connection = self.headers.iter().filter(|(name, _)| name == "Connection");
        let connection: Vec<&[u8]> = connection.map(|(_, value)| &value[..]).collect();
        let is_plain = match connection[..] {
            [] | [b""] => true,
            [one] => one.eq_ignore_ascii_case(b"close") || one.eq_ignore_ascii_case(b"keep-alive"),
            _ => false,
        };
        let has_upgrade = self
            .header("Upgrade")
            .is_some_and(|value| !value.is_empty());
        if !is_plain || has_upgrade {
            return Err("the request has a header that HTTP/2 does not allow".to_owned());
        }
        let mut fields = Vec::new();
        for (name, value) in &self.headers {
            let is_sent = !NOT_IN_HTTP_2.contains(&name.as_str());
            if is_sent && (name != "User-Agent" || !value.is_empty()) {
                fields.push((name.to_ascii_lowercase(), value.clone()));
            }
        }
        let authority = self.authority()?;
        if authority.is_empty() {
            return Err("the `Host` header cannot be sent".to_owned());
        }
        Ok(Http2Request {
            authority,
            path: self.target()?,
            fields,
        })
    }

    /// True if the client may speak HTTP/1.1 alone.
    pub(super) fn requires_http_1(&self) -> bool {
        let upgrade = self.header("Upgrade").unwrap_or_default();
        let connection = self.header("Connection").unwrap_or_default();
        has_word(connection, b"upgrade") && upgrade.eq_ignore_ascii_case(b"websocket")
    }

    fn validate(&self) -> Result<(), String> {
        if let Some(name) = &self.invalid {
            return Err(format!("the header `{name}` cannot be sent"));
        }
        Ok(())
    }

    fn wants_close(&self) -> bool {
        has_word(self.header("Connection").unwrap_or_default(), b"close")
    }

    fn switches_protocol(&self) -> bool {
        let mut connection = self.headers.iter().filter(|(name, _)| name == "Connection");
        self.header("Upgrade")
            .is_some_and(|value| !value.is_empty())
            && connection.any(|(_, value)| has_token(value, b"upgrade"))
    }

    fn target(&self) -> Result<Vec<u8>, String> {
        let target = self.url.request_target();
        if target.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
            return Err("the path has a control character".to_owned());
        }
        Ok(target)
    }

    /// The value of `Host`; empty where it would not be valid.
    fn authority(&self) -> Result<Vec<u8>, String> {
        let host = if self.host.is_empty() {
            &self.url.host
        } else {
            &self.host
        };
        let host = punycode::host_port(host);
        let host = host.ok_or("the `Host` header is neither ASCII nor UTF-8")?;
        let allowed = b"!$%&()*+,-.:;=['_~]";
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || allowed.contains(byte);
        if !host.iter().all(is_allowed) {
            return Ok(Vec::new());
        }
        Ok(without_zone(host))
    }
}

fn without_zone(host: Vec<u8>) -> Vec<u8> {
    if !host.starts_with(b"[") {
        return host;
    }
    let close = host.iter().rposition(|byte| *byte == b']');
    let zone = close.and_then(|at| host[..at].iter().rposition(|byte| *byte == b'%'));
    match (zone, close) {
        (Some(zone), Some(close)) => [&host[..zone], &host[close..]].concat(),
        _ => host,
    }
}

/// Upstream: `hasToken` in Go's `net/http/header.go`, which takes spaces for separators, too.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let mut words = text.split(|byte| matches!(byte, b' ' | b',' | b'\t'));
    words.any(|found| found.eq_ignore_ascii_case(word))
}
