//! What `-f` names, read to the last byte: files, directories, standard input.

mod error;
mod files;
mod pattern;
mod stream;

use std::path::{Path, PathBuf};

use clap::Args;
use pod_model::manifest::{self, LazyManifest};
use pod_model::{Document, Finding, KubernetesVersion, Manifest, check, image};

pub(crate) use error::InputError;

use crate::ui::Ui;

/// Where manifests come from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FilenameFlags {
    /// File, directory or quoted pattern of manifests, or - for standard input; can be given several
    /// times
    #[arg(
        short = 'f',
        long = "filename",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub filenames: Vec<PathBuf>,

    /// Go into the directories inside the directories that -f names
    #[arg(short = 'R', long)]
    pub recursive: bool,
}

/// No manifest is larger; beyond it somebody named the wrong file.
pub(crate) const MAX_BYTES: usize = 64 << 20;

/// Reads and parses everything that the flags name.
///
/// # Errors
/// The first input that cannot be read. What is wrong inside an input is not
/// an error here: it is among the findings of its manifest.
pub(crate) fn read(flags: &FilenameFlags, ui: &Ui) -> Result<Vec<Manifest>, InputError> {
    read_as(flags, ui, manifest::read)
}

/// The same, split into documents and not parsed.
///
/// # Errors
/// The first input that cannot be read.
pub(crate) fn split(flags: &FilenameFlags, ui: &Ui) -> Result<Vec<LazyManifest>, InputError> {
    read_as(flags, ui, LazyManifest::of)
}

fn read_as<T>(
    flags: &FilenameFlags,
    ui: &Ui,
    of: impl Fn(&str, Vec<u8>) -> T,
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
            let bytes = stream::file(&path, ui)?;
            inputs.push(of(&path.display().to_string(), bytes));
        }
    }
    Ok(inputs)
}

/// The bytes of one file that is no manifest.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read_file(path: &Path, ui: &Ui) -> Result<Vec<u8>, InputError> {
    stream::file(path, ui)
}

/// What is wrong with an object before anybody acts on it: what its schema
/// says, and what the API takes and the kubelet does not.
pub(crate) fn problems(document: &Document, version: KubernetesVersion) -> Vec<Finding> {
    let mut problems = check(document, version);
    problems.extend(image::check(document));
    problems
}
