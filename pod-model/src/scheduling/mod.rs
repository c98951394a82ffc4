//! The scheduler's filters for one Pod against a snapshot of a cluster: every plugin by itself
//! on each node, with the scheduler's own names, messages and codes, by version.
//!
//! | here | upstream |
//! |---|---|
//! | [`Snapshot`] | `Cache`, `NodeInfo` (pkg/scheduler/backend/cache, pkg/scheduler/framework) |
//! | [`Evaluation`] | `RunPreFilterPlugins`, `RunFilterPlugins` (pkg/scheduler/framework/runtime), `findNodesThatFitPod` (pkg/scheduler/schedule_one.go) |
//! | a file for each plugin | pkg/scheduler/framework/plugins |
//! | [`daemon_set`] | `NodeShouldRunDaemonPod` (pkg/controller/daemon) |
//! | [`kubelet_admission`] | `predicateAdmitHandler` (pkg/kubelet/lifecycle/predicate.go) |

mod csi_migration;
pub mod daemon_set;
mod declared_features;
mod evaluation;
mod footprint;
mod groups;
mod host_ports;
mod inline_volumes;
mod inter_pod;
pub mod kubelet_admission;
mod nearest;
mod node_affinity;
mod node_filters;
mod node_info;
mod node_ports;
mod node_resources;
mod outcome;
mod plugin;
mod pod_claims;
mod pod_terms;
mod preemption;
mod requests;
mod required_affinity;
mod resources;
pub mod score;
mod snapshot;
mod snapshot_builder;
mod spread;
mod storage;
#[cfg(test)]
mod tests;
mod tolerations;
mod volume_binding;
mod volume_limits;
mod volume_matching;
mod volume_provisioning;
mod volume_restrictions;
mod volume_zone;

pub use evaluation::Evaluation;
pub use groups::{GroupId, PodGroup};
pub use host_ports::HostPort;
pub use inline_volumes::InlineVolume;
pub use nearest::{
    Change, KnownLabels, NearestChange, RequestOwner, UnknownLabel, nearest_changes, unknown_labels,
};
pub use node_info::{GroupCount, ImageId, NodeEdit, NodeInfo, NodePods};
pub use node_resources::is_dra_extended;
pub use outcome::{Cause, Code, CycleFailure, NodeResult, Outcome, Preemption, Reason, Stage};
pub use plugin::Plugin;
pub use pod_terms::{OptionalSelector, PodTerm, PodTerms, WeightedPodTerm};
pub use required_affinity::RequiredNodeAffinity;
pub use resources::{Resources, amount_text, is_extended};
pub use snapshot::Snapshot;
pub use snapshot_builder::SnapshotBuilder;
pub use storage::Input;
pub use tolerations::{taint_text, tolerates, untolerated};
