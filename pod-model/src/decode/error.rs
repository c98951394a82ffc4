//! Errors of decoding.

use std::fmt;

use serde::de;

use crate::path::{FieldPath, Segment};
use crate::source::Span;

/// A value of another type than the API expects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    /// The expected and the found type.
    pub message: String,
    /// The path of the value.
    pub path: FieldPath,
    /// The span of the value, in bytes of the source's text.
    pub span: Span,
}

/// An error with the steps of its path that are known so far. The path grows while the
/// error is returned, so that valid values cost nothing.
#[derive(Debug)]
pub(super) struct Error(pub(super) Box<Mismatch>);

#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) message: String,
    /// The path, last step first.
    pub(super) reversed_path: Vec<Segment>,
}

impl Error {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Mismatch {
            message: message.into(),
            reversed_path: Vec::new(),
        }))
    }

    /// Adds a step in front of the path.
    pub(super) fn below(mut self, step: Segment) -> Self {
        self.0.reversed_path.push(step);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}
