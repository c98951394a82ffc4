//! Parser of label selectors. Each piece knows its place in the text, so that a mistake
//! can be underlined.
//!
//! Upstream: `labels.Parse` (k8s.io/apimachinery/pkg/labels).

use std::collections::BTreeSet;
use std::ops::Range;

use super::error::SelectorError;
use super::requirement::{Operator, check_key, check_value};

/// A word of a selector's text. A value may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word itself.
    pub text: &'a str,
    at: usize,
}

impl Word<'_> {
    /// Returns its byte range in the selector's text.
    pub fn range(self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    fn error(self, message: impl Into<String>) -> SelectorError {
        SelectorError {
            range: self.range(),
            message: message.into(),
        }
    }
}

/// A requirement as it is written in a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term<'a> {
    /// The label's key, which is valid.
    pub key: Word<'a>,
    /// Its comparison.
    pub operator: Operator,
    /// The values. Those of `Gt` and `Lt` are integers; others are not checked.
    pub values: Vec<Word<'a>>,
    /// True if the operator is `=` or `==`.
    pub is_equality: bool,
    /// The byte range of the whole term in the selector's text.
    pub range: Range<usize>,
}

impl Term<'_> {
    /// Checks that each value can be the value of a label.
    ///
    /// # Errors
    /// The first value that cannot.
    pub fn check_values(&self) -> Result<(), SelectorError> {
        let check = |value: &Word<'_>| check_value(value.text).map_err(|why| value.error(why));
        self.values.iter().try_for_each(check)
    }
}

/// Parses a label selector into its terms; an empty text has none.
///
/// # Errors
/// Fails where `labels.Parse` does, except for invalid values.
pub fn parse_terms(text: &str) -> Result<Vec<Term<'_>>, SelectorError> {
    let mut parser = Parser {
        text,
        tokens: tokens(text),
        at: 0,
    };
    parser.terms()
}

/// A symbol or a word.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    word: Word<'a>,
    is_symbol: bool,
}

/// Returns whether upstream's lexer takes a character for white space (`isWhitespace`).
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];
    let ends_word = |c: char| is_space(c) || "=!(),><".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
        let length = match symbol {
            Some(symbol) => symbol.len(),
            None => rest.find(ends_word).unwrap_or(rest.len()),
        };
        let (text_of_token, behind) = rest.split_at(length);
        tokens.push(Token {
            word: Word {
                text: text_of_token,
                at: text.len() - rest.len(),
            },
            is_symbol: symbol.is_some(),
        });
        rest = behind.trim_start_matches(is_space);
    }
    tokens
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.at += 1;
        self.tokens.get(self.at - 1).copied()
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn peek_symbol(&self, symbol: &str) -> bool {
        let next = self.peek();
        next.is_some_and(|next| next.is_symbol && next.word.text == symbol)
    }

    /// Returns an empty word after the last token that was read.
    fn empty_word(&self) -> Word<'a> {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let at = before.map_or(self.text.len(), |before| before.word.range().end);
        Word { text: "", at }
    }

    fn expected(&self, what: &str, found: Option<Token<'_>>) -> SelectorError {
        match found {
            Some(found) => {
                let text = found.word.text;
                found.word.error(format!("expected {what}, found `{text}`"))
            }
            None => SelectorError {
                range: self.text.len()..self.text.len(),
                message: format!("expected {what} at the end"),
            },
        }
    }

    fn terms(&mut self) -> Result<Vec<Term<'a>>, SelectorError> {
        let mut terms = Vec::new();
        while self.peek().is_some() || !terms.is_empty() {
            terms.push(self.term()?);
            match self.next() {
                None => break,
                Some(next) if next.is_symbol && next.word.text == "," => {}
                other => return Err(self.expected("a comma or the end", other)),
            }
        }
        Ok(terms)
    }

    fn term(&mut self) -> Result<Term<'a>, SelectorError> {
        let first = self.peek();
        let is_absent = self.peek_symbol("!");
        self.at += usize::from(is_absent);
        let key = match self.next() {
            Some(next) if !next.is_symbol => next.word,
            other => return Err(self.expected("a label's key", other)),
        };
        check_key(key.text).map_err(|why| key.error(why))?;
        let begins = first.map_or(key.at, |first| first.word.at);
        let (operator, values, is_equality) = if is_absent {
            (Operator::DoesNotExist, Vec::new(), false)
        } else if self.peek().is_none() || self.peek_symbol(",") {
            (Operator::Exists, Vec::new(), false)
        } else {
            self.comparison()?
        };
        Ok(Term {
            key,
            operator,
            values,
            is_equality,
            range: begins..self.empty_word().at,
        })
    }

    fn comparison(&mut self) -> Result<(Operator, Vec<Word<'a>>, bool), SelectorError> {
        let token = self.next();
        let operator = match token.map(|token| token.word.text) {
            Some("in") => return Ok((Operator::In, self.list()?, false)),
            Some("notin") => return Ok((Operator::NotIn, self.list()?, false)),
            Some("=" | "==") => Operator::In,
            Some("!=") => Operator::NotIn,
            Some(">") => Operator::Gt,
            Some("<") => Operator::Lt,
            _ => return Err(self.expected("in, notin, =, ==, !=, < or >", token)),
        };
        let value = self.value()?;
        let is_comparison = matches!(operator, Operator::Gt | Operator::Lt);
        if is_comparison && value.text.parse::<i64>().is_err() {
            let symbol = token.map_or("", |token| token.word.text);
            return Err(value.error(format!("only integers can be compared with `{symbol}`")));
        }
        Ok((operator, vec![value], operator == Operator::In))
    }

    /// Reads a value, which may be empty.
    fn value(&mut self) -> Result<Word<'a>, SelectorError> {
        if self.peek().is_none() || self.peek_symbol(",") {
            return Ok(self.empty_word());
        }
        match self.next() {
            Some(next) if !next.is_symbol => Ok(next.word),
            other => Err(self.expected("a value", other)),
        }
    }

    /// Reads `(a,b)`. Each value may be empty and is listed once.
    fn list(&mut self) -> Result<Vec<Word<'a>>, SelectorError> {
        let opens = match self.next() {
            Some(next) if next.is_symbol && next.word.text == "(" => next.word,
            other => return Err(self.expected("a list such as (a,b)", other)),
        };
        let mut values: Vec<Word<'a>> = Vec::new();
        let mut known = BTreeSet::new();
        loop {
            let value = match self.peek() {
                Some(next) if !next.is_symbol => {
                    self.at += 1;
                    next.word
                }
                _ => self.empty_word(),
            };
            if known.insert(value.text) {
                values.push(value);
            }
            match self.next() {
                Some(next) if next.is_symbol && next.word.text == ")" => return Ok(values),
                Some(next) if next.is_symbol && next.word.text == "," => {}
                None => return Err(opens.error("unclosed parenthesis")),
                other => return Err(self.expected("a comma or `)`", other)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::LabelSelector;
    use super::*;

    #[test]
    fn each_operator_has_its_words() {
        use Operator::{DoesNotExist, Exists, Gt, In, Lt, NotIn};
        for (text, expected) in [
            ("", &[][..]),
            (" \t", &[]),
            ("a", &[("a", Exists, &[][..])]),
            ("! a/b", &[("a/b", DoesNotExist, &[])]),
            ("a=b", &[("a", In, &["b"])]),
            ("a == b", &[("a", In, &["b"])]),
            ("a=", &[("a", In, &[""])]),
            ("a!=,b", &[("a", NotIn, &[""]), ("b", Exists, &[])]),
            ("a in (b, c)", &[("a", In, &["b", "c"])]),
            ("a\r\nnotin\t(b,b)", &[("a", NotIn, &["b"])]),
            ("a in ()", &[("a", In, &[""])]),
            ("a in (,)", &[("a", In, &[""])]),
            ("a in (c,,b,)", &[("a", In, &["c", "", "b"])]),
            ("a>5", &[("a", Gt, &["5"])]),
            ("a < -5", &[("a", Lt, &["-5"])]),
            (
                "in in (in),notin=notin",
                &[("in", In, &["in"]), ("notin", In, &["notin"])],
            ),
        ] {
            let terms = parse_terms(text).unwrap();
            let read: Vec<_> = terms
                .iter()
                .map(|term| {
                    let values: Vec<&str> = term.values.iter().map(|value| value.text).collect();
                    (term.key.text, term.operator, values)
                })
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(key, operator, values)| (*key, *operator, values.to_vec()))
                .collect();
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn each_piece_knows_its_place() {
        let text = " !a , bc in ( d,) ,e = f";
        let terms = parse_terms(text).unwrap();
        let whole: Vec<&str> = terms.iter().map(|term| &text[term.range.clone()]).collect();
        assert_eq!(whole, ["!a", "bc in ( d,)", "e = f"]);
        let keys: Vec<&str> = terms.iter().map(|term| &text[term.key.range()]).collect();
        assert_eq!(keys, ["a", "bc", "e"]);
        assert_eq!(
            terms[1]
                .values
                .iter()
                .map(|v| v.range())
                .collect::<Vec<_>>(),
            [14..15, 16..16]
        );
        let equal: Vec<bool> = terms.iter().map(|term| term.is_equality).collect();
        assert_eq!(equal, [false, false, true]);
    }

    #[test]
    fn an_error_has_the_place_of_the_mistake() {
        let label = "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
        for (text, wrong, why) in [
            ("a=b,,c", ",", "expected a label's key, found `,`".to_owned()),
            ("a,", "", "expected a label's key at the end".to_owned()),
            ("=b", "=", "expected a label's key, found `=`".to_owned()),
            ("a==b==c", "==", "expected a comma or the end, found `==`".to_owned()),
            ("a=b c", "c", "expected a comma or the end, found `c`".to_owned()),
            ("a in b", "b", "expected a list such as (a,b), found `b`".to_owned()),
            ("a in", "", "expected a list such as (a,b) at the end".to_owned()),
            ("a in (b", "(", "unclosed parenthesis".to_owned()),
            ("a in ((b)", "(", "expected a comma or `)`, found `(`".to_owned()),
            ("a in (b c)", "c", "expected a comma or `)`, found `c`".to_owned()),
            ("a in (b) c", "c", "expected a comma or the end, found `c`".to_owned()),
            ("a in b)", "b", "expected a list such as (a,b), found `b`".to_owned()),
            ("a exists", "exists", "expected in, notin, =, ==, !=, < or >, found `exists`".to_owned()),
            ("a(b)", "(", "expected in, notin, =, ==, !=, < or >, found `(`".to_owned()),
            ("a!b", "!", "expected in, notin, =, ==, !=, < or >, found `!`".to_owned()),
            ("a=!", "!", "expected a value, found `!`".to_owned()),
            ("a>b", "b", "only integers can be compared with `>`".to_owned()),
            ("a<", "", "only integers can be compared with `<`".to_owned()),
            ("-a", "-a", format!("invalid label key `-a`: {label}")),
            ("b,é=b", "é", format!("invalid label key `é`: {label}")),
            ("a='b'", "'b'", "invalid label value `'b'`: must be empty, or consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit".to_owned()),
            ("a<-5", "-5", "invalid label value `-5`: must be empty, or consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit".to_owned()),
        ] {
            let found = LabelSelector::parse(text).unwrap_err();
            assert_eq!((&text[found.range], found.message), (wrong, why), "{text}");
        }
    }
}
