//! The state of what owns Pods: its own conditions, what the API server refuses, and the worst of its Pods.

mod cron_job;
mod deletion;
mod deployment;
mod job;
mod job_failed;
mod job_retries;
mod judge;
mod refused;
mod rollout;
mod scene;
mod stateful_set;

pub use judge::diagnose_workload;
pub use scene::{Workload, WorkloadScene};
