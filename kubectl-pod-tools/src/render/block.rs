//! The parts that text output is made of.

use super::findings::LocatedFinding;
use super::timeline::TimelineEvent;
use super::tree::TreeNode;

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

/// Rows under column names, as kubectl prints them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// One block of a report.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// The subject of the blocks that follow.
    Heading(String),
    /// Names with their values, one a line.
    Facts(Vec<(&'static str, Cell)>),
    /// Rows and columns.
    Table(Table),
    /// Events in the order of their times.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the topics with a timeline follow")
    )]
    Timeline(Vec<TimelineEvent>),
    /// A node with all below it.
    #[cfg_attr(not(test), expect(dead_code, reason = "the topics with a tree follow"))]
    Tree(TreeNode),
    /// Sentences, wrapped between words. A line feed begins a new line.
    Paragraph(Cell),
    /// Errors and warnings with their places.
    Findings(Vec<LocatedFinding>),
}
