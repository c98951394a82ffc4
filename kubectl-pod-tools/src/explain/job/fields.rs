//! Fields of a Job: their paths, and their places in a file.

use pod_model::{Document, FieldPath, Location};
use serde::Serialize;

/// A field of the target, and its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::explain) struct Place {
    pub path: FieldPath,
    /// Its place in a file; absent for live objects, and for a field that has its default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// True if a file leaves it out.
    #[serde(skip)]
    pub is_default: bool,
}

impl Place {
    /// Returns the place for people: `spec.backoffLimit, line 5`.
    pub(super) fn text(&self) -> String {
        match (&self.location, self.is_default) {
            (Some(location), _) => format!("{}, line {}", self.path, location.line),
            (None, true) => format!("{}, default", self.path),
            (None, false) => self.path.to_string(),
        }
    }
}

/// The fields of a Job, or of the Jobs of a `CronJob`.
pub(super) struct Fields<'a> {
    /// Path of the Job in the target.
    pub base: FieldPath,
    pub document: Option<&'a Document>,
}

impl Fields<'_> {
    /// Returns the place of a field of the Job's spec.
    pub(super) fn of(&self, name: &'static str) -> Place {
        self.at(&FieldPath::root().field("spec").field(name))
    }

    /// Returns the place of a field of the Job.
    pub(super) fn at(&self, path: &FieldPath) -> Place {
        let path = self.base.join(path);
        let found = self.document.filter(|own| own.find(&path).is_some());
        Place {
            location: found.and_then(|own| own.locate(&path)),
            is_default: self.document.is_some() && found.is_none(),
            path,
        }
    }
}
