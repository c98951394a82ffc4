//! The state of a container, as far as its log depends on it.

use serde_json::Value;

use pod_model::status::fields::{number_at, pod_ended};

/// The state of a container. Each run of it has a log of its own; the server keeps the last one and
/// the one before (pkg/kubelet/kubelet_pods.go, `validateContainerLogStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// Number of restarts, which numbers the run.
    pub run: i64,
    /// `true` if this run has started, so that it has a log.
    pub started: bool,
    /// `true` if this run has ended.
    pub ended: bool,
    /// `true` if this run is the last: the Pod has ended, or was deleted.
    pub last: bool,
}

impl State {
    /// Returns the state of a container of a Pod.
    pub(super) fn of(pod: &Value, status: &Value) -> Self {
        let is = |pointer| status.pointer(pointer).is_some();
        let running = is("/state/running");
        let ended = is("/state/terminated") || (!running && is("/lastState/terminated"));
        Self {
            run: number_at(status, "/restartCount").unwrap_or(0),
            started: running || ended,
            ended,
            last: pod_ended(pod),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_that_waits_after_a_crash_has_a_log() {
        let pod = |phase: &str| json!({"status": {"phase": phase}});
        for (status, expected) in [
            (
                json!({"state": {"waiting": {"reason": "ContainerCreating"}}}),
                (0, false, false),
            ),
            (json!({"state": {"running": {}}}), (0, true, false)),
            (
                json!({"restartCount": 2, "state": {"waiting": {}}, "lastState": {"terminated": {}}}),
                (2, true, true),
            ),
            (
                json!({"restartCount": 3, "state": {"running": {}}, "lastState": {"terminated": {}}}),
                (3, true, false),
            ),
            (json!({"state": {"terminated": {}}}), (0, true, true)),
        ] {
            let state = State::of(&pod("Running"), &status);
            assert_eq!(
                (state.run, state.started, state.ended),
                expected,
                "{status}"
            );
            assert!(!state.last);
        }
        assert!(State::of(&pod("Failed"), &json!({})).last);
    }
}
