//! Decodes trees as the API's types, with the path and span of a mismatch.
//!
//! The deserializer mirrors Go's encoding/json, as sigs.k8s.io/json has it: `null` is
//! the zero value, bytes are base64 or lists of numbers. It reads the nodes in place; a
//! copy of the tree as `serde_json::Value` would cost time and memory, and lose the spans.

mod deserializer;
mod error;
mod partial;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use deserializer::MAX_DEPTH;
pub use error::DecodeError;
pub use partial::{PartialObject, Unread};
pub use read::decode_value;
pub(crate) use read::{fields_of_node, from_node};
