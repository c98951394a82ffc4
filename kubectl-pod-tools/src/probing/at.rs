//! `--at`: the address at which a file's probes are run.

use std::net::IpAddr;

/// An address of a host, with a port in place of the declared ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// An IP address without brackets, or a name.
    pub(super) host: String,
    /// The port for all probes, or `None` for the declared ones.
    pub(super) port: Option<u16>,
}

impl At {
    /// This machine, at the declared ports.
    pub(super) fn loopback() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: None,
        }
    }
}

/// Parses `HOST`, `HOST:PORT`, an IPv6 address, or one in brackets with a port.
///
/// # Errors
/// The text is none of these, or the port is not from 1 to 65535.
pub(super) fn parse_at(text: &str) -> Result<At, String> {
    if text.contains("://") {
        return Err("expected `HOST` or `HOST:PORT`, without a scheme".to_owned());
    }
    let expected = || "expected `HOST` or `HOST:PORT`, such as `127.0.0.1:8080`".to_owned();
    if text.parse::<IpAddr>().is_ok() {
        return Ok(At {
            host: text.to_owned(),
            port: None,
        });
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => {
            host.parse::<IpAddr>().map_err(|_| expected())?;
            match rest.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if rest.is_empty() => (host, None),
                None => return Err(expected()),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    if host.is_empty() || !host.chars().all(in_name) {
        return Err(expected());
    }
    let port = port.map(|port| {
        let number = port.bytes().all(|b| b.is_ascii_digit());
        let port: Option<u16> = port.parse().ok().filter(|_| number);
        port.filter(|port| *port > 0)
            .ok_or_else(|| "expected a port from 1 to 65535".to_owned())
    });
    Ok(At {
        host: host.to_owned(),
        port: port.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read() {
        for (text, host, port) in [
            ("127.0.0.1", "127.0.0.1", None),
            ("127.0.0.1:8080", "127.0.0.1", Some(8080)),
            ("localhost:1", "localhost", Some(1)),
            ("a-b.example.com", "a-b.example.com", None),
            ("::1", "::1", None),
            ("[::1]", "::1", None),
            ("[fe80::1]:65535", "fe80::1", Some(65535)),
        ] {
            let at = parse_at(text).unwrap();
            assert_eq!((at.host.as_str(), at.port), (host, port), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            ":80",
            "a:",
            "a:0",
            "a:65536",
            "a:+1",
            "a:1:2",
            "[::1",
            "[::1]80",
            "[]:1",
            "http://a",
            "a b",
            "a/b",
            "user@a:1",
            "99999999999999999999:1x",
        ] {
            assert!(parse_at(text).is_err(), "{text}");
        }
    }
}
