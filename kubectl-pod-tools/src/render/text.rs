//! Renders blocks as text.

use std::borrow::Cow;

use anstyle::Style;

use super::block::Block;
use super::cell::Cell;
use super::findings::{LocatedFinding, finding_to_text};
use super::table::push_table;
use super::text_writer::{TextWriter, style};
use super::timeline::push_timeline;
use super::tree::push_tree;
use super::wrap::wrap;
use crate::ui::{Layout, defuse};

/// Renders blocks as text, with styles only if the layout has them: removing them from
/// thousands of tables takes longer than writing the tables.
pub(crate) fn to_text(blocks: &[Block], layout: Layout) -> String {
    let mut out = TextWriter::new(layout);
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
            Block::Facts(facts) => push_facts(&mut out, facts),
            Block::Table(table) => push_table(&mut out, table),
            Block::Timeline(events) => push_timeline(&mut out, events),
            Block::Tree(root) => push_tree(&mut out, root),
            Block::Paragraph(cell) | Block::Once(cell) => push_paragraph(&mut out, cell),
            Block::Findings(findings) => push_findings(&mut out, findings),
        }
    }
    match defuse(&out.text) {
        Cow::Owned(text) => text,
        Cow::Borrowed(_) => out.text,
    }
}

fn push_facts(out: &mut TextWriter, facts: &[(&'static str, Cell)]) {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, cell) in facts {
        out.text.push_str(&format!("{name}:"));
        out.blanks(width - name.len() + 1);
        out.cell(cell);
        out.text.push('\n');
    }
}

fn push_paragraph(out: &mut TextWriter, cell: &Cell) {
    for line in wrap(&cell.text, out.layout.columns) {
        if !line.is_empty() {
            out.push_harmless(&line, style(cell.tone));
        }
        out.text.push('\n');
    }
}

fn push_findings(out: &mut TextWriter, findings: &[LocatedFinding]) {
    for (n, located) in findings.iter().enumerate() {
        if n > 0 {
            out.text.push('\n');
        }
        let text = finding_to_text(located);
        if out.layout.styled {
            out.text.push_str(&text);
        } else {
            let plain = anstream::adapter::strip_str(&text);
            out.text.push_str(&plain.to_string());
        }
    }
}
