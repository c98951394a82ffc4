//! Chooses the proxy to the server as Go's HTTP client does
//! (golang.org/x/net/http/httpproxy, `Config.ProxyFunc`): the client library compares
//! `NO_PROXY` with the name of the proxy and ignores `HTTP_PROXY`.

use std::env;
use std::net::IpAddr;

use http::Uri;

use super::error::ConfigError;
use super::server::check_address;

/// Returns the proxy for a server: the kubeconfig's `proxy-url`, regardless of `NO_PROXY`, or
/// that of the environment.
///
/// # Errors
/// A proxy that is not a URL.
pub(super) fn choose(server: &Uri, configured: &str) -> Result<Option<Uri>, ConfigError> {
    if !configured.is_empty() {
        return check(configured).map(Some);
    }
    let variable = |name: &'static str| {
        let lower = name.to_lowercase();
        let value = env::var(name).ok().filter(|value| !value.is_empty());
        value.or_else(|| env::var(lower).ok().filter(|value| !value.is_empty()))
    };
    let name = match server.scheme_str() {
        Some("http") => "HTTP_PROXY",
        _ => "HTTPS_PROXY",
    };
    let Some(url) = variable(name) else {
        return Ok(None);
    };
    if is_excepted(server, &variable("NO_PROXY").unwrap_or_default()) {
        return Ok(None);
    }
    let url = if url.contains("://") {
        url
    } else {
        format!("http://{url}")
    };
    parse(&url, &format!("the proxy in ${name}")).map(Some)
}

/// Parses the kubeconfig's `proxy-url`.
///
/// # Errors
/// An invalid URL, or an unsupported scheme (k8s.io/client-go/tools/clientcmd,
/// `parseProxyURL`).
pub(super) fn check(configured: &str) -> Result<Uri, ConfigError> {
    parse(configured, "the `proxy-url` of the kubeconfig")
}

/// Parses a proxy's URL. Messages show only its scheme, because it may contain a password.
fn parse(url: &str, origin: &str) -> Result<Uri, ConfigError> {
    let wrong = |why: &str| ConfigError::Unusable(format!("{origin} {why}"));
    let not_a_url = "is not a URL such as http://HOST:PORT";
    let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong(not_a_url))?;
    let is_word = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let scheme = match scheme.to_lowercase().as_str() {
        scheme @ ("http" | "https" | "socks5") => scheme.to_owned(),
        // Names are resolved by the proxy in both.
        "socks5h" => "socks5".to_owned(),
        scheme if is_word => {
            return Err(wrong(&format!(
                "has the scheme `{scheme}`; expected http, https or socks5"
            )));
        }
        _ => return Err(wrong(not_a_url)),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority
        .rsplit_once('@')
        .map_or(authority, |(_, address)| address);
    check_address(address).map_err(|why| wrong(&why))?;
    let uri: Uri = format!("{scheme}://{rest}")
        .parse()
        .map_err(|_| wrong(not_a_url))?;
    match uri.host() {
        Some(host) if !host.is_empty() => Ok(uri),
        _ => Err(wrong(not_a_url)),
    }
}

/// Returns whether the environment's proxy is not used for this server: it is on this machine,
/// or in `NO_PROXY`.
fn is_excepted(server: &Uri, no_proxy: &str) -> bool {
    let host = server.host().unwrap_or_default().to_lowercase();
    let host = host.trim_matches(['[', ']']).trim_end_matches('.');
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    let port = server.port_u16().unwrap_or_else(|| {
        if server.scheme_str() == Some("http") {
            80
        } else {
            443
        }
    });
    no_proxy.split(',').any(|entry| {
        let entry = entry.trim().to_lowercase();
        if entry == "*" {
            return true;
        }
        if let Some((network, bits)) = entry.split_once('/') {
            return address.is_some_and(|address| is_in(address, network, bits));
        }
        let (name, wanted) = host_and_port(&entry);
        if name.is_empty() || wanted.is_some_and(|digits| digits != port.to_string()) {
            return false;
        }
        if let Ok(excepted) = name.parse::<IpAddr>() {
            return address == Some(excepted);
        }
        // `*.domain` and `.domain` do not mean the domain itself.
        match name.strip_prefix('*').unwrap_or(name).strip_prefix('.') {
            Some(domain) => host.ends_with(&format!(".{domain}")),
            None => host == name || (address.is_none() && host.ends_with(&format!(".{name}"))),
        }
    })
}

/// Splits host and port as Go's `net.SplitHostPort`; without a port the whole entry is the
/// host, also an IPv6 address without brackets.
fn host_and_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        Some((host, port)) => match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(address) => (address, Some(port)),
            None => (entry, None),
        },
        None => (entry, None),
    }
}

fn is_in(address: IpAddr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    let same = |a: u128, b: u128, width: u32| {
        bits <= width && (bits == 0 || (a ^ b) >> (width - bits) == 0)
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_proxy_is_reported_without_its_password() {
        for (url, why) in [
            ("ftp://me:hunter2@host", "has the scheme `ftp`"),
            ("socks4://me:hunter2@host:1080", "has the scheme `socks4`"),
            ("me:hunter2://host", "is not a URL"),
            ("me:hunter2@host:3128", "is not a URL"),
            ("http://me:hunter2@host:port", "has a port that is not"),
            ("http://me:hunter2@host:99999", "has a port that is not"),
            ("http://me:hunter2@[host", "has a `[` without"),
            ("http://me:hunter2@", "is not a URL"),
            ("http://me:hunter2@ho st", "is not a URL"),
        ] {
            let error = check(url).unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
            assert!(!error.contains("hunter2"), "{url}: {error}");
        }
        for url in ["http://me:pw@host", "socks5h://host:1080", "HTTPS://host/"] {
            assert!(check(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn exceptions_are_names_domains_addresses_networks_and_ports() {
        for (server, no_proxy, excepted) in [
            ("https://a.example.com", "", false),
            ("https://a.example.com", "*", true),
            ("https://a.example.com", "example.com", true),
            ("https://a.example.com", "b.com, .example.com", true),
            ("https://a.example.com", "*.example.com", true),
            ("https://example.com", ".example.com", false),
            ("https://badexample.com", "example.com", false),
            ("https://a.example.com", "EXAMPLE.com:443", true),
            ("https://a.example.com:6443", "example.com:443", false),
            ("https://10.1.2.3:6443", "10.0.0.0/8", true),
            ("https://10.1.2.3:6443", "10.1.2.3", true),
            ("https://11.1.2.3", "10.0.0.0/8", false),
            ("https://11.1.2.3", "0.0.0.0/0", true),
            ("https://[fd00::1]", "fd00::/8", true),
            ("https://[fd00::1]", "fd00::1", true),
            ("https://[fd00::1]", "fd00:0:0::1", true),
            ("https://[fd00::1]", "[fd00::1]:443", true),
            ("https://[fd00::1]:6443", "[fd00::1]:443", false),
            ("https://[fd00::1]", "[fd00::2]:443,[fd00::1", false),
            ("https://10.1.2.3:6443", "10.1.2.3:6443", true),
            ("https://example.com", "*.example.com", false),
            ("https://10.1.2.3", "fd00::/8,10.0.0.0/33,x/y", false),
            ("https://127.0.0.1:6443", "", true),
            ("https://localhost", "", true),
            ("https://[::1]:6443", "", true),
        ] {
            let uri: Uri = server.parse().unwrap();
            assert_eq!(is_excepted(&uri, no_proxy), excepted, "{server} {no_proxy}");
        }
    }
}
