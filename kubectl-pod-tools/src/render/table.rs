//! kubectl's columns: padded with three blanks, the last one as long as it is.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::block::{Cell, Table, Tone};
use crate::ui::escape;

const GAP: usize = 3;
/// A longer cell does not push the columns after it away from all others.
const WIDEST: usize = 40;

pub(super) fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Odd => AnsiColor::Yellow.on_default(),
        Tone::Bad => AnsiColor::Red.on_default(),
    }
}

pub(super) fn push_cell(out: &mut String, cell: &Cell) -> usize {
    let text = escape(&cell.text);
    let style = style(cell.tone);
    out.push_str(&format!("{style}{text}{style:#}"));
    text.width()
}

pub(super) fn push_table(out: &mut String, table: &Table) {
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
                .map(|cell| escape(&cell.text).width())
                .filter(|width| *width <= WIDEST)
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in std::iter::once(&header).chain(&table.rows) {
        let last = row.iter().rposition(|cell| !cell.text.is_empty());
        for (column, cell) in row.iter().enumerate() {
            let used = push_cell(out, cell);
            if Some(column) >= last {
                break;
            }
            let width = widths.get(column).copied().unwrap_or(0);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(used) + GAP));
        }
        out.push('\n');
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
        let mut out = String::new();
        push_table(&mut out, &table);
        let plain = anstream::adapter::strip_str(&out).to_string();
        assert_eq!(plain, "NAME   VALUE\n世界   1\na\nb\\n    2\n");
    }
}
