//! The variables of Services, such as `DB_SERVICE_HOST`.
//!
//! Upstream: `FromServices` in pkg/kubelet/envvars, and `getServiceEnvVarMap`
//! in pkg/kubelet/kubelet_pods.go, which chooses the Services.

mod choose;
mod env;
mod forms;
#[cfg(test)]
mod tests;

pub(crate) use choose::{MASTER, MASTER_NAMESPACE};
pub use env::ServiceEnv;
pub use forms::{ServiceVar, is_link_name};
