//! An object of a file or of the cluster, decoded in parts.

use std::sync::Arc;

use pod_model::{Document, FieldPath, Finding, Segment, decode_value, rules};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Finding about fields of a Pod that cannot be decoded.
pub(crate) type PodPartError = Box<Finding>;

/// An object of a file or of the cluster.
#[derive(Clone, Debug)]
pub(super) enum Object<'a> {
    File(&'a Document),
    Live(Arc<Value>),
}

impl Object<'_> {
    /// Returns `metadata.name`.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::File(document) => document.name().map(str::to_owned),
            Self::Live(value) => Some(value.pointer("/metadata/name")?.as_str()?.to_owned()),
        }
    }

    /// Returns the object as the server sent it, or `None` if it is of a file.
    pub(super) fn into_value(self) -> Option<Value> {
        match self {
            Self::File(_) => None,
            Self::Live(value) => Some(Arc::unwrap_or_clone(value)),
        }
    }

    /// Returns whether the object has a field.
    pub(super) fn has(&self, path: &FieldPath) -> bool {
        match self {
            Self::File(document) => document.find(path).is_some(),
            Self::Live(value) => value_at(value, path).is_some(),
        }
    }

    /// Decodes a part of the object.
    pub(super) fn part<T: DeserializeOwned>(
        &self,
        path: &FieldPath,
    ) -> Result<Option<T>, PodPartError> {
        match self {
            Self::File(document) => document.decode_at(path).map_err(|error| {
                Box::new(Finding::new(&rules::WRONG_TYPE, error.path, error.message))
            }),
            Self::Live(value) => part(value, path),
        }
    }
}

fn part<T: DeserializeOwned>(object: &Value, path: &FieldPath) -> Result<Option<T>, PodPartError> {
    let Some(value) = value_at(object, path) else {
        return Ok(None);
    };
    decode_value(value).map(Some).map_err(|error| {
        let path = path.join(&error.path);
        Box::new(Finding::new(&rules::WRONG_TYPE, path, error.message))
    })
}

fn value_at<'v>(object: &'v Value, path: &FieldPath) -> Option<&'v Value> {
    let mut value = object;
    for segment in path.segments() {
        value = match segment {
            Segment::Field(name) => value.get(&**name),
            Segment::Index(index) => value.get(index),
        }?;
    }
    (!value.is_null()).then_some(value)
}
