//! Requirements of checks in a form that a patch can be made from.

use serde_json::Value;

/// A requirement at a place of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The field, the item of a list or the annotation is absent.
    Absent,
    /// The field has this value.
    Value(Value),
    /// The list of strings contains this one.
    Contains(&'static str),
    /// The number is not 0, or the field is absent.
    NotZero,
    /// The volume is of another type.
    VolumeType,
}
