//! The parts that text output is made of.

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
