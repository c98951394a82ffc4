//! Manifests: an input's objects, each with its tree and its place.

mod confidential;
mod document;
mod headline;
mod named;
mod pieces;
#[cfg(test)]
mod place_tests;
mod read;
mod shared;

pub use document::Document;
pub use pieces::{Pieces, ReadPiece};
pub use read::{Manifest, read};
