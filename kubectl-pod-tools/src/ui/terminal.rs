//! Standard output and standard error, with progress between them.

use std::io::{self, IsTerminal, Write};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::AutoStream;

use super::color::ColorChoice;
use super::layout::{Charset, Layout, USUAL_COLUMNS};
use super::output::{Health, Output, write_whole};
use super::progress::{Board, ProgressLine, Size, any_size, size};
use super::{defuse, escape_lines};
use crate::error::system;
use crate::exit::Exit;

/// The standard streams of a command.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Ui {
    out: Output,
    err: Mutex<AutoStream<io::Stderr>>,
    /// The progress lines, if there are any. Locked before the streams.
    board: Mutex<Option<Board>>,
    /// True if standard output is a terminal, on which output must not tear the progress
    /// lines.
    out_is_terminal: bool,
    err_is_terminal: bool,
    /// True if standard output has colour.
    styled: bool,
    /// True if `-q` was given.
    pub(super) quiet: bool,
    /// True while a program has the terminal: no progress and no notes.
    pub(super) suspended: AtomicBool,
    /// Level of `-v`.
    pub(super) verbosity: u8,
    /// Connection flags of the run, each after a space, for commands in messages.
    pub(super) cluster_flags: String,
}

/// A program has the terminal until this is dropped.
pub(crate) struct Suspended<'a>(&'a AtomicBool);

impl Drop for Suspended<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Writer to standard output that does not tear the progress lines.
struct Pieces<'a>(&'a Ui);

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_out(bytes, !self.0.styled);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Ui {
    /// Returns the standard streams of the process.
    pub(crate) fn new(color: ColorChoice, quiet: bool, verbosity: u8) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let (out_color, err_color) = (color.for_stream(&out), color.for_stream(&err));
        let (out_is_terminal, err_is_terminal) = (out.is_terminal(), err.is_terminal());
        let out = AutoStream::new(out, out_color);
        Self {
            board: Mutex::new(None),
            out_is_terminal,
            err_is_terminal,
            styled: out.current_choice() != anstream::ColorChoice::Never,
            out: Output::new(out),
            err: Mutex::new(AutoStream::new(err, err_color)),
            quiet,
            suspended: AtomicBool::new(false),
            verbosity,
            cluster_flags: String::new(),
        }
    }

    /// Adds connection flags to the commands in messages.
    pub(crate) fn with_cluster_flags(self, cluster_flags: String) -> Self {
        Self {
            cluster_flags,
            ..self
        }
    }

    /// Returns the connection flags of the run, each after a space.
    pub(crate) fn cluster_flags(&self) -> &str {
        &self.cluster_flags
    }

    /// Writes data to standard output, to the byte. The caller has made it harmless; JSON
    /// and YAML are by their syntax.
    ///
    /// A failed write does not end the command: [`Ui::has_lost_output`] returns it, and
    /// [`Ui::finish`] changes the exit code.
    pub(crate) fn data(&self, text: &str) {
        self.write_out(text.as_bytes(), true);
    }

    /// Writes data with styles, which are removed without colour. All other control
    /// characters are removed with them.
    pub(crate) fn styled_data(&self, text: &str) {
        self.write_out(defuse(text).as_bytes(), false);
    }

    /// Writes lines for people to standard output.
    pub(crate) fn lines(&self, text: &str) {
        self.data(&defuse(text));
    }

    /// Writes a line of what was done to standard error if standard output cannot be
    /// written: a change of the cluster is reported to its end.
    pub(crate) fn instead_of_output(&self, line: &str) {
        if self.out.is_first_redirected() && self.out.health() == Health::Closed {
            self.note("standard output is closed: the rest is printed to standard error");
        }
        self.note(line);
    }

    /// Writes data in a syntax without escapes: to the byte for a program, with control
    /// characters escaped on a terminal.
    pub(crate) fn raw_data(&self, text: &str) {
        if !self.out_is_terminal {
            self.data(text);
            return;
        }
        let harmless = escape_lines(text);
        if harmless != text {
            self.warning(
                "control characters are escaped on the terminal; redirect to get them unchanged",
            );
        }
        self.data(&harmless);
    }

    /// Returns the layout of text for standard output.
    pub(crate) fn layout(&self) -> Layout {
        Layout {
            styled: self.styled,
            columns: if self.out_is_terminal {
                any_size().columns
            } else {
                USUAL_COLUMNS
            },
            charset: Charset::of_process(),
        }
    }

    /// Writes long data piece by piece, with styles only if [`Ui::layout`] has them. The
    /// writer never fails.
    pub(crate) fn stream<T>(&self, write: impl FnOnce(&mut dyn Write) -> T) -> T {
        let mut pieces = io::BufWriter::with_capacity(1 << 16, Pieces(self));
        let result = write(&mut pieces);
        // `Pieces` never fails.
        let _ = pieces.flush();
        result
    }

    fn write_out(&self, text: &[u8], plain: bool) {
        self.aside(self.out_is_terminal, || self.out.write(text, plain));
        self.report_lost_output();
    }

    /// Returns true if standard output can no longer be written, so that a command that only
    /// prints can stop.
    pub(crate) fn has_lost_output(&self) -> bool {
        self.out.health() != Health::Good
    }

    /// Prints once that standard output could not be written, unless its reader has gone.
    fn report_lost_output(&self) {
        if self.suspended.load(Ordering::Relaxed) {
            return;
        }
        if let Some(error) = self.out.take_failure() {
            self.error(&format!(
                "cannot write to standard output: {}",
                system(&error)
            ));
        }
    }

    /// Returns the exit code of a command: not success if its output could not be written.
    pub(crate) fn finish(&self, exit: Exit) -> Exit {
        self.report_lost_output();
        match (exit, self.out.health()) {
            (Exit::Success | Exit::Container(0), Health::Failed) => Exit::Failure,
            _ => exit,
        }
    }

    /// Returns true if progress is drawn: on a capable terminal, without `-q`, outside of CI,
    /// where a terminal is often emulated.
    pub(crate) fn shows_progress(&self) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is = |name, text| std::env::var_os(name).is_some_and(|value| value == text);
        self.err_is_terminal
            && !self.quiet
            && set("TERM")
            && !is("TERM", "dumb")
            && (!set("CI") || is("CI", "false"))
    }

    /// Returns the size of the terminal.
    pub(crate) fn size() -> Size {
        size()
    }

    /// Returns the size of the terminal for a program that runs in it.
    pub(crate) fn program_size() -> Size {
        any_size()
    }

    /// Draws progress lines at the bottom of the terminal, in place of the last ones.
    pub(crate) fn progress(&self, lines: &[ProgressLine]) {
        if !self.shows_progress() || self.suspended.load(Ordering::Relaxed) {
            return;
        }
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board
            .get_or_insert_with(|| Board::new(self.wants_styles(true)))
            .draw(lines);
    }

    /// Hands the terminal to a program: no progress and no notes.
    pub(crate) fn suspend(&self) -> Suspended<'_> {
        self.end_progress();
        self.suspended.store(true, Ordering::Relaxed);
        Suspended(&self.suspended)
    }

    /// Removes the progress lines.
    pub(crate) fn end_progress(&self) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        drop(board.take());
    }

    /// Writes above the progress lines if the stream could tear them.
    fn aside<T>(&self, tears: bool, write: impl FnOnce() -> T) -> T {
        if !tears {
            return write();
        }
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        match board.as_mut() {
            Some(board) => board.aside(write),
            None => write(),
        }
    }

    /// Writes findings or tables with styles to standard error.
    pub(crate) fn stderr(&self, text: &str) {
        // A failure of standard error cannot be reported anywhere.
        let _ = self.data_to_stderr(text);
    }

    /// Writes data that was requested on standard error.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn data_to_stderr(&self, text: &str) -> io::Result<()> {
        self.write_err(&defuse(text))
    }

    /// Writes a workflow command for the CI runner that reads standard error. Text of
    /// others in it is escaped.
    pub(crate) fn runner_command(&self, line: &str) {
        // A failure of standard error cannot be reported anywhere.
        let _ = self.write_err(line);
    }

    fn write_err(&self, text: &str) -> io::Result<()> {
        let raw;
        let text = if self.err_is_terminal && self.suspended.load(Ordering::Relaxed) {
            // A raw terminal does not return to the first column.
            raw = text.replace('\n', "\r\n");
            &raw
        } else {
            text
        };
        self.aside(self.err_is_terminal, || {
            let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
            write_whole(&mut *err, text.as_bytes())
        })
    }

    pub(super) fn is_terminal(&self, is_error: bool) -> bool {
        if is_error {
            self.err_is_terminal
        } else {
            self.out_is_terminal
        }
    }

    /// Returns standard error as the output of a program that is started.
    pub(crate) fn stderr_of_program() -> Stdio {
        Stdio::from(io::stderr())
    }

    /// Returns true if standard output is a terminal.
    pub(crate) fn prints_to_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// Returns true if a stream has styles.
    pub(crate) fn wants_styles(&self, is_error: bool) -> bool {
        if !is_error {
            return self.styled;
        }
        let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        err.current_choice() != anstream::ColorChoice::Never
    }

    /// Writes the output of an attached program. Control characters are escaped on a
    /// terminal, unless the program has the terminal.
    pub(crate) fn of_program(&self, has_terminal: bool, bytes: &[u8], is_error: bool) {
        if !has_terminal && self.is_terminal(is_error) {
            let harmless = escape_lines(&String::from_utf8_lossy(bytes));
            self.bytes(harmless.as_bytes(), is_error);
        } else {
            self.write_bytes(!has_terminal, bytes, is_error);
        }
    }

    /// Writes bytes unchanged. The caller has made them harmless.
    pub(crate) fn bytes(&self, bytes: &[u8], is_error: bool) {
        self.write_bytes(true, bytes, is_error);
    }

    fn write_bytes(&self, tears: bool, bytes: &[u8], is_error: bool) {
        self.aside(tears && self.is_terminal(is_error), || {
            // The program runs to its end although its output is lost.
            if is_error {
                let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = write_whole(&mut err.as_inner(), bytes);
            } else {
                self.out.write(bytes, true);
            }
        });
        self.report_lost_output();
    }
}
