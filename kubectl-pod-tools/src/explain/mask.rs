//! Values of requests that are credentials by their names: a report may become part of a ticket.

use pod_env::MASK;
use pod_probe::{Handler, HttpRequest};

/// Replaces credentials in the request of a handler.
pub(super) fn mask_handler(handler: &mut Handler) {
    match handler {
        Handler::HttpGet(request) => mask(request),
        Handler::Exec { command } => command.iter_mut().for_each(|word| *word = mask_text(word)),
        _ => {}
    }
}

fn mask(request: &mut HttpRequest) {
    for header in &mut request.headers {
        if is_credential(&header.name) {
            MASK.clone_into(&mut header.value);
        }
    }
    request.path = mask_path(&request.path);
}

/// Replaces credentials in the path of a request.
pub(super) fn mask_path(path: &str) -> String {
    mask_pairs(path, &PARTS_OF_PATHS)
}

/// Characters between the pairs of a path's query and fragment.
const PARTS_OF_PATHS: [char; 4] = ['?', '&', ';', '#'];
/// Those in a text with addresses, such as an event of the kubelet.
const PARTS_OF_TEXTS: [char; 8] = ['?', '&', ';', '#', '"', '\'', ' ', '\n'];

/// Replaces credentials in a message: the kubelet's errors have the address of a request, and a program's words may
/// have a header.
pub(super) fn mask_text(text: &str) -> String {
    mask_headers(&mask_pairs(text, &PARTS_OF_TEXTS))
}

/// Replaces the values of headers such as `Authorization: Bearer abc`, up to the next quote or the end of the line.
/// Only names of headers count: `unauthorized: …` is a reason.
fn mask_headers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(": ") {
        let (before, after) = rest.split_at(at + 2);
        masked.push_str(before);
        rest = after;
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let name = before[..at]
            .rsplit(|c| !is_of_name(c))
            .next()
            .unwrap_or_default();
        if is_credential_header(name) {
            let end = after.find(['"', '\'', '\n']).unwrap_or(after.len());
            masked.push_str(MASK);
            rest = &after[end..];
        }
    }
    masked.push_str(rest);
    masked
}

fn is_credential_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let known = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
    ];
    known.contains(&name.as_str()) || name.starts_with("x-") && is_credential(&name)
}

/// Replaces the values of pairs such as `token=abc`.
fn mask_pairs(text: &str, parts: &[char]) -> String {
    let masked = text.split_inclusive(parts).map(|part| {
        let pair = part.trim_end_matches(parts);
        match pair.split_once('=') {
            Some((name, value)) if is_credential(name) && !value.is_empty() => {
                format!("{name}={MASK}{}", &part[pair.len()..])
            }
            _ => part.to_owned(),
        }
    });
    masked.collect()
}

/// Returns true for names such as `Authorization`, `X-Api-Key` and `access_token`.
pub(super) fn is_credential(name: &str) -> bool {
    const PARTS: [&str; 10] = [
        "auth",
        "bearer",
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
    let is_key = |word: &str| word.ends_with("key") || ["pass", "pwd", "sig"].contains(&word);
    PARTS.iter().any(|part| name.contains(part)) || name.split(['-', '_']).any(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_addresses_are_masked_wherever_they_stand() {
        for (path, expected) in [
            ("/a?x=1&token=abc", "/a?x=1&token=***"),
            (
                "/a?x=1;token=a,b#access_token=c",
                "/a?x=1;token=***#access_token=***",
            ),
            ("/a?token=&full=1", "/a?token=&full=1"),
            ("/a;sig=x/y?", "/a;sig=***?"),
        ] {
            assert_eq!(mask_pairs(path, &PARTS_OF_PATHS), expected);
        }
        let message =
            "Liveness probe failed: Get \"http://10.0.0.5:80/h?access_token=s3cret\": dial tcp";
        let expected =
            "Liveness probe failed: Get \"http://10.0.0.5:80/h?access_token=***\": dial tcp";
        assert_eq!(mask_text(message), expected);
    }

    #[test]
    fn headers_that_are_credentials_are_masked_and_reasons_are_not() {
        for (text, expected) in [
            (
                "curl -H 'Authorization: Bearer abc' http://a",
                "curl -H 'Authorization: ***' http://a",
            ),
            ("X-Api-Key: abc\nnext: line", "X-Api-Key: ***\nnext: line"),
            (
                "unauthorized: authentication required",
                "unauthorized: authentication required",
            ),
            ("failed: token: unknown", "failed: token: unknown"),
            ("run --password=abc now", "run --password=*** now"),
        ] {
            assert_eq!(mask_text(text), expected);
        }
    }

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
            "Bearer",
            "X-Pass",
            "pwd",
            "sig",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "Accept",
            "User-Agent",
            "X-Custom",
            "Keep-Alive",
            "full",
            "bypass",
            "design",
            "Host",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
