//! Retries of requests.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::error::ClusterError;

/// Maximum number of retries, as in client-go (rest/request.go, `maxRetries`).
const MOST: u32 = 10;
/// Maximum time between two retries.
const LONGEST: Duration = Duration::from_mins(5);

/// Returns the time before a retry, or `None` if the response is final.
///
/// Mirrors client-go's rest/with_retry.go: 429 and 5xx are retried only if the server names
/// the time. A change is retried only if it certainly was not made ([`did_nothing`]).
pub(super) fn delay(status: StatusCode, headers: &HeaderMap, tried: u32) -> Option<Duration> {
    if tried >= MOST || !(status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()) {
        return None;
    }
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
    let delay = seconds.trim().parse().ok().map(Duration::from_secs);
    delay.map(|delay| delay.min(LONGEST))
}

/// Returns whether a refused change was certainly not made. client-go retries any 5xx that
/// names a time, and so may create two objects of one `generateName`, or find its own object
/// to exist already: a response of a proxy or a time-out does not say whether the change was
/// made.
pub(super) fn did_nothing(error: &ClusterError) -> bool {
    matches!(error.code(), Some(429 | 500 | 503)) && !error.may_be_done()
}

/// Time from which a wait is reported.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns the message about a wait, or `None` for a short one.
pub(super) fn notice(delay: Duration) -> Option<String> {
    (delay >= PATIENCE).then(|| format!("the server asks to wait {} s", delay.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_names_a_time_is_tried_again() {
        let mut named = HeaderMap::new();
        named.insert(http::header::RETRY_AFTER, "2".parse().unwrap());
        let two = Some(Duration::from_secs(2));
        assert_eq!(delay(StatusCode::TOO_MANY_REQUESTS, &named, 0), two);
        assert_eq!(delay(StatusCode::INTERNAL_SERVER_ERROR, &named, 9), two);
        assert_eq!(delay(StatusCode::SERVICE_UNAVAILABLE, &named, 10), None);
        assert_eq!(
            delay(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new(), 0),
            None
        );
        assert_eq!(delay(StatusCode::CONFLICT, &named, 0), None);
        named.insert(http::header::RETRY_AFTER, "86400".parse().unwrap());
        let longest = delay(StatusCode::TOO_MANY_REQUESTS, &named, 0);
        assert_eq!(longest, Some(LONGEST));
    }

    #[test]
    fn every_status_has_its_answer() {
        let with = |value: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(http::header::RETRY_AFTER, value.parse().unwrap());
            }
            headers
        };
        for (status, value, seconds) in [
            (429, Some("0"), Some(0)),
            (429, Some(" 3 "), Some(3)),
            (429, Some("300"), Some(300)),
            (429, Some("301"), Some(300)),
            // client-go sends none of these again (rest/with_retry.go).
            (429, None, None),
            (429, Some("-1"), None),
            (429, Some("1.5"), None),
            (429, Some("Fri, 31 Dec 1999 23:59:59 GMT"), None),
            (500, None, None),
            (503, None, None),
            (500, Some("1"), Some(1)),
            (504, Some("1"), Some(1)),
            (599, Some("1"), Some(1)),
            (200, Some("1"), None),
            (404, Some("1"), None),
            (410, Some("1"), None),
            (428, Some("1"), None),
            (499, Some("1"), None),
        ] {
            let code = StatusCode::from_u16(status).unwrap();
            let found = delay(code, &with(value), 0);
            assert_eq!(
                found,
                seconds.map(Duration::from_secs),
                "{status} {value:?}"
            );
            assert_eq!(delay(code, &with(value), MOST), None, "{status} {value:?}");
        }
        assert_eq!(notice(Duration::from_millis(1999)), None);
        let said = "the server asks to wait 2 s";
        assert_eq!(notice(PATIENCE).as_deref(), Some(said));
    }
}
