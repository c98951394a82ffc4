//! A report item by item: the output of one target neither waits for the others nor
//! stays in memory beside them.

use std::collections::HashSet;
use std::io::{self, Write};

use pod_model::RulesVersion;
use serde::Serialize;

use super::{Item, Report};
use crate::render::{Block, Structured, push_json, push_json_line, to_structured, to_text};
use crate::ui::Layout;

/// Some of a report's items, laid out by any thread and written in their order.
#[derive(Debug, Default)]
pub(crate) struct Items {
    /// Those of a structured report.
    bytes: Vec<u8>,
    /// Those of a text, separated by empty lines.
    texts: Vec<Text>,
}

#[derive(Debug)]
struct Text {
    /// Key of a text that a report has once.
    once: Option<String>,
    text: String,
}

/// A part of the text of an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextPart {
    /// Key of a part that the report has once, however many targets have it.
    pub once: Option<String>,
    pub blocks: Vec<Block>,
}

impl Items {
    /// Adds the item of a structured report.
    ///
    /// # Errors
    /// A value that JSON cannot hold.
    pub(crate) fn push<T: Serialize>(
        &mut self,
        item: Item<T>,
        format: Structured,
    ) -> Result<(), serde_json::Error> {
        match format {
            Structured::Json => {
                self.separate(b",");
                push_json_line(&mut self.bytes, ITEM_LEVEL);
                push_json(&mut self.bytes, &item, ITEM_LEVEL)
            }
            Structured::Yaml => {
                let text = to_structured(&Report::new("", None, vec![item]), format)?;
                let (_, items) = text.split_once(YAML_ITEMS).unwrap_or_default();
                self.bytes.extend_from_slice(items.as_bytes());
                Ok(())
            }
        }
    }

    /// Adds the text of an item.
    pub(crate) fn push_text(&mut self, parts: Vec<TextPart>, layout: Layout) {
        let text = |part: TextPart| Text {
            text: to_text(&part.blocks, layout),
            once: part.once,
        };
        self.texts.extend(parts.into_iter().map(text));
    }

    fn separate(&mut self, separator: &[u8]) {
        if !self.bytes.is_empty() {
            self.bytes.extend_from_slice(separator);
        }
    }
}

/// Level of the items in JSON.
const ITEM_LEVEL: usize = 2;
/// Text before the first item in YAML.
const YAML_ITEMS: &str = "\nitems:\n";

/// Writes the envelope of a report, and [`Items`] into it.
pub(crate) struct ReportStream {
    /// `None` for text, which has no envelope.
    format: Option<Structured>,
    /// The envelope, empty.
    envelope: String,
    is_empty: bool,
    /// Keys of the texts that the report has once and that are written.
    written: HashSet<String>,
}

impl ReportStream {
    /// Creates the writer of a report of a kind such as `EnvReport`.
    ///
    /// # Errors
    /// An envelope that cannot be serialized.
    pub(crate) fn new(
        kind: &'static str,
        version: Option<&RulesVersion>,
        format: Option<Structured>,
    ) -> Result<Self, serde_json::Error> {
        let empty: Report<()> = Report::new(kind, version, Vec::new());
        let envelope = format.map(|format| to_structured(&empty, format));
        Ok(Self {
            format,
            envelope: envelope.transpose()?.unwrap_or_default(),
            is_empty: true,
            written: HashSet::new(),
        })
    }

    /// Returns the envelope before and after its items.
    fn around(&self) -> (&str, &str) {
        let mark = match self.format {
            Some(Structured::Json) => "[]",
            _ => " []\n",
        };
        self.envelope.rsplit_once(mark).unwrap_or_default()
    }

    /// Writes some items.
    ///
    /// # Errors
    /// Errors of the writer.
    pub(crate) fn write(&mut self, out: &mut dyn Write, items: &Items) -> io::Result<()> {
        for Text { once, text } in &items.texts {
            let is_new = once
                .as_ref()
                .is_none_or(|key| self.written.insert(key.clone()));
            if is_new && !text.is_empty() {
                if !std::mem::replace(&mut self.is_empty, false) {
                    out.write_all(b"\n")?;
                }
                out.write_all(text.as_bytes())?;
            }
        }
        if items.bytes.is_empty() {
            return Ok(());
        }
        let first = std::mem::replace(&mut self.is_empty, false);
        let (head, _) = self.around();
        match (self.format, first) {
            (Some(Structured::Json), true) => write!(out, "{head}[")?,
            (Some(Structured::Yaml), true) => writeln!(out, "{head}")?,
            (Some(Structured::Json), false) => out.write_all(b",")?,
            (Some(Structured::Yaml), false) | (None, _) => {}
        }
        out.write_all(&items.bytes)
    }

    /// Writes what follows the last item.
    ///
    /// # Errors
    /// Errors of the writer.
    pub(crate) fn end(self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_empty {
            return out.write_all(self.envelope.as_bytes());
        }
        let (_, tail) = self.around();
        match self.format {
            Some(Structured::Json) => {
                let mut line = Vec::new();
                push_json_line(&mut line, ITEM_LEVEL - 1);
                out.write_all(&line)?;
                writeln!(out, "]{}", tail.trim_end())
            }
            Some(Structured::Yaml) | None => out.write_all(tail.as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::TargetId;
    use pod_model::Verdict;
    use serde_json::json;

    fn item(name: &str) -> Item<serde_json::Value> {
        Item {
            target: TargetId {
                kind: "Pod".into(),
                namespace: "items:".into(),
                name: Some(name.into()),
                uid: None,
                source: None,
            },
            verdict: Verdict::Ok,
            findings: Vec::new(),
            body: json!({"a": [], "text": "one\n\nitems: []\n", "b": {"c": ["[]"]}}),
        }
    }

    /// However the items are cut into parts, it reads as the whole report does.
    #[test]
    fn a_report_in_parts_is_the_report() {
        let hostile = RulesVersion {
            server: Some("[]\nitems: []\n".to_owned()),
            ..RulesVersion::default()
        };
        let versions = [None, Some(hostile)];
        for (format, version) in [Structured::Json, Structured::Yaml]
            .into_iter()
            .flat_map(|format| versions.clone().map(|version| (format, version)))
        {
            for parts in [&[][..], &[1], &[1, 2], &[0, 3, 1]] {
                let total = parts.iter().sum();
                let all = (0..total).map(|n| item(&n.to_string())).collect();
                let whole =
                    to_structured(&Report::new("X", version.as_ref(), all), format).unwrap();
                let mut out = Vec::new();
                let mut stream = ReportStream::new("X", version.as_ref(), Some(format)).unwrap();
                let mut n = 0;
                for part in parts {
                    let mut items = Items::default();
                    for _ in 0..*part {
                        items.push(item(&n.to_string()), format).unwrap();
                        n += 1;
                    }
                    stream.write(&mut out, &items).unwrap();
                }
                stream.end(&mut out).unwrap();
                assert_eq!(String::from_utf8(out).unwrap(), whole);
            }
        }
    }

    #[test]
    fn texts_are_separated_by_an_empty_line_and_some_are_written_once() {
        let mut stream = ReportStream::new("X", None, None).unwrap();
        let mut out = Vec::new();
        let part = |text: &str, once: Option<&str>| TextPart {
            once: once.map(str::to_owned),
            blocks: vec![Block::Facts(vec![("is", text.into())])],
        };
        for parts in [
            vec![part("a", None), part("x", Some("1"))],
            vec![part("x", Some("1"))],
            vec![part("x", Some("1")), part("b", None)],
            vec![],
            vec![part("y", Some("2"))],
        ] {
            let mut items = Items::default();
            items.push_text(parts, Layout::PLAIN);
            stream.write(&mut out, &items).unwrap();
        }
        stream.end(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "is: a\n\nis: x\n\nis: b\n\nis: y\n");
    }
}
