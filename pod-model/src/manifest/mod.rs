//! Manifests: an input's objects, each with its tree and its place.

mod confidential;
mod document;
mod headline;
mod lazy;
mod named;
#[cfg(test)]
mod place_tests;
mod read;
mod shared;

pub use document::Document;
pub use lazy::{LazyManifest, ReadPiece};
pub use read::{Manifest, read};
