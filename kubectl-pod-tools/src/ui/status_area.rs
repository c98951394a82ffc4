//! Rows at the bottom of a terminal, redrawn in place.
//!
//! A row ends where its text ends, and the next one begins with a line feed: a
//! terminal that is made wider joins rows which are filled up to the last column,
//! and the `^C` that it shows begins another one.

use std::fmt::Write as _;
use std::io::{self, Write};

/// The rows on the terminal, which is standard error.
#[derive(Debug, Default)]
pub(super) struct StatusArea {
    rows: Vec<String>,
    is_drawn: bool,
}

impl StatusArea {
    /// Draws rows in place of the last ones. They must fit into the terminal.
    pub(super) fn draw(&mut self, rows: Vec<String>) {
        let mut text = String::new();
        self.erase(&mut text);
        self.rows = rows;
        self.redraw(&mut text);
        print(&text);
    }

    /// Erases the rows, calls `write`, and draws the rows again below its output.
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

    /// Erases the rows.
    pub(super) fn clear(&mut self) {
        self.draw(Vec::new());
    }

    /// Leaves the rows on the terminal, so that they are not drawn over.
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

/// Prints to standard error, a failure of which cannot be reported anywhere.
fn print(text: &str) {
    if !text.is_empty() {
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }
}
