//! Random text of a value: block and flow style, comments, quotes, anchors, line breaks.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::random::Rng;

/// Writes values as YAML that reads as them.
pub(crate) struct Writer<'r> {
    rng: &'r mut Rng,
    pub(crate) out: String,
    step: usize,
    dash: usize,
    comments: usize,
    chance: usize,
    /// Anchors of security contexts in the document, by their JSON.
    anchors: HashMap<String, String>,
}

impl<'r> Writer<'r> {
    pub(crate) fn new(rng: &'r mut Rng) -> Self {
        let step = rng.pick(&[2, 2, 2, 4, 3]);
        Self {
            step,
            dash: rng.pick(&[0, 2]),
            comments: 0,
            chance: rng.pick(&[0, 10, 40]),
            rng,
            out: String::new(),
            anchors: HashMap::new(),
        }
    }

    pub(crate) fn comment(&mut self) -> String {
        self.comments += 1;
        let odd = self.rng.pick(&["", " é: {x", " - a: b", " 'q", " #"]);
        format!("# c{}{odd}", self.comments)
    }

    pub(crate) fn chance_of(&mut self, chance: usize) -> bool {
        self.rng.percent(chance)
    }

    fn comment_lines(&mut self, column: usize) {
        while self.chance_of(self.chance / 2) {
            let comment = self.comment();
            if self.rng.percent(20) {
                self.out.push('\n');
            }
            self.out.push_str(&format!("{:column$}{comment}\n", ""));
        }
    }

    fn end_line(&mut self) {
        if self.chance_of(self.chance) {
            let comment = self.comment();
            let space = self.rng.pick(&[" ", "  "]);
            self.out.push_str(&format!("{space}{comment}"));
        }
        self.out.push('\n');
    }

    /// A document in block style.
    pub(crate) fn document(&mut self, value: &Value) {
        self.anchors.clear();
        let map = value.as_object().unwrap();
        self.entries(map, 0, true);
    }

    fn entries(&mut self, map: &Map<String, Value>, column: usize, begins_line: bool) {
        for (i, (key, value)) in map.iter().enumerate() {
            if i > 0 || begins_line {
                self.comment_lines(column);
                self.out.push_str(&format!("{:column$}", ""));
            }
            let shown = self.key(key);
            self.out.push_str(&format!("{shown}:"));
            self.value(key, value, column);
        }
    }

    fn key(&mut self, key: &str) -> String {
        match self.rng.below(20) {
            0 => format!("\"{key}\""),
            1 => format!("'{key}'"),
            _ if key.contains('/') && self.rng.percent(50) => format!("\"{key}\""),
            _ => key.to_owned(),
        }
    }

    /// The value behind the colon of a key.
    fn value(&mut self, key: &str, value: &Value, column: usize) {
        if key == "securityContext" {
            let json = value.to_string();
            if let Some(name) = self.anchors.get(&json) {
                self.out.push_str(&format!(" *{name}"));
                self.end_line();
                return;
            }
            if value.is_object() && self.rng.percent(20) {
                let name = format!("a{}", self.anchors.len());
                self.out.push_str(&format!(" &{name}"));
                self.anchors.insert(json, name);
            }
        }
        match value {
            Value::Object(map) if !map.is_empty() && self.rng.percent(88) => {
                self.end_line();
                self.entries(map, column + self.step, true);
            }
            Value::Array(items) if !items.is_empty() && self.rng.percent(88) => {
                self.end_line();
                self.items(items, column + self.dash);
            }
            Value::String(text) if self.rng.percent(8) => self.block_scalar(text, column),
            Value::Null if self.rng.percent(60) => self.end_line(),
            other => {
                let space = self.rng.pick(&[" ", " ", "  "]);
                self.out.push_str(space);
                self.flow(other, column + self.step);
                self.end_line();
            }
        }
    }

    fn items(&mut self, items: &[Value], column: usize) {
        for item in items {
            self.comment_lines(column);
            self.out.push_str(&format!("{:column$}- ", ""));
            match item {
                Value::Object(map) if !map.is_empty() && self.rng.percent(85) => {
                    self.entries(map, column + 2, false);
                }
                other => {
                    self.flow(other, column + 2);
                    self.end_line();
                }
            }
        }
    }

    fn block_scalar(&mut self, text: &str, column: usize) {
        let is_usual = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_usual {
            let text = double_quoted(text);
            self.out.push_str(&format!(" {text}"));
            return self.end_line();
        }
        let header = self.rng.pick(&["|-", ">-"]);
        let column = column + self.step;
        self.out
            .push_str(&format!(" {header}\n{:column$}{text}\n", ""));
        if self.rng.percent(30) {
            self.out.push('\n');
        }
    }

    /// A value between brackets, on one line or on several.
    fn flow(&mut self, value: &Value, column: usize) {
        let (open, close, items): (_, _, Vec<(Option<String>, &Value)>) = match value {
            Value::Object(map) => {
                let items = map.iter().map(|(key, value)| (Some(key.clone()), value));
                ("{", "}", items.collect())
            }
            Value::Array(items) => ("[", "]", items.iter().map(|item| (None, item)).collect()),
            Value::String(text) => {
                let text = self.scalar(text);
                self.out.push_str(&text);
                return;
            }
            other => {
                self.out.push_str(&other.to_string());
                return;
            }
        };
        let is_tall = !items.is_empty() && self.rng.percent(15);
        let pad = if self.rng.percent(20) { " " } else { "" };
        self.out.push_str(open);
        if !is_tall {
            self.out.push_str(pad);
        }
        let count = items.len();
        for (i, (key, value)) in items.into_iter().enumerate() {
            if is_tall {
                self.end_line();
                self.out.push_str(&format!("{:column$}", ""));
            }
            if let Some(key) = key {
                let quoted = self.rng.percent(20);
                let key = if quoted { format!("\"{key}\"") } else { key };
                self.out.push_str(&format!("{key}: "));
            }
            self.flow(value, column + self.step);
            if i + 1 < count {
                self.out.push(',');
                if !is_tall {
                    self.out.push(' ');
                }
            } else if is_tall && self.rng.percent(30) {
                self.out.push(',');
            }
        }
        if is_tall {
            self.end_line();
            let outer = column.saturating_sub(self.step).max(1);
            self.out.push_str(&format!("{:outer$}", ""));
        } else {
            self.out.push_str(pad);
        }
        self.out.push_str(close);
    }

    fn scalar(&mut self, text: &str) -> String {
        let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
            && text.len() > 3
            && !matches!(text, "true" | "false" | "null");
        match self.rng.below(6) {
            0 if !text.contains(|c: char| c == '\'' || c.is_control()) => format!("'{text}'"),
            1 => double_quoted(text),
            _ if is_plain => text.to_owned(),
            _ => double_quoted(text),
        }
    }
}

/// A text in double quotes. YAML takes no control character as it is, and JSON those from U+007F on.
fn double_quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    let escaped = json.chars().map(|c| match c {
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    escaped.collect()
}

/// A value as JSON: on one line, or indented with spaces or tabs.
pub(crate) fn json(value: &Value, rng: &mut Rng) -> String {
    match rng.below(3) {
        0 => value.to_string(),
        1 => serde_json::to_string_pretty(value).unwrap(),
        _ => {
            let text = serde_json::to_string_pretty(value).unwrap();
            let lines = text.lines().map(|line| {
                let rest = line.trim_start();
                format!("{}{rest}\n", "\t".repeat((line.len() - rest.len()) / 2))
            });
            lines.collect()
        }
    }
}
