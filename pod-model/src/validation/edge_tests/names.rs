//! Keys of annotations and labels.

use std::collections::BTreeMap;

use serde_json::json;

use super::{findings_of, none};
use crate::validation::names;

/// Upstream: `ValidateAnnotations`, which looks away from the case.
#[test]
fn the_key_of_an_annotation_is_a_labels_without_its_case() {
    for (key, of_annotation, of_label) in [
        ("a", true, true),
        ("example.com/A", true, true),
        ("Example.com/a", true, false),
        ("a b", false, false),
        ("/a", false, false),
        ("a/b/c", false, false),
        ("", false, false),
    ] {
        assert_eq!(names::annotation_key(key).is_none(), of_annotation, "{key}");
        assert_eq!(names::label_key(key).is_none(), of_label, "{key}");
        let annotations = BTreeMap::from([(key, "x")]);
        let found = findings_of(&json!({"annotations": annotations}), &none(), &none(), "");
        assert_eq!(found.is_empty(), of_annotation, "{key} {found:?}");
    }
}
