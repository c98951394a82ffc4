//! YAML that kubectl reads back as what it was.

use serde_json::Value;

/// A value as one YAML document without a `---`.
///
/// Strings that YAML 1.1 would read as something else (`yes`, `0644`, `1_000`)
/// are quoted by the library, and long strings stay on their line, as kubectl
/// prints them.
pub(crate) fn to_yaml(value: &Value) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What kubectl reads from it is what went in.
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
    fn long_text_stays_on_its_line() {
        let text = "word ".repeat(100);
        let yaml = to_yaml(&json!({"a": text.trim()}));
        assert_eq!(yaml.lines().count(), 1, "{yaml}");
    }
}
