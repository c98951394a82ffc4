//! Prints findings on standard error, up to a number for each file.

use std::collections::HashMap;
use std::sync::Arc;

use pod_model::{Manifest, Severity};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{LocatedFinding, finding_to_text};
use crate::ui::Ui;

/// Maximum number of printed findings per file and severity.
const MAX_PER_FILE: usize = 100;
/// Level of `-v` from which all findings are printed.
const PRINT_ALL: u8 = 1;

/// Returns the inputs if none has a syntax error.
///
/// # Errors
/// Syntax errors, which are printed.
pub(crate) fn readable(inputs: Vec<Manifest>, ui: &Ui) -> Result<Vec<Manifest>, CommandError> {
    let mut printer = DiagnosticPrinter::new(ui);
    for input in &inputs {
        for error in &input.errors {
            printer.print(&LocatedFinding {
                finding: error.clone(),
                source: Some(Arc::clone(&input.source)),
                object: String::new(),
            });
        }
    }
    match printer.finish() {
        Exit::Success => Ok(inputs),
        exit => Err(CommandError::Reported(exit)),
    }
}

/// Prints findings, and at the end the number of suppressed ones.
pub(crate) struct DiagnosticPrinter<'a> {
    ui: &'a Ui,
    /// Number of findings by file and severity.
    seen: HashMap<(Option<Arc<str>>, Severity), usize>,
    /// Files and severities with suppressed findings, in order.
    suppressed: Vec<(Option<Arc<str>>, Severity)>,
    exit: Exit,
}

impl<'a> DiagnosticPrinter<'a> {
    pub(crate) fn new(ui: &'a Ui) -> Self {
        Self {
            ui,
            seen: HashMap::new(),
            suppressed: Vec::new(),
            exit: Exit::Success,
        }
    }

    /// Prints a finding, followed by an empty line.
    pub(crate) fn print(&mut self, placed: &LocatedFinding) {
        let severity = placed.finding.severity;
        if severity == Severity::Error {
            self.exit = Exit::Failure;
        }
        let file = placed.source.as_ref().map(|source| source.name().clone());
        let seen = self.seen.entry((file.clone(), severity)).or_default();
        *seen += 1;
        if *seen > MAX_PER_FILE && !self.ui.is_verbose(PRINT_ALL) {
            if *seen == MAX_PER_FILE + 1 {
                self.suppressed.push((file, severity));
            }
            return;
        }
        self.ui.stderr(&finding_to_text(placed));
        self.ui.stderr("\n");
    }

    /// Returns the exit code of the findings so far.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Prints the number of suppressed findings, and returns the exit code.
    pub(crate) fn finish(self) -> Exit {
        for key in self.suppressed {
            let more = self.seen.get(&key).map_or(0, |seen| seen - MAX_PER_FILE);
            let (file, severity) = key;
            let what = match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "remark",
            };
            let s = if more == 1 { "" } else { "s" };
            let place = file.map_or(String::new(), |file| format!(" in {file}"));
            self.ui.warning(&format!(
                "{more} more {what}{s}{place}; use `-v 1` to print all"
            ));
        }
        self.exit
    }
}
