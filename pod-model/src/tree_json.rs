//! A tree as JSON text: what kubectl would send.

use crate::tree::{Kind, NodeId, Tree};
use crate::yaml::go_number;

/// The writer's position inside a collection.
enum Step {
    Elements(NodeId, usize),
    Entries(NodeId, usize),
}

impl Tree {
    /// The node as compact JSON, keys in the order of the text. It neither
    /// recurses nor copies aliases before it writes them.
    pub fn to_json(&self, id: NodeId) -> String {
        let mut out = String::new();
        let mut stack = Vec::new();
        self.open(id, &mut out, &mut stack);
        while let Some(step) = stack.pop() {
            match step {
                Step::Elements(id, i) => match self.elements(id).get(i) {
                    None => out.push(']'),
                    Some(element) => {
                        comma(&mut out, i);
                        stack.push(Step::Elements(id, i + 1));
                        self.open(*element, &mut out, &mut stack);
                    }
                },
                Step::Entries(id, i) => match self.entries(id).get(i) {
                    None => out.push('}'),
                    Some(entry) => {
                        comma(&mut out, i);
                        string(&entry.key, &mut out);
                        out.push(':');
                        stack.push(Step::Entries(id, i + 1));
                        self.open(entry.value, &mut out, &mut stack);
                    }
                },
            }
        }
        out
    }

    fn open(&self, id: NodeId, out: &mut String, stack: &mut Vec<Step>) {
        match self.kind(id) {
            Kind::Null | Kind::Alias(_) => out.push_str("null"),
            Kind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Kind::Number(number) => out.push_str(&go_number(*number)),
            Kind::String(value) => string(value, out),
            Kind::Sequence(_) => {
                out.push('[');
                stack.push(Step::Elements(id, 0));
            }
            Kind::Mapping(_) => {
                out.push('{');
                stack.push(Step::Entries(id, 0));
            }
        }
    }
}

fn comma(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

fn string(value: &str, out: &mut String) {
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Also the line breaks of YAML 1.1: where the text is read as YAML, a key has one line.
            c if c < ' ' || matches!(c, '\u{7f}' | '\u{85}' | '\u{2028}' | '\u{2029}') => {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(char::from_digit(u32::from(c) >> shift & 15, 16).unwrap_or('0'));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
