//! New values as text.

use serde_json::Value;

/// Widths of indentation in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Indent {
    /// Columns between the keys of an object and those of an object in it.
    pub(super) step: usize,
    /// Columns between the keys of an object and the dashes of a list in it.
    pub(super) dash: usize,
}

/// Style of flow collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FlowStyle {
    /// Keys and strings are quoted, as in JSON.
    pub(super) is_quoted: bool,
    /// There is no space after `:` and `,`.
    pub(super) is_compact: bool,
}

impl FlowStyle {
    pub(super) const YAML: Self = Self {
        is_quoted: false,
        is_compact: false,
    };

    pub(super) fn colon(self) -> &'static str {
        if self.is_compact { ":" } else { ": " }
    }

    pub(super) fn comma(self) -> &'static str {
        if self.is_compact { "," } else { ", " }
    }

    pub(super) fn word(self, text: &str) -> String {
        if self.is_quoted || !is_plain(text) {
            quoted(text)
        } else {
            text.to_owned()
        }
    }
}

/// A value on one line.
pub(super) fn flow(value: &Value, style: FlowStyle) -> String {
    match value {
        Value::String(text) => style.word(text),
        Value::Array(items) => {
            let items = items.iter().map(|item| flow(item, style));
            format!("[{}]", items.collect::<Vec<_>>().join(style.comma()))
        }
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| entry(key, value, style));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(style.comma()))
        }
        other => other.to_string(),
    }
}

/// A key and its value on one line.
pub(super) fn entry(key: &str, value: &Value, style: FlowStyle) -> String {
    format!("{}{}{}", style.word(key), style.colon(), flow(value, style))
}

/// A key and its value in a flow collection of several lines; the lines after the first begin
/// with `indentation`.
pub(super) fn tall_entry(
    key: &str,
    value: &Value,
    style: FlowStyle,
    indentation: &str,
    unit: &str,
) -> String {
    format!(
        "{}{}{}",
        style.word(key),
        style.colon(),
        tall(value, style, indentation, unit)
    )
}

fn tall(value: &Value, style: FlowStyle, indentation: &str, unit: &str) -> String {
    let inner = format!("{indentation}{unit}");
    let (open, close, items): (_, _, Vec<String>) = match value {
        Value::Object(map) if !map.is_empty() => {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| tall_entry(key, value, style, &inner, unit));
            ('{', '}', entries.collect())
        }
        Value::Array(items) if !items.is_empty() => {
            let items = items.iter().map(|item| tall(item, style, &inner, unit));
            ('[', ']', items.collect())
        }
        other => return flow(other, style),
    };
    let items = items.join(&format!(",\n{inner}"));
    format!("{open}\n{inner}{items}\n{indentation}{close}")
}

/// A key and its value in a block, without the indentation of the first line and without a
/// break at the end.
pub(super) fn block_entry(key: &str, value: &Value, column: usize, indent: Indent) -> String {
    let key = FlowStyle::YAML.word(key);
    format!("{key}:{}", block_value(value, column, indent))
}

/// The text after the colon of a key in this column.
pub(super) fn block_value(value: &Value, column: usize, indent: Indent) -> String {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let inner = column + indent.step;
            let entries = map.iter().map(|(key, value)| {
                format!("\n{:inner$}{}", "", block_entry(key, value, inner, indent))
            });
            entries.collect()
        }
        Value::Array(items) if !items.is_empty() => {
            let dash = column + indent.dash;
            let items = items.iter();
            let items =
                items.map(|item| format!("\n{:dash$}- {}", "", flow(item, FlowStyle::YAML)));
            items.collect()
        }
        other => format!(" {}", flow(other, FlowStyle::YAML)),
    }
}

/// Returns whether a text is a string without quotes, in every version of YAML.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A string in double quotes, for JSON and YAML.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // The line breaks of YAML, and what it does not print.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_in_each_style() {
        let value = json!({"drop": ["ALL"], "x": {"on": "no", "e": {}}});
        assert_eq!(
            flow(&value, FlowStyle::YAML),
            r#"{drop: [ALL], x: {"on": "no", e: {}}}"#
        );
        let json = FlowStyle {
            is_quoted: true,
            is_compact: true,
        };
        assert_eq!(flow(&value, json), value.to_string());
        let indent = Indent { step: 4, dash: 2 };
        assert_eq!(
            block_entry("k", &value, 2, indent),
            "k:\n      drop:\n        - ALL\n      x:\n          \"on\": \"no\"\n          e: {}"
        );
        let style = FlowStyle {
            is_quoted: true,
            is_compact: false,
        };
        assert_eq!(
            tall_entry("k", &json!({"drop": ["ALL"]}), style, "\t", "\t"),
            "\"k\": {\n\t\t\"drop\": [\n\t\t\t\"ALL\"\n\t\t]\n\t}"
        );
    }
}
