//! A selection as it can be applied here: read once, for all objects of a source.

use serde_json::Value;

use crate::cluster::Selection;
use crate::label_selector::Selector;
use pod_model::status::fields::text_at;

/// A selection, as far as it can be read: of what cannot be read everything fits.
#[derive(Debug, Default)]
pub(super) struct Filter {
    labels: Option<Selector>,
    fields: Vec<Field>,
}

/// One term of a field selector, of a field that every object has. Of others nobody but
/// the server knows.
#[derive(Debug)]
struct Field {
    path: &'static str,
    value: String,
    is_equal: bool,
}

impl Filter {
    /// Reads a selection.
    pub(super) fn of(selection: &Selection) -> Self {
        let labels = selection.labels.as_deref();
        let fields = selection.fields.as_deref().unwrap_or_default();
        Self {
            labels: labels.and_then(|labels| Selector::read(labels).ok()),
            fields: fields.split(',').filter_map(Field::read).collect(),
        }
    }

    /// Whether an object is selected.
    pub(super) fn fits(&self, object: &Value) -> bool {
        let labels = self.labels.as_ref();
        labels.is_none_or(|selector| selector.matches(object))
            && self.fields.iter().all(|field| field.fits(object))
    }
}

impl Field {
    fn read(term: &str) -> Option<Self> {
        let (field, value) = term.split_once('=')?;
        let (field, is_equal) = match field.strip_suffix('!') {
            Some(field) => (field, false),
            None => (field, true),
        };
        let path = match field.trim() {
            "metadata.name" => "/metadata/name",
            "metadata.namespace" => "/metadata/namespace",
            _ => return None,
        };
        let value = value.trim_start_matches('=').trim().to_owned();
        Some(Self {
            path,
            value,
            is_equal,
        })
    }

    fn fits(&self, object: &Value) -> bool {
        let found = text_at(object, self.path);
        // A server that knows one namespace only may leave it out.
        found.is_empty() || (found == self.value) == self.is_equal
    }
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
