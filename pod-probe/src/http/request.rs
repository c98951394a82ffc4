//! The requests of a probe: the first one, and those of redirects.
//!
//! Upstream: `newProbeRequest` in `k8s.io/kubernetes/pkg/probe/http/request.go`, and `Client.do` in
//! Go's `net/http/client.go`.

use super::url::{Dialect, Url, UrlError};
use crate::request::HttpRequest;

/// A `GET` request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub url: Url,
    /// The value of `Host`; empty for the URL's.
    pub host: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    /// Name of a header that Go refuses to send.
    pub invalid: Option<String>,
}

impl Request {
    /// Returns the first request of a probe.
    pub(super) fn first(probe: &HttpRequest, address: &str, port: u16) -> Result<Self, UrlError> {
        let dialect = Dialect::of(probe.version);
        let text = first_url(probe, address, port).to_bytes();
        let mut url = Url::parse(&text, dialect)?;
        if url.host.ends_with(b":") {
            url.host.pop();
        }
        let headers = probe.headers.iter();
        let mut request = Self {
            url,
            host: probe.host_header.clone().unwrap_or_default().into_bytes(),
            headers: headers
                .map(|header| (header.name.clone(), header.value.clone().into_bytes()))
                .collect(),
            invalid: probe.invalid_header.clone(),
        };
        request.authorize();
        Ok(request)
    }

    /// Returns the request that follows a redirect; `first` is the first one of the probe.
    pub(super) fn redirected(&self, url: Url, is_relative: bool, first: &Self) -> Self {
        let has_own_host = !self.host.is_empty() && self.host != self.url.host;
        let mut request = Self {
            host: if has_own_host && is_relative {
                self.host.clone()
            } else {
                Vec::new()
            },
            headers: first.headers.clone(),
            invalid: first.invalid.clone(),
            url,
        };
        let is_downgrade = self.url.scheme == b"https" && request.url.scheme == b"http";
        let has_referer = first
            .header("Referer")
            .is_some_and(|value| !value.is_empty());
        if !is_downgrade && !has_referer {
            request.set("Referer", self.url.without_user());
        }
        request.authorize();
        request
    }

    /// Returns the first header of a name.
    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        let mut named = self.headers.iter().filter(|(found, _)| found == name);
        named.next().map(|(_, value)| &value[..])
    }

    fn set(&mut self, name: &str, value: Vec<u8>) {
        self.headers.retain(|(found, _)| found != name);
        self.headers.push((name.to_owned(), value));
    }

    /// Adds the user of the URL, unless the probe declares another authorization.
    fn authorize(&mut self) {
        let Some((name, password)) = &self.url.user else {
            return;
        };
        if self
            .header("Authorization")
            .is_some_and(|value| !value.is_empty())
        {
            return;
        }
        let password = password.as_deref().unwrap_or_default();
        let text = [&name[..], b":", password].concat();
        self.set("Authorization", [b"Basic ", &base64(&text)[..]].concat());
    }
}

/// Upstream: `formatURL` in `pkg/probe/http/request.go`: a path that is no URL is taken as it is.
fn first_url(probe: &HttpRequest, address: &str, port: u16) -> Url {
    let mut url =
        Url::parse(probe.path.as_bytes(), Dialect::of(probe.version)).unwrap_or_else(|_| Url {
            path: probe.path.clone().into_bytes(),
            ..Url::default()
        });
    let host = probe.host.as_deref().unwrap_or(address);
    url.scheme = probe.scheme.clone().into_bytes();
    url.host = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
    .into_bytes();
    url
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or_default();
            out.push(if at > group.len() {
                b'='
            } else {
                ALPHABET[digit]
            });
        }
    }
    out
}
