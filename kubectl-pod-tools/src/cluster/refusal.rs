//! Interprets unsuccessful responses: refusals of the API server, and responses of something
//! else in its place.

use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use kube::core::Status;

use super::error::{ClusterError, NOT_SERVED};
use super::request_info::Request;
use crate::url::without_user;

/// Body for a path that an API server does not serve
/// (k8s.io/apiserver/pkg/server/routes and net/http, `NotFound`).
const NOT_SERVED_PAGE: &str = "404 page not found";
/// Maximum characters of a foreign text in a message.
const SHOWN: usize = 100;

/// Returns the error of an unsuccessful response.
pub(super) fn refusal(
    server: &str,
    request: &Request,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> ClusterError {
    let code = status.as_u16();
    let refused = |refusal: Status| ClusterError::Refused {
        request: request.clone(),
        status: refusal.with_code(code).boxed(),
    };
    if let Some(refusal) = own_status(body) {
        return refused(refusal);
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let is_plain = is_plain(headers, text);
    match code {
        // Whoever asks for credentials gets them made again.
        401 => refused(Status::failure("Unauthorized", "Unauthorized")),
        404 if is_plain && text == NOT_SERVED_PAGE => {
            refused(Status::failure(NOT_SERVED, "NotFound"))
        }
        // Filters of the API server write these as text, and so does the
        // aggregator (k8s.io/apiserver/pkg/server/filters, `tooManyRequests`).
        429 | 500.. if is_plain => {
            let first = text.lines().next().unwrap_or("");
            let message = match first {
                "" => format!("{status}"),
                line => format!("{status}: {}", shorten(line)),
            };
            refused(Status::failure(&message, ""))
        }
        _ => foreign(server, request, status, headers, body),
    }
}

/// Returns the error of a response that is not an API server's.
pub(super) fn foreign(
    server: &str,
    request: &Request,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> ClusterError {
    ClusterError::Foreign {
        server: server.to_owned(),
        request: Box::new(request.clone()),
        status: status.as_u16(),
        answer: describe(status, headers, &String::from_utf8_lossy(body)),
    }
}

/// Returns whether the headers declare an HTML page.
pub(super) fn is_page(headers: &HeaderMap) -> bool {
    content_type(headers).starts_with("text/html")
}

/// Returns whether a response is an HTML page, by its headers or its body.
pub(super) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    is_page(headers) || body.trim_ascii_start().starts_with(b"<")
}

/// Returns the refusal in a body, or `None` if it is not a failure Status of the API
/// (k8s.io/apiserver/pkg/endpoints/handlers/responsewriters, `ErrorToAPIStatus`).
fn own_status(body: &[u8]) -> Option<Status> {
    let value = super::json::parse(body).ok()?;
    if value.get("kind")? != "Status"
        || value.get("apiVersion")? != "v1"
        || value.get("status")? != "Failure"
    {
        return None;
    }
    let mut status: Status = serde_json::from_value(value).ok()?;
    if status.message.is_empty() {
        status.message.clone_from(&status.reason);
    }
    Some(status)
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// Returns whether a body is plain text or empty.
fn is_plain(headers: &HeaderMap, text: &str) -> bool {
    let kind = content_type(headers);
    (kind.is_empty() || kind.starts_with("text/plain") || text.is_empty())
        && !text.starts_with(['<', '{', '['])
}

/// Describes the response for a message.
fn describe(status: StatusCode, headers: &HeaderMap, text: &str) -> String {
    let text = text.trim();
    if status.is_redirection()
        && let Some(place) = headers.get(LOCATION)
    {
        let place = String::from_utf8_lossy(place.as_bytes());
        // What stands behind `?` may be a key.
        let place = place.split(['?', '#']).next().unwrap_or("");
        return format!("a redirect to {}", shorten(&without_user(place)));
    }
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if is_html(headers, text.as_bytes()) {
        return match title(text) {
            Some(title) => format!("an HTML page titled \"{}\"", shorten(title)),
            None => "an HTML page".to_owned(),
        };
    }
    if text.starts_with(['{', '[']) {
        return "JSON that is not a Status of a failure".to_owned();
    }
    format!(
        "the text \"{}\"",
        shorten(text.lines().next().unwrap_or(""))
    )
}

/// Returns the title of an HTML page.
fn title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title = page.get(start..end)?.trim();
    (!title.is_empty()).then_some(title)
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::request_info::Verb;

    fn of(code: u16, kind: &str, body: &str) -> ClusterError {
        let mut headers = HeaderMap::new();
        if !kind.is_empty() {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        let request = Request {
            verb: Verb::List,
            resource: "pods".to_owned(),
            name: None,
            namespace: None,
        };
        let status = StatusCode::from_u16(code).unwrap();
        refusal("S", &request, status, &headers, body.as_bytes())
    }

    #[test]
    fn only_the_api_servers_own_words_are_a_refusal() {
        let status = r#"{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "pods \"a\" not found", "reason": "NotFound"}"#;
        for (code, kind, body) in [
            (404, "application/json", status),
            (404, "", "404 page not found\n"),
            (404, "text/plain; charset=utf-8", "404 page not found\n"),
            (401, "text/html", "<html>"),
            (
                429,
                "text/plain",
                "Too many requests, please try again later.",
            ),
            (503, "", ""),
            (500, "text/plain", "Internal Server Error"),
        ] {
            let error = of(code, kind, body);
            assert_eq!(error.code(), Some(code), "{code} {kind} {body}: {error:?}");
        }
        for (code, kind, body, answer) in [
            (404, "text/html", "404 page not found", "an HTML page"),
            (
                404,
                "",
                "<html><Title>\nNot here</TITLE>",
                "an HTML page titled \"Not here\"",
            ),
            (404, "", "", "nothing"),
            (
                404,
                "application/json",
                "{}",
                "JSON that is not a Status of a failure",
            ),
            (403, "text/plain", "blocked\nby us", "the text \"blocked\""),
            (
                400,
                "text/plain",
                "Client sent an HTTP request to an HTTPS server.",
                "the text \"Client sent an HTTP request to an HTTPS server.\"",
            ),
            (502, "text/html", "<html>bad gateway</html>", "an HTML page"),
            (
                503,
                "application/json",
                "{\"message\": \"x\"}",
                "JSON that is not a Status of a failure",
            ),
            (
                404,
                "application/json",
                "{\"kind\": \"Status\", \"reason\": \"NotFound\"}",
                "JSON that is not a Status of a failure",
            ),
            (
                404,
                "application/json",
                "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Success\"}",
                "JSON that is not a Status of a failure",
            ),
            (407, "", "", "nothing"),
            (302, "", "x", "the text \"x\""),
        ] {
            match of(code, kind, body) {
                ClusterError::Foreign {
                    status,
                    answer: found,
                    ..
                } => {
                    assert_eq!((status, found.as_str()), (code, answer));
                }
                other => panic!("{code} {kind} {body}: {other:?}"),
            }
        }
    }

    #[test]
    fn redirect_is_shown_without_its_query() {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, "https://u:p@login/x?token=abc#d".parse().unwrap());
        let told = describe(StatusCode::FOUND, &headers, "<html>");
        assert_eq!(told, "a redirect to https://login/x");
    }
}
