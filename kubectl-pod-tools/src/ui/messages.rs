//! Messages on standard error: errors, warnings, notes.

use std::sync::atomic::Ordering;

use anstyle::{AnsiColor, Style};

use super::commands::qualified;
use super::escape;
use super::terminal::Ui;

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

impl Ui {
    fn line(&self, style: Style, label: &str, text: &str) {
        let text = qualified(text, &self.cluster_flags);
        let mut lines = text.lines();
        let first = escape(lines.next().unwrap_or(""));
        let mut out = format!("{style}{label}{style:#} {first}\n");
        for line in lines {
            // No line begins with text of others.
            out.push_str("  | ");
            out.push_str(&escape(line));
            out.push('\n');
        }
        self.stderr(&out);
    }

    /// Prints the error that ends the command.
    pub(crate) fn error(&self, text: &str) {
        self.line(RED, "error:", text);
    }

    /// Prints the help of an error or warning.
    pub(crate) fn help(&self, text: &str) {
        self.line(CYAN, "help:", text);
    }

    /// Prints a warning; the command goes on.
    pub(crate) fn warning(&self, text: &str) {
        self.line(YELLOW, "warning:", text);
    }

    /// Prints a `Warning` header of the server.
    pub(crate) fn server_warning(&self, text: &str) {
        self.line(YELLOW, "Warning:", text);
    }

    /// Prints a note, unless `-q` was given or a program has the terminal.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.suspended.load(Ordering::Relaxed) {
            let text = qualified(text, &self.cluster_flags);
            self.stderr(&format!("{}\n", escape(&text)));
        }
    }

    /// Returns true if `-v` has at least this level.
    pub(crate) fn is_verbose(&self, level: u8) -> bool {
        self.verbosity >= level
    }

    /// Prints a detail at this level of `-v` and above.
    pub(crate) fn detail(&self, level: u8, text: &str) {
        if self.is_verbose(level) {
            self.stderr(&format!("{}\n", escape(text)));
        }
    }
}
