//! Reasons of the times of a shutdown.

use std::time::Duration;

use serde::Serialize;

/// Reason of an event's time: the numbers that lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ShutdownReason {
    /// `Delete`: the grace period counts for the kubelet from the start of the container's hook.
    Deleted {
        /// That of the kubelet.
        grace_period: Duration,
    },
    /// `PreStop`: the kubelet has seen the deletion; hooks of all containers start together.
    Together,
    /// `PreStopEnd`: the hook has ended.
    HookEnds {
        /// Time of the hook.
        takes: Duration,
        /// True if it is assumed, at least in part.
        is_assumed: bool,
    },
    /// `PreStopEnd`: the kubelet waits no longer; a command goes on until its container ends.
    HookOverruns {
        /// Time of the hook.
        takes: Duration,
        /// That of the kubelet.
        grace_period: Duration,
    },
    /// `PreStopEnd`: the kubelet cannot run the hook.
    HookFails,
    /// `SigTerm` without a hook and a turn to wait for.
    NoHook,
    /// `SigTerm`: the hook is over.
    AfterHook {
        /// Rest of the grace period, in whole seconds, at least the kubelet's minimum.
        left: Duration,
    },
    /// `SigTerm` of a sidecar: those before it have ended.
    AfterContainers {
        /// Their names: the containers, and the next sidecar.
        containers: Vec<String>,
        /// Rest of the grace period, in whole seconds, at least the kubelet's minimum.
        left: Duration,
        /// True if the grace period may be used up sooner.
        is_late: bool,
    },
    /// `SigTerm` of a sidecar whose turn does not come within the grace period.
    GraceUsedUp {
        /// That of the kubelet.
        grace_period: Duration,
    },
    /// `SigKill`: what was left at SIGTERM is used up.
    GracePeriod {
        /// That of the kubelet.
        grace_period: Duration,
        /// Rest at SIGTERM, in whole seconds.
        left: Duration,
    },
    /// `SigKill`: the kubelet's minimum after SIGTERM is over.
    MinimumGrace {
        /// That minimum.
        minimum: Duration,
    },
    /// `Ended`: it reacts to SIGTERM.
    Stopped {
        /// Assumed time.
        takes: Duration,
    },
    /// `Ended`: it may react to SIGTERM, or not.
    StoppedOrKilled,
    /// `Ended`: by SIGKILL.
    Killed,
}
