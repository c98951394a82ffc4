//! Differences between the environment of a running container and the one that a
//! restart would give it.
//!
//! The kubelet builds an environment when it starts a container and never
//! again (`makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go), so a
//! ConfigMap that was edited since shows here.

mod compare;
mod environ;
mod gone;
mod secrets;
#[cfg(test)]
mod tests;

pub use compare::{Change, Difference, Drift, drift};
pub use environ::Separator;
