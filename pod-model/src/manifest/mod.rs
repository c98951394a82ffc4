//! Manifests: an input's objects, each with its tree and its place.

mod confidential;
mod document;
mod headline;
mod lazy;
#[cfg(test)]
mod list_tests;
mod named;
#[cfg(test)]
mod place_tests;
mod read;
mod read_piece;
mod runs;
mod shared;

pub use document::Document;
pub use lazy::LazyManifest;
pub use read::{Manifest, read};
pub use read_piece::ReadPiece;
