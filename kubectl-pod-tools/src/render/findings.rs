//! Renders findings like rustc: message, location, source line, help.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use pod_model::finding::Excerpt as Allowed;

use pod_model::{Finding, Location, Severity, Source, Span};

use crate::ui::escape;

/// A finding with its source text.
#[derive(Clone, Debug)]
pub(crate) struct LocatedFinding {
    /// The finding.
    pub finding: Finding,
    /// The file; `None` for a live object.
    pub source: Option<Arc<Source>>,
    /// The object, such as `pod/web`, which is shown if there is no location.
    pub object: String,
}

/// Bytes of the longest line that is shown; a longer one is cut around the span.
const LONGEST_LINE: usize = 240;

/// A source line, with the range of the span in it.
struct Excerpt {
    text: String,
    first_line: usize,
    span: Range<usize>,
    /// False if the text does not begin where the line does.
    has_start: bool,
}

/// Returns the line of a location, as far as it may be shown, or `None` if the location
/// itself may not.
fn excerpt(source: &Source, location: &Location, within: Option<Span>) -> Option<Excerpt> {
    let line = source.line(location.line);
    let begins = source.line_start(location.line);
    let start = (location.span.start as usize).saturating_sub(begins);
    let start = floor_boundary(line, start);
    let length = (location.span.end - location.span.start) as usize;
    let end = floor_boundary(line, start + length).max(start);
    let line = line.trim_end_matches(['\r', '\n']);
    let (start, end) = (start.min(line.len()), end.min(line.len()));
    let mut part = match within {
        Some(within) => part_of_line(line, begins, within),
        None => 0..line.len(),
    };
    if start < part.start || start > part.end {
        return None;
    }
    if part.len() > LONGEST_LINE {
        let from = floor_boundary(line, start.saturating_sub(LONGEST_LINE / 2));
        part.start = part.start.max(from);
        let to = floor_boundary(line, part.start + LONGEST_LINE);
        part.end = part.end.min(to);
    }
    let before = if part.start > 0 { "… " } else { "" };
    let after = if part.end < line.len() { " …" } else { "" };
    let end = end.min(part.end).max(start);
    Some(Excerpt {
        text: format!("{before}{}{after}", &line[part.clone()]),
        first_line: location.line as usize,
        has_start: part.start == 0,
        span: start - part.start + before.len()..end - part.start + before.len(),
    })
}

/// Returns the part of a line, which begins at `begins`, that belongs to an object, with
/// the list marks and the comment beside it.
pub(super) fn part_of_line(line: &str, begins: usize, object: Span) -> Range<usize> {
    let inside = |at: u32| floor_boundary(line, (at as usize).saturating_sub(begins));
    let (start, end) = (inside(object.start), inside(object.end));
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '-' | ',' | '[' | ']' | '{' | '}');
    let is_separator = end == 0 && line.starts_with("---");
    let after = line[end..].trim_start();
    let start = if line[..start].chars().all(is_mark) {
        0
    } else {
        start
    };
    let keeps_rest = is_separator || after.starts_with('#') || after.chars().all(is_mark);
    start..if keeps_rest { line.len() } else { end }
}

/// Replaces control characters that the renderer leaves, and those that reorder text, by
/// visible ones of one column.
fn harmless(cut: Excerpt) -> Excerpt {
    let is_harmful =
        |c: char| c != '\t' && escape(c.encode_utf8(&mut [0; 4])) != *c.encode_utf8(&mut [0; 4]);
    if !cut.text.chars().any(is_harmful) {
        return cut;
    }
    let replace = |text: &str| text.replace(is_harmful, "\u{fffd}");
    let (before, rest) = cut.text.split_at(cut.span.start);
    let (inside, after) = rest.split_at(cut.span.end - cut.span.start);
    let (before, inside) = (replace(before), replace(inside));
    Excerpt {
        span: before.len()..before.len() + inside.len(),
        text: before + &inside + &replace(after),
        ..cut
    }
}

pub(super) fn floor_boundary(text: &str, mut index: usize) -> usize {
    index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn origin<'a>(location: &Location) -> Origin<'a> {
    Origin::path(escape(&location.file).into_owned())
        .line(location.line as usize)
        .char_column(location.column as usize)
}

fn with_snippet<'a>(
    group: Group<'a>,
    cut: Excerpt,
    location: &Location,
    kind: AnnotationKind,
    label: Option<&str>,
) -> Group<'a> {
    let cut = harmless(cut);
    let label = label.map(|label| escape(label).into_owned());
    let snippet = Snippet::source(cut.text)
        .line_start(cut.first_line)
        .annotation(kind.span(cut.span).label(label));
    if cut.has_start {
        return group.element(snippet.path(escape(&location.file).into_owned()));
    }
    // The renderer would count the columns of what it is given.
    group.element(origin(location)).element(snippet)
}

/// Renders a finding as lines with styles, ended by a line feed.
pub(crate) fn finding_to_text(located: &LocatedFinding) -> String {
    let finding = &located.finding;
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = level
        .primary_title(sentence(&finding.message))
        .id(finding.id())
        .elements(std::iter::empty::<annotate_snippets::Origin>());
    let within = match finding.excerpt {
        Allowed::Within(span) => Some(span),
        Allowed::Lines | Allowed::Hidden => None,
    };
    let mut has_snippet = false;
    match (&finding.location, &located.source) {
        (Some(location), Some(source)) => {
            let shown = (finding.excerpt != Allowed::Hidden)
                .then(|| excerpt(source, location, within))
                .flatten();
            has_snippet = shown.is_some();
            if let Some(cut) = shown {
                let label = finding.label.as_deref();
                group = with_snippet(group, cut, location, AnnotationKind::Primary, label);
                for related in &finding.related {
                    let place = &related.location;
                    let elsewhere = (place.line, place.column) != (location.line, location.column);
                    if elsewhere
                        && place.file == location.file
                        && let Some(cut) = excerpt(source, place, within)
                    {
                        let (kind, label) = (AnnotationKind::Context, Some(&*related.message));
                        group = with_snippet(group, cut, place, kind, label);
                    }
                }
            } else {
                group = group.element(origin(location));
            }
        }
        _ => {
            let path = finding.path.to_string();
            let place = match (located.object.as_str(), path.as_str()) {
                ("", path) => path.to_owned(),
                (object, "") => object.to_owned(),
                (object, path) => format!("{object}: {path}"),
            };
            if !place.is_empty() {
                group = group.element(Origin::path(escape(&place).into_owned()));
            }
        }
    }
    if finding.excerpt == Allowed::Hidden {
        group = group.element(Level::NOTE.message(HIDDEN));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(sentence(help)));
    }
    let text = render(group);
    if has_snippet { text } else { indented(&text) }
}

/// Escapes a message line by line. The lines of a server's message stay lines, and none
/// begins with text of others.
fn sentence(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escape).collect();
    lines.join("\n| ")
}

/// The note in place of a hidden excerpt.
const HIDDEN: &str = "the lines of what may be a Secret are not shown";

/// Removes the marks that the renderer puts above a snippet whose file is named by itself.
fn without_nameless(text: &str) -> String {
    let is_nameless = |line: &&str| anstream::adapter::strip_str(line).to_string().trim() == ":::";
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !is_nameless(line)).collect()
}

/// Indents all lines but the first, as below a source line: without one the renderer
/// leaves no columns for line numbers. Removes an empty gutter.
fn indented(text: &str) -> String {
    let mut lines = text.lines();
    let mut out = lines.next().unwrap_or_default().to_owned();
    let is_gutter = |line: &str| anstream::adapter::strip_str(line).to_string().trim() == "|";
    for line in lines.filter(|line| !is_gutter(line)) {
        out.push_str("\n ");
        out.push_str(line);
    }
    out.push('\n');
    out
}

fn render(group: Group<'_>) -> String {
    let mut text = Renderer::styled().render(&[group]);
    text.push('\n');
    if text.contains(":::") {
        text = without_nameless(&text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::{FieldPath, Span, rules};

    fn plain(located: &LocatedFinding) -> String {
        anstream::adapter::strip_str(&finding_to_text(located)).to_string()
    }

    fn at(text: &str, span: Range<usize>) -> LocatedFinding {
        let source = Arc::new(Source::new("pod.yaml", text));
        let location = source.location(Span::new(span.start, span.end));
        LocatedFinding {
            finding: Finding::new(
                &rules::UNKNOWN_FIELD,
                FieldPath::parse("spec.x"),
                "unknown field `x`",
            )
            .at(Some(location))
            .label("did you mean `y`?")
            .help("change it"),
            source: Some(source),
            object: "pod/a".into(),
        }
    }

    #[test]
    fn a_finding_shows_its_line_and_the_way_out() {
        let located = at("a: 1\nspec:\n  é: x: 2\n", 17..18);
        assert_eq!(
            plain(&located),
            "error[unknown-field]: unknown field `x`\n --> pod.yaml:3:6\n  |\n3 |   é: x: 2\n  |      ^ did you mean `y`?\n  |\n  = help: change it\n"
        );
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_around_the_place() {
        let text = format!("{}X{}", "é".repeat(500_000), "b".repeat(500_000));
        let shown = plain(&at(&text, 1_000_000..1_000_001));
        assert!(shown.len() < 1_500, "{}", shown.len());
        assert!(shown.contains('X'));
        // The place is that of the line.
        assert!(
            shown.contains("\n --> pod.yaml:1:500001\n  |\n1 | … é"),
            "{shown}"
        );
    }

    #[test]
    fn a_finding_of_a_live_object_names_its_field() {
        let mut located = at("", 0..0);
        located.source = None;
        located.finding.location = None;
        assert!(
            plain(&located).contains("--> pod/a: spec.x"),
            "{}",
            plain(&located)
        );
    }

    #[test]
    fn a_finding_without_a_source_line_is_indented_as_one_with() {
        let mut located = at("", 0..0);
        located.source = None;
        located.finding.location = None;
        let expected =
            "error[unknown-field]: unknown field `x`\n --> pod/a: spec.x\n  = help: change it\n";
        assert_eq!(plain(&located), expected);
        located.object.clear();
        located.finding.path = FieldPath::root();
        let expected = "error[unknown-field]: unknown field `x`\n  = help: change it\n";
        assert_eq!(plain(&located), expected);
        located.finding.help = None;
        assert_eq!(plain(&located), "error[unknown-field]: unknown field `x`\n");
    }

    #[test]
    fn a_line_that_is_not_to_be_shown_is_named() {
        let mut located = at("kind: Secret\nstringData:\n  pin: 1234\n", 32..36);
        located.finding = located
            .finding
            .redacted("`pin` must be a string")
            .without_values();
        assert_eq!(
            plain(&located),
            format!(
                "error[unknown-field]: `pin` must be a string\n --> pod.yaml:3:8\n  = note: {HIDDEN}\n"
            )
        );
    }

    #[test]
    fn of_a_line_with_several_objects_only_its_own_is_shown() {
        let text = "[{\"kind\":\"Secret\",\"x\":\"hunter2\"},{\"kind\":\"Pod\",\"y\":1},{\"z\":\"hunter2\"}]\n";
        let (start, end) = (
            text.find("{\"kind\":\"Pod").unwrap(),
            text.find(",{\"z").unwrap(),
        );
        let y = text.find("\"y\"").unwrap();
        let mut located = at(text, y..y + 3);
        located.finding.excerpt = Allowed::Within(Span::new(start, end));
        let shown = plain(&located);
        assert!(
            shown.contains("1 | … {\"kind\":\"Pod\",\"y\":1} …\n"),
            "{shown}"
        );
        assert!(!shown.contains("hunter2"), "{shown}");
        // What lies outside is not shown at all.
        located.finding.excerpt = Allowed::Within(Span::new(0, start));
        assert!(!plain(&located).contains("1 |"), "{}", plain(&located));
        // Marks of a list and comments go with the object.
        let text = "- kind: Pod # mine\n";
        let mut located = at(text, 2..6);
        located.finding.excerpt = Allowed::Within(Span::new(2, 11));
        assert!(plain(&located).contains("1 | - kind: Pod # mine\n"));
    }

    #[test]
    fn terminal_escapes_in_a_source_line_are_shown_not_sent() {
        let shown = plain(&at("a: \u{9b}31m\u{1b}[2J\n", 0..1));
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{9b}'),
            "{shown:?}"
        );
    }
}
