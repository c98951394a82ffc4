//! A writer of harmless text with styles.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::cell::{Cell, Tone};
use crate::ui::{Charset, Layout, escape};

/// Returns the style of a tone.
pub(super) fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Warning => AnsiColor::Yellow.on_default(),
        Tone::Error => AnsiColor::Red.on_default(),
    }
}

/// Returns the width of a harmless text in columns of a terminal.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

/// Bytes that are reserved, which most blocks fill.
const USUAL: usize = 1024;

/// A writer of harmless text with styles.
pub(super) struct TextWriter {
    pub(super) text: String,
    pub(super) layout: Layout,
}

impl TextWriter {
    /// Creates a writer without text.
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            text: String::with_capacity(USUAL),
            layout,
        }
    }

    /// Adds a text, escaped, and returns its width in columns.
    pub(super) fn push(&mut self, text: &str, style: Style) -> usize {
        let text = escape(text);
        self.push_harmless(&text, style);
        width(&text)
    }

    /// Adds a text that is harmless already.
    pub(super) fn push_harmless(&mut self, text: &str, style: Style) {
        if self.layout.styled {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(text);
        }
    }

    /// Adds a cell in its tone, and returns its width in columns.
    pub(super) fn cell(&mut self, cell: &Cell) -> usize {
        self.push(&cell.text, style(cell.tone))
    }

    /// Adds spaces.
    pub(super) fn blanks(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
    }

    /// Ends the line, without trailing spaces.
    pub(super) fn end_line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
    }

    /// Returns the drawing for the character set.
    pub(super) fn glyph(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.layout.charset {
            Charset::Unicode => unicode,
            Charset::Ascii => ascii,
        }
    }
}
