//! Defaults that the API server sets for absent fields.
//!
//! Each function mirrors what `Scheme.Default` does to one type: the generated
//! walk `SetObjectDefaults_*` (`zz_generated.defaults.go`) together with the
//! `SetDefaults_*` functions that it calls, of
//! `k8s.io/kubernetes/pkg/apis/{core,batch}/v1`. As there, an empty string and
//! a zero in a field that is no pointer count as absent, and defaulting twice
//! changes nothing more.

mod container;
mod job;
mod pod;
mod pod_resources;
mod probe;
mod resources;
mod strip_defaults;
mod volume;

pub use crate::image::pull_policy;
pub use container::{container, ephemeral_container};
pub use job::{cron_job, job};
pub use pod::{created_pod, pod, pod_spec, pod_template_spec};
pub(crate) use pod_resources::{container_limits, container_requests};
pub use probe::probe;
pub(crate) use resources::resource_list;
pub use strip_defaults::strip_defaults;
pub use volume::volume;

/// Sets a string that is absent or empty; Go does not tell these apart.
fn string(field: &mut Option<String>, default: &str) {
    if field.as_deref().is_none_or(str::is_empty) {
        *field = Some(default.to_owned());
    }
}

/// Sets a number that is absent or 0; Go does not tell these apart.
fn number(field: &mut Option<i32>, default: i32) {
    if matches!(field, None | Some(0)) {
        *field = Some(default);
    }
}

/// The elements of a list that may be absent.
fn each<T>(list: &mut Option<Vec<T>>) -> impl Iterator<Item = &mut T> {
    list.iter_mut().flatten()
}
