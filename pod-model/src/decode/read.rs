//! Decodes trees and JSON values.

use serde::de::DeserializeOwned;

use super::deserializer::NodeDeserializer;
use super::error::{DecodeError, Error};
use crate::fields::Fields;
use crate::path::FieldPath;
use crate::source::Span;
use crate::tree::{NodeId, Tree};
use crate::yaml::parse_value;

/// Decodes a node as a value of type `T`.
pub(crate) fn from_node<T: DeserializeOwned>(tree: &Tree, id: NodeId) -> Result<T, DecodeError> {
    fields_of_node(tree, id, Fields::ALL)
}

/// Decodes some fields of a node as a value of type `T`.
pub(crate) fn fields_of_node<T: DeserializeOwned>(
    tree: &Tree,
    id: NodeId,
    fields: Fields,
) -> Result<T, DecodeError> {
    let node = NodeDeserializer::new(tree, id, fields);
    T::deserialize(node).map_err(|error| placed(error, tree, id))
}

fn placed(Error(mismatch): Error, tree: &Tree, id: NodeId) -> DecodeError {
    let mut path = FieldPath::root();
    for segment in mismatch.reversed_path.into_iter().rev() {
        path.push(segment);
    }
    let span = tree.find_nearest_from(id, path.segments()).span();
    DecodeError {
        message: mismatch.message,
        path,
        span,
    }
}

/// Decodes a JSON value, such as a server's answer, as a value of type `T`. It is
/// decoded through a tree, as files are: a second deserializer would copy the code of
/// every type of the API, and know no paths.
///
/// # Errors
/// The first value of a wrong type, with its path and without a meaningful span.
pub fn decode_value<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, DecodeError> {
    let without_path = |message: String| DecodeError {
        message,
        path: FieldPath::root(),
        span: Span::default(),
    };
    match parse_value(&value.to_string(), 0) {
        Ok(Some((tree, _))) => from_node(&tree, tree.root()),
        Ok(None) => Err(without_path("expected a value".to_owned())),
        Err(error) => Err(without_path(error.message)),
    }
}
