//! A selection that is applied here, parsed once for all objects of a source.

use pod_model::selector::{FieldRequirement, FieldSelector, LabelSelector};
use serde_json::Value;

use crate::cluster::Selection;
use pod_model::status::fields::text_at;

/// A selection, as far as it can be applied here: what cannot be parsed selects everything.
#[derive(Debug, Default)]
pub(super) struct Filter {
    labels: Option<LabelSelector>,
    fields: FieldSelector,
}

impl Filter {
    /// Parses a selection.
    pub(super) fn of(selection: &Selection) -> Self {
        let labels = selection.labels.as_deref();
        let fields = selection.fields.as_deref().unwrap_or_default();
        Self {
            labels: labels.and_then(|labels| LabelSelector::parse(labels).ok()),
            fields: FieldSelector::parse(fields).unwrap_or_default(),
        }
    }

    /// Returns whether an object is selected.
    pub(super) fn fits(&self, object: &Value) -> bool {
        let labels = self.labels.as_ref();
        let mut fields = self.fields.requirements().iter();
        labels.is_none_or(|selector| selector.matches_object(object))
            && fields.all(|required| fits_field(required, object))
    }
}

/// Only fields that every object has are compared here; the server has compared the others.
fn fits_field(required: &FieldRequirement, object: &Value) -> bool {
    let found = match required.path.as_str() {
        "metadata.name" => text_at(object, "/metadata/name"),
        "metadata.namespace" => text_at(object, "/metadata/namespace"),
        _ => return true,
    };
    // A server with a single namespace may omit it.
    found.is_empty() || required.matches(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_fits_a_selection_as_far_as_that_can_be_read() {
        let object = json!({"metadata": {"name": "a", "namespace": "n", "labels": {"x": "y"}}});
        for (labels, fields, expected) in [
            (None, None, true),
            (Some("x=y"), Some("metadata.name=a"), true),
            (Some("x=z"), Some("metadata.name=a"), false),
            (Some("x in (y,z)"), None, true),
            (Some("!x"), None, false),
            (Some("x in y"), None, true),
            (None, Some(""), true),
            (None, Some("metadata.name==b"), false),
            (None, Some("metadata.name!=a"), false),
            (None, Some("metadata.namespace=n,metadata.name=a"), true),
            (None, Some("metadata.namespace=m"), false),
            (None, Some("status.phase=Running"), true),
        ] {
            let selection = Selection {
                labels: labels.map(str::to_owned),
                fields: fields.map(str::to_owned),
            };
            let found = Filter::of(&selection).fits(&object);
            assert_eq!(found, expected, "{selection:?}");
        }
        let nowhere = json!({"metadata": {"name": "a"}});
        let selection = Selection {
            fields: Some("metadata.namespace=m".to_owned()),
            ..Selection::default()
        };
        assert!(Filter::of(&selection).fits(&nowhere));
    }
}
