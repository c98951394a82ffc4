//! Errors of reading an input.

use std::io;

use super::limit::MAX_BYTES;

/// Error of reading an input.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The file does not exist or cannot be read.
    #[error("cannot read {path}: {}", crate::error::system(source))]
    Io {
        /// Path as typed.
        path: String,
        /// The error.
        source: io::Error,
    },
    /// A pattern without matches.
    #[error("no file matches the pattern {0}")]
    NoMatch(String),
    /// An incomplete pattern.
    #[error("invalid pattern {pattern}: {reason}")]
    BadPattern {
        /// As typed.
        pattern: String,
        /// A lower-case phrase.
        reason: &'static str,
    },
    /// A URL.
    #[error("expected a file, found the URL {0}")]
    Url(String),
    /// A directory without any manifest.
    #[error("no manifests in {0}: expected files that end in .json, .yaml or .yml")]
    EmptyDirectory(String),
    /// A directory with manifests only in subdirectories.
    #[error("no manifests in {0}, only in its subdirectories")]
    NotRecursive(String),
    /// A file that is too large.
    #[error("{0} is larger than the limit of {limit} MiB, which only a file with one List in JSON may exceed", limit = MAX_BYTES >> 20)]
    TooLarge(String),
    /// A pipe without data for a long time.
    #[error("no data from {path} for {seconds} s")]
    Silent {
        /// Path as typed.
        path: String,
        /// Time without data.
        seconds: u64,
    },
}
