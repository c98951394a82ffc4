//! Reading `?(…)`: where a filter ends, where it is divided, and what each side is
//! (k8s.io/client-go/util/jsonpath, `parseFilter`).

use serde_json::{Number, Value};

use super::path::{Filter, Operator, Step};
use super::read::{Reader, Wrong};

impl Reader<'_> {
    /// A filter, from its `?` on.
    pub(super) fn filter(&mut self) -> Result<Step, Wrong> {
        if !self.take('(') {
            return self.wrong("expected `(`");
        }
        let start = self.at;
        let end = self.end_of_filter()?;
        self.at = end + 1;
        let is_operator = |c: &char| "!<>=".contains(*c);
        let chars = self.chars;
        let inner = &chars[start..end];
        let Some(first) = inner.iter().position(is_operator) else {
            let path = self.part(start, end).side()?;
            // A literal is always there.
            if path.iter().any(|step| matches!(step, Step::Literal(_))) {
                let what = "expected a comparison".to_owned();
                return Err((self.base + end, what));
            }
            return Ok(Step::Filter(Filter::Exists(path)));
        };
        let count = inner[first..].iter().take_while(|c| is_operator(c)).count();
        let (operator_at, right_at) = (start + first, start + first + count);
        let left = self.part(start, operator_at).side()?;
        let operator: String = inner[first..first + count].iter().collect();
        let operator = match operator.as_str() {
            "==" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            _ => {
                let what = format!(
                    "`{operator}` is not an operator; expected one of `==`, `!=`, `<`, `<=`, `>` or `>=`"
                );
                return Err((self.base + operator_at, what));
            }
        };
        let right = self.part(right_at, end).side()?;
        Ok(Step::Filter(Filter::Compares(left, operator, right)))
    }

    /// A reader of a part, which says places in the whole.
    fn part(&self, start: usize, end: usize) -> Reader<'_> {
        Reader {
            chars: &self.chars[start..end],
            at: 0,
            base: self.base + start,
        }
    }

    /// The place of the `)`: the first that is not in quotes. As in kubectl, quotes count
    /// once: a second text in quotes has no parenthesis.
    fn end_of_filter(&self) -> Result<usize, Wrong> {
        let mut quote = None;
        let mut is_closed = false;
        for at in self.at..self.chars.len() {
            match self.chars[at] {
                '\n' => break,
                c @ ('"' | '\'') => match quote {
                    None => quote = Some(c),
                    Some(quote) => is_closed |= quote == c && self.chars[at - 1] != '\\',
                },
                ')' if quote.is_some() == is_closed => return Ok(at),
                _ => {}
            }
        }
        let what = match quote {
            Some(_) if !is_closed => "unterminated quotation in this filter",
            _ => "expected `)` after this filter",
        };
        Err((self.base + self.at, what.to_owned()))
    }

    /// One side of a comparison, or the path that has to be there.
    fn side(mut self) -> Result<Vec<Step>, Wrong> {
        let mut steps = Vec::new();
        let mut is_empty = true;
        loop {
            let Some(c) = self.peek() else {
                if is_empty {
                    return self.wrong("expected a value, or a path such as `@.name`");
                }
                return Ok(steps);
            };
            is_empty &= c == ' ';
            match c {
                ' ' | '@' | '$' => self.at += 1,
                '.' | '[' => steps.extend(self.steps(false)?),
                '"' | '\'' => steps.push(Step::Literal(Value::String(self.text()?))),
                '|' | '&' => {
                    return self.wrong("expected one comparison: `||` and `&&` are not supported");
                }
                c if c.is_alphanumeric() || "_+-".contains(c) => {
                    steps.push(Step::Literal(self.word()));
                }
                odd => return self.wrong(&format!("unexpected `{odd}`")),
            }
        }
    }

    /// A text in quotes with Go's escapes, as `strconv.Unquote` reads it.
    fn text(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        let quote = self.chars[start];
        let mut text = String::new();
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => text.push(self.escape(quote)?),
                c if c == quote => return Ok(text),
                c => text.push(c),
            }
        }
        Err((self.base + start, "unterminated quotation".to_owned()))
    }

    fn escape(&mut self, quote: char) -> Result<char, Wrong> {
        let at = self.at - 1;
        let wrong = || (self.base + at, "invalid escape sequence".to_owned());
        let Some(c) = self.chars.get(self.at).copied() else {
            return Err(wrong());
        };
        let digits = |from: usize, count: usize, radix: u32| {
            let digits = self.chars.get(from..from + count)?;
            let digits: String = digits.iter().collect();
            let code = u32::from_str_radix(&digits, radix).ok()?;
            (radix == 16 || code < 256).then_some((code, from + count))
        };
        let read = match c {
            'a' => Some((7, self.at + 1)),
            'b' => Some((8, self.at + 1)),
            'f' => Some((12, self.at + 1)),
            'n' => Some((10, self.at + 1)),
            'r' => Some((13, self.at + 1)),
            't' => Some((9, self.at + 1)),
            'v' => Some((11, self.at + 1)),
            '\\' => Some((92, self.at + 1)),
            'x' => digits(self.at + 1, 2, 16),
            'u' => digits(self.at + 1, 4, 16),
            'U' => digits(self.at + 1, 8, 16),
            '0'..='7' => digits(self.at, 3, 8),
            c if c == quote => Some((u32::from(c), self.at + 1)),
            _ => None,
        };
        let (code, next) = read.ok_or_else(wrong)?;
        let c = char::from_u32(code).ok_or_else(wrong)?;
        self.at = next;
        Ok(c)
    }

    /// A number, `true`, `false`, or a text that needs no quotes.
    fn word(&mut self) -> Value {
        let start = self.at;
        let belongs = |c: char| c.is_alphanumeric() || "_+-.:/".contains(c);
        while self.peek().is_some_and(belongs) {
            self.at += 1;
        }
        let word: String = self.chars[start..self.at].iter().collect();
        match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => number(&word).map_or(Value::String(word), Value::Number),
        }
    }
}

/// A number as Go's `strconv` reads one, but for the forms that begin with a letter.
fn number(word: &str) -> Option<Number> {
    if let Ok(integer) = word.parse::<i64>() {
        return Some(integer.into());
    }
    word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        .then(|| word.parse().ok())
        .flatten()
        .and_then(Number::from_f64)
}
