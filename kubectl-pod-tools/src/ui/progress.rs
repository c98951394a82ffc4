//! Lines at the foot of a terminal that say what is going on, drawn again and
//! again. Whatever else is written goes above them.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::status_area::StatusArea;
use super::{defuse, escape};

/// One of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProgressLine {
    /// What it says; it is escaped and cut to the width when it is drawn.
    pub text: String,
    /// Something is wrong there.
    pub urgent: bool,
}

/// Columns and rows of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub columns: usize,
    pub rows: usize,
}

/// What a terminal has that does not tell its size.
const USUAL: Size = Size {
    columns: 80,
    rows: 24,
};
const URGENT: Style = AnsiColor::Yellow.on_default();
/// The columns of `^C`.
const KEY: usize = 3;

/// Whether lines are on the terminal now. A panic asks, whatever is locked.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// The lines.
pub(super) struct Board {
    area: StatusArea,
    size: Size,
    coloured: bool,
    /// The columns of the widest line that is drawn.
    widest: usize,
}

impl Board {
    /// None yet. Everything is drawn on standard error, which is a terminal.
    pub(super) fn new(coloured: bool) -> Self {
        Self {
            area: StatusArea::default(),
            size: size(),
            coloured,
            widest: 0,
        }
    }

    /// Draws these instead of those before.
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

    /// The columns that a line has: the last ones stay free for the `^C` that a
    /// terminal shows.
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

    /// Writes something else, above.
    pub(super) fn aside<T>(&mut self, write: impl FnOnce() -> T) -> T {
        self.resized();
        self.area.suspend(write)
    }

    /// A terminal that becomes narrower than a line may break it into rows, or
    /// not. Nobody knows where the lines are then: they stay as they are, and the
    /// next ones come below, so that nothing that was written is wiped out.
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

/// The size of the terminal that standard error is.
pub(super) fn size() -> Size {
    size_or_usual(terminal_size::terminal_size_of(io::stderr()))
}

/// The size of the terminal that any of our streams is; a program draws on standard
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

/// Goes on below the lines, if there are any: for a panic, which may come while
/// anything is locked.
pub(crate) fn leave_progress() {
    if DRAWN.swap(false, Ordering::Relaxed) {
        leave();
    }
}

/// Goes on below the lines, and says an error, without any lock of ours: whoever
/// holds them may never let go.
pub(crate) fn print_last_word(error: Option<&str>) {
    leave_progress();
    if let Some(error) = error {
        // There is nobody left to tell.
        let _ = writeln!(io::stderr(), "error: {error}");
    }
}

fn leave() {
    // There is nobody left to tell.
    let _ = io::stderr().write_all(b"\r\n");
}

/// At most so many columns of a text; what is cut off leaves a `…`.
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

    /// A terminal without a size is any terminal.
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
