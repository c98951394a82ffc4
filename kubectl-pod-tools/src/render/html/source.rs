//! The lines of a file with the findings under the line that each is about.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use pod_model::{Finding, Location, Source, Span};

use super::parts::{push_finding, severity};
use crate::render::findings::{floor_boundary, part_of_line};
use crate::render::markup::markup;

/// Number of lines up to which an object is shown as a whole.
const MOST: u32 = 300;
/// Lines around a finding of a longer one.
const AROUND: u32 = 4;
/// Bytes of the longest line that is shown.
const LONGEST_LINE: usize = 600;

/// The lines of an object in a file.
#[derive(Clone, Debug)]
pub(crate) struct SourceLines {
    /// The file.
    pub source: Arc<Source>,
    /// The object.
    pub span: Span,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Parts that are not shown, in their order, and what is shown instead.
    pub masked: Vec<(Span, String)>,
}

impl SourceLines {
    /// Returns the first and the last line of the object.
    fn lines(&self) -> (u32, u32) {
        let first = self.source.location(self.span);
        let end = self.span.end.saturating_sub(1).max(self.span.start);
        let last = self.source.location(Span { start: end, end });
        (first.line, last.line.max(first.line))
    }

    /// Returns whether the lines have a place.
    pub(super) fn shows(&self, location: &Location) -> bool {
        let (first, last) = self.lines();
        *location.file == **self.source.name() && (first..=last).contains(&location.line)
    }
}

/// Adds the lines of an object.
pub(super) fn push_source(out: &mut String, own: &SourceLines, number: usize) {
    let (first, last) = own.lines();
    let name = markup(own.source.name());
    let mut by_line: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
    for finding in &own.findings {
        if let Some(location) = finding.location.as_ref().filter(|place| own.shows(place)) {
            by_line.entry(location.line).or_default().push(finding);
        }
    }
    out.push_str(&format!(
        "<section>\n<h3>{name}</h3>\n<div class=\"scroll\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\">\
         <table class=\"source\">\n<thead><tr><th scope=\"col\">Line</th><th scope=\"col\">Text</th></tr></thead>\n<tbody>\n"
    ));
    let is_whole = last - first < MOST;
    let mut hidden = 0;
    for line in first..=last {
        let around = line.saturating_sub(AROUND)..=line.saturating_add(AROUND);
        if !is_whole && by_line.range(around).next().is_none() {
            hidden += 1;
            continue;
        }
        push_gap(out, &mut hidden);
        push_line(out, own, line, number, by_line.get(&line));
    }
    push_gap(out, &mut hidden);
    out.push_str("</tbody>\n</table></div>\n</section>\n");
}

fn push_gap(out: &mut String, hidden: &mut u32) {
    let lines = match std::mem::take(hidden) {
        0 => return,
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    out.push_str(&format!(
        "<tr><th scope=\"row\">…</th><td class=\"dim\">{lines}</td></tr>\n"
    ));
}

fn push_line(
    out: &mut String,
    own: &SourceLines,
    line: u32,
    number: usize,
    findings: Option<&Vec<&Finding>>,
) {
    let worst = findings.and_then(|all| all.iter().min_by_key(|own| own.severity));
    let class = worst.map_or("plain", |finding| severity(finding).1);
    let marks: Vec<Span> = findings
        .into_iter()
        .flatten()
        .filter_map(|finding| Some(finding.location.as_ref()?.span))
        .collect();
    out.push_str(&format!(
        "<tr id=\"t{number}-{line}\"><th scope=\"row\" class=\"{class}\">{line}</th><td><code>{}</code></td></tr>\n",
        text_of(own, line, &marks)
    ));
    for finding in findings.into_iter().flatten() {
        out.push_str("<tr class=\"note\"><td></td><td>");
        push_finding(out, finding);
        out.push_str("</td></tr>\n");
    }
}

/// Returns a line, with what findings are about marked.
fn text_of(own: &SourceLines, number: u32, marks: &[Span]) -> String {
    let line = own.source.line(number).trim_end_matches(['\r', '\n']);
    let begins = own.source.line_start(number);
    let mut part = part_of_line(line, begins, own.span);
    if part.len() > LONGEST_LINE {
        let mark = marks
            .first()
            .map_or(part.start, |mark| within(line, begins, *mark).start);
        let from = floor_boundary(line, mark.saturating_sub(LONGEST_LINE / 2));
        part.start = part.start.max(from).min(part.end);
        part.end = part
            .end
            .min(floor_boundary(line, part.start + LONGEST_LINE));
    }
    let mut out = String::new();
    if part.start > 0 {
        out.push('…');
    }
    let mut at = part.start;
    let hidden = own.masked.iter();
    let hidden =
        hidden.map(|(span, instead)| (within(line, begins, *span), Some(instead.as_str())));
    let mut ranges: Vec<(Range<usize>, Option<&str>)> = hidden.collect();
    let is_seen = |mark: &Range<usize>| {
        let mut hidden = ranges.iter().map(|(range, _)| range);
        !hidden.any(|hidden| hidden.start < mark.end && mark.start < hidden.end)
    };
    // A mark over a masked part would show it.
    let seen = marks.iter().map(|span| within(line, begins, *span));
    let seen: Vec<_> = seen.filter(is_seen).collect();
    ranges.extend(seen.into_iter().map(|range| (range, None)));
    ranges.retain(|(range, _)| !range.is_empty());
    ranges.sort_by_key(|(range, instead)| (range.start, instead.is_none()));
    for (range, instead) in ranges {
        let (start, end) = (range.start.max(at), range.end.min(part.end));
        if start >= end {
            continue;
        }
        out.push_str(&markup(&line[at..start]));
        match instead {
            Some(instead) => out.push_str(&markup(instead)),
            None => out.push_str(&format!("<mark>{}</mark>", markup(&line[start..end]))),
        }
        at = end;
    }
    out.push_str(&markup(&line[at..part.end.max(at)]));
    if part.end < line.len() {
        out.push('…');
    }
    out
}

/// Returns the part of a line, which begins at `begins`, that lies in a span.
fn within(line: &str, begins: usize, span: Span) -> Range<usize> {
    let inside = |at: u32| floor_boundary(line, (at as usize).saturating_sub(begins));
    inside(span.start)..inside(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::{FieldPath, rules};

    fn lines(text: &str, masked: &[(usize, usize)], found: &[(usize, usize)]) -> String {
        let source = Arc::new(Source::new("pod.yaml", text));
        let finding = |&(start, end): &(usize, usize)| {
            let location = source.location(Span::new(start, end));
            Finding::new(
                &rules::UNKNOWN_FIELD,
                FieldPath::parse("spec.x"),
                "unknown <field>",
            )
            .at(Some(location))
        };
        let own = SourceLines {
            span: Span::new(0, text.len()),
            findings: found.iter().map(finding).collect(),
            masked: masked
                .iter()
                .map(|&(start, end)| (Span::new(start, end), "***".to_owned()))
                .collect(),
            source,
        };
        let mut out = String::new();
        push_source(&mut out, &own, 3);
        out
    }

    #[test]
    fn a_finding_stands_below_its_line() {
        let html = lines("a: 1\nb: <2>\nc: 3\n", &[], &[(8, 11)]);
        let (line, note) = html
            .split_once("id=\"t3-2\"")
            .unwrap()
            .1
            .split_once("</tr>\n")
            .unwrap();
        assert!(
            line.ends_with("<code>b: <mark>&lt;2&gt;</mark></code></td>"),
            "{html}"
        );
        assert!(note.starts_with("<tr class=\"note\">"), "{html}");
        assert!(note.contains("unknown &lt;field&gt;"), "{html}");
    }

    #[test]
    fn a_mark_shows_nothing_that_is_masked() {
        let text = "h: {name: A, value: hunter2}\n";
        for found in [(3, 28), (20, 27), (0, 1)] {
            let html = lines(text, &[(20, 27)], &[found]);
            assert!(html.contains("***") && !html.contains("hunter2"), "{html}");
        }
        // A value of several lines is hidden in each.
        let html = lines("a: |\n  one\n  two\nb: 1\n", &[(3, 17)], &[]);
        assert!(!html.contains("one") && !html.contains("two"), "{html}");
        assert!(html.contains("<code>b: 1</code>"), "{html}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}X{}", "é".repeat(50_000), "b".repeat(50_000));
        let html = lines(&text, &[], &[(100_000, 100_001)]);
        assert!(
            html.len() < 2_500 && html.contains("<mark>X</mark>"),
            "{}",
            html.len()
        );
    }
}
