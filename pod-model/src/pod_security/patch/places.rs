//! Paths of a Pod.

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
