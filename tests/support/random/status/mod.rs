//! Random Pods and Jobs with a status, of every stage of their lives.
//!
//! [`pod_with_status`] and [`job_with_status`] make what controllers and a kubelet write:
//! the API server takes each status, phase and conditions fit the containers' states, and
//! restarts have a last state. [`odd_pod`] and [`odd_job`] break that.

mod clock;
mod container;
mod job;
mod odd;
mod pod;
mod spec;
mod stage;

pub use clock::Clock;
pub use job::job_with_status;
pub use odd::{odd_job, odd_pod};
pub use pod::pod_with_status;
