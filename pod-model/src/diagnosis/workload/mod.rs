//! The state of what owns Pods: its own conditions, what the API server refuses, and the worst of its Pods.

mod cron_job;
mod job;
mod judge;
mod refused;
mod rollout;
mod scene;

pub use judge::diagnose_workload;
pub use scene::{Workload, WorkloadScene};
