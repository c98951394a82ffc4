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

/// Maximum number of containers that are named.
const MAX_NAMES: usize = 8;

/// A Pod that does not meet the level after the edits.
pub(super) struct Left<'a> {
    pub subject: &'a Subject<'a>,
    /// The patch of the Pod as it was before.
    pub patch: &'a LevelPatch,
    pub evaluation: Evaluation,
}

/// The outcome of all edits of a file.
pub(super) struct Outcome {
    pub is_changed: bool,
    /// The number of edits that were made.
    pub edits: usize,
    /// The number of Pods and templates, with those that cannot be read.
    pub objects: usize,
    /// The number of those that meet the level.
    pub met: usize,
    /// True if a Pod has ephemeral containers, which nothing is said of.
    pub has_ephemeral: bool,
}

/// Prints what is done and what is left to standard error.
pub(super) fn report(
    name: &str,
    options: &FixOptions,
    outcome: &Outcome,
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
    let done = outcome.sentence(name, options.is_dry_run);
    let without = match (outcome.has_ephemeral, outcome.objects) {
        (false, _) => "",
        (true, 1) => ", without its ephemeral containers",
        (true, _) => ", without their ephemeral containers",
    };
    ui.note(&format!("{done} {}{without}", options.at));
    if has_decisions && !options.unsafe_fixes {
        ui.help("`--unsafe-fixes` makes these changes, too; look at them with `--dry-run=client`");
    }
}

/// Returns on what the start of containers depends that must not run as root.
pub(super) fn start_condition(names: &[String]) -> String {
    let (noun, verb, whose) = match names {
        [_] => ("container", "starts", "its"),
        _ => ("containers", "start", "their"),
    };
    format!(
        "{noun} {} {verb} only if the user of {whose} image is a number above 0, not a name; `--image-config FILE` tells, `runAsUser` decides",
        some_of(names)
    )
}

/// Returns names with commas between them, at most so many that people read them.
fn some_of(names: &[String]) -> String {
    let (shown, more) = names.split_at(names.len().min(MAX_NAMES));
    match more.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Tells which containers start only if their image's user is not root, and what the API server refuses.
pub(super) fn note_starts(
    found: &[Subject<'_>],
    patches: &[LevelPatch],
    options: &FixOptions,
    ui: &Ui,
) {
    let is_made = |patch: &LevelPatch| {
        let mut edits = patch.edits.iter();
        edits.any(|own| {
            own.check.starts_with("runAs") && (options.unsafe_fixes || own.decision.is_none())
        })
    };
    let all = found.iter().zip(patches);
    let open = all
        .clone()
        .filter(|(_, patch)| !patch.depends_on_image.is_empty() && is_made(patch));
    let open: Vec<_> = open.collect();
    for (subject, patch) in open.iter().take(MAX_OBJECTS) {
        ui.note(&format!(
            "{}: {}",
            subject.shown,
            start_condition(&patch.depends_on_image)
        ));
    }
    if open.len() > MAX_OBJECTS {
        let more = open.len() - MAX_OBJECTS;
        ui.note(&format!("{more} more objects start only with such images"));
    }
    // No safe change leads there.
    let unsafe_ones = all.filter(|_| options.unsafe_fixes);
    let is_told = |patch: &LevelPatch| patch.not_starting.is_some() || !patch.refused.is_empty();
    let told = unsafe_ones.filter(|(_, patch)| is_told(patch));
    let told: Vec<_> = told.collect();
    if told.len() > MAX_OBJECTS {
        let more = told.len() - MAX_OBJECTS;
        ui.warning(&format!("{more} more objects do not start, or are refused"));
    }
    for (subject, patch) in told.into_iter().take(MAX_OBJECTS) {
        if let Some(why) = &patch.not_starting {
            ui.warning(&format!("{}: {why}", subject.shown));
        }
        for own in &patch.refused {
            let path = own.display_path.as_ref().unwrap_or(&own.path);
            let path = subject.template.join(path);
            ui.warning(&format!(
                "{}: the API server refuses this change: {} ({path})",
                subject.shown, own.message
            ));
        }
    }
}

impl Outcome {
    /// Returns what was done, up to the level.
    fn sentence(&self, name: &str, is_dry_run: bool) -> String {
        let is_met = self.met == self.objects;
        let verb = match (self.is_changed, is_dry_run) {
            (false, _) if is_met => "nothing to change in",
            (false, _) => "nothing is changed in",
            (true, true) => "would change",
            (true, false) => "changed",
        };
        let fields = match self.edits {
            _ if !self.is_changed => String::new(),
            1 => " (1 field)".to_owned(),
            edits => format!(" ({edits} fields)"),
        };
        let met = match self.objects {
            1 if is_met => "1 object meets".to_owned(),
            1 => "1 object does not meet".to_owned(),
            objects => format!("{} of {objects} objects meet", self.met),
        };
        format!("{verb} {name}{fields}; {met}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_told_in_one_sentence() {
        for (is_changed, edits, met, objects, sentence) in [
            (false, 0, 1, 1, "nothing to change in a; 1 object meets"),
            (
                false,
                0,
                0,
                1,
                "nothing is changed in a; 1 object does not meet",
            ),
            (
                false,
                0,
                1,
                2,
                "nothing is changed in a; 1 of 2 objects meet",
            ),
            (true, 1, 1, 1, "changed a (1 field); 1 object meets"),
            (true, 4, 3, 3, "changed a (4 fields); 3 of 3 objects meet"),
        ] {
            let outcome = Outcome {
                is_changed,
                edits,
                objects,
                met,
                has_ephemeral: false,
            };
            assert_eq!(outcome.sentence("a", false), sentence);
        }
    }
}
