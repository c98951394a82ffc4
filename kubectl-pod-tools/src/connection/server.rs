//! Address of the server (k8s.io/client-go/rest, `DefaultServerURL`). An invalid port is never
//! replaced by the default.

use http::Uri;
use secrecy::SecretString;

/// Address of the API server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    /// URL without user and password.
    pub uri: Uri,
    /// User and password of the URL.
    pub login: Option<Login>,
}

/// A user and password.
#[derive(Clone, Debug)]
pub(super) struct Login {
    /// User; may be empty.
    pub username: String,
    /// Password; may be empty.
    pub password: SecretString,
}

impl Server {
    /// Parses a URL, or a host with an optional port. Without a scheme the connection is plain
    /// HTTP, whatever the configuration of TLS is, as in client-go (clientcmd,
    /// `ClientConfig`).
    ///
    /// # Errors
    /// A message about an invalid address, which follows "the server `…`".
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let not_a_url = || "is not a URL such as https://HOST:PORT".to_owned();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_lowercase(), rest),
            None => ("http".to_owned(), text),
        };
        if !matches!(scheme.as_str(), "http" | "https") {
            return Err(not_a_url());
        }
        // A server's query says nothing.
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if !text.contains("://") && path != "/" {
            return Err(not_a_url());
        }
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(Login::parse(login)), address),
            None => (None, authority),
        };
        check_address(address)?;
        let uri: Uri = format!("{scheme}://{address}{path}")
            .parse()
            .map_err(|_| not_a_url())?;
        if uri.host().is_none_or(str::is_empty) {
            return Err(not_a_url());
        }
        Ok(Self { uri, login })
    }

    /// Returns whether only the server can read the requests.
    pub(super) fn is_tls(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }
}

impl Login {
    /// Parses `USER` or `USER:PASSWORD` of a URL, with its percent-escapes.
    pub(super) fn parse(text: &str) -> Self {
        let (username, password) = text.split_once(':').unwrap_or((text, ""));
        Self {
            username: percent_decoded(username),
            password: percent_decoded(password).into(),
        }
    }
}

/// Checks `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`.
///
/// # Errors
/// A message about an invalid address, which follows "the server `…`".
pub(super) fn check_address(address: &str) -> Result<(), String> {
    let port = match address.strip_prefix('[') {
        Some(inner) => {
            let Some((host, rest)) = inner.split_once(']') else {
                return Err("has a `[` without its `]`".to_owned());
            };
            if host.contains('%') {
                return Err(
                    "has an IPv6 zone (what follows `%`), which is not supported: use a host name or an address without one"
                        .to_owned(),
                );
            }
            match rest.strip_prefix(':') {
                Some(port) => port,
                None if rest.is_empty() => "",
                None => return Err("expected `:PORT` after the `]`".to_owned()),
            }
        }
        None => match address.split_once(':') {
            Some((_, port)) => port,
            None => "",
        },
    };
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && (port.is_empty() || port.parse::<u16>().is_ok()) {
        return Ok(());
    }
    if address.matches(':').count() > 1 && !address.starts_with('[') {
        return Err("has too many colons: write an IPv6 address as `[ADDRESS]:PORT`".to_owned());
    }
    Err("has a port that is not a number from 0 to 65535".to_owned())
}

/// Decodes percent-escapes: `%40` is `@`. Invalid ones stay.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = after
            .get(..2)
            .filter(|digits| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_server_is_a_url_or_a_host() {
        for (text, uri) in [
            ("https://one", "https://one/"),
            ("HTTPS://one:6443", "https://one:6443/"),
            ("one", "http://one/"),
            ("one:6443", "http://one:6443/"),
            ("one:6443/", "http://one:6443/"),
            ("https://one:", "https://one:/"),
            ("https://[fd00::1]:6443/k8s", "https://[fd00::1]:6443/k8s"),
            ("https://one/k8s?x=y#z", "https://one/k8s"),
            ("https://me:pw@one:6443/k8s", "https://one:6443/k8s"),
        ] {
            let server = Server::parse(text).unwrap_or_else(|why| panic!("{text} {why}"));
            assert_eq!(server.uri, uri, "{text}");
        }
    }

    #[test]
    fn invalid_server_is_an_error() {
        for (text, why) in [
            ("https://one:7443x", "a port that is not a number"),
            ("https://one:99999", "a port that is not a number"),
            ("https://one:-1", "a port that is not a number"),
            ("https://one:+443", "a port that is not a number"),
            ("https://one: 443", "a port that is not a number"),
            ("https://[fd00::1]:65536", "a port that is not a number"),
            ("https://[fd00::1]443", "expected `:PORT` after"),
            ("one:https", "a port that is not a number"),
            ("https://fd00::1:443", "too many colons"),
            ("https://[fd00::1", "without its `]`"),
            ("https://[fe80::1%25eth0]:6443", "IPv6 zone"),
            ("https://[fe80::1%eth0]", "IPv6 zone"),
            ("ftp://one", "is not a URL"),
            ("://", "is not a URL"),
            ("https://", "is not a URL"),
            ("a b", "is not a URL"),
            ("one/path", "is not a URL"),
            ("//one", "is not a URL"),
        ] {
            let error = Server::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_login_is_read_out_of_the_url() {
        for (text, username, password) in [
            ("https://me:pw@one", "me", "pw"),
            ("https://me@one", "me", ""),
            ("https://:pw@one", "", "pw"),
            ("https://me:p%40%3aw%zz%4@one", "me", "p@:w%zz%4"),
            ("https://me:a:b@one", "me", "a:b"),
        ] {
            let login = Server::parse(text).unwrap().login.unwrap();
            assert_eq!(login.username, username, "{text}");
            assert_eq!(login.password.expose_secret(), password, "{text}");
        }
    }
}
