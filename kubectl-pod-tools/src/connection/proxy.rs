//! Which proxy leads to the server, as Go's HTTP client finds it
//! (golang.org/x/net/http/httpproxy, `Config.ProxyFunc`): the client library
//! holds `NO_PROXY` against the proxy's own name and knows no `HTTP_PROXY`.

use std::env;
use std::net::IpAddr;

use http::Uri;

use super::error::ConfigError;

/// The proxy for a server: the kubeconfig's `proxy-url`, which nothing
/// excepts, or that of the environment.
///
/// # Errors
/// A proxy that is no URL.
pub(super) fn choose(server: &Uri, configured: Option<&str>) -> Result<Option<Uri>, ConfigError> {
    if let Some(url) = configured.filter(|url| !url.is_empty()) {
        return parse(url, "`proxy-url` of the kubeconfig").map(Some);
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
    parse(&url, name).map(Some)
}

fn parse(url: &str, origin: &str) -> Result<Uri, ConfigError> {
    // The URL may hold a password, so it is not shown.
    url.parse()
        .map_err(|error| ConfigError::Unusable(format!("{origin} is not a URL: {error}")))
}

/// Whether the environment's proxy is not for this server: one on this
/// machine, and what `NO_PROXY` names.
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

/// Go's `net.SplitHostPort`, and the whole entry where it finds no port: the
/// colons of an IPv6 address are none, unless it stands in brackets.
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
