//! Status codes with bodies that are the API's own and others that are not.

use super::{Class, HTML, Misdeed, NAMES};
use crate::server::{Answer, Fault};
use crate::world::status;

/// Codes with the reason that the API gives with them
/// (k8s.io/apimachinery/pkg/apis/meta/v1, `StatusReason`).
const CODES: [(u16, &str); 29] = [
    (204, ""),
    (206, ""),
    (301, ""),
    (302, ""),
    (304, ""),
    (307, ""),
    (308, ""),
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (402, ""),
    (403, "Forbidden"),
    (404, "NotFound"),
    (405, "MethodNotAllowed"),
    (406, "NotAcceptable"),
    (407, ""),
    (408, "Timeout"),
    (409, "AlreadyExists"),
    (410, "Expired"),
    (413, "RequestEntityTooLarge"),
    (415, "UnsupportedMediaType"),
    (418, ""),
    (422, "Invalid"),
    (429, "TooManyRequests"),
    (451, ""),
    (500, "InternalError"),
    (501, ""),
    (502, ""),
    (503, "ServiceUnavailable"),
    (504, "Timeout"),
];

/// The bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Status,
    Html,
    Empty,
    Text,
}

/// Each code with each body.
pub(crate) fn statuses() -> Vec<Misdeed> {
    let bodies = [Body::Status, Body::Html, Body::Empty, Body::Text];
    let each = |(code, reason)| bodies.map(|body| one(code, reason, body));
    let mut all: Vec<Misdeed> = CODES.into_iter().flat_map(each).collect();
    all.extend(later());
    all.extend(odd());
    all
}

fn one(code: u16, reason: &str, body: Body) -> Misdeed {
    let answer = match body {
        Body::Status => {
            let message = format!("the API says {code} of {NAMES}");
            Answer::json(code, &status(code, reason, &message))
        }
        Body::Html => Answer::new(code, "text/html", HTML),
        Body::Empty => Answer::new(code, "text/plain", ""),
        // What a real API server says of a path that it does not serve.
        Body::Text if code == 404 => Answer::new(code, "text/plain", "404 page not found\n"),
        Body::Text => Answer::new(code, "text/plain; charset=utf-8", "something went wrong\n"),
    };
    let answer = match code {
        301 | 302 | 307 | 308 => answer.header("location", "http://127.0.0.1:1/login"),
        401 => answer.header("www-authenticate", "Basic realm=\"proxy\""),
        407 => answer.header("proxy-authenticate", "Basic realm=\"proxy\""),
        _ => answer,
    };
    let class = match (body, code) {
        (Body::Status, 400..) if !reason.is_empty() => Class::Refusal(code),
        (Body::Text, 404) => Class::NotServed,
        _ => Class::NotAnAnswer,
    };
    Misdeed::new(
        format!("{code} with {body:?}"),
        class,
        Fault::Answer(answer),
    )
}

/// Refusals that name a time, well or badly.
fn later() -> impl Iterator<Item = Misdeed> {
    [
        (429, "0"),
        (429, "1"),
        (429, "-1"),
        (429, "999999999999999999999"),
        (429, "Wed, 21 Oct 2099 07:28:00 GMT"),
        (503, "1"),
        (503, "18446744073709551615"),
        (500, "2"),
    ]
    .into_iter()
    .map(|(code, after)| {
        let answer = Answer::json(
            code,
            &status(code, "TooManyRequests", &format!("later {NAMES}")),
        );
        Misdeed::new(
            format!("{code} with Status, Retry-After: {after}"),
            Class::Refusal(code),
            Fault::Answer(answer.header("retry-after", after)),
        )
    })
}

/// Bodies that only look like the API's own.
fn odd() -> impl Iterator<Item = Misdeed> {
    let failure = status(404, "NotFound", "no such thing");
    let json = |code, body: &str| Fault::Answer(Answer::new(code, "application/json", body));
    [
        ("404 with {}", json(404, "{}")),
        ("404 with null", json(404, "null")),
        ("404 with a list", json(404, "[]")),
        (
            "404 with an error of something else",
            json(404, r#"{"error": "no such user", "code": 404}"#),
        ),
        (
            "409 with an error of something else",
            json(409, r#"{"message": "conflict", "status": 409}"#),
        ),
        (
            "404 with half a Status",
            json(404, &failure.to_string()[..60]),
        ),
        (
            "404 with a bare Status",
            json(404, r#"{"kind": "Status", "reason": "NotFound"}"#),
        ),
        (
            "404 with a Status of a success",
            json(404, &failure.to_string().replace("Failure", "Success")),
        ),
        ("200 with a Status", json(200, &failure.to_string())),
        ("201 with a Status", json(201, &failure.to_string())),
        ("202 with nothing", json(202, "")),
        (
            "600 with HTML",
            Fault::Answer(Answer::new(600, "text/html", HTML)),
        ),
        (
            "999 with nothing",
            Fault::Answer(Answer::new(999, "text/plain", "")),
        ),
    ]
    .into_iter()
    .map(|(name, fault)| Misdeed::new(name, Class::NotAnAnswer, fault))
}
