//! Words that several blocks have.

use crate::targets::Target;

/// Returns the text that says in which file a target is.
pub(super) fn in_file(target: &Target) -> String {
    match &target.document {
        Some(document) => format!(", in {}", document.source().name()),
        None => String::new(),
    }
}
