//! Values of requests that are credentials by their names: a report may become part of a ticket.

use pod_env::MASK;
use pod_probe::{Handler, HttpRequest};

use super::report::ContainerProbes;

/// Replaces credentials in the requests of probes.
pub(super) fn mask_credentials(containers: &mut [ContainerProbes]) {
    let probes = containers.iter_mut().flat_map(|own| &mut own.probes);
    for own in probes {
        if let Handler::HttpGet(request) = &mut own.probe.handler {
            mask(request);
        }
    }
}

fn mask(request: &mut HttpRequest) {
    for header in &mut request.headers {
        if is_credential(&header.name) {
            MASK.clone_into(&mut header.value);
        }
    }
    let Some((path, query)) = request.path.split_once('?') else {
        return;
    };
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_credential(name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    };
    let pairs: Vec<String> = query.split('&').map(pair).collect();
    request.path = format!("{path}?{}", pairs.join("&"));
}

/// Returns true for names such as `Authorization`, `X-Api-Key` and `access_token`.
fn is_credential(name: &str) -> bool {
    const PARTS: [&str; 9] = [
        "auth",
        "cookie",
        "credential",
        "jwt",
        "passw",
        "secret",
        "session",
        "signature",
        "token",
    ];
    let name = name.to_ascii_lowercase();
    let is_key = |word: &str| word.ends_with("key");
    PARTS.iter().any(|part| name.contains(part)) || name.split(['-', '_']).any(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_known_in_every_spelling() {
        for name in [
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "X-Api-Key",
            "apikey",
            "X-Auth",
            "PRIVATE-TOKEN",
            "access_token",
            "X-Vault-Password",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "Accept",
            "User-Agent",
            "X-Custom",
            "Keep-Alive",
            "full",
            "Host",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
