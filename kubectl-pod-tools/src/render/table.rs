//! Renders a table like kubectl: columns padded with three spaces, except the last one.

use super::cell::{Cell, Tone};
use super::text_writer::{TextWriter, width};
use crate::ui::escape;

/// Rows under column names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Creates a table without rows.
    pub(crate) fn new(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Returns true if it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

const GAP: usize = 3;
/// Widest cell that counts for the width of its column, in columns of the terminal.
const WIDEST: usize = 40;

/// Adds a table with its header.
pub(super) fn push_table(out: &mut TextWriter, table: &Table) {
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
            let used = out.cell(cell);
            if Some(column) >= last {
                break;
            }
            let width = widths.get(column).copied().unwrap_or(0);
            out.blanks(width.saturating_sub(used) + GAP);
        }
        out.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Layout;

    #[test]
    fn columns_are_as_wide_as_their_text_and_lines_end_without_blanks() {
        let mut table = Table::new(&["NAME", "VALUE"]);
        table.row(vec!["世界".into(), "1".into()]);
        table.row(vec!["a".into(), "".into()]);
        table.row(vec!["b\n".into(), "2".into()]);
        let print = |styled| {
            let layout = Layout {
                styled,
                ..Layout::PLAIN
            };
            let mut out = TextWriter::new(layout);
            push_table(&mut out, &table);
            out.text
        };
        let plain = "NAME   VALUE\n世界   1\na\nb\\n    2\n";
        assert_eq!(print(false), plain);
        let styled = print(true);
        assert!(styled.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), plain);
    }
}
