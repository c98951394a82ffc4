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

pub mod admission;
pub mod cgroup;
pub mod container;
mod count;
mod decode;
pub mod defaults;
pub mod diagnosis;
pub mod edit;
pub mod expansion;
pub mod features;
mod fields;
pub mod finding;
pub mod gated_fields;
#[cfg(test)]
mod growth_tests;
pub mod image;
pub mod invisible;
pub mod job;
pub mod kinds;
pub mod kubectl_status;
pub mod lookup;
pub mod manifest;
pub mod names;
mod nearest;
pub mod path;
pub mod pod_resources;
pub mod pod_security;
pub mod prose;
pub mod quantity;
pub mod redact;
pub mod resources;
pub mod rules;
pub mod scheduling;
pub mod schema;
pub mod schema_check;
pub mod security;
pub mod selector;
mod severity;
pub mod source;
pub mod status;
mod strategic_merge;
pub mod tree;
mod tree_json;
pub mod validation;
mod verdict;
mod version;
pub mod yaml;
pub mod yaml_edit;

pub use container::{ContainerType, ContainerView, containers};
pub use decode::{DecodeError, PartialObject, Unread, decode_value};
pub use fields::Fields;
pub use finding::Finding;
pub use kinds::confidential::value_may_be_secret;
pub use manifest::{Document, Manifest};
pub use nearest::nearest;
pub use path::{FieldPath, Segment};
pub use quantity::Quantity;
pub use schema_check::check;
pub use severity::Severity;
pub use source::{Location, Position, Source, Span};
pub use strategic_merge::{json_merge_patch, strategic_merge, strategic_merge_patch};
pub use tree::{Entry, Kind, Node, NodeId, Tree};
pub use validation::{validate_cron_job, validate_job, validate_pod, validate_template};
pub use verdict::Verdict;
pub use version::{KubernetesVersion, RulesVersion, Skew, UnknownVersion, VersionInfo};
