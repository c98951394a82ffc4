//! Writes URLs.

use super::escape::{Part, escape, is_encoded, unescape};
use super::text::cut;
use super::value::Url;

impl Url {
    /// Returns the path as it is sent.
    ///
    /// Upstream: `URL.EscapedPath` in Go's `net/url`.
    pub(crate) fn escaped_path(&self) -> Vec<u8> {
        if !self.raw_path.is_empty() && is_encoded(&self.raw_path, Part::Path) {
            let decoded = unescape(&self.raw_path, Part::Path);
            if decoded.is_ok_and(|path| path == self.path) {
                return self.raw_path.clone();
            }
        }
        if self.path == b"*" {
            return self.path.clone();
        }
        escape(&self.path, Part::Path)
    }

    /// Returns the target of a request line.
    ///
    /// Upstream: `URL.RequestURI` in Go's `net/url`.
    pub(crate) fn request_target(&self) -> Vec<u8> {
        let mut out = if self.opaque.is_empty() {
            self.escaped_path()
        } else if self.opaque.starts_with(b"//") {
            [&self.scheme[..], b":", &self.opaque].concat()
        } else {
            self.opaque.clone()
        };
        if out.is_empty() {
            out.push(b'/');
        }
        self.push_query(&mut out);
        out
    }

    /// Returns the whole URL.
    ///
    /// Upstream: `URL.String` in Go's `net/url`.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.write(self.user.is_some())
    }

    /// Returns the whole URL without its user and password.
    pub(crate) fn without_user(&self) -> Vec<u8> {
        self.write(false)
    }

    fn write(&self, with_user: bool) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.push_authority(&mut out, with_user);
            let path = self.escaped_path();
            if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                out.extend(b"./");
            }
            out.extend(path);
        } else {
            out.extend(&self.opaque);
        }
        self.push_query(&mut out);
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(self.escaped_fragment());
        }
        out
    }

    fn escaped_fragment(&self) -> Vec<u8> {
        match unescape(&self.fragment, Part::Fragment) {
            Ok(decoded) if !is_encoded(&self.fragment, Part::Fragment) => {
                escape(&decoded, Part::Fragment)
            }
            _ => self.fragment.clone(),
        }
    }

    fn push_query(&self, out: &mut Vec<u8>) {
        if self.force_query || !self.raw_query.is_empty() {
            out.push(b'?');
            out.extend(&self.raw_query);
        }
    }

    fn push_authority(&self, out: &mut Vec<u8>, with_user: bool) {
        let has_user = self.user.is_some();
        if self.scheme.is_empty() && self.host.is_empty() && !has_user {
            return;
        }
        if self.omit_host && self.host.is_empty() && !has_user {
            return;
        }
        if !self.host.is_empty() || !self.path.is_empty() || has_user {
            out.extend(b"//");
        }
        if let Some((name, password)) = self.user.as_ref().filter(|_| with_user) {
            out.extend(escape(name, Part::User));
            if let Some(password) = password {
                out.push(b':');
                out.extend(escape(password, Part::User));
            }
            out.push(b'@');
        }
        out.extend(escape(&self.host, Part::Host));
    }
}
