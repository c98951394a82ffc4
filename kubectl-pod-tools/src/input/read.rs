//! Reads the manifests of the flags.

use std::path::Path;
use std::sync::Arc;

use pod_model::manifest::{self, LazyManifest};
use pod_model::{Document, Finding, KubernetesVersion, Manifest, check, image, rules};

use super::error::InputError;
use super::flags::FilenameFlags;
use super::limit::MAX_BYTES;
use super::long_file::LongFile;
use super::{files, stream};
use crate::ui::Ui;

/// Reads and parses the manifests of the flags.
///
/// # Errors
/// The first input that cannot be read. Syntax errors are findings of the manifest.
pub(crate) fn read(flags: &FilenameFlags, ui: &Ui) -> Result<Vec<Manifest>, InputError> {
    read_as(flags, ui, manifest::read, &|_, _| None)
}

/// Reads the manifests of the flags, split into documents and not parsed. A file beyond the limit
/// is read in parts, if it is a list of JSON.
///
/// # Errors
/// The first input that cannot be read.
pub(crate) fn split(flags: &FilenameFlags, ui: &Ui) -> Result<Vec<LazyManifest>, InputError> {
    read_as(flags, ui, LazyManifest::of, &|name, path| {
        let file = LongFile::open(path, MAX_BYTES)?;
        LazyManifest::of_long(name, Arc::new(file))
    })
}

fn read_as<T>(
    flags: &FilenameFlags,
    ui: &Ui,
    of: fn(&str, Vec<u8>) -> T,
    of_long: &dyn Fn(&str, &Path) -> Option<T>,
) -> Result<Vec<T>, InputError> {
    let mut inputs = Vec::new();
    let mut stdin_read = false;
    for named in &flags.filenames {
        if named.as_os_str() == "-" {
            // Standard input ends once.
            if !std::mem::replace(&mut stdin_read, true) {
                inputs.push(of("stdin", stream::stdin(ui)?));
            }
            continue;
        }
        for path in files::expand(named, flags.recursive)? {
            let name = path.display().to_string();
            inputs.push(match of_long(&name, &path) {
                Some(input) => input,
                None => of(&name, stream::file(&path, ui)?),
            });
        }
    }
    Ok(inputs)
}

/// Returns the bytes of a file that is not a manifest.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn read_file(path: &Path, ui: &Ui) -> Result<Vec<u8>, InputError> {
    stream::file(path, ui)
}

/// Returns the findings of an object: those of its schema, and values that the API accepts and
/// the kubelet does not.
pub(crate) fn problems(document: &Document, version: KubernetesVersion) -> Vec<Finding> {
    let mut problems = check(document, version);
    problems.extend(image::check(document));
    problems
}

/// Removes the findings that a server which may be newer judges itself: fields and kinds that
/// are unknown here.
pub(crate) fn leave_unknown_to_server(findings: &mut Vec<Finding>) {
    findings
        .retain(|finding| !finding.is(&rules::UNKNOWN_FIELD) && !finding.is(&rules::UNKNOWN_KIND));
}
