//! The run of `--fix`.

use std::collections::HashMap;

use pod_model::FieldPath;
use pod_model::edit::Edit;
use pod_model::manifest;
use pod_model::pod_security::patch::LevelPatch;
use pod_model::yaml_edit::{PlacedEdit, edit_text};

use super::args::FixOptions;
use super::diff::unified;
use super::report::{Left, Outcome, report};
use super::subject::{Subject, subjects};
use super::write::FixFile;
use crate::context::Context;
use crate::diagnostics::readable;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;

/// Edits a file so that its Pods meet a level, as far as that is safe. The changed lines go to
/// standard output, what is left to standard error.
///
/// # Errors
/// A file that cannot be read, edited or written; it stays as it is.
pub(in crate::explain::security) fn fix(
    options: &FixOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    let ui = &context.ui;
    let file = FixFile::read(&options.file, ui)?;
    let old = manifest::read(&file.name, file.bytes.clone());
    let old = readable(vec![old], ui)?;
    let documents = old.first().map_or(&[][..], |own| own.documents.as_slice());
    let (found, unreadable) = subjects(documents);
    for own in &unreadable {
        ui.error(&format!("{}: {}", own.place, own.message));
    }
    if found.is_empty() && unreadable.is_empty() {
        let message = format!("{} has no Pod and no Pod template", file.name);
        return Err(Failure::new(Exit::Failure, message).into());
    }
    let patches: Vec<LevelPatch> = found
        .iter()
        .map(|own| own.patch(options.at, options.rules))
        .collect();
    let mut edits = Vec::new();
    for (subject, patch) in found.iter().zip(&patches) {
        let chosen = patch.chosen(options.unsafe_fixes).into_iter();
        edits.extend(chosen.map(|edit| placed(subject, edit)));
    }
    let edited = edit_text(&file.bytes, &edits).map_err(|message| {
        let message = format!("cannot edit {}: {message}", file.name);
        Failure::new(Exit::Failure, message).help("the file is as it was")
    })?;
    let is_changed = edited.bytes != file.bytes;
    if is_changed && !options.is_dry_run {
        file.replace(&edited.bytes)?;
    }
    let text = String::from_utf8_lossy(&file.bytes);
    ui.raw_data(&unified(&file.name, &text, &edited.hunks));
    let mut refused: HashMap<usize, Vec<&FieldPath>> = HashMap::new();
    for own in &edited.refused {
        let place = old
            .first()
            .map(|own_file| own_file.source.location(own.span));
        let place = place.map_or(String::new(), |place| place.to_string());
        ui.warning(&format!(
            "{place}: cannot edit `{}`: {}",
            own.path, own.message
        ));
        refused.entry(own.document).or_default().push(&own.path);
    }
    let is_made = |own: &&PlacedEdit| {
        let within = |path: &&FieldPath| own.edit.path.segments().starts_with(path.segments());
        let refused = refused.get(&own.document);
        !refused.is_some_and(|paths| paths.iter().any(within))
    };
    let made = edits.iter().filter(is_made).count();
    let new = manifest::read(&file.name, edited.bytes);
    let (after, _) = subjects(&new.documents);
    let all = after.iter().zip(&found).zip(&patches);
    let left = all.filter_map(|((after, before), patch)| {
        let evaluation = after.evaluate(options.at, options.rules);
        (!evaluation.is_allowed()).then_some(Left {
            // The lines of what is left are those of the file that there is.
            subject: if options.is_dry_run { before } else { after },
            patch,
            evaluation,
        })
    });
    let left: Vec<Left<'_>> = left.collect();
    let outcome = Outcome {
        is_changed,
        edits: made,
        objects: after.len() + unreadable.len(),
        met: after.len() - left.len(),
    };
    report(&file.name, options, &outcome, &left, ui);
    Ok(if left.is_empty() && unreadable.is_empty() {
        Exit::Success
    } else {
        Exit::Failure
    })
}

/// Returns an edit of a Pod as one of its document.
fn placed(subject: &Subject<'_>, edit: Edit) -> PlacedEdit {
    let base = subject.document.base().join(&subject.template);
    PlacedEdit {
        document: subject.document.index(),
        edit: Edit {
            path: base.join(&edit.path),
            change: edit.change,
        },
    }
}
