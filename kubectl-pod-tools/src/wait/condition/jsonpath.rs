//! `jsonpath='{.status.phase}'=Running`: the part of kubectl's JSONPath that
//! leads to values (k8s.io/client-go/util/jsonpath): fields, quoted fields,
//! indexes, `*`, and filters that compare with a literal.

use serde_json::Value;

use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{pod_ended, text, text_at};
use crate::wait::scene::Scene;

/// A path, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPath {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    Index(i64),
    All,
    Filter {
        path: Vec<Step>,
        equal: bool,
        value: String,
    },
}

/// What is wrong with a path, and where: a count of characters from its start.
pub(super) type Wrong = (usize, String);

impl JsonPath {
    /// Reads `{.a.b[0]}`, `.a.b[0]` or `a.b[0]`.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let mut reader = Reader {
            chars: text.chars().collect(),
            at: 0,
        };
        let braced = reader.take('{');
        reader.take('$');
        let steps = reader.steps(true)?;
        if braced && !reader.take('}') {
            return Err((reader.at, "a `}` is missing here".to_owned()));
        }
        if let Some(odd) = reader.peek() {
            return Err((reader.at, format!("`{odd}` is not expected here")));
        }
        if steps.is_empty() {
            return Err((reader.at, "the path names no field".to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            steps,
        })
    }

    fn find<'a>(&self, object: &'a Value) -> Vec<&'a Value> {
        follow(object, &self.steps)
    }
}

fn follow<'a>(from: &'a Value, steps: &[Step]) -> Vec<&'a Value> {
    let mut found = vec![from];
    for step in steps {
        found = found
            .into_iter()
            .flat_map(|value| next(value, step))
            .collect();
    }
    found
}

fn next<'a>(value: &'a Value, step: &Step) -> Vec<&'a Value> {
    match (step, value) {
        (Step::Field(name), Value::Object(map)) => map.get(name).into_iter().collect(),
        (Step::Index(index), Value::Array(items)) => {
            let from_end = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
            let at = if *index < 0 {
                items.len().checked_sub(from_end)
            } else {
                Some(from_end)
            };
            at.and_then(|at| items.get(at)).into_iter().collect()
        }
        (Step::All, Value::Array(items)) => items.iter().collect(),
        (Step::All, Value::Object(map)) => map.values().collect(),
        (Step::Filter { path, equal, value }, Value::Array(items)) => {
            let fits = |item: &&Value| {
                let found = follow(item, path);
                !found.is_empty() && found.iter().any(|v| shown(v) == *value) == *equal
            };
            items.iter().filter(fits).collect()
        }
        _ => Vec::new(),
    }
}

/// As Go prints a value with `%v`.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

/// Where the value stands.
pub(super) fn judge(scene: &Scene, path: &JsonPath, wanted: Option<&str>) -> Answer {
    let found = path.find(scene.object);
    let said = match found.as_slice() {
        [] => format!("{} is not set", path.text),
        [one] => format!("{} is {}", path.text, short(&shown(one))),
        many => format!("{} has {} values", path.text, many.len()),
    };
    let met = match (found.as_slice(), wanted) {
        ([], _) => false,
        (_, None) => true,
        // As kubectl: several values, and lists and maps, equal no text.
        ([one], Some(wanted)) => !one.is_array() && !one.is_object() && shown(one) == wanted,
        (_, Some(_)) => false,
    };
    let phase = [Step::Field("status".into()), Step::Field("phase".into())];
    if met {
        Answer::Met(Evidence::new("", said))
    } else if text(scene.object, "kind") == "Pod" && pod_ended(scene.object) && path.steps == phase
    {
        let reason = text_at(scene.object, "/status/phase");
        Answer::Never(Evidence::new(
            reason,
            "the phase of a Pod that has ended does not change",
        ))
    } else {
        Answer::NotYet(Evidence::new("", said))
    }
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
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
                    match self.peek() {
                        Some('.') => {
                            return self.wrong("`..` is not known here: write the whole path");
                        }
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

    fn field(&mut self) -> Result<String, Wrong> {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            match c {
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(escaped) => name.push(escaped),
                        None => return self.wrong("the `\\` escapes nothing"),
                    }
                }
                c if c.is_alphanumeric() || matches!(c, '_' | '-' | '/') => name.push(c),
                _ => break,
            }
            self.at += 1;
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
        loop {
            match self.peek() {
                Some(c) if c == quote => {
                    self.at += 1;
                    return Ok(Some(text));
                }
                Some('\\') if self.chars.get(self.at + 1).is_some() => {
                    text.push(self.chars[self.at + 1]);
                    self.at += 2;
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
                None => return Err((start, "this quotation does not end".to_owned())),
            }
        }
    }

    fn bracket(&mut self) -> Result<Step, Wrong> {
        let step = if self.take('*') {
            Step::All
        } else if let Some(name) = self.quoted()? {
            Step::Field(name)
        } else if self.take('?') {
            self.filter()?
        } else {
            let start = self.at;
            while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '-') {
                self.at += 1;
            }
            let digits: String = self.chars[start..self.at].iter().collect();
            match digits.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => {
                    return Err((
                        start,
                        "an index, `*`, a quoted field or `?(…)` is missing here".into(),
                    ));
                }
            }
        };
        if !self.take(']') {
            return self.wrong("a `]` is missing here");
        }
        Ok(step)
    }

    fn blanks(&mut self) {
        while self.take(' ') {}
    }

    fn filter(&mut self) -> Result<Step, Wrong> {
        if !self.take('(') {
            return self.wrong("a `(` is missing here");
        }
        self.blanks();
        if !self.take('@') {
            return self.wrong("a filter begins with `@`");
        }
        let path = self.steps(false)?;
        self.blanks();
        let equal = if self.take('=') {
            true
        } else if self.take('!') {
            false
        } else {
            return self.wrong("`==` or `!=` is missing here");
        };
        if !self.take('=') {
            return self.wrong("`==` or `!=` is missing here");
        }
        self.blanks();
        let value = match self.quoted()? {
            Some(text) => text,
            None => self.word(),
        };
        if value.is_empty() {
            return self.wrong("a value is missing here");
        }
        self.blanks();
        if !self.take(')') {
            return self.wrong("a `)` is missing here");
        }
        Ok(Step::Filter { path, equal, value })
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, ')' | ' ' | ']')) {
            word.push(c);
            self.at += 1;
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_where_kubectls_lead() {
        let object = json!({"status": {"phase": "Running", "n": 3, "ok": true,
            "conditions": [{"type": "A", "status": "x"}, {"type": "B", "status": "y"}]},
            "metadata": {"annotations": {"a.b/c": "v"}}});
        for (path, found) in [
            ("{.status.phase}", "Running"),
            (".status.phase", "Running"),
            ("status.phase", "Running"),
            ("{$.status.n}", "3"),
            ("{.status.ok}", "true"),
            ("{.status.conditions[0].type}", "A"),
            ("{.status.conditions[-1].type}", "B"),
            ("{.status.conditions[*].type}", "A,B"),
            ("{.status.conditions[?(@.type==\"B\")].status}", "y"),
            ("{.status.conditions[?(@.type!='B')].status}", "x"),
            ("{.metadata.annotations['a.b/c']}", "v"),
            ("{.metadata.annotations.a\\.b/c}", "v"),
            ("{.nothing}", ""),
        ] {
            let path = JsonPath::parse(path).unwrap();
            let values: Vec<String> = path.find(&object).into_iter().map(shown).collect();
            assert_eq!(values.join(","), found, "{}", path.text);
        }
    }

    #[test]
    fn a_wrong_path_is_refused_at_its_place() {
        for (path, at) in [
            ("{.a", 3),
            ("{}", 2),
            ("{.a..b}", 4),
            ("{.a[}", 4),
            ("{.a[0}", 5),
            ("{.a[?(.b==1)]}", 6),
            ("{.a['b}", 4),
            ("{.a} x", 4),
        ] {
            assert_eq!(JsonPath::parse(path).unwrap_err().0, at, "{path}");
        }
    }
}
