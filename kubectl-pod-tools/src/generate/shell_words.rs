//! A command in one text, taken apart as a POSIX shell does it (XCU 2.2 and
//! 2.6.7), each word with its place.
//!
//! No shell runs here: what only a shell could do is refused where it stands.

use std::borrow::Cow;

use super::fragment::{Fragment, ValueError};

/// How a character is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoting {
    /// Not at all.
    Bare,
    /// In double quotes, where a shell still expands `$`.
    Double,
    /// It stands for itself.
    Literal,
    /// It is a quote or a backslash, and quotes others.
    Mark,
}

/// Each character with its offset and how it is quoted, and whether the last
/// quote is closed.
fn quoting(text: &str) -> (Vec<(usize, char, Quoting)>, bool) {
    let mut quote = None;
    let mut escaped = false;
    let mut all = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let how = match (quote, c) {
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
        all.push((at, c, how));
    }
    (all, quote.is_none() && !escaped)
}

/// The places of a character outside all quotes.
pub(super) fn bare(text: &str, wanted: char) -> Vec<usize> {
    let (chars, _) = quoting(text);
    let hits = chars
        .into_iter()
        .filter(|(_, c, how)| *c == wanted && *how == Quoting::Bare);
    hits.map(|(at, ..)| at).collect()
}

/// A word as it stands in the text, quotes included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a>(Fragment<'a>);

impl<'a> Word<'a> {
    /// Where it stands.
    pub(super) fn fragment(self) -> Fragment<'a> {
        self.0
    }

    /// The word itself, quotes removed.
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

    /// The fragment that says the same without its quotes, if there is one.
    fn verbatim(self) -> Option<Fragment<'a>> {
        let text = self.0.text();
        let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
        if !text.contains(['\'', '"', '\\']) {
            return Some(self.0);
        }
        let inside = inner('\'').or_else(|| inner('"'))?;
        (!inside.contains(['\'', '"', '\\'])).then(|| self.0.cut(1, text.len() - 1))
    }

    /// `key=value` with a key that is not quoted.
    pub(super) fn key_and_value(self) -> (Fragment<'a>, Option<Self>) {
        match self.0.split_once("=") {
            Some((key, value)) if !key.text().contains(['\'', '"', '\\']) => {
                (key, Some(Self(value)))
            }
            _ => (self.0, None),
        }
    }

    /// Lets somebody read the word. What is wrong with it is said at its place;
    /// where quoting moved that, at the whole word.
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

    /// What only a shell would do something about: the first such piece.
    fn for_a_shell(self) -> Option<Fragment<'a>> {
        let (chars, _) = quoting(self.0.text());
        chars.iter().enumerate().find_map(|(i, (at, c, how))| {
            let rest = &chars[i + 1..];
            let next = rest.first().map(|(_, c, _)| *c);
            let is_for_a_shell = match (how, c) {
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

/// Whether the text behind `$(` goes on as a reference to a variable does.
fn is_reference(rest: &str) -> bool {
    let name = rest.split_once(')').map_or("", |(name, _)| name);
    !name.is_empty() && !name.contains(char::is_whitespace)
}

/// The words of a text.
pub(super) fn words(fragment: Fragment<'_>) -> Result<Vec<Word<'_>>, ValueError> {
    let (chars, is_closed) = quoting(fragment.text());
    if !is_closed {
        return Err(fragment.error("a quote is not closed"));
    }
    let mut words = Vec::new();
    let mut start = None;
    let mut chars = chars.into_iter().peekable();
    while let Some((at, c, how)) = chars.next() {
        // Between words a line that goes on is a blank; inside one, shlex sees it.
        if start.is_none() && how == Quoting::Mark && c == '\\' {
            let goes_on = chars.next_if(|(_, next, _)| *next == '\n');
            if goes_on.is_some() {
                continue;
            }
        }
        match (
            start,
            how == Quoting::Bare && matches!(c, ' ' | '\t' | '\n'),
        ) {
            (None, false) if c == '#' && how == Quoting::Bare => {
                let comment = fragment.cut(at, fragment.text().len());
                return Err(comment
                    .error("a comment would begin here")
                    .help("quote the `#` if it belongs to the word"));
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

/// A program with its arguments, which runs without a shell. `shell` says how
/// a script is written instead.
pub(super) fn program(words: &[Word<'_>], shell: &str) -> Result<Vec<String>, ValueError> {
    for word in words {
        if let Some(piece) = word.for_a_shell() {
            return Err(piece
                .error(format!(
                    "`{}` is for a shell, and none runs here",
                    piece.text()
                ))
                .help(format!("write {shell}; or quote it once more")));
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
    fn words_are_a_shells() {
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
    fn a_slip_inside_a_word_is_said_at_its_place() {
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
    fn what_only_a_shell_could_do_is_refused_where_it_stands() {
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
        fn the_places_agree_with_shlex(text in "[a-c '\"\\\\\\n\\té$#]{0,20}") {
            // Between words it makes an empty word of a line that goes on.
            prop_assume!(!text.contains("\\\n"));
            let ours = words(Fragment::whole(&text));
            match shlex::split(&text) {
                None => prop_assert!(ours.is_err()),
                // Without a comment, which shlex leaves out and we refuse.
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
