//! Renders a tree with guide lines.

use anstyle::Style;

use super::cell::Cell;
use super::text_writer::{TextWriter, style};
use super::wrap::wrap;

/// A node with its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TreeNode {
    /// Text of the node; wrapped if it is too long.
    pub label: Cell,
    /// The children, in their order.
    pub children: Vec<TreeNode>,
}

impl TreeNode {
    /// Creates a node without children.
    pub(crate) fn new(label: impl Into<Cell>) -> Self {
        Self {
            label: label.into(),
            children: Vec::new(),
        }
    }
}

/// The guide lines of a node.
struct Guides<'a> {
    /// Before the first line of the label.
    first: &'a str,
    /// Before its other lines, and those of its children.
    rest: &'a str,
}

/// Adds a node and its descendants.
pub(super) fn push_tree(out: &mut TextWriter, root: &TreeNode) {
    let none = Guides {
        first: "",
        rest: "",
    };
    push_node(out, root, &none);
}

fn push_node(out: &mut TextWriter, node: &TreeNode, guides: &Guides<'_>) {
    let indent = guides.rest.chars().count();
    let own = if node.children.is_empty() {
        ""
    } else {
        // The lines of a long label lead to its children.
        out.glyph("│  ", "|  ")
    };
    let room = out
        .layout
        .columns
        .saturating_sub(indent + own.chars().count());
    let tone = style(node.label.tone);
    for (n, line) in wrap(&node.label.text, room).iter().enumerate() {
        if n == 0 {
            push_line(out, guides.first, line, tone);
        } else {
            push_line(out, &format!("{}{own}", guides.rest), line, tone);
        }
    }
    for (n, child) in node.children.iter().enumerate() {
        let is_last = n + 1 == node.children.len();
        let (first, rest) = if is_last {
            (out.glyph("└─ ", "`- "), "   ")
        } else {
            (out.glyph("├─ ", "|- "), out.glyph("│  ", "|  "))
        };
        let guides = Guides {
            first: &format!("{}{first}", guides.rest),
            rest: &format!("{}{rest}", guides.rest),
        };
        push_node(out, child, &guides);
    }
}

fn push_line(out: &mut TextWriter, guides: &str, text: &str, tone: Style) {
    out.push_harmless(guides, Style::new().dimmed());
    out.push_harmless(text, tone);
    out.end_line();
}
