//! The worker of one probe: what it concludes from verdicts, and when it makes an attempt.
//!
//! A [`Worker`] counts verdicts up to the thresholds; a [`Schedule`] says when the next attempt is
//! due. Neither reads a clock: times are handed in. The forecast and the command `probe` use the
//! same two.
//!
//! Upstream: `worker.run` and `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.

mod schedule;
mod thresholds;

pub use schedule::Schedule;
pub(crate) use schedule::Ticker;
pub use thresholds::{ProbeResult, Worker, WorkerState};
