//! The text of a selector to its terms.

use std::collections::BTreeSet;
use std::ops::Range;

use pod_model::validation::{validate_label_key, validate_label_value};

use super::Operator;

/// Why a text is no selector, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The bytes that it is about.
    pub range: Range<usize>,
    /// A lower-case phrase.
    pub why: String,
}

/// A word of a selector's text. A value may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// The word itself.
    pub text: &'a str,
    at: usize,
}

impl Word<'_> {
    /// Its bytes in the text.
    pub(crate) fn range(self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }

    fn is_wrong(self, why: impl Into<String>) -> Wrong {
        Wrong {
            range: self.range(),
            why: why.into(),
        }
    }
}

/// A requirement as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term<'a> {
    /// The label's key, which is sound.
    pub key: Word<'a>,
    /// Its comparison.
    pub operator: Operator,
    /// The values; those of sizes are whole numbers, others are not looked at.
    pub values: Vec<Word<'a>>,
    /// Whether it is written with `=` or `==`.
    pub is_equality: bool,
    /// The bytes of all of it.
    pub range: Range<usize>,
}

impl Term<'_> {
    /// Checks that the values are those of labels.
    ///
    /// # Errors
    /// One is not.
    pub(crate) fn check_values(&self) -> Result<(), Wrong> {
        self.values.iter().try_for_each(|value| {
            validate_label_value(value.text).map_err(|why| value.is_wrong(why))
        })
    }
}

/// Reads the requirements of a text, none of an empty one.
///
/// # Errors
/// What `labels.Parse` refuses, but for values.
pub(crate) fn read_terms(text: &str) -> Result<Vec<Term<'_>>, Wrong> {
    let mut reader = Reader {
        text,
        tokens: tokens(text),
        at: 0,
    };
    reader.terms()
}

/// A sign or a word.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    word: Word<'a>,
    is_sign: bool,
}

/// What upstream's lexer takes for white space (`isWhitespace`).
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    const SIGNS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];
    let ends_word = |c: char| is_space(c) || "=!(),><".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
        let length = match sign {
            Some(sign) => sign.len(),
            None => rest.find(ends_word).unwrap_or(rest.len()),
        };
        let (read, behind) = rest.split_at(length);
        tokens.push(Token {
            word: Word {
                text: read,
                at: text.len() - rest.len(),
            },
            is_sign: sign.is_some(),
        });
        rest = behind.trim_start_matches(is_space);
    }
    tokens
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.at += 1;
        self.tokens.get(self.at - 1).copied()
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    fn peek_sign(&self, sign: &str) -> bool {
        let next = self.peek();
        next.is_some_and(|next| next.is_sign && next.word.text == sign)
    }

    /// An empty word behind what was read last.
    fn nothing(&self) -> Word<'a> {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let at = before.map_or(self.text.len(), |before| before.word.range().end);
        Word { text: "", at }
    }

    fn expected(&self, what: &str, found: Option<Token<'_>>) -> Wrong {
        match found {
            Some(found) => {
                let text = found.word.text;
                found
                    .word
                    .is_wrong(format!("expected {what}, found `{text}`"))
            }
            None => Wrong {
                range: self.text.len()..self.text.len(),
                why: format!("expected {what} at the end"),
            },
        }
    }

    fn terms(&mut self) -> Result<Vec<Term<'a>>, Wrong> {
        let mut terms = Vec::new();
        while self.peek().is_some() || !terms.is_empty() {
            terms.push(self.term()?);
            match self.next() {
                None => break,
                Some(next) if next.is_sign && next.word.text == "," => {}
                other => return Err(self.expected("a comma or the end", other)),
            }
        }
        Ok(terms)
    }

    fn term(&mut self) -> Result<Term<'a>, Wrong> {
        let first = self.peek();
        let is_absent = self.peek_sign("!");
        self.at += usize::from(is_absent);
        let key = match self.next() {
            Some(next) if !next.is_sign => next.word,
            other => return Err(self.expected("a label's key", other)),
        };
        validate_label_key(key.text).map_err(|why| key.is_wrong(why))?;
        let begins = first.map_or(key.at, |first| first.word.at);
        let (operator, values, is_equality) = if is_absent {
            (Operator::DoesNotExist, Vec::new(), false)
        } else if self.peek().is_none() || self.peek_sign(",") {
            (Operator::Exists, Vec::new(), false)
        } else {
            self.comparison()?
        };
        Ok(Term {
            key,
            operator,
            values,
            is_equality,
            range: begins..self.nothing().at,
        })
    }

    fn comparison(&mut self) -> Result<(Operator, Vec<Word<'a>>, bool), Wrong> {
        let sign = self.next();
        let operator = match sign.map(|sign| sign.word.text) {
            Some("in") => return Ok((Operator::In, self.list()?, false)),
            Some("notin") => return Ok((Operator::NotIn, self.list()?, false)),
            Some("=" | "==") => Operator::In,
            Some("!=") => Operator::NotIn,
            Some(">") => Operator::Gt,
            Some("<") => Operator::Lt,
            _ => return Err(self.expected("in, notin, =, ==, !=, < or >", sign)),
        };
        let value = self.value()?;
        let is_size = matches!(operator, Operator::Gt | Operator::Lt);
        if is_size && value.text.parse::<i64>().is_err() {
            let sign = sign.map_or("", |sign| sign.word.text);
            return Err(value.is_wrong(format!("only whole numbers are compared with `{sign}`")));
        }
        Ok((operator, vec![value], operator == Operator::In))
    }

    /// A value may be empty.
    fn value(&mut self) -> Result<Word<'a>, Wrong> {
        if self.peek().is_none() || self.peek_sign(",") {
            return Ok(self.nothing());
        }
        match self.next() {
            Some(next) if !next.is_sign => Ok(next.word),
            other => Err(self.expected("a value", other)),
        }
    }

    /// `(a,b)`: each value may be empty, and stands once.
    fn list(&mut self) -> Result<Vec<Word<'a>>, Wrong> {
        let opens = match self.next() {
            Some(next) if next.is_sign && next.word.text == "(" => next.word,
            other => return Err(self.expected("a list such as (a,b)", other)),
        };
        let mut values: Vec<Word<'a>> = Vec::new();
        let mut known = BTreeSet::new();
        loop {
            let value = match self.peek() {
                Some(next) if !next.is_sign => {
                    self.at += 1;
                    next.word
                }
                _ => self.nothing(),
            };
            if known.insert(value.text) {
                values.push(value);
            }
            match self.next() {
                Some(next) if next.is_sign && next.word.text == ")" => return Ok(values),
                Some(next) if next.is_sign && next.word.text == "," => {}
                None => return Err(opens.is_wrong("this parenthesis is never closed")),
                other => return Err(self.expected("a comma or `)`", other)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Selector;
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
            let terms = read_terms(text).unwrap();
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
        let terms = read_terms(text).unwrap();
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
    fn what_is_wrong_is_told_with_its_place() {
        let label = "must be made of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
        for (text, wrong, why) in [
            ("a=b,,c", ",", "expected a label's key, found `,`".to_owned()),
            ("a,", "", "expected a label's key at the end".to_owned()),
            ("=b", "=", "expected a label's key, found `=`".to_owned()),
            ("a==b==c", "==", "expected a comma or the end, found `==`".to_owned()),
            ("a=b c", "c", "expected a comma or the end, found `c`".to_owned()),
            ("a in b", "b", "expected a list such as (a,b), found `b`".to_owned()),
            ("a in", "", "expected a list such as (a,b) at the end".to_owned()),
            ("a in (b", "(", "this parenthesis is never closed".to_owned()),
            ("a in ((b)", "(", "expected a comma or `)`, found `(`".to_owned()),
            ("a in (b c)", "c", "expected a comma or `)`, found `c`".to_owned()),
            ("a in (b) c", "c", "expected a comma or the end, found `c`".to_owned()),
            ("a in b)", "b", "expected a list such as (a,b), found `b`".to_owned()),
            ("a exists", "exists", "expected in, notin, =, ==, !=, < or >, found `exists`".to_owned()),
            ("a(b)", "(", "expected in, notin, =, ==, !=, < or >, found `(`".to_owned()),
            ("a!b", "!", "expected in, notin, =, ==, !=, < or >, found `!`".to_owned()),
            ("a=!", "!", "expected a value, found `!`".to_owned()),
            ("a>b", "b", "only whole numbers are compared with `>`".to_owned()),
            ("a<", "", "only whole numbers are compared with `<`".to_owned()),
            ("-a", "-a", format!("`-a` is not the key of a label: it {label}")),
            ("b,é=b", "é", format!("`é` is not the key of a label: it {label}")),
            ("a='b'", "'b'", "`'b'` is not the value of a label: it must be empty, or made of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends".to_owned()),
            ("a<-5", "-5", "`-5` is not the value of a label: it must be empty, or made of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends".to_owned()),
        ] {
            let found = Selector::read(text).unwrap_err();
            assert_eq!((&text[found.range], found.why), (wrong, why), "{text}");
        }
    }
}
