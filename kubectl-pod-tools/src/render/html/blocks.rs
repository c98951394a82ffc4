//! Blocks as HTML.

use pod_model::{Finding, Location, Severity};

use super::source::SourceLines;
use super::timeline::push_timeline;
use crate::render::block::Block;
use crate::render::cell::{Cell, Tone};
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

/// Returns the class of a tone.
pub(super) fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Warning => "warning",
        Tone::Error => "error",
    }
}

/// Returns the word and the class of a severity.
pub(super) fn severity(finding: &Finding) -> (&'static str, &'static str) {
    match finding.severity {
        Severity::Error => ("error", "error"),
        Severity::Warning => ("warning", "warning"),
        Severity::Info => ("info", "dim"),
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

/// Begins a table that scrolls in its own box.
pub(super) fn begin_table(out: &mut String, name: &str, columns: &[&str]) {
    out.push_str(&format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table>\n<thead><tr>",
        markup(name)
    ));
    for column in columns {
        out.push_str(&format!("<th scope=\"col\">{}</th>", markup(column)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

/// Ends what [`begin_table`] has begun.
pub(super) fn end_table(out: &mut String) {
    out.push_str("</tbody>\n</table></div>\n");
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

/// Adds the severity, the message and the help of a finding.
pub(super) fn push_finding(out: &mut String, finding: &Finding) {
    let (word, class) = severity(finding);
    let lines: Vec<String> = finding.message.lines().map(markup).collect();
    out.push_str(&format!(
        "<p><strong class=\"{class}\">{word}</strong> {} <code>{}</code></p>",
        lines.join("<br>"),
        markup(finding.id())
    ));
    if let Some(help) = &finding.help {
        let lines: Vec<String> = help.lines().map(markup).collect();
        out.push_str(&format!("<p>help: {}</p>", lines.join("<br>")));
    }
}
