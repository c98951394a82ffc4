//! Renders blocks as one SVG file: it refers to nothing outside of itself, follows the reader's
//! light or dark colours, and describes itself for screen readers.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use pod_model::Severity;

use super::block::Block;
use super::cell::{Cell, Tone};
use super::markup::markup;
use super::table::Table;
use super::text_writer::width;
use super::timeline::{TimelineEvent, time_range};
use super::tree::TreeNode;
use super::wrap::wrap;
use crate::ui::escape;

/// Width of the drawing, in its own units.
const WIDTH: u32 = 960;
const MARGIN: u32 = 16;
/// Height of a line of text.
const LINE: u32 = 20;
/// Column of the bars of a timeline.
const BARS: u32 = 300;
/// Width of the bars' column; times stand behind it.
const BARS_WIDTH: u32 = WIDTH - BARS - MARGIN - 110;
/// Columns of wrapped text.
const COLUMNS: usize = 120;
/// Width of a character of a table.
const CHARACTER: u32 = 8;
/// Marks on the axis of a timeline, at most.
const MOST_MARKS: u64 = 8;
/// Distances of the marks, in seconds.
const STEPS: [u64; 15] = [
    1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400,
];

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}\
.strong{font-weight:600}.heading{font-size:15px;font-weight:600}\
.mono{font-family:ui-monospace,monospace;font-size:12px}.dim{fill:#656d76}\
.warning{fill:#7d4e00}.error{fill:#b42318}.paper{fill:#ffffff}.grid{stroke:#d0d7de}\
.bar{fill:#4c78a8}.bar-strong{fill:#2e7d32}.bar-warning{fill:#c77700}.bar-error{fill:#c62828}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}.warning{fill:#e3b341}\
.error{fill:#ff7b72}.paper{fill:#0d1117}.grid{stroke:#3d444d}.bar{fill:#79a8d8}\
.bar-strong{fill:#56d364}.bar-warning{fill:#e3b341}.bar-error{fill:#ff7b72}}";

/// Renders blocks as an SVG document, ended by a line feed. The title is for screen readers.
pub(crate) fn to_svg(title: &str, blocks: &[Block]) -> String {
    let mut drawing = Drawing {
        body: String::new(),
        description: String::new(),
        y: MARGIN,
    };
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 && !matches!(blocks[at - 1], Block::Heading(_)) {
            drawing.y += LINE / 2;
        }
        drawing.block(block);
    }
    let Drawing {
        body,
        description,
        y,
    } = drawing;
    let height = y + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}</svg>\n",
        markup(title),
        markup(description.trim_end())
    )
}

struct Drawing {
    body: String,
    /// The timelines in words.
    description: String,
    y: u32,
}

impl Drawing {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => {
                self.y += 6;
                self.text(MARGIN, text, "heading");
                self.describe(text);
            }
            Block::Facts(facts) => {
                for (name, cell) in facts {
                    let text = format!("{name}: {}", cell.text);
                    self.lines(&text, MARGIN, class(cell.tone));
                }
            }
            Block::Table(table) => self.table(table),
            Block::Timeline(events) => self.timeline(events),
            Block::Tree(root) => self.tree(root, 0),
            Block::Paragraph(cell) | Block::Once(cell) => {
                self.lines(&cell.text, MARGIN, class(cell.tone));
            }
            Block::Findings(findings) => {
                for located in findings {
                    let finding = &located.finding;
                    let (word, tone) = match finding.severity {
                        Severity::Error => ("error", Tone::Error),
                        Severity::Warning => ("warning", Tone::Warning),
                        Severity::Info => ("info", Tone::Plain),
                    };
                    let text = format!("{word}: {}", finding.message);
                    self.lines(&text, MARGIN, class(tone));
                }
            }
        }
    }

    fn describe(&mut self, text: &str) {
        self.description.push_str(text);
        self.description.push_str(". ");
    }

    /// Adds a line at the current height, and goes on to the next.
    fn text(&mut self, x: u32, text: &str, class: &str) {
        self.text_at(x, self.y + 14, text, class);
        self.y += LINE;
    }

    fn text_at(&mut self, x: u32, y: u32, text: &str, class: &str) {
        let class = match class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let text = markup(text);
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "<text x=\"{x}\" y=\"{y}\"{class}>{text}</text>");
    }

    fn lines(&mut self, text: &str, x: u32, class: &str) {
        for line in wrap(text, COLUMNS) {
            self.text(x, &line, class);
        }
    }

    fn tree(&mut self, node: &TreeNode, depth: u32) {
        self.lines(
            &node.label.text,
            MARGIN + depth * LINE,
            class(node.label.tone),
        );
        for child in &node.children {
            self.tree(child, depth + 1);
        }
    }

    fn table(&mut self, table: &Table) {
        let header: Vec<Cell> = table
            .columns
            .iter()
            .map(|name| Cell::new(*name, Tone::Dim))
            .collect();
        let rows = || std::iter::once(&header).chain(&table.rows);
        let columns = (0..table.columns.len()).map(|column| {
            let cells = rows().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| width(&escape(&cell.text))).max();
            u32::try_from(widest.unwrap_or_default()).unwrap_or(u32::MAX)
        });
        let columns: Vec<u32> = columns.collect();
        for row in rows() {
            let mut x = MARGIN;
            let y = self.y + 14;
            for (cell, width) in row.iter().zip(&columns) {
                self.text_at(x, y, &cell.text, &format!("mono {}", class(cell.tone)));
                x = x.saturating_add((width.saturating_add(2)).saturating_mul(CHARACTER));
            }
            self.y += LINE;
        }
    }

    fn timeline(&mut self, events: &[TimelineEvent]) {
        let ends = events
            .iter()
            .map(|event| event.latest.unwrap_or(event.earliest));
        let end = ends.max().unwrap_or_default().max(Duration::from_secs(1));
        self.axis(end, events.len());
        for event in events {
            self.event(event, end);
        }
    }

    fn axis(&mut self, end: Duration, rows: usize) {
        let seconds = end.as_secs().max(1);
        let step = STEPS.into_iter().find(|step| seconds / step <= MOST_MARKS);
        let step = step.unwrap_or(seconds / MOST_MARKS + 1);
        let rows = u32::try_from(rows).unwrap_or(u32::MAX / LINE / 2);
        let (top, bottom) = (self.y + LINE, self.y + LINE + rows * LINE);
        for mark in (0..=seconds / step).map(|mark| Duration::from_secs(mark * step)) {
            let x = column(mark, end);
            self.text_at(x, self.y + 14, &time_range(mark, Some(mark)), "dim");
            let _ = writeln!(
                self.body,
                "<line class=\"grid\" x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{bottom}\"/>"
            );
        }
        self.y += LINE;
    }

    /// Adds a bar from the earliest to the latest time.
    fn event(&mut self, event: &TimelineEvent, end: Duration) {
        let label = match event.container.as_str() {
            "" => event.event.text.clone(),
            container => format!("{container}: {}", event.event.text),
        };
        let from = column(event.earliest, end);
        let to = column(event.latest.unwrap_or(end), end);
        let length = (to - from).max(3);
        let times = time_range(event.earliest, event.latest);
        let words = match event.reason.as_str() {
            "" => format!("{label} {times}"),
            reason => format!("{label} {times}: {reason}"),
        };
        let bar = match event.event.tone {
            Tone::Plain | Tone::Dim => "bar",
            Tone::Strong => "bar-strong",
            Tone::Warning => "bar-warning",
            Tone::Error => "bar-error",
        };
        let y = self.y;
        let _ = writeln!(
            self.body,
            "<g><title>{}</title><rect class=\"{bar}\" x=\"{from}\" y=\"{}\" width=\"{length}\" \
             height=\"12\" rx=\"2\"/></g>",
            markup(&words),
            y + 4
        );
        self.describe(&words);
        self.text_at(MARGIN, y + 14, &shortened(&label), class(event.event.tone));
        self.text_at(from + length + 6, y + 14, &times, "dim");
        self.y += LINE;
    }
}

/// Characters of a label beside the bars.
const LABEL: usize = 38;

fn shortened(label: &str) -> Cow<'_, str> {
    match label.char_indices().nth(LABEL) {
        None => Cow::Borrowed(label),
        Some((at, _)) => Cow::Owned(format!("{}…", &label[..at])),
    }
}

/// Returns the column of a time.
fn column(time: Duration, end: Duration) -> u32 {
    let part = time.as_millis().min(end.as_millis()) * u128::from(BARS_WIDTH);
    let part = part / end.as_millis().max(1);
    BARS + u32::try_from(part).unwrap_or(BARS_WIDTH)
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Warning => "warning",
        Tone::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(times: (u64, Option<u64>), event: Cell) -> TimelineEvent {
        TimelineEvent {
            earliest: Duration::from_secs(times.0),
            latest: times.1.map(Duration::from_secs),
            container: "web".to_owned(),
            event,
            reason: "failureThreshold 3".to_owned(),
        }
    }

    #[test]
    fn text_of_others_is_no_markup() {
        let hostile = "</text><script>alert('1')</script>&\u{1b}[2J\u{ffff}\"";
        let svg = to_svg(
            hostile,
            &[
                Block::Heading(hostile.to_owned()),
                Block::Timeline(vec![event((0, Some(1)), hostile.into())]),
            ],
        );
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains('\u{ffff}'));
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;alert(&#39;1&#39;)"));
    }

    #[test]
    fn bars_lie_on_the_axis_in_the_order_of_their_times() {
        let end = Duration::from_secs(100);
        let at = |seconds| column(Duration::from_secs(seconds), end);
        assert_eq!(at(0), BARS);
        assert_eq!(at(100), BARS + BARS_WIDTH);
        assert_eq!(at(1_000), BARS + BARS_WIDTH);
        assert!(at(20) < at(21));
        assert_eq!(column(Duration::ZERO, Duration::ZERO), BARS);
    }

    #[test]
    fn a_description_has_each_event_in_words() {
        let svg = to_svg(
            "Probes",
            &[Block::Timeline(vec![
                event((5, Some(15)), Cell::new("ready", Tone::Strong)),
                event((20, None), Cell::new("kill", Tone::Error)),
            ])],
        );
        for words in [
            "web: ready 5-15s: failureThreshold 3. ",
            "web: kill 20s or later: failureThreshold 3.</desc>",
            "prefers-color-scheme:dark",
            "<title id=\"title\">Probes</title>",
        ] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
    }
}
