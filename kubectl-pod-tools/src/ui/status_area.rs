//! The rows at the foot of a terminal, as indicatif draws them.
//!
//! indicatif fills each row up to the last column, so that the next row begins
//! by itself. A terminal that is made wider joins such rows, and the `^C` that a
//! terminal shows begins another one: then they are not where they were. Here a
//! row ends where its text ends, and the next one begins with a line feed.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::TermLike;

use super::progress::size;

/// Standard error.
#[derive(Debug, Default)]
pub(super) struct StatusArea(Mutex<Pending>);

/// What goes out with the next flush.
#[derive(Debug, Default)]
struct Pending {
    text: String,
    /// A row was written, and the next one begins below it.
    within: bool,
}

impl StatusArea {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moves(&self, count: usize, letter: char) {
        let mut pending = self.pending();
        pending.within = false;
        if count > 0 {
            // Writing to a String cannot fail.
            let _ = write!(pending.text, "\x1b[{count}{letter}");
        }
    }
}

impl TermLike for StatusArea {
    fn width(&self) -> u16 {
        u16::try_from(size().columns).unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        u16::try_from(size().rows).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        self.moves(count, 'A');
        Ok(())
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        self.moves(count, 'B');
        Ok(())
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        self.moves(count, 'C');
        Ok(())
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        self.moves(count, 'D');
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        let mut pending = self.pending();
        pending.within = false;
        pending.text.push_str(text);
        pending.text.push_str("\r\n");
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // Blanks only are what a row is filled up with.
        if !text.trim_matches(' ').is_empty() {
            let mut pending = self.pending();
            if std::mem::replace(&mut pending.within, true) {
                pending.text.push_str("\r\n");
            }
            pending.text.push_str(text);
        }
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        let mut pending = self.pending();
        pending.within = false;
        pending.text.push_str("\r\x1b[2K");
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let text = {
            let mut pending = self.pending();
            pending.within = false;
            std::mem::take(&mut pending.text)
        };
        let mut err = io::stderr().lock();
        err.write_all(text.as_bytes())?;
        err.flush()
    }
}
