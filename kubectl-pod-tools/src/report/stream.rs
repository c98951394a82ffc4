//! Writes a report item by item, so that the output of one target does not wait for the others
//! or stay in memory.

use std::io::{self, Write};

use serde::Serialize;

use super::{Item, Report};
use crate::render::{Block, Structured, push_json, push_json_line, to_structured, to_text};
use crate::ui::Layout;

/// Formatted items of a report. Threads format them, and they are written in order.
#[derive(Debug, Default)]
pub(crate) struct Items {
    bytes: Vec<u8>,
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
                let text = to_structured(&Report::new("", vec![item]), format)?;
                let (_, items) = text.split_once(YAML_ITEMS).unwrap_or_default();
                self.bytes.extend_from_slice(items.as_bytes());
                Ok(())
            }
        }
    }

    /// Adds text for people.
    pub(crate) fn push_blocks(&mut self, blocks: &[Block], layout: Layout) {
        let text = to_text(blocks, layout);
        if !text.is_empty() {
            self.separate(b"\n");
            self.bytes.extend_from_slice(text.as_bytes());
        }
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
    /// Structured format, or `None` for text, which has no envelope.
    format: Option<Structured>,
    /// The empty envelope.
    envelope: String,
    is_empty: bool,
}

impl ReportStream {
    /// Returns a report of a kind such as `EnvReport`, without writing anything.
    ///
    /// # Errors
    /// An envelope that cannot be serialized, which does not happen.
    pub(crate) fn new(
        kind: &'static str,
        format: Option<Structured>,
    ) -> Result<Self, serde_json::Error> {
        let empty: Report<()> = Report::new(kind, Vec::new());
        let envelope = format.map(|format| to_structured(&empty, format));
        Ok(Self {
            format,
            envelope: envelope.transpose()?.unwrap_or_default(),
            is_empty: true,
        })
    }

    /// Returns the parts of the envelope before and after the items.
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
    /// Errors of writing.
    pub(crate) fn write(&mut self, out: &mut dyn Write, items: &Items) -> io::Result<()> {
        if items.bytes.is_empty() {
            return Ok(());
        }
        let first = std::mem::replace(&mut self.is_empty, false);
        let (head, _) = self.around();
        match (self.format, first) {
            (Some(Structured::Json), true) => write!(out, "{head}[")?,
            (Some(Structured::Yaml), true) => writeln!(out, "{head}")?,
            (Some(Structured::Json), false) => out.write_all(b",")?,
            (None, false) => out.write_all(b"\n")?,
            (Some(Structured::Yaml), false) | (None, true) => {}
        }
        out.write_all(&items.bytes)
    }

    /// Writes what follows the last item.
    ///
    /// # Errors
    /// Errors of writing.
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

    /// The output does not depend on how the items are split into parts.
    #[test]
    fn a_report_in_parts_is_the_report() {
        for format in [Structured::Json, Structured::Yaml] {
            for parts in [&[][..], &[1], &[1, 2], &[0, 3, 1]] {
                let total = parts.iter().sum();
                let all = (0..total).map(|n| item(&n.to_string())).collect();
                let whole = to_structured(&Report::new("X", all), format).unwrap();
                let mut out = Vec::new();
                let mut stream = ReportStream::new("X", Some(format)).unwrap();
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
    fn texts_are_set_apart_by_an_empty_line() {
        let mut stream = ReportStream::new("X", None).unwrap();
        let mut out = Vec::new();
        for text in ["a", "", "b"] {
            let mut items = Items::default();
            let block = Block::Facts(vec![("is", text.into())]);
            let blocks = if text.is_empty() { &[][..] } else { &[block] };
            items.push_blocks(blocks, Layout::PLAIN);
            stream.write(&mut out, &items).unwrap();
        }
        stream.end(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "is: a\n\nis: b\n");
    }
}
