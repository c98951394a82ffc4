//! Reading a path; what is wrong with one is told with its place.

use super::path::{JsonPath, Slice, Step};

/// An error in a path: its position in characters from the start, and a message.
pub(in crate::status::condition) type Wrong = (usize, String);

impl JsonPath {
    /// Reads `{.a.b[0]}`, `.a.b[0]` or `a.b[0]`.
    pub(in crate::status::condition) fn parse(text: &str) -> Result<Self, Wrong> {
        let chars: Vec<char> = text.chars().collect();
        let mut reader = Reader {
            chars: &chars,
            at: 0,
            base: 0,
        };
        let braced = reader.take('{');
        let steps = reader.steps(true)?;
        reader.blanks();
        if braced && !reader.take('}') {
            return match reader.peek() {
                None => reader.wrong("expected `}`"),
                Some(odd) => reader.wrong(&format!("unexpected `{odd}`")),
            };
        }
        if let Some(odd) = reader.peek() {
            return reader.wrong(&format!("unexpected `{odd}`"));
        }
        if steps.is_empty() {
            return reader.wrong("expected a field");
        }
        Ok(Self {
            text: text.to_owned(),
            steps,
        })
    }
}

/// Reads a text, or a part of one.
pub(super) struct Reader<'a> {
    pub(super) chars: &'a [char],
    pub(super) at: usize,
    /// Start of the part in the whole path.
    pub(super) base: usize,
}

impl Reader<'_> {
    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn take(&mut self, wanted: char) -> bool {
        let is = self.peek() == Some(wanted);
        self.at += usize::from(is);
        is
    }

    fn blanks(&mut self) {
        while self.take(' ') {}
    }

    pub(super) fn wrong<T>(&self, what: &str) -> Result<T, Wrong> {
        Err((self.base + self.at, what.to_owned()))
    }

    /// Steps up to what is none. At the very start a field may stand without
    /// its dot.
    pub(super) fn steps(&mut self, mut start: bool) -> Result<Vec<Step>, Wrong> {
        let mut steps = Vec::new();
        loop {
            match self.peek() {
                Some('.') => {
                    self.at += 1;
                    if self.take('.') {
                        steps.push(Step::Below);
                        // What kubectl makes of anything else is an error, or the
                        // letters of each text.
                        let is_name = |c: char| c.is_alphanumeric() || c == '_';
                        let is_quoted = self.chars[self.at..].starts_with(&['[', '\'']);
                        if !self.peek().is_some_and(is_name) && !is_quoted {
                            return self.wrong("expected the name of a field after `..`");
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
                // The object, which is where a path is already.
                Some('@' | '$' | ' ') => {
                    self.at += 1;
                    continue;
                }
                Some(c) if start && (c.is_alphanumeric() || c == '_' || c == '\\') => {
                    let at = self.at;
                    let name = self.field()?;
                    if name == "range" && self.peek() == Some(' ') {
                        let what = "expected a path, found a template";
                        return Err((self.base + at, what.to_owned()));
                    }
                    steps.push(Step::Field(name));
                }
                _ => return Ok(steps),
            }
            start = false;
        }
    }

    /// A name, up to what kubectl takes for its end, or an operator.
    fn field(&mut self) -> Result<String, Wrong> {
        const ENDS: &str = " \t\r\n.,[]$@{}";
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !ENDS.contains(*c)) {
            self.at += 1;
            if c != '\\' {
                name.push(c);
            } else if let Some(escaped) = self.peek() {
                name.push(escaped);
                self.at += 1;
            } else {
                return self.wrong("expected a character after `\\`");
            }
        }
        if name.is_empty() {
            return self.wrong("expected the name of a field");
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
        Err((self.base + start, "unterminated quotation".to_owned()))
    }

    /// Reads the content of brackets: `*`, a filter, or one or more of the rest.
    fn bracket(&mut self) -> Result<Step, Wrong> {
        let mut steps = Vec::new();
        loop {
            self.blanks();
            steps.push(self.selected()?);
            self.blanks();
            if !self.take(',') {
                break;
            }
        }
        let step = match steps.pop() {
            Some(one) if steps.is_empty() => one,
            last => {
                steps.extend(last);
                Step::Union(steps)
            }
        };
        if !self.take(']') {
            return self.wrong("expected `]`");
        }
        Ok(step)
    }

    /// A quoted field, an index, a slice, all, or a filter.
    fn selected(&mut self) -> Result<Step, Wrong> {
        if self.take('*') {
            return Ok(Step::All);
        }
        if self.take('?') {
            return self.filter();
        }
        if let Some(name) = self.quoted()? {
            return Ok(Step::Field(name));
        }
        let at = self.at;
        let start = self.number()?;
        if !self.take(':') {
            let Some(index) = start else {
                let what = "expected an index, a slice, `*`, a quoted field or `?(…)`";
                return Err((self.base + at, what.to_owned()));
            };
            return Ok(Step::Slice(Slice::Index(index)));
        }
        let end = self.number()?;
        let at = self.at;
        let step = if self.take(':') { self.number()? } else { None };
        let step = usize::try_from(step.unwrap_or(1)).unwrap_or(0);
        if step == 0 {
            return Err((self.base + at, "expected a step greater than 0".to_owned()));
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
        number.map_err(|_| (self.base + start, format!("`{digits}` is not a number")))
    }
}
