//! The environment of every container of a Pod.
//!
//! Upstream: `makeEnvironmentVariables` in pkg/kubelet/kubelet_pods.go.

mod ambient;
mod builder;
mod command;
mod context;
mod env;
mod env_from;
mod exec;
mod file;
mod hints;
mod limits;
mod mounts;
mod own_names;
mod pod;
mod references;
#[cfg(test)]
mod tests;
mod value;
mod value_from;

pub use pod::{Resolution, resolve};
