//! Findings on standard error, no more of one file than anybody reads.

use std::collections::HashMap;
use std::sync::Arc;

use pod_model::{Manifest, Severity};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{LocatedFinding, finding_to_text};
use crate::ui::Ui;

/// A file has been misunderstood as a whole, or was never meant, when it has
/// more findings of one severity.
const MOST: usize = 100;
/// From this level of `-v` on, all are told.
const TELL_ALL: u8 = 1;

/// Passes inputs on that can be read to their ends.
///
/// # Errors
/// Some cannot: that is told.
pub(crate) fn whole(inputs: Vec<Manifest>, ui: &Ui) -> Result<Vec<Manifest>, CommandError> {
    let mut teller = Teller::new(ui);
    for input in &inputs {
        for error in &input.errors {
            teller.tell(&LocatedFinding {
                finding: error.clone(),
                source: Some(Arc::clone(&input.source)),
                object: String::new(),
            });
        }
    }
    match teller.finish() {
        Exit::Success => Ok(inputs),
        exit => Err(CommandError::Told(exit)),
    }
}

/// Tells findings as they come, and at the end how many it kept back.
pub(crate) struct Teller<'a> {
    ui: &'a Ui,
    /// How many there were of a severity in a file.
    seen: HashMap<(Option<Arc<str>>, Severity), usize>,
    /// The files and severities of which some were kept back, in order.
    kept_back: Vec<(Option<Arc<str>>, Severity)>,
    exit: Exit,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(ui: &'a Ui) -> Self {
        Self {
            ui,
            seen: HashMap::new(),
            kept_back: Vec::new(),
            exit: Exit::Success,
        }
    }

    /// Tells one, with an empty line behind it.
    pub(crate) fn tell(&mut self, placed: &LocatedFinding) {
        let severity = placed.finding.severity;
        if severity == Severity::Error {
            self.exit = Exit::Failure;
        }
        let file = placed.source.as_ref().map(|source| source.name().clone());
        let seen = self.seen.entry((file.clone(), severity)).or_default();
        *seen += 1;
        if *seen > MOST && !self.ui.tells(TELL_ALL) {
            if *seen == MOST + 1 {
                self.kept_back.push((file, severity));
            }
            return;
        }
        self.ui.stderr(&finding_to_text(placed));
        self.ui.stderr("\n");
    }

    /// What the findings so far come to.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Says how many more there are.
    pub(crate) fn finish(self) -> Exit {
        for key in self.kept_back {
            let more = self.seen.get(&key).map_or(0, |seen| seen - MOST);
            let (file, severity) = key;
            let what = match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "remark",
            };
            let s = if more == 1 { "" } else { "s" };
            let place = file.map_or(String::new(), |file| format!(" in {file}"));
            self.ui
                .warning(&format!("{more} more {what}{s}{place}; -v 1 tells all"));
        }
        self.exit
    }
}
