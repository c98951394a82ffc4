//! The blocks of a report for people.

use super::cell::Cell;
use super::findings::LocatedFinding;
use super::table::Table;
use super::timeline::TimelineEvent;
use super::tree::TreeNode;

/// One block of a report.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// The subject of the blocks that follow.
    Heading(String),
    /// Names with values, one a line.
    Facts(Vec<(&'static str, Cell)>),
    /// Rows and columns.
    Table(Table),
    /// Events in the order of their times.
    Timeline(Vec<TimelineEvent>),
    /// A node with its descendants.
    Tree(TreeNode),
    /// Sentences, wrapped between words. A line feed begins a new line.
    Paragraph(Cell),
    /// A paragraph that holds for more than one target: a report prints it once.
    Once(Cell),
    /// Findings with their source lines.
    Findings(Vec<LocatedFinding>),
}
