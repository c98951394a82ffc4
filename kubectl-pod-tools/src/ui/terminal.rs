//! Writing, with colour where it is wanted and silence where it is asked for.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::commands::qualified;
use super::layout::{Charset, Layout, USUAL_COLUMNS};
use super::output::{Health, Output, write_whole};
use super::progress::{Board, ProgressLine, Size, any_size, size};
use super::{defuse, escape, escape_lines};
use crate::error::system;
use crate::exit::Exit;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, with `NO_COLOR` unset and `TERM` not `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    fn for_stream(self, stream: &impl IsTerminal) -> anstream::ColorChoice {
        match self {
            Self::Auto if stream.is_terminal() => anstream::ColorChoice::Auto,
            // `CLICOLOR_FORCE` has no say: a log is not a terminal.
            Self::Auto | Self::Never => anstream::ColorChoice::Never,
            Self::Always => anstream::ColorChoice::AlwaysAnsi,
        }
    }
}

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

/// Where commands write.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Ui {
    out: Output,
    err: Mutex<AutoStream<io::Stderr>>,
    /// The lines of progress, while there are any. Locked before the streams.
    board: Mutex<Option<Board>>,
    /// Whether standard output is a terminal: then what is written there must
    /// not tear the lines, either.
    out_is_terminal: bool,
    err_is_terminal: bool,
    /// Whether colour is wanted on standard output.
    styled: bool,
    quiet: bool,
    /// Whether a program has the terminal: what is going on is not told then.
    suspended: AtomicBool,
    verbosity: u8,
    /// Flags that lead commands in messages to the cluster of the run, each behind a
    /// blank.
    cluster_flags: String,
}

/// The terminal is a program's; ours again when this is dropped.
pub(crate) struct Suspended<'a>(&'a AtomicBool);

impl Drop for Suspended<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Writes to standard output, between the lines of progress and whatever else is
/// said meanwhile.
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
    /// Standard output and standard error.
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

    /// Commands in messages are told with these flags.
    pub(crate) fn with_cluster_flags(self, cluster_flags: String) -> Self {
        Self {
            cluster_flags,
            ..self
        }
    }

    /// What leads a command to the cluster of the run: empty, or behind a blank.
    pub(crate) fn cluster_flags(&self) -> &str {
        &self.cluster_flags
    }

    /// Data: what the command was called for, to the byte. Whoever calls has
    /// made it harmless: JSON and YAML do it by their own syntax.
    ///
    /// That it cannot be written ends no command: [`Ui::has_lost_output`] knows
    /// it, and [`Ui::finish`] makes an exit code of it.
    pub(crate) fn data(&self, text: &str) {
        self.write_out(text.as_bytes(), true);
    }

    /// Data with styles, which are removed where colour is not wanted. Control
    /// characters go with them, so nothing else may have any.
    pub(crate) fn styled_data(&self, text: &str) {
        self.write_out(defuse(text).as_bytes(), false);
    }

    /// Data that is lines for people.
    pub(crate) fn lines(&self, text: &str) {
        self.data(&defuse(text));
    }

    /// A line for people, of what was done, where standard output does not take
    /// what it should have got: whatever was begun is told to its end.
    pub(crate) fn instead_of_output(&self, line: &str) {
        if self.out.is_first_redirected() && self.out.health() == Health::Closed {
            self.note("standard output is closed: the rest is printed to standard error");
        }
        self.note(line);
    }

    /// Data in a syntax that has no escapes for what others wrote: to the byte
    /// for a program, and visible instead of in force at a terminal.
    pub(crate) fn raw_data(&self, text: &str) {
        if !self.out_is_terminal {
            self.data(text);
            return;
        }
        let harmless = escape_lines(text);
        if harmless != text {
            self.warning(
                "control characters are shown as escapes here; a file or a pipe gets them as they are",
            );
        }
        self.data(&harmless);
    }

    /// Returns how text for standard output is laid out.
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

    /// Data that is written piece by piece, because it can be long: with styles
    /// only where [`Ui::layout`] has them. The writer takes everything,
    /// whether or not somebody gets it.
    pub(crate) fn stream<T>(&self, write: impl FnOnce(&mut dyn Write) -> T) -> T {
        let mut pieces = io::BufWriter::with_capacity(1 << 16, Pieces(self));
        let result = write(&mut pieces);
        // `Pieces` never fails.
        let _ = pieces.flush();
        result
    }

    fn write_out(&self, text: &[u8], plain: bool) {
        self.aside(self.out_is_terminal, || self.out.write(text, plain));
        self.tell_failure();
    }

    /// Whether what is written to standard output from now on is lost: a command
    /// that only prints can stop.
    pub(crate) fn has_lost_output(&self) -> bool {
        self.out.health() != Health::Good
    }

    /// Says once that standard output could not be written. That its reader went
    /// away is not worth a word.
    fn tell_failure(&self) {
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

    /// The exit code of a command that came to this end: not success when what it
    /// had to print could not be written.
    pub(crate) fn finish(&self, exit: Exit) -> Exit {
        self.tell_failure();
        match (exit, self.out.health()) {
            (Exit::Success | Exit::Container(0), Health::Failed) => Exit::Failure,
            _ => exit,
        }
    }

    /// Whether progress is drawn: on a terminal that can, for a person who
    /// wants to see it. In CI a terminal is only pretended.
    pub(crate) fn shows_progress(&self) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is = |name, text| std::env::var_os(name).is_some_and(|value| value == text);
        self.err_is_terminal
            && !self.quiet
            && set("TERM")
            && !is("TERM", "dumb")
            && (!set("CI") || is("CI", "false"))
    }

    /// The terminal's size.
    pub(crate) fn size() -> Size {
        size()
    }

    /// The size of the terminal that a program has.
    pub(crate) fn program_size() -> Size {
        any_size()
    }

    /// Draws these lines at the foot of the terminal, instead of those before.
    pub(crate) fn progress(&self, lines: &[ProgressLine]) {
        if !self.shows_progress() || self.suspended.load(Ordering::Relaxed) {
            return;
        }
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        board
            .get_or_insert_with(|| Board::new(self.wants_styles(true)))
            .draw(lines);
    }

    /// Leaves the terminal to a program, without lines of progress and notes.
    pub(crate) fn suspend(&self) -> Suspended<'_> {
        self.end_progress();
        self.suspended.store(true, Ordering::Relaxed);
        Suspended(&self.suspended)
    }

    /// Takes the lines away.
    pub(crate) fn end_progress(&self) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        drop(board.take());
    }

    /// Writes above the lines of progress, if the stream could tear them.
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

    /// Talk that is already laid out (findings, tables), with styles.
    pub(crate) fn stderr(&self, text: &str) {
        // There is nobody left to tell when standard error cannot be written.
        let _ = self.data_to_stderr(text);
    }

    /// Data that was asked for on standard error.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn data_to_stderr(&self, text: &str) -> io::Result<()> {
        self.write_err(&defuse(text))
    }

    /// A command to the CI runner that reads standard error: the one line that it
    /// is to obey. Whatever others wrote in it is escaped.
    pub(crate) fn runner_command(&self, line: &str) {
        // There is nobody left to tell.
        let _ = self.write_err(line);
    }

    fn write_err(&self, text: &str) -> io::Result<()> {
        let raw;
        let text = if self.err_is_terminal && self.suspended.load(Ordering::Relaxed) {
            // A raw terminal begins a line where the one before ended.
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

    /// Whether styles are wanted on a stream.
    pub(crate) fn wants_styles(&self, is_error: bool) -> bool {
        if !is_error {
            return self.styled;
        }
        let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        err.current_choice() != anstream::ColorChoice::Never
    }

    /// What a program in a container writes while it has our standard input. A
    /// program that has the terminal moves its cursor as it likes; another one's
    /// control characters become visible at a terminal.
    pub(crate) fn of_program(&self, has_terminal: bool, bytes: &[u8], is_error: bool) {
        if !has_terminal && self.is_terminal(is_error) {
            let harmless = escape_lines(&String::from_utf8_lossy(bytes));
            self.bytes(harmless.as_bytes(), is_error);
        } else {
            self.write_bytes(!has_terminal, bytes, is_error);
        }
    }

    /// Bytes as they are. Whoever calls has made them harmless, where somebody obeys
    /// them.
    pub(crate) fn bytes(&self, bytes: &[u8], is_error: bool) {
        self.write_bytes(true, bytes, is_error);
    }

    fn write_bytes(&self, tears: bool, bytes: &[u8], is_error: bool) {
        self.aside(tears && self.is_terminal(is_error), || {
            // Where nobody reads any more, the program still runs to its end.
            if is_error {
                let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = write_whole(&mut err.as_inner(), bytes);
            } else {
                self.out.write(bytes, true);
            }
        });
        self.tell_failure();
    }

    fn line(&self, style: Style, label: &str, text: &str) {
        let text = qualified(text, &self.cluster_flags);
        let mut lines = text.lines();
        let first = escape(lines.next().unwrap_or(""));
        let mut out = format!("{style}{label}{style:#} {first}\n");
        for line in lines {
            // No line begins with what others wrote.
            out.push_str("  | ");
            out.push_str(&escape(line));
            out.push('\n');
        }
        self.stderr(&out);
    }

    /// Why the command ends otherwise than wished.
    pub(crate) fn error(&self, text: &str) {
        self.line(RED, "error:", text);
    }

    /// The way out of an error or warning.
    pub(crate) fn help(&self, text: &str) {
        self.line(CYAN, "help:", text);
    }

    /// Something is odd, and the command goes on.
    pub(crate) fn warning(&self, text: &str) {
        self.line(YELLOW, "warning:", text);
    }

    /// What the server has to say beside its answer.
    pub(crate) fn server_warning(&self, text: &str) {
        self.line(YELLOW, "Warning:", text);
    }

    /// What is going on, unless `-q` was given.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.suspended.load(Ordering::Relaxed) {
            let text = qualified(text, &self.cluster_flags);
            self.stderr(&format!("{}\n", escape(&text)));
        }
    }

    /// Whether `-v` asks for what is told from a level on.
    pub(crate) fn tells(&self, level: u8) -> bool {
        self.verbosity >= level
    }

    /// What is going on underneath, from a level of `-v` on.
    pub(crate) fn detail(&self, level: u8, text: &str) {
        if self.tells(level) {
            self.stderr(&format!("{}\n", escape(text)));
        }
    }
}
