//! Edits of a manifest's text: what is not edited stays byte for byte.
//!
//! Each edit is made at the place that the tree knows: a key is inserted into a block or flow
//! mapping as the file indents, a scalar is replaced, an entry is removed with its line. A node
//! that an anchor shares is edited if every place that uses it gets the same edit; otherwise the
//! place of an alias gets a value of its own, and an edit of the anchored node is refused.
//!
//! The result is parsed again and compared with the edited values before anybody sees it.

mod block;
mod block_removal;
mod edit_text;
mod flow;
mod hunks;
mod inherited;
mod layout;
mod node;
mod overrides;
mod render;
mod shared;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod verify;

pub use edit_text::{EditedText, PlacedEdit, Refusal, edit_text};
pub use hunks::{Hunk, hunks};
