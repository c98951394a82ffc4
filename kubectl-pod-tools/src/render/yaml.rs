//! YAML that kubectl reads back as the same value.

use std::fmt::Write;

use serde_json::Value;

use super::json::to_json;
use crate::ui::{armed_hashes, is_armed, is_unsafe};

/// Serializes a value as one YAML document without a `---`.
///
/// Strings that YAML 1.1 would read as something else (`yes`, `0644`, `1_000`)
/// are quoted by the library, and long strings stay on their line, as kubectl
/// prints them. Characters that reorder the text around them, which the library
/// leaves as they are, and the command marks of a CI runner are escaped.
///
/// A value that nests deeper than anybody indents is written as JSON, which is YAML, too:
/// in YAML's own style its text would grow with the square of its depth.
pub(crate) fn to_yaml(value: &Value) -> String {
    if nests_deeper(value, DEEPEST) {
        return to_json(value).unwrap_or_default();
    }
    let mut found = Vec::new();
    find_harmful(value, &mut found);
    if found.is_empty() {
        return serialize(value);
    }
    found.sort_unstable();
    found.dedup();
    let words = Words::new(value, found);
    words.replaced(&serialize(&words.instead_of(value)))
}

/// Maximum depth of a value in YAML's block style.
const DEEPEST: usize = 100;

fn nests_deeper(value: &Value, levels: usize) -> bool {
    let Some(left) = levels.checked_sub(1) else {
        return value.is_array() || value.is_object();
    };
    match value {
        Value::Array(items) => items.iter().any(|item| nests_deeper(item, left)),
        Value::Object(map) => map.values().any(|item| nests_deeper(item, left)),
        _ => false,
    }
}

fn serialize(value: &Value) -> String {
    let mut options = serde_yaml::SerializerOptions::default();
    // Beyond any line: text is never folded.
    options.folded_wrap_chars = 1 << 30;
    options.min_fold_chars = 1 << 30;
    let mut out = String::new();
    // A String takes everything, and every JSON value has a YAML form.
    let _ = serde_yaml::to_fmt_writer_with_options(&mut out, value, options);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Returns true if a string must be double-quoted with escapes, so that a terminal or a CI
/// runner does not obey it.
fn is_harmful(text: &str) -> bool {
    // The library itself escapes control characters.
    let reorders = |c: char| is_unsafe(c) && !c.is_control();
    !text.is_ascii() && text.contains(reorders) || is_armed(text)
}

fn find_harmful<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    each_string(value, &mut |text| {
        if is_harmful(text) {
            found.push(text);
        }
    });
}

fn each_string<'a>(value: &'a Value, call: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => call(text),
        Value::Array(items) => items.iter().for_each(|item| each_string(item, call)),
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            call(key);
            each_string(value, call);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Placeholders for harmful strings while the library serializes: it chooses the quotes of
/// a string, and offers no control of escapes.
struct Words<'a> {
    harmful: Vec<&'a str>,
    /// Prefix of each placeholder, which no string of the value contains.
    prefix: String,
}

impl<'a> Words<'a> {
    fn new(value: &Value, harmful: Vec<&'a str>) -> Self {
        let mut prefix = "QUOTED".to_owned();
        loop {
            let mut is_free = true;
            each_string(value, &mut |text| is_free &= !text.contains(&prefix));
            if is_free {
                return Self { harmful, prefix };
            }
            prefix.push('Q');
        }
    }

    /// Returns the placeholder of a string. All have one length, so that none begins another.
    fn word(&self, text: &str) -> Option<String> {
        let at = self.harmful.binary_search(&text).ok()?;
        Some(format!("{}{at:08}", self.prefix))
    }

    fn instead_of(&self, value: &Value) -> Value {
        let word = |text: &str| self.word(text).unwrap_or_else(|| text.to_owned());
        match value {
            Value::String(text) => Value::String(word(text)),
            Value::Array(items) => items.iter().map(|item| self.instead_of(item)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| (word(key), self.instead_of(value)))
                .collect(),
            other => other.clone(),
        }
    }

    fn replaced(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        let mut parts = text.split(&self.prefix);
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let (number, rest) = part.split_at_checked(8).unwrap_or((part, ""));
            let harmful = number
                .parse()
                .ok()
                .and_then(|at: usize| self.harmful.get(at));
            push_quoted(&mut out, harmful.copied().unwrap_or_default());
            out.push_str(rest);
        }
        out
    }
}

/// Appends a double-quoted scalar (YAML 1.1, 5.7 and 7.3.1).
fn push_quoted(out: &mut String, text: &str) {
    let armed = armed_hashes(text);
    out.push('"');
    for (at, c) in text.char_indices() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) || c == '\u{feff}' || armed.binary_search(&at).is_ok() => {
                let c = u32::from(c);
                // Writing to a String cannot fail.
                let _ = if c <= 0xff {
                    write!(out, "\\x{c:02x}")
                } else if c <= 0xffff {
                    write!(out, "\\u{c:04x}")
                } else {
                    write!(out, "\\U{c:08x}")
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Reads the YAML of a value back.
    fn read_back(value: &Value) -> Value {
        let manifest = pod_model::manifest::read("out.yaml", to_yaml(value).into_bytes());
        assert!(
            manifest.errors.is_empty(),
            "{:?}\n{}",
            manifest.errors,
            to_yaml(value)
        );
        manifest.documents[0].to_value().unwrap()
    }

    #[test]
    fn words_that_yaml_1_1_misreads_come_back_as_strings() {
        for word in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "n",
            "~",
            "null",
            "0644",
            "0o17",
            "1_000",
            "0x1F",
            "1:30",
            "1e3",
            ".inf",
            "<<",
            "=",
            "2001-01-01",
            "",
            " a",
            "a ",
            "a: b",
            "# a",
            "- a",
            "@a",
            "`a",
            "%a",
            "!a",
            "&a",
            "*a",
            "a\nb\n",
            "\ta",
            "\u{85}",
            "é\u{feff}",
            "{",
            "a #b",
            "0888",
            "+1",
            "1.",
            "-",
            "?",
            ":",
            "true",
            "NaN",
            "0b1",
            "12e6",
            "\u{7f}",
        ] {
            let mut map = serde_json::Map::new();
            map.insert("value".into(), json!(word));
            map.insert(
                if word.is_empty() {
                    "empty".into()
                } else {
                    word.into()
                },
                json!([word]),
            );
            let value = Value::Object(map);
            assert_eq!(read_back(&value), value, "{}", to_yaml(&value));
        }
    }

    #[test]
    fn no_control_character_stands_as_it_is() {
        for text in [
            "a\n\u{9b}31m\n",
            "a\u{7f}",
            "a\n\u{1b}[2J\nb",
            "\u{85}\n",
            "a\r\nb",
        ] {
            let value = json!({"a": text, "b": [text]});
            let yaml = to_yaml(&value);
            let odd = |c: char| c.is_control() && c != '\n';
            assert!(!yaml.contains(odd), "{yaml:?}");
            assert_eq!(read_back(&value), value);
        }
    }

    #[test]
    fn text_that_reorders_other_text_is_escaped_and_means_the_same() {
        for text in [
            "a\u{202e}b",
            "\u{2066}\"a\\b\"\u{2069}: c\n\tsecond\u{7f}line\n",
            "QUOTED00000000\u{61c}",
            "\u{200f}",
            "\u{2028}\u{85}x",
        ] {
            let value =
                json!({"a": text, "b": [text, "plain", {text: "QUOTEDQ"}], text: {"c": text}});
            let yaml = to_yaml(&value);
            assert!(!yaml.contains(|c| is_unsafe(c) && c != '\n'), "{yaml:?}");
            assert_eq!(read_back(&value), value, "{yaml}");
        }
    }

    #[test]
    fn escaped_text_is_quoted() {
        let yaml = to_yaml(&json!({"a": "x\u{202e}y", "b": "c"}));
        assert_eq!(yaml, "a: \"x\\u202ey\"\nb: c\n");
    }

    #[test]
    fn long_text_stays_on_its_line() {
        let text = "word ".repeat(100);
        let yaml = to_yaml(&json!({"a": text.trim()}));
        assert_eq!(yaml.lines().count(), 1, "{yaml}");
    }
}
