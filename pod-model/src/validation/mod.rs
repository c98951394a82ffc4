//! Validation of Pods, Pod templates and Jobs on creation: objects that the schema allows
//! and the API server refuses.
//!
//! Every check mirrors a function of
//! `k8s.io/kubernetes/pkg/apis/{core,batch}/validation`, and a finding's class
//! and path are those of upstream's `field.Error`. Where upstream names a
//! field around the culprit, or has a slip of the pen in its path, the finding
//! says beside it where to look ([`Finding::display_path`](crate::Finding)).
//!
//! Admission, such as limit ranges, quotas and Pod Security, comes after it and is not
//! part of it.

mod affinity;
mod annotations;
#[cfg(test)]
mod change_tests;
mod changes;
mod check;
mod claims;
mod container;
mod containers;
mod cron_job;
mod downward;
#[cfg(test)]
mod edge_tests;
mod env;
mod errors;
mod failure_policy;
mod files;
mod handlers;
mod ip;
mod job;
mod job_selector;
mod kinds_of_containers;
mod label_keys;
mod metadata;
mod mounts;
mod network;
mod parts;
mod path;
mod pod;
mod pod_resources;
mod pod_spec;
mod ports;
mod prepare;
mod probes;
mod profiles;
mod resources;
mod restarts;
mod scope;
mod security;
mod selectors;
mod spread;
mod success_policy;
mod sysctls;
#[cfg(test)]
mod tests;
mod tolerations;
#[cfg(test)]
mod version_tests;
mod volume;
mod windows;

use crate::names;

pub use check::check;
pub use cron_job::validate_cron_job;
pub use job::validate_job;
pub use parts::{
    validate_env_from_object, validate_env_name, validate_env_prefix, validate_env_source,
    validate_field_ref, validate_file_key, validate_file_volume, validate_hooks,
    validate_hostname_override, validate_probes, validate_resource_field_ref,
    validate_sub_path_expr,
};
pub(crate) use pod::prepared_pod_findings;
pub use pod::{prepared_pod, stored_template, validate_pod, validate_template};
pub(crate) use prepare::defaulted_pod;
