//! Blocks to lines for people.

use anstyle::Style;

use super::block::Block;
use super::findings::finding_to_text;
use super::table::{push_cell, push_table};
use crate::ui::escape;

/// The blocks as text with styles; whoever writes it removes those where
/// colour is not wanted.
pub(crate) fn to_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (i, block) in blocks.iter().enumerate() {
        let after_heading = i > 0 && matches!(blocks[i - 1], Block::Heading(_));
        if i > 0 && !after_heading {
            out.push('\n');
        }
        match block {
            Block::Heading(text) => {
                let bold = Style::new().bold();
                out.push_str(&format!("{bold}{}{bold:#}\n", escape(text)));
            }
            Block::Facts(facts) => {
                let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
                for (name, cell) in facts {
                    out.push_str(&format!("{name}:{:1$}", "", width - name.len() + 1));
                    push_cell(&mut out, cell);
                    out.push('\n');
                }
            }
            Block::Table(table) => push_table(&mut out, table),
            Block::Findings(findings) => {
                for (n, placed) in findings.iter().enumerate() {
                    if n > 0 {
                        out.push('\n');
                    }
                    out.push_str(&finding_to_text(placed));
                }
            }
        }
    }
    out
}
