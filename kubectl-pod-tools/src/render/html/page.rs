//! The page: a section for each target, the worst first, and a list of them.

use pod_model::Verdict;

use super::blocks::{Links, push_blocks};
use super::source::{SourceLines, push_source};
use super::style::{STYLE, STYLE_HASH};
use crate::render::block::Block;
use crate::render::markup::markup;

/// A part of a page about one target.
#[derive(Clone, Debug)]
pub(crate) struct PageSection {
    /// `None` for what stands before the first title.
    pub title: Option<String>,
    pub verdict: Option<Verdict>,
    pub blocks: Vec<Block>,
}

/// A target on a page.
#[derive(Clone, Debug)]
pub(crate) struct PageItem {
    /// Its name, such as `pod/web`.
    pub name: String,
    pub verdict: Verdict,
    /// The most important sentence.
    pub summary: String,
    pub sections: Vec<PageSection>,
    /// Its lines in a file, with their findings.
    pub source: Option<SourceLines>,
}

/// A page that is made target by target.
#[derive(Debug, Default)]
pub(crate) struct Page {
    targets: Vec<Rendered>,
}

#[derive(Debug)]
struct Rendered {
    name: String,
    verdict: Verdict,
    summary: String,
    html: String,
}

impl Page {
    /// Adds a target.
    pub(crate) fn add(&mut self, item: &PageItem) {
        let number = self.targets.len();
        self.targets.push(Rendered {
            name: item.name.clone(),
            verdict: item.verdict,
            summary: item.summary.clone(),
            html: target(item, number),
        });
    }

    /// Returns the page, ended by a line feed. The title is a text for people, and so are the
    /// notes below the targets.
    pub(crate) fn finish(self, title: &str, notes: &[String]) -> String {
        let mut order: Vec<(usize, &Rendered)> = self.targets.iter().enumerate().collect();
        order.sort_by_key(|(_, own)| urgency(own.verdict));
        let title = markup(title);
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <header><h1>{title}</h1></header>\n<main>\n"
        );
        if order.len() > 1 {
            out.push_str(&index(&order));
        }
        for (_, own) in &order {
            out.push_str(&own.html);
        }
        out.push_str("</main>\n<footer>\n");
        for note in notes {
            out.push_str(&format!("<p>{}</p>\n", markup(note)));
        }
        out.push_str("</footer>\n</body>\n</html>\n");
        out
    }
}

fn urgency(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::No => 0,
        Verdict::Unknown => 1,
        Verdict::Ok => 2,
    }
}

/// Returns a verdict as a word in its colour.
fn badge(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::No => "<span class=\"badge error\">no</span>",
        Verdict::Unknown => "<span class=\"badge warning\">unknown</span>",
        Verdict::Ok => "<span class=\"badge fine\">ok</span>",
    }
}

fn index(order: &[(usize, &Rendered)]) -> String {
    let mut out = "<nav aria-label=\"Targets\">\n<div class=\"scroll\" role=\"region\" aria-label=\"Targets\" \
         tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Target</th><th scope=\"col\">Verdict</th>\
         <th scope=\"col\">Why</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for (number, own) in order {
        let summary = own.summary.lines().next().unwrap_or_default();
        out.push_str(&format!(
            "<tr><th scope=\"row\"><a href=\"#t{number}\">{}</a></th><td>{}</td><td class=\"words\">{}</td></tr>\n",
            markup(&own.name),
            badge(own.verdict),
            markup(summary)
        ));
    }
    out.push_str("</tbody>\n</table></div>\n</nav>\n");
    out
}

fn target(item: &PageItem, number: usize) -> String {
    let mut out = format!(
        "<article id=\"t{number}\">\n<h2>{} {}</h2>\n",
        markup(&item.name),
        badge(item.verdict)
    );
    let links = Links::of(number, item.source.as_ref());
    for section in &item.sections {
        let level = match &section.title {
            None => 3,
            Some(title) => {
                let verdict = section.verdict.map_or("", badge);
                out.push_str(&format!(
                    "<section>\n<h3>{} {verdict}</h3>\n",
                    markup(title)
                ));
                4
            }
        };
        push_blocks(&mut out, &section.blocks, level, &links);
        if section.title.is_some() {
            out.push_str("</section>\n");
        }
    }
    if let Some(source) = &item.source {
        push_source(&mut out, source, number);
    }
    out.push_str("</article>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Cell, Table, TreeNode};

    fn item(name: &str, verdict: Verdict) -> PageItem {
        let mut table = Table::new(&["NAME", "VALUE"]);
        table.row(vec!["<a>".into(), "&".into()]);
        let mut tree = TreeNode::new("root");
        tree.children.push(TreeNode::new("leaf"));
        PageItem {
            name: name.to_owned(),
            verdict,
            summary: "why".to_owned(),
            sections: vec![PageSection {
                title: Some("env".to_owned()),
                verdict: Some(verdict),
                blocks: vec![
                    Block::Heading("<h>".to_owned()),
                    Block::Facts(vec![("fact", Cell::from("<f>"))]),
                    Block::Table(table),
                    Block::Tree(tree),
                    Block::Paragraph("one\ntwo".into()),
                ],
            }],
            source: None,
        }
    }

    #[test]
    fn the_worst_target_comes_first_and_all_are_listed() {
        let mut page = Page::default();
        page.add(&item("pod/well", Verdict::Ok));
        page.add(&item("pod/bad", Verdict::No));
        let html = page.finish("2 <targets>", &["note & note".to_owned()]);
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
        assert!(at("<a href=\"#t1\">pod/bad") < at("<a href=\"#t0\">pod/well"));
        assert!(at("<article id=\"t1\">") < at("<article id=\"t0\">"));
        for part in [
            "<title>2 &lt;targets&gt;</title>",
            "<h3>env <span class=\"badge error\">no</span></h3>\n<h4>&lt;h&gt;</h4>",
            "<dt>fact</dt><dd class=\"plain\">&lt;f&gt;</dd>",
            "<th scope=\"row\" class=\"plain\">&lt;a&gt;</th><td class=\"plain\">&amp;</td>",
            "<li><span class=\"plain\">leaf</span></li>",
            "<p class=\"plain\">one<br>two</p>",
            "<p>note &amp; note</p>",
        ] {
            at(part);
        }
    }

    #[test]
    fn a_single_target_needs_no_list() {
        let mut page = Page::default();
        page.add(&item("pod/well", Verdict::Ok));
        assert!(!page.finish("one", &[]).contains("<nav"));
    }
}
