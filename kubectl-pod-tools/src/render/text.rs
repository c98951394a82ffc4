//! Blocks to lines for people.

use std::borrow::Cow;

use anstyle::Style;

use super::block::Block;
use super::findings::finding_to_text;
use super::table::Paper;
use crate::ui::defuse;

/// The blocks as text, with styles where they are wanted: thousands of tables
/// take longer to be freed of them than to be written.
pub(crate) fn to_text(blocks: &[Block], styled: bool) -> String {
    let text = String::new();
    let mut out = Paper { text, styled };
    for (i, block) in blocks.iter().enumerate() {
        let after_heading = i > 0 && matches!(blocks[i - 1], Block::Heading(_));
        if i > 0 && !after_heading {
            out.text.push('\n');
        }
        match block {
            Block::Heading(text) => {
                out.push(text, Style::new().bold());
                out.text.push('\n');
            }
            Block::Facts(facts) => {
                let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
                for (name, cell) in facts {
                    let blanks = width - name.len() + 1;
                    out.text.push_str(&format!("{name}:{:blanks$}", ""));
                    out.cell(cell);
                    out.text.push('\n');
                }
            }
            Block::Table(table) => out.table(table),
            Block::Findings(findings) => {
                for (n, placed) in findings.iter().enumerate() {
                    if n > 0 {
                        out.text.push('\n');
                    }
                    let text = finding_to_text(placed);
                    if styled {
                        out.text.push_str(&text);
                    } else {
                        let plain = anstream::adapter::strip_str(&text);
                        out.text.push_str(&plain.to_string());
                    }
                }
            }
        }
    }
    match defuse(&out.text) {
        Cow::Owned(text) => text,
        Cow::Borrowed(_) => out.text,
    }
}
