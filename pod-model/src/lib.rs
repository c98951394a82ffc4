//! Manifests as kubectl reads them, with the place of every field, and the
//! Kubernetes API's own facts about Pods and Jobs: types, schema, defaults.
//!
//! Data flows one way, and each arrow is one function:
//!
//! ```text
//! bytes ─► Source ─► Document (tree with spans) ─► typed object ─► defaults
//! ```
//!
//! Nothing here does I/O, reads a clock or looks at the process's environment.

pub mod finding;
pub mod path;
pub mod source;
pub mod tree;

pub use finding::{Finding, Severity};
pub use path::{FieldPath, Segment};
pub use source::{Location, Position, Source, Span};
pub use tree::{Entry, Kind, Node, NodeId, Tree};
