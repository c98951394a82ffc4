//! kubeconfig files, and the choice of the flags.

mod choose;
mod files;
mod model;
mod overrides;

pub(super) use choose::{Chosen, choose};
pub(super) use files::{Files, merged, read, read_named};
pub(super) use model::{AuthProvider, Bytes, Cluster, Exec, User};
