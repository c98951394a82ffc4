//! Defuses workflow commands for CI runners in text of others.
//!
//! A runner reads the output of its jobs and obeys some lines:
//! * GitHub: `::NAME …::` at the start of a line, blanks left out, and
//!   `##[NAME]` anywhere (actions/runner, `ActionCommand.TryParseV2` and
//!   `TryParse`);
//! * Azure Pipelines: `##vso[…]` and `##[…]` (azure-pipelines-agent,
//!   `Command.TryParse`);
//! * TeamCity: `##teamcity[…]`.
//!
//! * GitLab: `section_start:…` and `section_end:…`, followed by a carriage return and
//!   an escape character (gitlab, `Gitlab::Regex.build_trace_section_regex`), which no
//!   text of others but a log keeps here.

use std::borrow::Cow;
use std::sync::LazyLock;

use anstream::adapter::strip_str;

/// Variables, one of which each runner sets.
const RUNNERS: [&str; 4] = [
    "GITHUB_ACTIONS",
    "TF_BUILD",
    "TEAMCITY_VERSION",
    "GITLAB_CI",
];
/// Beginnings of GitLab's marks.
const SECTIONS: [&str; 2] = ["section_start:", "section_end:"];
/// Beginnings of commands after `##`, in lower case.
const AFTER_HASHES: [&str; 3] = ["[", "vso[", "teamcity["];

static UNDER_RUNNER: LazyLock<bool> = LazyLock::new(|| {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    RUNNERS.into_iter().any(is_set)
});

/// Returns true if a CI runner reads the output.
pub(super) fn is_under_runner() -> bool {
    *UNDER_RUNNER
}

/// Escapes the first character of each command mark like [`super::escape`], if a CI runner
/// reads the output.
pub(crate) fn defuse(text: &str) -> Cow<'_, str> {
    if *UNDER_RUNNER {
        defused(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns true if a CI runner reads the output and would obey a mark in a text.
pub(crate) fn is_armed(text: &str) -> bool {
    *UNDER_RUNNER && !marks(text).is_empty()
}

/// Returns the offsets of the `#` that begin a mark within a line, if a CI runner reads the
/// output.
pub(crate) fn armed_hashes(text: &str) -> Vec<usize> {
    if *UNDER_RUNNER {
        hashes(text)
    } else {
        Vec::new()
    }
}

fn defused(text: &str) -> Cow<'_, str> {
    let marks = marks(text);
    if marks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for at in marks {
        out.push_str(&text[done..at]);
        out.push_str(match text.as_bytes().get(at) {
            Some(b':') => "\\u{3a}",
            Some(b's') => "\\u{73}",
            _ => "\\u{23}",
        });
        done = at + 1;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Returns the offsets of the first character of each mark, in order: of the text itself,
/// and of the text without escape sequences, which a stream without colours strips.
fn marks(text: &str) -> Vec<usize> {
    if !text.contains(['#', ':']) {
        return Vec::new();
    }
    let mut marks = literal_marks(text);
    if text.contains('\u{1b}') {
        let mut stripped = String::with_capacity(text.len());
        // The end of each piece there, and the number of bytes stripped before it.
        let mut pieces = Vec::new();
        for piece in strip_str(text) {
            let start = piece.as_ptr().addr() - text.as_ptr().addr();
            let missing = start - stripped.len();
            stripped.push_str(piece);
            pieces.push((stripped.len(), missing));
        }
        let origin = |at: usize| {
            let piece = pieces.partition_point(|(end, _)| *end <= at);
            pieces.get(piece).map(|(_, missing)| at + missing)
        };
        marks.extend(literal_marks(&stripped).into_iter().filter_map(origin));
        marks.sort_unstable();
        marks.dedup();
    }
    marks
}

fn literal_marks(text: &str) -> Vec<usize> {
    let mut marks = hashes(text);
    for section in SECTIONS {
        marks.extend(text.match_indices(section).map(|(at, _)| at));
    }
    let mut start = 0;
    for line in text.split_inclusive(is_line_break) {
        marks.extend(colons(line).map(|at| start + at));
        start += line.len();
    }
    marks.sort_unstable();
    marks
}

/// Returns the offset of the `::` at the start of a line.
fn colons(line: &str) -> Option<usize> {
    let skipped = |c: char| c.is_whitespace() || is_ignorable(c);
    let rest = line.trim_start_matches(skipped);
    let after = rest.strip_prefix(':')?;
    let is_mark = after.trim_start_matches(is_ignorable).starts_with(':');
    is_mark.then(|| line.len() - rest.len())
}

fn hashes(text: &str) -> Vec<usize> {
    let is_mark = |at: &usize| {
        let rest = text[at + 1..].trim_start_matches(is_ignorable);
        let Some(rest) = rest.strip_prefix('#') else {
            return false;
        };
        let begins = |word: &str| {
            let mut rest = rest.chars().filter(|c| !is_ignorable(*c));
            word.chars().all(|c| {
                rest.next()
                    .is_some_and(|next| next.to_ascii_lowercase() == c)
            })
        };
        // The ESC of a style counts as nothing, too.
        AFTER_HASHES.iter().any(|word| begins(word))
    };
    let found = text.match_indices('#').map(|(at, _)| at);
    found.filter(is_mark).collect()
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Returns true for characters that .NET's comparison of texts ignores: to a runner, `#`
/// SOFT HYPHEN `#[` is `##[`.
fn is_ignorable(c: char) -> bool {
    (c.is_control() && !is_line_break(c))
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_of_a_runner_stays_in_force() {
        for (text, expected) in [
            ("::add-mask::a", "\\u{3a}:add-mask::a"),
            ("a\n \t::error::b\n", "a\n \t\\u{3a}:error::b\n"),
            (
                "a\u{2028}\u{a0}::x::\n::y::",
                "a\u{2028}\u{a0}\\u{3a}:x::\n\\u{3a}:y::",
            ),
            ("\u{ad}:\u{200b}:x::", "\u{ad}\\u{3a}\u{200b}:x::"),
            ("a ##[error]b", "a \\u{23}#[error]b"),
            ("###[group]", "#\\u{23}#[group]"),
            (
                "x##vso[task.setvariable]y",
                "x\\u{23}#vso[task.setvariable]y",
            ),
            ("##VSO[x]##teamcity[y]", "\\u{23}#VSO[x]\\u{23}#teamcity[y]"),
            ("#\u{ad}#\u{200d}[x]", "\\u{23}\u{ad}#\u{200d}[x]"),
            (
                "section_start:1:a\r\u{1b}[0Ksection_end:2:a",
                "\\u{73}ection_start:1:a\r\u{1b}[0K\\u{73}ection_end:2:a",
            ),
            ("##\u{1b}[0m", "\\u{23}#\u{1b}[0m"),
            ("#\u{1b}[m#[x]", "\\u{23}\u{1b}[m#[x]"),
            ("##\u{1b}[1;31m[x]", "\\u{23}#\u{1b}[1;31m[x]"),
            ("#\u{1b}]0;t\u{7}#vso[x]", "\\u{23}\u{1b}]0;t\u{7}#vso[x]"),
            ("a\n\u{1b}[m::x::", "a\n\u{1b}[m\\u{3a}:x::"),
            ("é\u{1b}[1m\n:\u{1b}[m:x", "é\u{1b}[1m\n\\u{3a}\u{1b}[m:x"),
        ] {
            assert_eq!(defused(text), expected);
            assert_eq!(defused(expected), expected, "once is enough");
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "a::b",
            "a ::b",
            "# a",
            "## [x]",
            "#[x]",
            ":a:",
            "12:30",
            "\u{1b}[1ma::x",
        ] {
            assert!(matches!(defused(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
