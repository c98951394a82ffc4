//! Kubernetes' own kinds: their names, their scope, and where those that make
//! Pods carry the Pod's template.

pub(crate) mod confidential;
mod lookup;
mod table;

pub use lookup::{
    by_kind, by_type, group_of, has_built_in_group, names_kind, pod_template, pod_template_path,
    usual_pod_template,
};
pub use table::{KINDS, KindInfo};
