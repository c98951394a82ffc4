//! `Warning: 299` headers (RFC 7234 §5.5, as k8s.io/apimachinery/pkg/util/net
//! `ParseWarningHeaders` reads them), each text once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use http::header::WARNING;

/// Maximum characters of one text, and texts of one run: an API server sends at most 4 KiB in
/// one response (k8s.io/apiserver/pkg/endpoints/filters, `truncateAtTotalRunes`).
const LONGEST: usize = 4096;
const MOST: usize = 200;
/// Replacement of a text that may quote a Secret.
const HIDDEN: &str = "message hidden: it may contain Secret data";

/// Warnings of the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warnings(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    all: Vec<String>,
    shown: usize,
}

impl Warnings {
    /// Adds the warnings of a response's headers.
    pub(crate) fn collect(&self, headers: &HeaderMap) {
        let texts = headers
            .get_all(WARNING)
            .iter()
            .flat_map(|value| parse(&String::from_utf8_lossy(value.as_bytes())));
        let mut seen = self.seen();
        for text in texts {
            let text: String = text.chars().take(LONGEST).collect();
            if seen.all.len() < MOST && !seen.all.contains(&text) {
                seen.all.push(text);
            }
        }
    }

    /// Returns the number of texts.
    pub(crate) fn count(&self) -> usize {
        self.seen().all.len()
    }

    /// Hides the texts after the first `count`, which may quote a Secret.
    pub(crate) fn hide_since(&self, count: usize) {
        let mut seen = self.seen();
        if seen.all.len() <= count {
            return;
        }
        seen.all.truncate(count);
        if !seen.all.iter().any(|text| text == HIDDEN) {
            seen.all.push(HIDDEN.to_owned());
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the texts since the last call.
    pub(crate) fn take_new(&self) -> Vec<String> {
        let mut seen = self.seen();
        let new = seen.all.get(seen.shown..).unwrap_or_default().to_vec();
        seen.shown = seen.all.len();
        new
    }
}

/// Returns the texts of one header: `299 - "text" "date", 299 agent "more"`. Other codes are
/// ignored.
fn parse(header: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = header.trim();
    while let Some((code, after)) = rest.split_once(' ') {
        let Some((_agent, after)) = after.trim_start().split_once(' ') else {
            break;
        };
        let Some((text, after)) = quoted(after.trim_start()) else {
            break;
        };
        if code == "299" && !text.is_empty() {
            texts.push(text);
        }
        let after = after.trim_start();
        let after = quoted(after).map_or(after, |(_date, after)| after);
        let Some(next) = after.trim_start().strip_prefix(',') else {
            break;
        };
        rest = next.trim_start();
    }
    texts
}

/// Splits a quoted string off the start.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = inner.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return Some((out, &inner[i + 1..])),
            '\\' => out.push(chars.next()?.1),
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_hold_several_warnings() {
        assert_eq!(parse("299 - \"a \\\"b\\\", c\""), ["a \"b\", c"]);
        assert_eq!(
            parse("299 - \"one\" \"Wed, 21 Oct 2015 07:28:00 GMT\", 299 x \"two\""),
            ["one", "two"]
        );
        assert_eq!(parse("199 - \"misc\", 299 - \"kept\""), ["kept"]);
        for broken in ["", "299", "299 -", "299 - \"open", "299 - open"] {
            assert!(parse(broken).is_empty(), "{broken}");
        }
    }

    #[test]
    fn a_flood_of_texts_ends() {
        let warnings = Warnings::default();
        for number in 0..10 * MOST {
            let mut headers = HeaderMap::new();
            let text = format!("299 - \"{number} {}\"", "x".repeat(2 * LONGEST));
            headers.append(WARNING, text.parse().unwrap());
            warnings.collect(&headers);
        }
        let told = warnings.take_new();
        assert_eq!(told.len(), MOST);
        assert!(told.iter().all(|text| text.len() <= LONGEST));
    }

    #[test]
    fn words_beside_a_secret_are_hidden_and_others_stay() {
        let warnings = Warnings::default();
        let collect = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.append(WARNING, format!("299 - \"{text}\"").parse().unwrap());
            warnings.collect(&headers);
        };
        collect("old");
        for _ in 0..2 {
            let count = warnings.count();
            collect("hunter2");
            warnings.hide_since(count);
        }
        collect("new");
        warnings.hide_since(warnings.count());
        assert_eq!(warnings.take_new(), ["old", HIDDEN, "new"]);
    }

    #[test]
    fn each_warning_is_returned_once() {
        let warnings = Warnings::default();
        let mut headers = HeaderMap::new();
        headers.append(WARNING, "299 - \"old\"".parse().unwrap());
        warnings.collect(&headers);
        warnings.collect(&headers);
        assert_eq!(warnings.take_new(), ["old"]);
        warnings.collect(&headers);
        assert!(warnings.take_new().is_empty());
    }
}
