//! Reads URLs.

use pod_model::KubernetesVersion;

use super::error::UrlError;
use super::escape::{Part, escape, unescape};
use super::text::{cut, is_optional_port};
use super::value::Url;

/// The Go that a kubelet is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Before 1.26: `http://a:1:2` has the port 2.
    LastColon,
    /// From 1.26 on, that is no URL: `urlstrictcolons`.
    FirstColon,
}

impl Dialect {
    /// The dialect of a version of Kubernetes.
    pub(crate) fn of(version: KubernetesVersion) -> Self {
        if version < KubernetesVersion::V1_36 {
            Self::LastColon
        } else {
            Self::FirstColon
        }
    }
}

impl Url {
    /// Reads a URL, absolute or relative.
    ///
    /// Upstream: `Parse` in Go's `net/url`.
    pub(crate) fn parse(text: &[u8], dialect: Dialect) -> Result<Self, UrlError> {
        let (text, fragment) = cut(text, b'#');
        let mut url = Self::without_fragment(text, dialect)?;
        if let Some(fragment) = fragment {
            unescape(fragment, Part::Fragment)?;
            url.fragment = fragment.to_vec();
        }
        Ok(url)
    }

    fn without_fragment(text: &[u8], dialect: Dialect) -> Result<Self, UrlError> {
        let mut url = Self::default();
        if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
            return Err(UrlError::Control);
        }
        if text == b"*" {
            url.path = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = split_scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let question = rest.iter().position(|byte| *byte == b'?');
        if question.is_some_and(|at| at + 1 == rest.len()) {
            url.force_query = true;
            rest = &rest[..rest.len() - 1];
        } else {
            let (before, query) = cut(rest, b'?');
            url.raw_query = query.unwrap_or_default().to_vec();
            rest = before;
        }
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err(UrlError::Colon);
            }
        }
        let has_authority = !url.scheme.is_empty() || !rest.starts_with(b"///");
        if has_authority && rest.starts_with(b"//") {
            let authority = &rest[2..];
            let end = authority.iter().position(|byte| *byte == b'/');
            let (authority, path) = authority.split_at(end.unwrap_or(authority.len()));
            url.set_authority(authority, dialect)?;
            rest = path;
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omit_host = true;
        }
        url.set_path(rest)?;
        Ok(url)
    }

    pub(super) fn set_path(&mut self, path: &[u8]) -> Result<(), UrlError> {
        self.path = unescape(path, Part::Path)?;
        self.raw_path = if path == escape(&self.path, Part::Path) {
            Vec::new()
        } else {
            path.to_vec()
        };
        Ok(())
    }

    fn set_authority(&mut self, authority: &[u8], dialect: Dialect) -> Result<(), UrlError> {
        let at = authority.iter().rposition(|byte| *byte == b'@');
        let host = at.map_or(authority, |at| &authority[at + 1..]);
        let is_http = self.scheme == b"http" || self.scheme == b"https";
        let is_strict = is_http && dialect == Dialect::FirstColon;
        self.host = host_of(host, is_strict)?;
        let Some(at) = at else { return Ok(()) };
        let user = &authority[..at];
        let allowed = b"-._:~!$&'()*+,;=%@";
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || allowed.contains(byte);
        if !user.iter().all(is_allowed) {
            return Err(UrlError::User);
        }
        let (name, password) = cut(user, b':');
        let name = unescape(name, Part::User)?;
        let password = password.map(|text| unescape(text, Part::User));
        self.user = Some((name, password.transpose()?));
        Ok(())
    }
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), UrlError> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err(UrlError::NoScheme),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn host_of(host: &[u8], is_strict: bool) -> Result<Vec<u8>, UrlError> {
    let port_error = |text: &[u8]| UrlError::Port(String::from_utf8_lossy(text).into_owned());
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => {
            let close = host.iter().rposition(|byte| *byte == b']');
            let close = close.ok_or(UrlError::Bracket)?;
            let port = &host[close + 1..];
            if !is_optional_port(port) {
                return Err(port_error(port));
            }
            let mut literal = literal(&host[1..close])?;
            literal.insert(0, b'[');
            literal.push(b']');
            literal.extend(unescape(port, Part::Host)?);
            return Ok(literal);
        }
        Some(_) => return Err(UrlError::Literal),
        None => {}
    }
    let first = host.iter().position(|byte| *byte == b':');
    let last = host.iter().rposition(|byte| *byte == b':');
    if let (Some(first), Some(last)) = (first, last) {
        let port = &host[if is_strict { first } else { last }..];
        if !is_optional_port(port) {
            return Err(port_error(port));
        }
    }
    unescape(host, Part::Host)
}

/// Reads an IPv6 address, which may have a zone.
fn literal(text: &[u8]) -> Result<Vec<u8>, UrlError> {
    let zone = text.windows(3).position(|window| window == b"%25");
    let (host, zone) = text.split_at(zone.unwrap_or(text.len()));
    let mut out = unescape(host, Part::Host)?;
    out.extend(unescape(zone, Part::Zone)?);
    let (address, zone) = cut(&out, b'%');
    let is_address =
        std::str::from_utf8(address).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok());
    if is_address && zone.is_none_or(|zone| !zone.is_empty()) {
        Ok(out)
    } else {
        Err(UrlError::Literal)
    }
}
