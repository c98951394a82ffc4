//! A command line, split into words as a POSIX shell does it (XCU 2.2 and 2.6.7), each with its
//! position.
//!
//! No shell runs: syntax that only a shell understands is refused where it is.

use std::borrow::Cow;

use super::fragment::{Fragment, ValueError};

/// The quoting of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoting {
    /// Not quoted.
    Bare,
    /// In double quotes, where a shell still expands `$`.
    Double,
    /// In single quotes, or after a backslash.
    Literal,
    /// A quote or backslash that quotes others.
    Mark,
}

/// Returns each character with its offset and quoting, and whether the last quote is closed.
fn quoting(text: &str) -> (Vec<(usize, char, Quoting)>, bool) {
    let mut quote = None;
    let mut escaped = false;
    let mut all = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let quoting = match (quote, c) {
            _ if escaped => {
                escaped = false;
                Quoting::Literal
            }
            (Some('\''), '\'') | (Some('"'), '"') => {
                quote = None;
                Quoting::Mark
            }
            (Some('\''), _) => Quoting::Literal,
            (_, '\\') => {
                escaped = true;
                Quoting::Mark
            }
            (Some(_), _) => Quoting::Double,
            (None, '\'' | '"') => {
                quote = Some(c);
                Quoting::Mark
            }
            (None, _) => Quoting::Bare,
        };
        all.push((at, c, quoting));
    }
    (all, quote.is_none() && !escaped)
}

/// Returns the offsets of a character outside all quotes.
pub(super) fn bare(text: &str, wanted: char) -> Vec<usize> {
    let (chars, _) = quoting(text);
    let hits = chars
        .into_iter()
        .filter(|(_, c, quoting)| *c == wanted && *quoting == Quoting::Bare);
    hits.map(|(at, ..)| at).collect()
}

/// A word as written, with its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a>(Fragment<'a>);

impl<'a> Word<'a> {
    /// Returns the part of the value, with quotes.
    pub(super) fn fragment(self) -> Fragment<'a> {
        self.0
    }

    /// Returns the word without quotes.
    pub(super) fn text(self) -> Cow<'a, str> {
        match self.verbatim() {
            Some(fragment) => Cow::Borrowed(fragment.text()),
            None => {
                // One word, or none where it is `''`.
                let words = shlex::split(self.0.text()).unwrap_or_default();
                Cow::Owned(words.concat())
            }
        }
    }

    /// Returns the part of the value that is the word without quotes, if there is one.
    fn verbatim(self) -> Option<Fragment<'a>> {
        let text = self.0.text();
        let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
        if !text.contains(['\'', '"', '\\']) {
            return Some(self.0);
        }
        let inside = inner('\'').or_else(|| inner('"'))?;
        (!inside.contains(['\'', '"', '\\'])).then(|| self.0.cut(1, text.len() - 1))
    }

    /// Splits `key=value` if the key is not quoted.
    pub(super) fn key_and_value(self) -> (Fragment<'a>, Option<Self>) {
        match self.0.split_once("=") {
            Some((key, value)) if !key.text().contains(['\'', '"', '\\']) => {
                (key, Some(Self(value)))
            }
            _ => (self.0, None),
        }
    }

    /// Parses the word with `read`. An error is at its part of the word, or at the whole word if
    /// quoting moved the part.
    pub(super) fn read<T>(
        self,
        read: impl FnOnce(Fragment<'_>) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        if let Some(fragment) = self.verbatim() {
            return read(fragment);
        }
        read(Fragment::whole(&self.text())).map_err(|error| ValueError {
            range: self.0.range(),
            ..error
        })
    }

    /// Returns the first part that only a shell understands.
    fn for_a_shell(self) -> Option<Fragment<'a>> {
        let (chars, _) = quoting(self.0.text());
        chars.iter().enumerate().find_map(|(i, (at, c, quoting))| {
            let rest = &chars[i + 1..];
            let next = rest.first().map(|(_, c, _)| *c);
            let is_for_a_shell = match (quoting, c) {
                (Quoting::Bare, ';' | '&' | '|' | '<' | '>')
                | (Quoting::Bare | Quoting::Double, '`') => true,
                (Quoting::Bare | Quoting::Double, '$') => match next {
                    // `$(NAME)` is Kubernetes' own syntax.
                    Some('(') => !is_reference(&self.0.text()[at + 2..]),
                    Some(next) => next.is_ascii_alphanumeric() || "_{?$@*#!".contains(next),
                    None => false,
                },
                _ => false,
            };
            is_for_a_shell.then(|| self.0.cut(*at, at + c.len_utf8()))
        })
    }
}

/// Returns whether the text after `$(` is the rest of a reference to a variable.
fn is_reference(rest: &str) -> bool {
    let name = rest.split_once(')').map_or("", |(name, _)| name);
    !name.is_empty() && !name.contains(char::is_whitespace)
}

/// Splits a command line into words.
pub(super) fn words(fragment: Fragment<'_>) -> Result<Vec<Word<'_>>, ValueError> {
    let (chars, is_closed) = quoting(fragment.text());
    if !is_closed {
        return Err(fragment.error("unclosed quote"));
    }
    let mut words = Vec::new();
    let mut start = None;
    let mut chars = chars.into_iter().peekable();
    while let Some((at, c, quoting)) = chars.next() {
        // Between words a continued line is a blank; inside one, shlex handles it.
        if start.is_none() && quoting == Quoting::Mark && c == '\\' {
            let goes_on = chars.next_if(|(_, next, _)| *next == '\n');
            if goes_on.is_some() {
                continue;
            }
        }
        match (
            start,
            quoting == Quoting::Bare && matches!(c, ' ' | '\t' | '\n'),
        ) {
            (None, false) if c == '#' && quoting == Quoting::Bare => {
                let comment = fragment.cut(at, fragment.text().len());
                return Err(comment
                    .error("unquoted `#` starts a comment")
                    .help("quote the `#` if it is part of the word"));
            }
            (None, false) => start = Some(at),
            (Some(from), true) => {
                words.push(Word(fragment.cut(from, at)));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| Word(fragment.cut(from, fragment.text().len()))));
    Ok(words)
}

/// Returns a program with its arguments, which runs without a shell; `shell` is the way to write
/// a script.
pub(super) fn program(words: &[Word<'_>], shell: &str) -> Result<Vec<String>, ValueError> {
    for word in words {
        if let Some(piece) = word.for_a_shell() {
            return Err(piece
                .error(format!(
                    "`{}` requires a shell, but the command runs without one",
                    piece.text()
                ))
                .help(format!("use {shell}, or quote it once more")));
        }
    }
    Ok(words.iter().map(|word| word.text().into_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        let words = words(Fragment::whole(text)).unwrap();
        words.iter().map(|w| w.text().into_owned()).collect()
    }

    #[test]
    fn words_are_split_as_by_shell() {
        for (text, expected) in [
            ("", vec![]),
            ("  cat\t/tmp/ok\n", vec!["cat", "/tmp/ok"]),
            ("sh -c 'a b; c'", vec!["sh", "-c", "a b; c"]),
            (r#"a"b c"'d e'f\ g"#, vec!["ab cd ef g"]),
            (r#"'' "" x"#, vec!["", "", "x"]),
            (r#""\$x \n""#, vec![r"$x \n"]),
            ("a#b", vec!["a#b"]),
            ("a \\\n  b\\\nc \\\n", vec!["a", "bc"]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
        for text in ["'a", "\"a", "a\\", "a # b"] {
            assert!(words(Fragment::whole(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn error_inside_word_is_at_its_part() {
        let text = "a limits='cpu=1x' b=\"c \\\" d\"";
        let words = words(Fragment::whole(text)).unwrap();
        let wrong = |fragment: Fragment<'_>| -> Result<(), ValueError> {
            let (_, last) = fragment.rsplit_once("=").unwrap_or((fragment, fragment));
            Err(last.error("odd"))
        };
        let range = |i: usize| {
            let (_, value) = words[i].key_and_value();
            value.unwrap().read(wrong).unwrap_err().range
        };
        assert_eq!(&text[range(1)], "1x");
        assert_eq!(&text[range(2)], "\"c \\\" d\"", "quoting moved it");
    }

    #[test]
    fn shell_syntax_is_refused_where_it_is() {
        for (text, piece) in [
            ("a; b", ";"),
            ("a && b", "&"),
            ("a > b", ">"),
            ("a $HOME", "$"),
            ("a \"$HOME\"", "$"),
            ("a $(date +%s)", "$"),
            ("a `date`", "`"),
        ] {
            let error = program(&words(Fragment::whole(text)).unwrap(), "sh:").unwrap_err();
            assert_eq!(&text[error.range.clone()], piece, "{text}");
        }
        for text in ["a $(NAME)", "a '$HOME; b'", "a \\$HOME", "a 5$ *", "a?b"] {
            assert!(program(&words(Fragment::whole(text)).unwrap(), "sh:").is_ok());
        }
    }

    proptest! {
        #[test]
        fn words_agree_with_shlex(text in "[a-c '\"\\\\\\n\\té$#]{0,20}") {
            // shlex turns a continued line between words into an empty word.
            prop_assume!(!text.contains("\\\n"));
            let ours = words(Fragment::whole(&text));
            match shlex::split(&text) {
                None => prop_assert!(ours.is_err()),
                // Without a comment, which shlex skips and we refuse.
                Some(expected) => if let Ok(ours) = ours {
                    let ours: Vec<_> = ours.iter().map(|w| w.text().into_owned()).collect();
                    prop_assert_eq!(ours, expected);
                } else {
                    prop_assert!(text.contains('#'));
                }
            }
        }
    }
}
