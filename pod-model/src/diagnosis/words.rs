//! Words of messages: what stands in them, and how numbers are said.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::kubectl_status::{format_duration, human_duration};

/// Returns what stands between a text and the next quote.
pub(super) fn quoted_after<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(before)?;
    let rest = rest.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let (quoted, _) = rest[1..].split_once(quote)?;
    Some(quoted)
}

/// Returns the word behind a text, up to a blank or a comma.
pub(super) fn word_after<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(before)?;
    let end = rest.find([' ', ',', ';', '\n']).unwrap_or(rest.len());
    let word = rest[..end].trim_matches(['"', '\'', ':', '.']);
    (!word.is_empty()).then_some(word)
}

/// Returns true if a message says that somebody was not ready yet, or did not answer in time: the same is tried again,
/// and may succeed.
///
/// Upstream: `objectCache.Get` in pkg/kubelet/util/manager/watch_based_manager.go, `getServiceEnvVarMap` and
/// `makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go; names of containers are reserved by containerd while an
/// earlier request goes on.
pub(super) fn is_transient(message: &str) -> bool {
    const WORDS: [&str; 8] = [
        "timed out waiting for the condition",
        "context deadline exceeded",
        "DeadlineExceeded",
        "have not yet been read",
        "is reserved for",
        "error while dialing",
        "Error while dialing",
        "not registered",
    ];
    WORDS.iter().any(|words| message.contains(words))
}

/// Returns `1 restart`, `3 restarts`.
pub(super) fn restarts(count: i32) -> String {
    match count {
        1 => "1 restart".to_owned(),
        count => format!("{count} restarts"),
    }
}

/// Returns the name of a signal that ended a program, by the exit code that the runtime makes of it.
pub(super) fn signal(code: i32) -> Option<&'static str> {
    Some(match code.checked_sub(128)? {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

/// Returns the whole seconds from one time to another; none if it lies before.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs().max(0)
}

/// Returns seconds as `kubectl get` writes an age: `42s`, `3m10s`, `2d3h`.
pub(super) fn lasting(seconds: i64) -> String {
    format_duration(Duration::from_secs(seconds.unsigned_abs()))
}

/// Returns `, since 2026-01-31T12:00:00Z (5m ago)`, as far as both times are known.
pub(super) fn since(since: Option<Timestamp>, now: Option<Timestamp>) -> String {
    match (since, now) {
        (Some(since), Some(now)) if now >= since => {
            format!(", since {since} ({} ago)", human_duration(since, now))
        }
        (Some(since), _) => format!(", since {since}"),
        (None, _) => String::new(),
    }
}
