//! The files of a projected volume, no two with the same path.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::KeyToPath;

use crate::validation::errors::{Errors, quoted};
use crate::validation::path::Path;

/// The files of a projected volume so far.
pub(super) struct Files<'a> {
    seen: BTreeSet<String>,
    /// The path of the volume's source.
    pub(super) path: &'a Path<'a>,
}

impl<'a> Files<'a> {
    /// The volume at `path`, which has no files yet.
    pub(super) fn of(path: &'a Path<'a>) -> Self {
        Self {
            seen: BTreeSet::new(),
            path,
        }
    }

    /// Adds a file, unless it has no path.
    pub(super) fn add(&mut self, file: &str, at: &Path<'_>, errors: &mut Errors) {
        if !file.is_empty() {
            self.insert(file, at, errors);
        }
    }

    /// Adds a file, even one without a path.
    pub(super) fn insert(&mut self, file: &str, at: &Path<'_>, errors: &mut Errors) {
        if !self.seen.insert(file.to_owned()) {
            errors
                .invalid(self.path, format!("duplicate file {}", quoted(file)))
                .display_path(at);
        }
    }

    /// Adds the files of the keys of a Secret or ConfigMap.
    pub(super) fn add_keys(
        &mut self,
        items: Option<&[KeyToPath]>,
        path: &Path<'_>,
        errors: &mut Errors,
    ) {
        for (i, item) in items.unwrap_or_default().iter().enumerate() {
            let at = path.index(i);
            self.add(&item.path, &at.field("path"), errors);
        }
    }
}
