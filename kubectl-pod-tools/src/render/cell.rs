//! Pieces of text with their meaning.

/// Meaning of a piece of text; renderers choose a colour for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Text without emphasis.
    #[default]
    Plain,
    /// The subject of a section.
    Strong,
    /// Less important than the text around it.
    Dim,
    /// Something to look at.
    Warning,
    /// Something that is wrong.
    Error,
}

/// A piece of text. It may come from the cluster or a file: whoever renders it
/// escapes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(super) text: String,
    pub(super) tone: Tone,
}

impl Cell {
    /// Text with a tone.
    pub(crate) fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::new(text, Tone::Plain)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::new(text, Tone::Plain)
    }
}
