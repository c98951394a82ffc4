//! The outcome of `--fix` and the violations that are left, for people.

use pod_model::pod_security::patch::LevelPatch;
use pod_model::pod_security::{Evaluation, Violation};

use super::args::FixOptions;
use super::subject::Subject;
use crate::ui::Ui;

/// Maximum number of objects of which is told what is left.
const MAX_OBJECTS: usize = 20;

/// Maximum number of places of an object.
const MAX_LINES: usize = 50;

/// A Pod that does not meet the level after the edits.
pub(super) struct Left<'a> {
    pub subject: &'a Subject<'a>,
    /// The patch of the Pod as it was before.
    pub patch: &'a LevelPatch,
    pub evaluation: Evaluation,
}

/// Prints what is done and what is left to standard error.
pub(super) fn report(
    name: &str,
    options: &FixOptions,
    edits: usize,
    objects: usize,
    is_changed: bool,
    left: &[Left<'_>],
    ui: &Ui,
) {
    let mut has_decisions = false;
    for own in left.iter().take(MAX_OBJECTS) {
        let message = format!("{} does not meet {}:", own.subject.shown, options.at);
        let mut lines = lines(own, options, &mut has_decisions);
        if lines.len() > MAX_LINES {
            let more = lines.len() - MAX_LINES;
            lines.truncate(MAX_LINES);
            lines.push(format!("and {more} more"));
        }
        ui.warning(&format!("{message}\n  {}", lines.join("\n  ")));
    }
    if left.len() > MAX_OBJECTS {
        let more = left.len() - MAX_OBJECTS;
        ui.warning(&format!("{more} more objects do not meet {}", options.at));
    }
    let verb = match (is_changed, options.is_dry_run) {
        (false, _) => "nothing to change in",
        (true, true) => "would change",
        (true, false) => "changed",
    };
    let met = objects - left.len();
    let count = if is_changed {
        format!(" ({edits} fields)")
    } else {
        String::new()
    };
    ui.note(&format!(
        "{verb} {name}{count}; {met} of {objects} objects meet {}",
        options.at
    ));
    if has_decisions && !options.unsafe_fixes {
        ui.help("`--unsafe-fixes` makes these changes, too; look at them with `--dry-run=client`");
    }
}

/// A line for each place that is left: the change that mends it and why it was not made.
fn lines(own: &Left<'_>, options: &FixOptions, has_decisions: &mut bool) -> Vec<String> {
    let subject = own.subject;
    let decisions = own.patch.edits.iter();
    let decisions = decisions.filter(|_| !options.unsafe_fixes);
    let mut lines: Vec<String> = decisions
        .filter_map(|edit| {
            let why = edit.decision.as_ref()?;
            let path = subject.template.join(&edit.edit.path);
            let nearest = subject.document.find_nearest(&path);
            let place = subject
                .document
                .location(nearest.headline(subject.document.tree()));
            *has_decisions = true;
            Some(format!("{place}: {}? {why}", edit.describe(&path)))
        })
        .collect();
    let violation = |own: &Violation| {
        let path = subject.template.join(&own.path);
        let nearest = subject.document.find_nearest(&path);
        let place = subject
            .document
            .location(nearest.headline(subject.document.tree()));
        format!("{place}: {} ({path})", own.message)
    };
    if lines.is_empty() {
        lines.extend(own.evaluation.violations().map(violation));
    } else {
        lines.extend(own.patch.left.iter().map(violation));
    }
    lines
}
