//! Blocks as HTML.

use pod_model::Location;

use super::parts::{begin_table, class, end_table, push_finding};
use super::source::SourceLines;
use super::timeline::push_timeline;
use crate::render::block::Block;
use crate::render::cell::Cell;
use crate::render::findings::LocatedFinding;
use crate::render::markup::markup;
use crate::render::table::Table;
use crate::render::tree::TreeNode;

/// The lines of a target's file that findings can lead to.
pub(super) struct Links<'a> {
    number: usize,
    source: Option<&'a SourceLines>,
}

impl<'a> Links<'a> {
    pub(super) fn of(number: usize, source: Option<&'a SourceLines>) -> Self {
        Self { number, source }
    }

    fn place(&self, location: &Location) -> String {
        let text = markup(&location.to_string());
        let shown = self.source.filter(|own| own.shows(location));
        match shown {
            Some(_) => format!("<a href=\"#t{}-{}\">{text}</a>", self.number, location.line),
            None => text,
        }
    }
}

/// Adds blocks under headings of this level.
pub(super) fn push_blocks(out: &mut String, blocks: &[Block], level: u8, links: &Links<'_>) {
    for block in blocks {
        match block {
            Block::Heading(text) => {
                out.push_str(&format!("<h{level}>{}</h{level}>\n", markup(text)));
            }
            Block::Facts(facts) => push_facts(out, facts),
            Block::Table(table) => push_table(out, table),
            Block::Timeline(events) => push_timeline(out, events),
            Block::Tree(root) => push_tree(out, root),
            Block::Paragraph(cell) | Block::Once(cell) => push_paragraph(out, cell),
            Block::Findings(findings) => push_findings(out, findings, links),
        }
    }
}

fn push_paragraph(out: &mut String, cell: &Cell) {
    let lines: Vec<String> = cell.text().split('\n').map(markup).collect();
    let class = class(cell.tone);
    out.push_str(&format!(
        "<p class=\"{class}\">{}</p>\n",
        lines.join("<br>")
    ));
}

fn push_facts(out: &mut String, facts: &[(&'static str, Cell)]) {
    out.push_str("<dl>\n");
    for (name, cell) in facts {
        let (class, text) = (class(cell.tone), markup(cell.text()));
        out.push_str(&format!(
            "<dt>{}</dt><dd class=\"{class}\">{text}</dd>\n",
            markup(name)
        ));
    }
    out.push_str("</dl>\n");
}

fn push_table(out: &mut String, table: &Table) {
    begin_table(
        out,
        &table.columns.join(", ").to_lowercase(),
        &table.columns,
    );
    for row in &table.rows {
        out.push_str("<tr>");
        for (n, cell) in row.iter().enumerate() {
            let (class, text) = (class(cell.tone), markup(cell.text()));
            out.push_str(&match n {
                0 => format!("<th scope=\"row\" class=\"{class}\">{text}</th>"),
                _ => format!("<td class=\"{class}\">{text}</td>"),
            });
        }
        out.push_str("</tr>\n");
    }
    end_table(out);
}

fn push_tree(out: &mut String, root: &TreeNode) {
    let (class, text) = (class(root.label.tone), markup(root.label.text()));
    out.push_str(&format!("<p class=\"{class}\">{text}</p>\n"));
    push_children(out, root);
}

fn push_children(out: &mut String, node: &TreeNode) {
    if node.children.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for child in &node.children {
        let (class, text) = (class(child.label.tone), markup(child.label.text()));
        out.push_str(&format!("<li><span class=\"{class}\">{text}</span>"));
        push_children(out, child);
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn push_findings(out: &mut String, findings: &[LocatedFinding], links: &Links<'_>) {
    out.push_str("<ul class=\"findings\">\n");
    for located in findings {
        let finding = &located.finding;
        let path = finding.path.to_string();
        let place = match &finding.location {
            Some(location) => links.place(location),
            None if path.is_empty() => markup(&located.object),
            None if located.object.is_empty() => markup(&path),
            None => markup(&format!("{}: {path}", located.object)),
        };
        out.push_str("<li>");
        push_finding(out, finding);
        out.push_str(&format!("<p class=\"dim\">{place}</p></li>\n"));
    }
    out.push_str("</ul>\n");
}
