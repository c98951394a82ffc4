//! The run of `--fix`.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

use pod_model::edit::Edit;
use pod_model::pod_security::patch::LevelPatch;
use pod_model::yaml_edit::{PlacedEdit, edit_text};
use pod_model::{Document, FieldPath, KubernetesVersion, containers, manifest};

use super::args::FixOptions;
use super::diff::unified;
use super::report::{Left, Outcome, note_starts, report};
use super::subject::{Subject, Subjects, subjects};
use super::write::FixFile;
use crate::context::Context;
use crate::diagnostics::{DiagnosticPrinter, readable};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::image_config::ImageConfigs;
use crate::explain::requested::Requested;
use crate::input::problems;
use crate::render::LocatedFinding;
use crate::ui::Ui;

/// Edits a file so that its Pods meet a level, as far as that is safe. The changed lines go to
/// standard output, what is left to standard error.
///
/// # Errors
/// A file that cannot be read, edited or written; it stays as it is.
pub(in crate::explain::security) fn fix(
    options: &FixOptions,
    images: &ImageConfigs,
    context: &Context,
) -> Result<Exit, CommandError> {
    let ui = &context.ui;
    let file = FixFile::read(&options.file, ui)?;
    let old = manifest::read(&file.name, file.bytes.clone());
    let old = readable(vec![old], ui)?;
    let documents = old.first().map_or(&[][..], |own| own.documents.as_slice());
    let Subjects {
        found,
        unreadable,
        foreign,
    } = subjects(documents, options.rules);
    let input = print_problems(documents, options.rules, ui);
    // A value of the wrong type is among the problems of the schema.
    let untold = unreadable
        .iter()
        .filter(|own| !own.is_of_schema || input == Exit::Success);
    for own in untold {
        ui.error(&format!("{}: {}", own.place, own.message));
    }
    for own in &foreign {
        ui.warning(&format!("{}: {}", own.place, own.message));
    }
    if found.is_empty() && unreadable.is_empty() {
        let message = format!("{} has no Pod and no Pod template", file.name);
        return Err(Failure::new(Exit::Failure, message).into());
    }
    // A name may be that of a container that cannot be read.
    if unreadable.is_empty() {
        require_containers(&found, images)?;
    }
    let patches: Vec<LevelPatch> = found
        .iter()
        .map(|own| own.patch(options.at, options.rules, images))
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
    let hidden = secret_lines(documents);
    ui.raw_data(&unified(&file.name, &text, &edited.hunks, &hidden));
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
    let after = subjects(&new.documents, options.rules).found;
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
        has_ephemeral: found.iter().any(Subject::has_ephemeral),
    };
    report(&file.name, options, &outcome, &left, ui);
    if is_changed {
        note_starts(&found, &patches, options, ui);
        note_custom(&found, &patches, options, ui);
    }
    Ok(if left.is_empty() && unreadable.is_empty() {
        input
    } else {
        Exit::Failure
    })
}

/// Checks that each container of `--image-config CONTAINER=FILE` is there.
///
/// # Errors
/// Usage error: one is not.
fn require_containers(found: &[Subject<'_>], images: &ImageConfigs) -> Result<(), Failure> {
    let names = found.iter().flat_map(|own| {
        let all = containers(&own.spec, &own.template);
        all.into_iter().map(|own| own.name.to_owned())
    });
    let names: BTreeSet<String> = names.collect();
    let mut asked = images.containers();
    match asked.find(|name| !names.contains(*name)) {
        Some(name) => {
            let names: Vec<String> = names.into_iter().collect();
            Err(Requested::Container(name.to_owned()).failure(&names, None))
        }
        None => Ok(()),
    }
}

/// Returns the lines of objects that may be Secrets.
fn secret_lines(documents: &[Document]) -> Vec<RangeInclusive<usize>> {
    let secrets = documents.iter().filter(|own| own.may_be_secret());
    let lines = secrets.map(|own| {
        let place = own.source().location(own.tree().span(own.root()));
        place.line as usize..=place.end_line as usize
    });
    lines.collect()
}

/// Prints what is wrong in the objects themselves, as the explanations do: a list in a list is not
/// looked into, and of two equal keys the first has no effect.
fn print_problems(documents: &[Document], rules: KubernetesVersion, ui: &Ui) -> Exit {
    let mut printer = DiagnosticPrinter::new(ui);
    for document in documents {
        for finding in document.place(problems(document, rules)) {
            printer.print(&LocatedFinding {
                finding,
                source: Some(document.source().clone()),
                object: String::new(),
            });
        }
    }
    printer.finish()
}

/// Maximum number of custom resources that are named.
const MAX_CUSTOM: usize = 5;

/// Tells which of the edited objects are custom resources: nobody but their controllers knows
/// which fields of a Pod template these take.
fn note_custom(found: &[Subject<'_>], patches: &[LevelPatch], options: &FixOptions, ui: &Ui) {
    let is_edited = |own: &LevelPatch| !own.chosen(options.unsafe_fixes).is_empty();
    let custom = found.iter().zip(patches);
    let custom = custom.filter(|(own, patch)| own.is_custom && is_edited(patch));
    let names: Vec<&str> = custom.map(|(own, _)| own.shown.as_str()).collect();
    let (shown, more) = names.split_at(names.len().min(MAX_CUSTOM));
    let names = match more.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    };
    let text = match shown.len() {
        0 => return,
        1 => "a custom resource, edited as a Pod template: its controller decides what it takes",
        _ => "custom resources, edited as Pod templates: their controllers decide what they take",
    };
    ui.note(&format!("{names}: {text}"));
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
