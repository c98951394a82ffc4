//! Rows at the foot of a terminal that are drawn again and again.
//!
//! A row ends where its text ends, and the next one begins with a line feed: a
//! terminal that is made wider joins rows which are filled up to the last column,
//! and the `^C` that it shows begins another one.

use std::fmt::Write as _;
use std::io::{self, Write};

/// The rows; standard error is the terminal.
#[derive(Debug, Default)]
pub(super) struct StatusArea {
    rows: Vec<String>,
    is_drawn: bool,
}

impl StatusArea {
    /// Draws these rows in place of those before. None may be wider than the
    /// terminal, and no more may be given than it has.
    pub(super) fn draw(&mut self, rows: Vec<String>) {
        let mut text = String::new();
        self.erase(&mut text);
        self.rows = rows;
        self.redraw(&mut text);
        print(&text);
    }

    /// Calls `write` while the rows are away, and draws them again below what it
    /// wrote.
    pub(super) fn suspend<T>(&mut self, write: impl FnOnce() -> T) -> T {
        let mut text = String::new();
        self.erase(&mut text);
        print(&text);
        let result = write();
        text.clear();
        self.redraw(&mut text);
        print(&text);
        result
    }

    /// Takes the rows away.
    pub(super) fn clear(&mut self) {
        self.draw(Vec::new());
    }

    /// Leaves the rows as they are on the terminal: they are not drawn over any more.
    pub(super) fn abandon(&mut self) {
        *self = Self::default();
    }

    /// Moves the cursor from the end of the last row to the beginning of the first.
    fn erase(&mut self, out: &mut String) {
        if std::mem::take(&mut self.is_drawn) {
            out.push_str("\r\x1b[2K");
            for _ in 1..self.rows.len() {
                out.push_str("\x1b[1A\x1b[2K");
            }
        }
    }

    fn redraw(&mut self, out: &mut String) {
        self.is_drawn = !self.rows.is_empty();
        for (n, row) in self.rows.iter().enumerate() {
            let begin = if n > 0 { "\r\n" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(out, "{begin}{row}");
        }
    }
}

/// There is nobody left to tell when standard error cannot be written.
fn print(text: &str) {
    if !text.is_empty() {
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }
}
