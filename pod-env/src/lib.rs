//! The environment that the kubelet builds for a container, with the origin of
//! every value.
//!
//! The rules are those of `makeEnvironmentVariables` in
//! pkg/kubelet/kubelet_pods.go of Kubernetes 1.31 to 1.37. Nothing here does I/O:
//! [`needs()`] lists the look-ups, the caller answers them, and [`resolve()`]
//! returns a report and its findings. Secrets are masked
//! here, so that no renderer can forget it.

mod downward;
mod drift;
pub mod export;
mod names;
mod needs;
pub mod report;
mod resolve;
mod runtime;
pub mod service_links;
mod shell;
mod shell_text;
mod subject;
mod trace;

pub use drift::{Change, Difference, Drift, Separator, drift};
pub use needs::{LOOKUP_KINDS, needs};
pub use report::MASK;
pub use resolve::{Resolution, resolve};
pub use subject::{Controller, Options, Stage, Subject};
pub use trace::{TraceStep, trace};
