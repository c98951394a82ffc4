//! Progress lines at the bottom of a terminal, redrawn in place. Other output goes above
//! them.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::status_area::StatusArea;
use super::{defuse, escape};

/// A progress line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProgressLine {
    /// The text, which is escaped and cut to the width when it is drawn.
    pub text: String,
    /// True if it reports a problem.
    pub urgent: bool,
}

/// Columns and rows of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub columns: usize,
    pub rows: usize,
}

/// Size of a terminal that does not report one.
const USUAL: Size = Size {
    columns: 80,
    rows: 24,
};
const URGENT: Style = AnsiColor::Yellow.on_default();
/// The columns of `^C`.
const KEY: usize = 3;

/// True while lines are on the terminal. A panic reads it without a lock.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// The progress lines on the terminal.
pub(super) struct Board {
    area: StatusArea,
    size: Size,
    coloured: bool,
    /// Width of the widest drawn line, in columns.
    widest: usize,
}

impl Board {
    /// Creates a board without lines. It draws on standard error, which is a terminal.
    pub(super) fn new(coloured: bool) -> Self {
        Self {
            area: StatusArea::default(),
            size: size(),
            coloured,
            widest: 0,
        }
    }

    /// Draws lines in place of the last ones.
    pub(super) fn draw(&mut self, lines: &[ProgressLine]) {
        self.resized();
        let mut texts = Vec::new();
        self.widest = 0;
        for line in lines.iter().take(self.size.rows) {
            let text = cut(&defuse(&escape(&line.text)), self.room());
            self.widest = self.widest.max(text.width());
            texts.push(self.styled(text, line.urgent));
        }
        DRAWN.store(!texts.is_empty(), Ordering::Relaxed);
        self.area.draw(texts);
    }

    /// Returns the columns of a line, without those for the `^C` that a terminal echoes.
    fn room(&self) -> usize {
        self.size.columns.saturating_sub(KEY).max(1)
    }

    fn styled(&self, text: String, urgent: bool) -> String {
        if urgent && self.coloured {
            format!("{URGENT}{text}{URGENT:#}")
        } else {
            text
        }
    }

    /// Writes other output above the lines.
    pub(super) fn aside<T>(&mut self, write: impl FnOnce() -> T) -> T {
        self.resized();
        self.area.suspend(write)
    }

    /// Handles a changed size. A terminal that becomes narrower than a line may or may not
    /// break it into rows, so the position of the lines is unknown: they stay, and the next
    /// ones go below, so that no other output is erased.
    fn resized(&mut self) {
        self.size = size();
        if self.size.columns < self.widest && DRAWN.swap(false, Ordering::Relaxed) {
            self.widest = 0;
            leave();
            self.area.abandon();
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.resized();
        self.area.clear();
        DRAWN.store(false, Ordering::Relaxed);
    }
}

/// Returns the size of the terminal on standard error.
pub(super) fn size() -> Size {
    size_or_usual(terminal_size::terminal_size_of(io::stderr()))
}

/// Returns the size of the terminal on any standard stream; a program draws on standard
/// output.
pub(super) fn any_size() -> Size {
    let size = terminal_size::terminal_size_of(io::stdout())
        .or_else(|| terminal_size::terminal_size_of(io::stdin()))
        .or_else(|| terminal_size::terminal_size_of(io::stderr()));
    size_or_usual(size)
}

fn size_or_usual(size: Option<(terminal_size::Width, terminal_size::Height)>) -> Size {
    match size {
        Some((terminal_size::Width(columns), terminal_size::Height(rows)))
            if columns > 0 && rows > 0 =>
        {
            Size {
                columns: usize::from(columns),
                rows: usize::from(rows),
            }
        }
        _ => USUAL,
    }
}

/// Moves below the lines, if there are any, without a lock: for a panic.
pub(crate) fn leave_progress() {
    if DRAWN.swap(false, Ordering::Relaxed) {
        leave();
    }
}

/// Moves below the lines and prints an error, without a lock, which its holder may never
/// release.
pub(crate) fn print_last_word(error: Option<&str>) {
    leave_progress();
    if let Some(error) = error {
        // A failure of standard error cannot be reported anywhere.
        let _ = writeln!(io::stderr(), "error: {error}");
    }
}

fn leave() {
    // A failure of standard error cannot be reported anywhere.
    let _ = io::stderr().write_all(b"\r\n");
}

/// Cuts a text to a number of columns, with a `…` at the cut.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        out.push(c);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_to_its_columns_whatever_its_letters() {
        for (text, columns, expected) in [
            ("hello", 5, "hello"),
            ("hello", 4, "hel…"),
            ("世界世界", 8, "世界世界"),
            ("世界世界", 7, "世界世…"),
            ("世界世界", 6, "世界…"),
            ("hello", 1, "…"),
            ("hello", 0, ""),
            ("", 0, ""),
        ] {
            let out = cut(text, columns);
            assert_eq!(out, expected, "{text} in {columns}");
            assert!(out.width() <= columns);
        }
    }

    /// A terminal may report no size.
    #[test]
    fn a_size_is_one_where_neither_side_is_nothing() {
        use terminal_size::{Height, Width};

        let of = |columns, rows| {
            let Size { columns, rows } = size_or_usual(Some((Width(columns), Height(rows))));
            (columns, rows)
        };
        let usual = (USUAL.columns, USUAL.rows);
        for (columns, rows, expected) in [
            (120, 40, (120, 40)),
            (1, 1, (1, 1)),
            (0, 40, usual),
            (120, 0, usual),
            (0, 0, usual),
        ] {
            assert_eq!(of(columns, rows), expected, "{columns} x {rows}");
        }
        let Size { columns, rows } = size_or_usual(None);
        assert_eq!((columns, rows), usual);
    }
}
