//! One change.

use serde_json::Value;

use crate::path::FieldPath;

/// One change of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The field. Indices count the elements of the list before any change.
    pub path: FieldPath,
    /// The change.
    pub change: Change,
}

/// The change of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It gets this value; objects around it are made if they are missing.
    Set(Value),
    /// The list gets one more element at its end; it is made if it is missing.
    Append(Value),
    /// Another field takes its place: its name and value.
    Replace(&'static str, Value),
    /// It is removed, or the element of a list is. One that is missing stays so.
    Remove,
}

impl Edit {
    /// Sets a field.
    pub fn set(path: FieldPath, value: impl Into<Value>) -> Self {
        Self {
            path,
            change: Change::Set(value.into()),
        }
    }

    /// Removes a field or an element.
    pub fn remove(path: FieldPath) -> Self {
        Self {
            path,
            change: Change::Remove,
        }
    }
}
