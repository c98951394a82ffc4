//! `-l` and `--field-selector`, looked at before the cluster is: it refuses them with the
//! same words, once it can be reached.
//!
//! Mirrors `labels.Parse` (k8s.io/apimachinery/pkg/labels) and `fields.ParseSelector`
//! (pkg/fields).

use crate::error::Failure;

const LABELS: &str =
    "write key=value, key!=value, key in (a,b), key notin (a,b), key or !key; commas mean and";
const FIELDS: &str =
    "write path=value or path!=value, such as status.phase=Running; commas mean and";

/// Checks the value of `-l`.
///
/// # Errors
/// Wrong usage: what `labels.Parse` refuses.
pub(crate) fn check_label_selector(text: &str) -> Result<(), Failure> {
    let wrong = |why: String| {
        Failure::usage(format!("`{text}` is not a label selector: {why}")).help(LABELS)
    };
    let mut reader = Reader {
        tokens: tokens(text),
        at: 0,
    };
    reader.selector().map_err(wrong)
}

/// Checks the value of `--field-selector`.
///
/// # Errors
/// Wrong usage: what `fields.ParseSelector` refuses.
pub(crate) fn check_field_selector(text: &str) -> Result<(), Failure> {
    let wrong = |why: String| {
        Failure::usage(format!("`{text}` is not a field selector: {why}")).help(FIELDS)
    };
    for term in split_terms(text)
        .into_iter()
        .filter(|term| !term.is_empty())
    {
        let at = term
            .find('=')
            .ok_or_else(|| wrong(format!("`{term}` has no `=`")))?;
        let value = term[at + 1..].strip_prefix('=').unwrap_or(&term[at + 1..]);
        // A `=` before it is found first: `a!=b`, `a=b!=c`.
        check_value(value).map_err(|why| wrong(format!("{why} in `{term}`")))?;
    }
    Ok(())
}

/// The parts between commas that are not escaped.
fn split_terms(text: &str) -> Vec<&str> {
    let (mut terms, mut start, mut is_escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' => {
                terms.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn check_value(value: &str) -> Result<(), String> {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !matches!(chars.next(), Some('\\' | ',' | '=')) => {
                return Err("a `\\` escapes only `\\`, `,` and `=`".to_owned());
            }
            '=' => return Err("a second `=` stands unescaped".to_owned()),
            _ => {}
        }
    }
    Ok(())
}

/// A sign or a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Sign(&'a str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    const SIGNS: &str = "=!(),><";
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let signs = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];
        let token = match signs.into_iter().find(|sign| rest.starts_with(sign)) {
            Some(sign) => Token::Sign(&rest[..sign.len()]),
            None => {
                let end = rest.find(|c| is_space(c) || SIGNS.contains(c));
                Token::Word(&rest[..end.unwrap_or(rest.len())])
            }
        };
        let (Token::Word(read) | Token::Sign(read)) = token;
        rest = rest[read.len()..].trim_start_matches(is_space);
        tokens.push(token);
    }
    tokens
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn peek_sign(&self, sign: &str) -> bool {
        self.peek() == Some(&Token::Sign(sign))
    }

    fn selector(&mut self) -> Result<(), String> {
        if self.peek().is_none() {
            return Ok(());
        }
        loop {
            self.requirement()?;
            match self.next() {
                None => return Ok(()),
                Some(Token::Sign(",")) => {}
                other => return Err(expected("a comma or the end", other.as_ref())),
            }
        }
    }

    fn requirement(&mut self) -> Result<(), String> {
        let is_absent = self.peek_sign("!");
        self.at += usize::from(is_absent);
        let key = match self.next() {
            Some(Token::Word(key)) => key,
            other => return Err(expected("a label's key", other.as_ref())),
        };
        check_key(key)?;
        if is_absent || self.peek().is_none() || self.peek_sign(",") {
            return Ok(());
        }
        match self.next() {
            Some(Token::Word("in" | "notin")) => self.list(),
            Some(Token::Sign("=" | "==" | "!=")) => {
                let value = self.value()?;
                check_label_value(value)
            }
            Some(Token::Sign(sign @ (">" | "<"))) => {
                let value = self.value()?;
                if value.parse::<i64>().is_err() {
                    return Err(format!("`{sign}` compares whole numbers"));
                }
                check_label_value(value)
            }
            other => Err(expected("in, notin, =, ==, !=, < or >", other.as_ref())),
        }
    }

    /// A value may be empty.
    fn value(&mut self) -> Result<&'a str, String> {
        if self.peek().is_none() || self.peek_sign(",") {
            return Ok("");
        }
        match self.next() {
            Some(Token::Word(value)) => Ok(value),
            other => Err(expected("a value", other.as_ref())),
        }
    }

    /// `(a,b)`: each value may be empty, and so may the list.
    fn list(&mut self) -> Result<(), String> {
        match self.next() {
            Some(Token::Sign("(")) => {}
            other => return Err(expected("`(`", other.as_ref())),
        }
        let mut wants_value = true;
        loop {
            match self.next() {
                Some(Token::Sign(")")) => return Ok(()),
                Some(Token::Sign(",")) => wants_value = true,
                Some(Token::Word(value)) if wants_value => {
                    check_label_value(value)?;
                    wants_value = false;
                }
                other => return Err(expected("a comma or `)`", other.as_ref())),
            }
        }
    }
}

fn expected(what: &str, found: Option<&Token<'_>>) -> String {
    match found {
        Some(Token::Word(text) | Token::Sign(text)) => format!("expected {what}, found `{text}`"),
        None => format!("expected {what} at the end"),
    }
}

/// `[PREFIX/]NAME`.
fn check_key(key: &str) -> Result<(), String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let is_label = |part: &str| {
        let ends = [part.chars().next(), part.chars().next_back()];
        let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        part.chars().all(is_inner) && ends.iter().all(|c| c.is_some_and(|c| c != '-'))
    };
    let is_domain =
        |prefix: &str| prefix.len() <= 253 && !prefix.is_empty() && prefix.split('.').all(is_label);
    if prefix.is_none_or(is_domain) && !name.is_empty() && is_value(name) {
        return Ok(());
    }
    Err(format!("`{key}` is not the key of a label"))
}

fn check_label_value(value: &str) -> Result<(), String> {
    if is_value(value) {
        return Ok(());
    }
    Err(format!("`{value}` is not the value of a label"))
}

fn is_value(value: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_end = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    value.len() <= 63
        && value.chars().all(is_inner)
        && is_end(value.chars().next())
        && is_end(value.chars().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_selectors_have_a_path_and_a_value() {
        for text in ["", "a=b", "a==b,c!=d", "a=", "a=b\\,c", "a=b\\=c", ",a=b,"] {
            assert!(check_field_selector(text).is_ok(), "{text}");
        }
        for text in ["a", "a=b,c", "a=b=c", "a===b", "a=b\\c", "a=b\\"] {
            assert!(check_field_selector(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_place_is_told() {
        for (text, why) in [
            ("a==b==c", "expected a comma or the end, found `==`"),
            ("=", "expected a label's key, found `=`"),
            ("a,", "expected a label's key at the end"),
            ("a in b", "expected `(`, found `b`"),
            ("a in (b", "expected a comma or `)` at the end"),
            ("a b", "expected in, notin, =, ==, !=, < or >, found `b`"),
            ("a>b", "`>` compares whole numbers"),
            ("a=b c", "expected a comma or the end, found `c`"),
            ("-a", "`-a` is not the key of a label"),
        ] {
            let message = check_label_selector(text).unwrap_err().message;
            assert!(message.ends_with(why), "{text}: {message}");
        }
    }
}
