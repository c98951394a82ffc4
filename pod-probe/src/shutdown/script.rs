//! Scripts of a shell as words and operators, as far as it is certain what they are.

use crate::handler::is_shell;

/// A part of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word, with its quotes.
    Word(&'a str),
    And,
    Or,
    Pipe,
    Background,
    /// `;` or a line feed.
    Next,
    /// `(` or `)`.
    Paren,
}

/// A simple command, or a keyword that stands where one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command<'a> {
    /// Its words, without assignments before them.
    pub words: Vec<&'a str>,
    /// The operator before it.
    pub before: Option<Token<'a>>,
    /// The operator behind it; a keyword has none.
    pub after: Option<Token<'a>>,
}

impl Command<'_> {
    pub(super) fn name(&self) -> &str {
        self.words.first().copied().unwrap_or_default()
    }
}

/// Words that begin or end more than a simple command.
const KEYWORDS: [&str; 13] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "!", "{", "}",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Returns the script of `sh -c SCRIPT`, and the name of its shell.
pub(super) fn script(command: &[String]) -> Option<(&str, &str)> {
    let (shell, rest) = command.split_first()?;
    if !is_shell(shell) {
        return None;
    }
    let mut takes_script = false;
    for word in rest {
        match word.strip_prefix('-') {
            // Options with a value, and long ones.
            Some(letters) if letters.contains(['-', 'o', 'O']) => return None,
            Some(letters) => takes_script |= letters.contains('c'),
            None if takes_script => return Some((shell.rsplit('/').next()?, word)),
            None => return None,
        }
    }
    None
}

/// Splits a script into its commands, or returns `None` where it is not certain what they are.
pub(super) fn commands(text: &str) -> Option<Vec<Command<'_>>> {
    let mut all: Vec<Command<'_>> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    let mut before = None;
    for token in tokens(text)? {
        let Token::Word(word) = token else {
            push(&mut all, &mut words, before, Some(token));
            before = Some(token);
            continue;
        };
        if words.is_empty() && is_keyword(word) {
            words.push(word);
            if word != "for" {
                push(&mut all, &mut words, before, None);
                before = None;
            }
        } else if words.is_empty() && word == "case" {
            return None;
        } else if !(words.is_empty() && is_assignment(word)) {
            words.push(word);
        }
    }
    push(&mut all, &mut words, before, None);
    Some(all)
}

fn push<'a>(
    all: &mut Vec<Command<'a>>,
    words: &mut Vec<&'a str>,
    before: Option<Token<'a>>,
    after: Option<Token<'a>>,
) {
    if !words.is_empty() {
        let words = std::mem::take(words);
        all.push(Command {
            words,
            before,
            after,
        });
    } else if let Some(last) = all.last_mut()
        && last.after.is_none()
    {
        // Behind `done`, such as `done &`.
        last.after = after;
    }
}

fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else {
        return false;
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_name)
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let (mut at, mut start) = (0, None);
    loop {
        let next = bytes.get(at).copied();
        let after = bytes.get(at + 1).copied();
        let (token, length) = match (next, after) {
            (Some(b'\''), _) => {
                start.get_or_insert(at);
                at = at + 2 + bytes.get(at + 1..)?.iter().position(|b| *b == b'\'')?;
                continue;
            }
            (Some(b'"'), _) => {
                start.get_or_insert(at);
                at = end_of_quote(bytes, at)?;
                continue;
            }
            (Some(b'\\'), Some(_)) => {
                // A line goes on behind an escaped line feed.
                start.get_or_insert(at);
                at += 2;
                continue;
            }
            (Some(b'`'), _) | (Some(b'<'), Some(b'<')) | (Some(b';'), Some(b';')) => return None,
            (Some(b'$'), Some(open @ (b'(' | b'{'))) => {
                start.get_or_insert(at);
                at = end_of_group(bytes, at + 1, open)?;
                continue;
            }
            (Some(b'#'), _) if start.is_none() => {
                let rest = bytes.get(at..)?.iter().position(|b| *b == b'\n');
                at = rest.map_or(bytes.len(), |rest| at + rest);
                continue;
            }
            (Some(b'>' | b'<'), Some(b'&')) | (Some(b'&'), Some(b'>')) => {
                start.get_or_insert(at);
                at += 2;
                continue;
            }
            (Some(b'&'), Some(b'&')) => (Some(Token::And), 2),
            (Some(b'|'), Some(b'|')) => (Some(Token::Or), 2),
            (Some(b'|'), _) => (Some(Token::Pipe), 1),
            (Some(b'&'), _) => (Some(Token::Background), 1),
            (Some(b';' | b'\n'), _) => (Some(Token::Next), 1),
            (Some(b'(' | b')'), _) => (Some(Token::Paren), 1),
            (Some(b' ' | b'\t' | b'\r') | None, _) => (None, 1),
            _ => {
                start.get_or_insert(at);
                at += 1;
                continue;
            }
        };
        if let Some(start) = start.take() {
            all.push(Token::Word(text.get(start..at)?));
        }
        all.extend(token);
        if next.is_none() {
            return Some(all);
        }
        at += length;
    }
}

fn end_of_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) => return Some(at + 1),
            (b'\\', _) => at += 2,
            (b'`', _) => return None,
            (b'$', Some(open @ (b'(' | b'{'))) => at = end_of_group(bytes, at + 1, *open)?,
            _ => at += 1,
        }
    }
}

/// Returns the end of `$(…)` or `${…}`, without looking at quotes within.
fn end_of_group(bytes: &[u8], open: usize, opens: u8) -> Option<usize> {
    let closes = if opens == b'(' { b')' } else { b'}' };
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open) {
        if *byte == opens {
            depth += 1;
        } else if *byte == closes {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<Vec<String>> {
        let all = commands(text)?;
        Some(all.iter().map(|own| own.words.join(" ")).collect())
    }

    #[test]
    fn a_script_has_its_commands_and_keywords() {
        for (text, expected) in [
            ("a; b && c", &["a", "b", "c"][..]),
            ("A=1 B=$(x; y) server -p ${PORT}", &["server -p ${PORT}"]),
            (
                "while true; do sleep 1; done",
                &["while", "true", "do", "sleep 1", "done"],
            ),
            (
                "echo 'a; b' \"c | d\" # e; f\ng",
                &["echo 'a; b' \"c | d\"", "g"],
            ),
            ("if ! a; then b; fi", &["if", "!", "a", "then", "b", "fi"]),
            (
                "for i in 1 2; do a; done",
                &["for i in 1 2", "do", "a", "done"],
            ),
            (
                "echo while; a >/dev/null 2>&1",
                &["echo while", "a >/dev/null 2>&1"],
            ),
            ("", &[]),
        ] {
            let expected = expected.iter().map(|own| (*own).to_owned()).collect();
            assert_eq!(shown(text), Some(expected), "{text}");
        }
        for text in [
            "cat <<E\nE",
            "`a`",
            "case a in b) c;; esac",
            "'open",
            "\"$(a",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn an_operator_stands_behind_its_command() {
        let all = commands("a | b & while c; do d; done &").unwrap();
        let after: Vec<_> = all.iter().map(|own| own.after).collect();
        assert_eq!(after[0], Some(Token::Pipe));
        assert_eq!(after[1], Some(Token::Background));
        assert_eq!(after.last(), Some(&Some(Token::Background)));
    }
}
