//! Paths of a Pod, and names in a sentence.

use crate::path::{FieldPath, Segment};

/// Returns the path of a field of the Pod's security context.
pub(super) fn pod_context(field: &'static str) -> FieldPath {
    let spec = FieldPath::root().field("spec");
    spec.field("securityContext").field(field)
}

pub(super) fn is_index(segment: &Segment) -> bool {
    matches!(segment, Segment::Index(_))
}

pub(super) fn last_field(path: &FieldPath) -> Option<&str> {
    match path.segments().last() {
        Some(Segment::Field(name)) => Some(name),
        _ => None,
    }
}

/// Returns list and index of the container that a path leads through.
pub(super) fn container_place(path: &FieldPath) -> Option<(String, usize)> {
    match path.segments() {
        [
            Segment::Field(spec),
            Segment::Field(list),
            Segment::Index(at),
            ..,
        ] if spec == "spec" => Some((list.to_string(), *at)),
        _ => None,
    }
}

/// Returns names with commas between them, at most so many that people read them.
pub(super) fn some_of(names: &[impl AsRef<str>]) -> String {
    const MOST: usize = 8;
    let shown = names.iter().take(MOST).map(AsRef::as_ref);
    let shown = shown.collect::<Vec<&str>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
