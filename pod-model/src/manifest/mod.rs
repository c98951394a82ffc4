//! Manifests: an input's objects, each with its tree and its place.

mod document;
mod read;

pub use document::Document;
pub use read::{Manifest, read};
