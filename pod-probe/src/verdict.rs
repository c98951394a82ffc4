//! Verdict of one attempt of a probe.

use serde::Serialize;

/// Judgement of the kubelet on one attempt, after its tries.
///
/// Upstream: `Result` in `k8s.io/kubernetes/pkg/probe/probe.go`, and `runProbeWithRetries` in
/// `pkg/kubelet/prober/prober.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It counts as a success.
    Success,
    /// It counts as a success, and the kubelet writes an event `ProbeWarning`.
    Warning,
    /// It counts as a failure.
    Failure,
    /// The probe could not be run or judged, three times. It counts as nothing: thresholds stay as
    /// they were.
    Errored,
}
