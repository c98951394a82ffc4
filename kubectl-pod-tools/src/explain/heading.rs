//! Headings of the explanations.

use crate::targets::Target;

impl Target {
    /// Returns `, in FILE` if the target is of a file, for a heading.
    pub(super) fn in_file(&self) -> String {
        match &self.document {
            Some(document) => format!(", in {}", document.source().name()),
            None => String::new(),
        }
    }
}
