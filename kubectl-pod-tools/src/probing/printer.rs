//! Prints attempts: lines for people, or JSON.

use std::cell::Cell;
use std::sync::Arc;

use super::line::Made;
use super::pods::ProbedPod;
use super::subject::Subject;
use super::table::Table;
use crate::ui::Ui;

/// Printer of attempts.
pub(super) struct Printer {
    ui: Arc<Ui>,
    /// The columns, or `None` for JSON.
    table: Option<Table>,
    has_heading: Cell<bool>,
}

impl Printer {
    pub(super) fn new(
        pods: &[ProbedPod],
        subjects: &[Subject],
        is_json: bool,
        ui: &Arc<Ui>,
    ) -> Self {
        let columns = ui.prints_to_terminal().then(|| ui.layout().columns);
        Self {
            table: (!is_json).then(|| Table::new(pods, subjects, columns)),
            ui: Arc::clone(ui),
            has_heading: Cell::new(false),
        }
    }

    /// Prints an attempt.
    ///
    /// # Errors
    /// The line cannot be serialized.
    pub(super) fn print(&self, made: &Made<'_>) -> Result<(), serde_json::Error> {
        match &self.table {
            Some(table) => {
                let heading = if self.has_heading.replace(true) {
                    String::new()
                } else {
                    table.heading()
                };
                self.ui.lines(&format!("{heading}{}", table.line(made)));
            }
            None => self.ui.data(&made.json()?),
        }
        Ok(())
    }

    /// Returns whether standard output can no longer be written.
    pub(super) fn is_lost(&self) -> bool {
        self.ui.has_lost_output()
    }

    /// Prints a note beside the lines, unless they are for programs.
    pub(super) fn note(&self, text: &str) {
        if self.table.is_some() {
            self.ui.note(text);
        }
    }
}
