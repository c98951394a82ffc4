//! One line of the report: an attempt, and what the kubelet holds after it.

use std::time::Duration;

use pod_probe::{ProbeKind, ProbeResult, Verdict, WorkerState};
use serde::Serialize;

use super::attempt::{Attempt, TlsFacts};
use super::clock::Clock;
use super::pods::ProbedPod;
use super::subject::{Subject, word};

/// State of a container whose readiness probe has failed.
const NOT_READY: &str = "not ready";

/// An attempt with its place.
pub(super) struct Made<'a> {
    pub(super) pod: &'a ProbedPod,
    pub(super) subject: &'a Subject,
    pub(super) kind: ProbeKind,
    /// Number of the attempt, from 1.
    pub(super) number: u32,
    /// Start, since the Unix epoch.
    pub(super) began: Duration,
    pub(super) attempt: &'a Attempt,
    /// State of the worker after it.
    pub(super) state: WorkerState,
    /// The container's readiness after it, or `None` if its readiness probe is not run.
    pub(super) is_ready: Option<bool>,
}

/// The line of a ProbeRunReport.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    time: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pod: Option<&'a str>,
    /// An object with a Pod template, if it is no Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    container: &'a str,
    kind: &'static str,
    attempt: u32,
    duration_ms: f64,
    verdict: Verdict,
    tries: u32,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    redirects: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls<'a>>,
    state: State,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tls<'a> {
    version: &'a str,
    names: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<bool>,
}

/// The conclusions of the kubelet after an attempt.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State {
    #[serde(skip_serializing_if = "Option::is_none")]
    ready: Option<bool>,
    result: ProbeResult,
    consecutive: u32,
    threshold: u32,
    errored: u32,
    would_restart: bool,
}

impl Made<'_> {
    /// Returns the line as JSON.
    pub(super) fn json(&self) -> Result<String, serde_json::Error> {
        let Attempt {
            verdict,
            tries,
            duration,
            message,
            status,
            exit_code,
            first_line,
            tls,
            redirects,
        } = self.attempt;
        let state = &self.state;
        let line = Line {
            time: format!("{:.3}", Clock::timestamp(self.began)),
            namespace: &self.pod.namespace,
            pod: self.pod.name.as_deref(),
            target: self.pod.name.is_none().then_some(self.pod.shown.as_str()),
            container: &self.subject.container,
            kind: word(self.kind),
            attempt: self.number,
            duration_ms: milliseconds(*duration),
            verdict: *verdict,
            tries: *tries,
            message,
            status: *status,
            exit_code: *exit_code,
            answer: first_line.as_deref(),
            redirects,
            tls: tls.as_ref().map(|tls| Tls {
                version: tls.version,
                names: &tls.names,
                not_after: tls.not_after.map(|time| time.to_string()),
                expired: tls
                    .not_after
                    .map(|time| time < Clock::timestamp(self.began)),
            }),
            state: State {
                ready: self.is_ready,
                result: state.result,
                consecutive: state.consecutive,
                threshold: state.threshold,
                errored: state.errored,
                would_restart: state.would_restart,
            },
        };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        Ok(text)
    }

    /// Returns what the kubelet holds, and the reason, in words.
    pub(super) fn words(&self) -> (String, Option<String>) {
        let held = held(self.kind, self.attempt.verdict, &self.state);
        (held, reason(self.attempt))
    }

    /// Returns why the container is not ready, in words.
    pub(super) fn blame(&self) -> String {
        match self.words() {
            (held, Some(reason)) if held == NOT_READY => reason,
            (held, Some(reason)) => format!("{held}: {reason}"),
            (held, None) => held,
        }
    }
}

/// Returns why an attempt did not pass, or the first line of the answer if it did.
fn reason(attempt: &Attempt) -> Option<String> {
    if attempt.verdict == Verdict::Success {
        return attempt.first_line.clone();
    }
    let mut reason = attempt.message.clone();
    if let Some(url) = attempt.redirects.last() {
        reason.push_str(&format!(": {url}"));
    }
    // The status of a gRPC service is both.
    let line = attempt.first_line.as_ref();
    if let Some(line) = line.filter(|line| !attempt.message.ends_with(line.as_str())) {
        reason.push_str(&format!(": {line}"));
    }
    Some(reason)
}

#[expect(clippy::cast_precision_loss, reason = "an attempt takes no 285 years")]
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

/// Returns what the kubelet holds after an attempt, in words.
fn held(kind: ProbeKind, verdict: Verdict, state: &WorkerState) -> String {
    if verdict == Verdict::Errored {
        return format!("errored for the {} time", ordinal(state.errored));
    }
    let (consecutive, threshold) = (state.consecutive, state.threshold);
    if state.would_restart {
        return "would be killed".to_owned();
    }
    let is_success = state.counted == ProbeResult::Success;
    if consecutive < threshold {
        let what = if is_success { "successes" } else { "failures" };
        return format!("{consecutive} of {threshold} {what}");
    }
    let word = match (kind, is_success) {
        (ProbeKind::Startup, _) => "started",
        (ProbeKind::Readiness, true) => "ready",
        (ProbeKind::Readiness, false) => NOT_READY,
        (ProbeKind::Liveness, _) => "live",
    };
    word.to_owned()
}

fn ordinal(number: u32) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        number => {
            let suffix = match (number % 10, number % 100) {
                (1, last) if last != 11 => "st",
                (2, last) if last != 12 => "nd",
                (3, last) if last != 13 => "rd",
                _ => "th",
            };
            format!("{number}{suffix}")
        }
    }
}

/// Returns a certificate in words. Nothing of it is required, as by the kubelet.
pub(super) fn tls_words(tls: &TlsFacts, now: Duration) -> String {
    let names = match tls.names.as_slice() {
        [] => "no name".to_owned(),
        names => names.join(", "),
    };
    let validity = match tls.not_after {
        Some(end) if end < Clock::timestamp(now) => format!("expired {}", end.strftime("%F")),
        Some(end) => format!("expires {}", end.strftime("%F")),
        None => "end of validity unknown".to_owned(),
    };
    format!(
        "TLS {}, certificate for {names}, {validity}; not verified, as by the kubelet",
        tls.version
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_not_said_twice() {
        let attempt = |message: &str, line: &str| Attempt {
            verdict: Verdict::Failure,
            tries: 1,
            duration: Duration::ZERO,
            message: message.to_owned(),
            status: None,
            exit_code: None,
            first_line: Some(line.to_owned()),
            tls: None,
            redirects: Vec::new(),
        };
        for (message, line, reason) in [
            (
                "the service answers NOT_SERVING",
                "NOT_SERVING",
                "the service answers NOT_SERVING",
            ),
            ("status 503", "busy", "status 503: busy"),
        ] {
            let attempt = attempt(message, line);
            assert_eq!(super::reason(&attempt).as_deref(), Some(reason));
        }
    }

    #[test]
    fn numbers_have_their_endings() {
        let words: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111]
            .map(ordinal)
            .into();
        assert_eq!(
            words.join(" "),
            "first second third 4th 11th 12th 13th 21st 22nd 103rd 111th"
        );
    }
}
