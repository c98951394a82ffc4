//! The row of a Pod or a Job in the table of `kubectl get`, the field that each text of
//! its STATUS column comes from, and the reasons why that text misleads.
//!
//! The API server makes the table, so that the text depends on the server's version and
//! not on kubectl's. Upstream: pkg/printers/internalversion/printers.go, `printPod` and
//! `printJob`, of each version; those of 1.31 to 1.33 are the same.

mod duration;
mod job;
mod misleading;
mod origin;
mod pod;

pub use duration::{age, format_duration, human_duration};
pub use job::{JobRow, job_row};
pub use misleading::{
    JobMisleading, Misleading, OtherContainer, PodMisleading, misleading_job, misleading_pod,
};
pub use origin::{ContainerName, StatusOrigin, StatusRule, StatusText};
pub use pod::{PodRow, pod_row};
