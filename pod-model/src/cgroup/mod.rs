//! The files of a Pod's cgroup and of those of its containers, in both versions
//! of cgroups.
//!
//! The Pod's own cgroup is the kubelet's work, a container's is the work of the
//! container runtime, which the kubelet asks for numbers of version 1. Their
//! ways from CPU shares to a weight are different ones. The limit of processes
//! is the node's and left out.

mod container;
mod cpu;
mod exclusive;
mod huge_pages;
mod memory;
mod names;
mod node;
mod pod;
mod runtime;
#[cfg(test)]
mod tests;
mod throttling;
mod values;
mod weight;

pub use container::{LimitOrigin, limit_origins, of_container};
pub use exclusive::may_have_exclusive_cpus;
pub use memory::whole_pages;
pub use names::{CgroupNames, cgroup_uid, container_names, parent, pod_names};
pub use node::{NodeSettings, starts_on_v1};
pub use pod::{of_pod, unlimited_by};
pub use runtime::{Runtime, UnknownRuntime};
pub use throttling::{Throttling, throttling};
pub use values::{Cgroup, MemoryHigh, V1, V2};
pub use weight::CpuWeight;
