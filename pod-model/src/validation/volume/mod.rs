//! Volumes of each source.
//!
//! Upstream: `ValidateVolumes`, `validateVolumeSource` and the functions for
//! each source, in `k8s.io/kubernetes/pkg/apis/core/validation`.

mod certificates;
mod claim_template;
mod files;
mod iscsi;
mod network;
mod owner;
mod projected;
mod projected_files;
mod source;
mod volumes;

pub(super) use owner::Owner;
pub(super) use volumes::volumes;
