//! Selectors of labels, fields and nodes: parsed, printed and matched as upstream does.
//!
//! | here | upstream |
//! |---|---|
//! | [`LabelSelector`] | `labels.Parse`, `Requirement.Matches` (k8s.io/apimachinery/pkg/labels), `LabelSelectorAsSelector` (…/pkg/apis/meta/v1) |
//! | [`FieldSelector`] | `fields.ParseSelector` (k8s.io/apimachinery/pkg/fields), the field labels of k8s.io/kubernetes/pkg/apis |
//! | [`NodeSelector`], [`NodeSelectorTerm`] | `LazyErrorNodeSelector` (k8s.io/component-helpers/scheduling/corev1/nodeaffinity) |

mod error;
mod field_labels;
mod fields;
mod labels;
mod nodes;
mod parse;
mod requirement;

pub use error::SelectorError;
pub(crate) use fields::field_value;
pub use fields::{FieldRequirement, FieldSelector};
pub use labels::LabelSelector;
pub use nodes::{NodeSelector, NodeSelectorTerm, required_node_affinity};
pub use parse::{Term, Word, parse_terms};
pub use requirement::{Operator, Requirement};
