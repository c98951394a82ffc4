//! kubectl's columns: padded with three blanks, the last one as long as it is.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::block::{Cell, Table, Tone};
use crate::ui::escape;

const GAP: usize = 3;
/// A longer cell does not push the columns after it away from all others.
const WIDEST: usize = 40;

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Odd => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
    }
}

/// How many columns of a terminal a harmless text takes.
fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

/// Text that grows, with styles where they are wanted.
pub(super) struct Paper {
    pub(super) text: String,
    pub(super) styled: bool,
}

impl Paper {
    /// Adds text, made harmless, and says how wide it is.
    pub(super) fn push(&mut self, text: &str, style: Style) -> usize {
        let text = escape(text);
        if self.styled {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(&text);
        }
        width(&text)
    }

    pub(super) fn cell(&mut self, cell: &Cell) -> usize {
        self.push(&cell.text, style(cell.tone))
    }

    pub(super) fn table(&mut self, table: &Table) {
        let header: Vec<Cell> = table
            .columns
            .iter()
            .map(|name| Cell::new(*name, Tone::Dim))
            .collect();
        let widths: Vec<usize> = (0..table.columns.len())
            .map(|column| {
                std::iter::once(&header)
                    .chain(&table.rows)
                    .filter_map(|row| row.get(column))
                    .map(|cell| width(&escape(&cell.text)))
                    .filter(|width| *width <= WIDEST)
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        for row in std::iter::once(&header).chain(&table.rows) {
            let last = row.iter().rposition(|cell| !cell.text.is_empty());
            for (column, cell) in row.iter().enumerate() {
                let used = self.cell(cell);
                if Some(column) >= last {
                    break;
                }
                let width = widths.get(column).copied().unwrap_or(0);
                let blanks = width.saturating_sub(used) + GAP;
                self.text.extend(std::iter::repeat_n(' ', blanks));
            }
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_text_and_lines_end_without_blanks() {
        let mut table = Table::new(&["NAME", "VALUE"]);
        table.row(vec!["世界".into(), "1".into()]);
        table.row(vec!["a".into(), "".into()]);
        table.row(vec!["b\n".into(), "2".into()]);
        let print = |styled| {
            let text = String::new();
            let mut paper = Paper { text, styled };
            paper.table(&table);
            paper.text
        };
        let plain = "NAME   VALUE\n世界   1\na\nb\\n    2\n";
        assert_eq!(print(false), plain);
        let styled = print(true);
        assert!(styled.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), plain);
    }
}
