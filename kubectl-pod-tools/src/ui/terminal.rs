//! Writing, with colour where it is wanted and silence where it is asked for.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::progress::{Board, ProgressLine, Size, size};
use super::{escape, escape_lines};

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
    out: Mutex<AutoStream<io::Stdout>>,
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
    hushed: AtomicBool,
    verbosity: u8,
}

/// The terminal is a program's; ours again when this is dropped.
pub(crate) struct Hushed<'a>(&'a AtomicBool);

impl Drop for Hushed<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
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
            out: Mutex::new(out),
            err: Mutex::new(AutoStream::new(err, err_color)),
            quiet,
            hushed: AtomicBool::new(false),
            verbosity,
        }
    }

    /// Data: what the command was called for, to the byte. Whoever calls has
    /// made it harmless: JSON and YAML do it by their own syntax.
    ///
    /// # Errors
    /// What the system says, a closed pipe included.
    pub(crate) fn data(&self, text: &str) -> io::Result<()> {
        self.aside(self.out_is_terminal, || {
            let out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            let mut out = out.as_inner();
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// Data with styles, which are removed where colour is not wanted. Control
    /// characters go with them, so nothing else may have any.
    ///
    /// # Errors
    /// What the system says, a closed pipe included.
    pub(crate) fn styled_data(&self, text: &str) -> io::Result<()> {
        self.aside(self.out_is_terminal, || {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// Data in a syntax that has no escapes for what others wrote: to the byte
    /// for a program, and visible instead of in force at a terminal.
    ///
    /// # Errors
    /// What the system says, a closed pipe included.
    pub(crate) fn raw_data(&self, text: &str) -> io::Result<()> {
        if !self.out_is_terminal {
            return self.data(text);
        }
        let harmless = escape_lines(text);
        if harmless != text {
            self.warning(
                "control characters are shown as escapes here; a file or a pipe gets them as they are",
            );
        }
        self.data(&harmless)
    }

    /// Whether data may have styles: [`Ui::stream`] does not remove them.
    pub(crate) fn is_styled(&self) -> bool {
        self.styled
    }

    /// Data that is written piece by piece, because it can be long: with styles
    /// only where [`Ui::is_styled`] allows it.
    ///
    /// # Errors
    /// Those of the writing.
    pub(crate) fn stream<E>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E>
    where
        E: From<io::Error>,
    {
        self.aside(self.out_is_terminal, || {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.styled {
                let mut buffered = io::BufWriter::with_capacity(1 << 16, out.as_inner());
                write(&mut buffered)?;
                return Ok(buffered.flush()?);
            }
            let mut buffered = io::BufWriter::with_capacity(1 << 16, &mut *out);
            write(&mut buffered)?;
            Ok(buffered.flush()?)
        })
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

    /// Draws these lines at the foot of the terminal, instead of those before.
    pub(crate) fn progress(&self, lines: &[ProgressLine]) {
        if !self.shows_progress() || self.hushed.load(Ordering::Relaxed) {
            return;
        }
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let coloured = || {
            let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
            err.current_choice() != anstream::ColorChoice::Never
        };
        board
            .get_or_insert_with(|| Board::new(coloured()))
            .draw(lines);
    }

    /// Leaves the terminal to a program, without lines of progress and notes.
    pub(crate) fn hush(&self) -> Hushed<'_> {
        self.end_progress();
        self.hushed.store(true, Ordering::Relaxed);
        Hushed(&self.hushed)
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
    pub(crate) fn talk(&self, text: &str) {
        self.aside(self.err_is_terminal, || {
            // There is nobody left to tell when standard error cannot be written.
            let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = err.write_all(text.as_bytes());
        });
    }

    /// What a program in a container writes while it has our standard input. A
    /// program that has the terminal moves its cursor as it likes; another one's
    /// control characters become visible at a terminal.
    pub(crate) fn of_program(&self, has_terminal: bool, bytes: &[u8], is_error: bool) {
        let at_terminal = if is_error {
            self.err_is_terminal
        } else {
            self.out_is_terminal
        };
        let text = String::from_utf8_lossy(bytes);
        let harmless: Vec<u8> = if has_terminal || !at_terminal {
            bytes.to_vec()
        } else {
            escape_lines(&text).into_bytes()
        };
        self.aside(at_terminal && !has_terminal, || {
            // Where nobody reads any more, the program still runs to its end.
            let _ = if is_error {
                let err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
                err.as_inner().write_all(&harmless)
            } else {
                let out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
                let mut out = out.as_inner();
                out.write_all(&harmless).and_then(|()| out.flush())
            };
        });
    }

    fn line(&self, style: Style, label: &str, text: &str) {
        let mut lines = text.lines();
        let first = escape(lines.next().unwrap_or(""));
        let mut out = format!("{style}{label}{style:#} {first}\n");
        for line in lines {
            out.push_str("  ");
            out.push_str(&escape(line));
            out.push('\n');
        }
        self.talk(&out);
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
        if !self.quiet && !self.hushed.load(Ordering::Relaxed) {
            self.talk(&format!("{}\n", escape(text)));
        }
    }

    /// Whether `-v` asks for what is told from a level on.
    pub(crate) fn tells(&self, level: u8) -> bool {
        self.verbosity >= level
    }

    /// What is going on underneath, from a level of `-v` on.
    pub(crate) fn detail(&self, level: u8, text: &str) {
        if self.tells(level) {
            self.talk(&format!("{}\n", escape(text)));
        }
    }
}
