//! Why an input cannot be read.

use std::io;

use super::limit::MAX_BYTES;

/// An input that gives no bytes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// It does not exist, may not be read, or broke off.
    #[error("cannot read {path}: {}", crate::error::system(source))]
    Io {
        /// As named.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A pattern that stands for no file.
    #[error("no file matches the pattern {0}")]
    NoMatch(String),
    /// A pattern that breaks off.
    #[error("the pattern {pattern} is not valid: {reason}")]
    BadPattern {
        /// As typed.
        pattern: String,
        /// A lower-case phrase.
        reason: &'static str,
    },
    /// It is a URL.
    #[error("{0} is a URL, and only files are read")]
    Url(String),
    /// A directory without any manifest.
    #[error("no manifests in {0}: none of its files ends in .json, .yaml or .yml")]
    EmptyDirectory(String),
    /// A directory with manifests only further down.
    #[error("no manifests in {0} itself, only in directories inside it")]
    NotRecursive(String),
    /// More than any manifest holds.
    #[error("{0} is larger than {limit} MiB, more than any manifest", limit = MAX_BYTES >> 20)]
    TooLarge(String),
    /// Nothing came for a long time.
    #[error("{path} gave nothing for {seconds} s and does not end")]
    Silent {
        /// As named.
        path: String,
        /// How long it was listened to.
        seconds: u64,
    },
}
