//! Reading a path; what is wrong with one is told with its place.

use serde_json::Value;

use super::{Filter, JsonPath, Operand, Operator, Slice, Step};

/// What is wrong with a path, and where: a count of characters from its start.
pub(in crate::wait::condition) type Wrong = (usize, String);

impl JsonPath {
    /// Reads `{.a.b[0]}`, `.a.b[0]` or `a.b[0]`.
    pub(in crate::wait::condition) fn parse(text: &str) -> Result<Self, Wrong> {
        let mut reader = Reader {
            chars: text.chars().collect(),
            at: 0,
        };
        let braced = reader.take('{');
        reader.blanks();
        reader.take('$');
        let steps = reader.steps(true)?;
        reader.blanks();
        if braced && !reader.take('}') {
            return match reader.peek() {
                None => reader.wrong("a `}` is missing here"),
                Some(odd) => reader.wrong(&format!("`{odd}` is not expected here")),
            };
        }
        if let Some(odd) = reader.peek() {
            return reader.wrong(&format!("`{odd}` is not expected here"));
        }
        if steps.is_empty() {
            return reader.wrong("the path names no field");
        }
        Ok(Self {
            text: text.to_owned(),
            steps,
        })
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let is = self.peek() == Some(wanted);
        self.at += usize::from(is);
        is
    }

    fn blanks(&mut self) {
        while self.take(' ') {}
    }

    fn wrong<T>(&self, what: &str) -> Result<T, Wrong> {
        Err((self.at, what.to_owned()))
    }

    /// Steps up to what is none. At the very start a field may stand without
    /// its dot.
    fn steps(&mut self, mut start: bool) -> Result<Vec<Step>, Wrong> {
        let mut steps = Vec::new();
        loop {
            match self.peek() {
                Some('.') => {
                    self.at += 1;
                    if self.take('.') {
                        steps.push(Step::Below);
                        // What kubectl makes of anything else is an error, or the
                        // letters of each text.
                        if !self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                            return self.wrong("the name of a field follows `..`");
                        }
                    }
                    match self.peek() {
                        Some('*') => {
                            self.at += 1;
                            steps.push(Step::All);
                        }
                        Some('[') => {}
                        _ => steps.push(Step::Field(self.field()?)),
                    }
                }
                Some('[') => {
                    self.at += 1;
                    steps.push(self.bracket()?);
                }
                Some(c) if start && (c.is_alphanumeric() || c == '_') => {
                    steps.push(Step::Field(self.field()?));
                }
                _ => return Ok(steps),
            }
            start = false;
        }
    }

    /// A name, up to what kubectl takes for its end, or an operator.
    fn field(&mut self) -> Result<String, Wrong> {
        const ENDS: &str = " \t\r\n.,[]$@{}!<>=()'\"";
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !ENDS.contains(*c)) {
            self.at += 1;
            if c != '\\' {
                name.push(c);
            } else if let Some(escaped) = self.peek() {
                name.push(escaped);
                self.at += 1;
            } else {
                return self.wrong("the `\\` escapes nothing");
            }
        }
        if name.is_empty() {
            return self.wrong("a field's name is missing here");
        }
        Ok(name)
    }

    fn quoted(&mut self) -> Result<Option<String>, Wrong> {
        let Some(quote) = self.peek().filter(|c| matches!(c, '\'' | '"')) else {
            return Ok(None);
        };
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => {
                    if let Some(escaped) = self.peek() {
                        text.push(escaped);
                        self.at += 1;
                    }
                }
                c if c == quote => return Ok(Some(text)),
                c => text.push(c),
            }
        }
        Err((start, "this quotation does not end".to_owned()))
    }

    /// What is between brackets: `*`, a filter, or one or more of the rest.
    fn bracket(&mut self) -> Result<Step, Wrong> {
        let step = if self.take('*') {
            Step::All
        } else if self.take('?') {
            self.filter()?
        } else {
            let mut steps = Vec::new();
            loop {
                self.blanks();
                steps.push(self.selected()?);
                self.blanks();
                if !self.take(',') {
                    break;
                }
            }
            match steps.pop() {
                Some(one) if steps.is_empty() => one,
                last => {
                    steps.extend(last);
                    Step::Union(steps)
                }
            }
        };
        if !self.take(']') {
            return self.wrong("a `]` is missing here");
        }
        Ok(step)
    }

    /// A quoted field, an index or a slice.
    fn selected(&mut self) -> Result<Step, Wrong> {
        if let Some(name) = self.quoted()? {
            return Ok(Step::Field(name));
        }
        let at = self.at;
        let start = self.number()?;
        if !self.take(':') {
            let Some(index) = start else {
                let what = "an index, a slice, `*`, a quoted field or `?(…)` is missing here";
                return Err((at, what.to_owned()));
            };
            return Ok(Step::Slice(Slice::Index(index)));
        }
        let end = self.number()?;
        let at = self.at;
        let step = if self.take(':') { self.number()? } else { None };
        let step = usize::try_from(step.unwrap_or(1)).unwrap_or(0);
        if step == 0 {
            return Err((at, "the step is greater than 0".to_owned()));
        }
        Ok(Step::Slice(Slice::Range { start, end, step }))
    }

    fn number(&mut self) -> Result<Option<i64>, Wrong> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '-') {
            self.at += 1;
        }
        let digits: String = self.chars[start..self.at].iter().collect();
        if digits.is_empty() {
            return Ok(None);
        }
        let number = digits.parse().map(Some);
        number.map_err(|_| (start, format!("`{digits}` is not a number")))
    }

    fn filter(&mut self) -> Result<Step, Wrong> {
        if !self.take('(') {
            return self.wrong("a `(` is missing here");
        }
        self.blanks();
        let left = self.operand()?;
        self.blanks();
        let at = self.at;
        let filter = if self.peek() == Some(')') {
            match left {
                Operand::Path(path) => Filter::Exists(path),
                Operand::Literal(_) => return self.wrong("a comparison is missing here"),
            }
        } else {
            let operator = self.operator()?;
            self.blanks();
            let right = self.operand()?;
            if matches!((&left, &right), (Operand::Literal(_), Operand::Literal(_))) {
                return Err((at, "one side of a comparison begins with `@`".to_owned()));
            }
            Filter::Compares(left, operator, right)
        };
        self.blanks();
        if !self.take(')') {
            return self.wrong("a `)` is missing here");
        }
        Ok(Step::Filter(filter))
    }

    fn operator(&mut self) -> Result<Operator, Wrong> {
        // The longer ones first.
        const ALL: [(&str, Operator); 6] = [
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let fits = |text: &str| text.chars().zip(rest).filter(|(a, b)| a == *b).count();
        let found = ALL.iter().find(|(text, _)| fits(text) == text.len());
        let Some((text, operator)) = found else {
            return self.wrong("`==`, `!=`, `<`, `<=`, `>` or `>=` is missing here");
        };
        self.at += text.len();
        Ok(*operator)
    }

    /// A path from `@`, a text in quotes, a number, or a word.
    fn operand(&mut self) -> Result<Operand, Wrong> {
        if self.take('@') {
            return Ok(Operand::Path(self.steps(false)?));
        }
        if let Some(text) = self.quoted()? {
            return Ok(Operand::Literal(Value::String(text)));
        }
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| !")] =!<>".contains(*c)) {
            word.push(c);
            self.at += 1;
        }
        if word.is_empty() {
            return self.wrong("a value is missing here, or a path that begins with `@`");
        }
        let literal = match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => match serde_json::from_str(&word) {
                Ok(number @ Value::Number(_)) => number,
                _ => Value::String(word),
            },
        };
        Ok(Operand::Literal(literal))
    }
}
