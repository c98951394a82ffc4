//! The two escapes of double-quoted scalars on which go-yaml and our scanner
//! differ: go-yaml takes `\'` and refuses `\/`.

use std::borrow::Cow;

/// Stands in for a `\'` while the scanner runs: an escape of the same length,
/// for a character that manifests do not hold.
const STAND_IN: (&str, char) = (r"\P", '\u{2029}');

/// Maximum number of `\'` in a document. Each is found by a scan from the start.
const MOST: usize = 100;

/// A document's text with each `\'` replaced so that the scanner takes it.
#[derive(Default)]
pub(super) struct Quotes {
    /// The byte offsets of the backslashes, ascending.
    offsets: Vec<usize>,
}

impl Quotes {
    /// Notes the `\'` whose backslash stands at or just before `offset`, the
    /// place at which the scanner refused an escape. False when it refused
    /// something else.
    pub(super) fn note(&mut self, text: &str, offset: usize) -> bool {
        if self.offsets.len() >= MOST {
            return false;
        }
        let at = |i: usize| text.get(i..).is_some_and(|rest| rest.starts_with(r"\'"));
        let Some(found) = [Some(offset), offset.checked_sub(1)]
            .into_iter()
            .flatten()
            .find(|i| at(*i))
        else {
            return false;
        };
        if self.offsets.last().is_some_and(|last| *last >= found) {
            return false;
        }
        self.offsets.push(found);
        true
    }

    /// The text for the scanner.
    pub(super) fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.offsets.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut patched = text.to_owned();
        for offset in &self.offsets {
            patched.replace_range(*offset..*offset + 2, STAND_IN.0);
        }
        Cow::Owned(patched)
    }

    /// A scanned scalar's value with the quotes back in place.
    pub(super) fn restore(&self, value: String, start: usize, end: usize) -> String {
        if self.offsets.iter().any(|o| (start..end).contains(o)) {
            value.replace(STAND_IN.1, "'")
        } else {
            value
        }
    }
}

/// Returns the position of the escape `\/` in the source of a double-quoted scalar.
pub(super) fn escaped_slash(quoted: &str) -> Option<usize> {
    if !quoted.contains(r"\/") {
        return None;
    }
    let mut bytes = quoted.bytes().enumerate();
    while let Some((i, byte)) = bytes.next() {
        if byte == b'\\' && bytes.next().is_some_and(|(_, escaped)| escaped == b'/') {
            return Some(i);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_backslash_before_a_slash_is_fine() {
        assert_eq!(escaped_slash(r#""a\/b""#), Some(2));
        assert_eq!(escaped_slash(r#""a\\/b""#), None);
        assert_eq!(escaped_slash(r#""a/b""#), None);
    }
}
