//! The reasons why a text of the STATUS column misleads: what people take it for, and the
//! field that says otherwise.
//!
//! Each is a fact of the object, or of an event about it, and none is a guess. Sources
//! beside the printers: pkg/kubelet/kubelet_pods.go (`getPhase`,
//! `convertToAPIContainerStatuses`), pkg/kubelet/status (`GeneratePodReadyCondition`,
//! `TerminatePod`), pkg/controller/util/node (`MarkPodsNotReady`, `SetPodTerminationReason`),
//! pkg/controller/job (`syncJob`, `enactJobFinished`).

mod columns;
mod containers;
mod deletion;
mod job;
mod job_reason;
mod not_started;
mod phase;
mod pod;
mod pod_clause;
mod pod_reason;
mod reason;
mod view;

pub use job::misleading_job;
pub use job_reason::JobMisleading;
pub use pod::misleading_pod;
pub use pod_reason::{OtherContainer, PodMisleading};
pub use reason::Misleading;
