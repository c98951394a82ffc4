//! A value with its origin.

use serde::Serialize;

use crate::path::FieldPath;

/// The source of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The container's own fields.
    Container,
    /// The Pod's fields.
    Pod,
    /// The image.
    Image,
    /// The container runtime.
    Runtime,
    /// The API's or the kubelet's default.
    Default,
}

impl Origin {
    /// Returns the word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Pod => "pod",
            Self::Image => "image",
            Self::Runtime => "runtime",
            Self::Default => "default",
        }
    }
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effective<T> {
    /// The value.
    pub value: T,
    /// Its source.
    pub origin: Origin,
    /// The field that sets it, from the Pod's root, or `None` if no field does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
}

impl<T> Effective<T> {
    pub(super) fn of(value: T, origin: Origin) -> Self {
        Self {
            value,
            origin,
            path: None,
        }
    }

    pub(super) fn at(value: T, origin: Origin, path: FieldPath) -> Self {
        Self {
            value,
            origin,
            path: Some(path),
        }
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Effective<U> {
        Effective {
            value: f(self.value),
            origin: self.origin,
            path: self.path,
        }
    }
}
