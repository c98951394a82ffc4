//! Reasons of the times of events.

use std::time::Duration;

use serde::Serialize;

use super::assumptions::ProbePlan;
use crate::known_bugs::BugId;
use crate::probes::ProbeKind;
use crate::verdict::Verdict;

/// Reason of an event's time: the numbers that lead from what came before to its earliest and its
/// latest time. Where runs differ, it is that of most of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reason {
    /// `FirstProbe`: at the first tick of the probe's ticker after the initial delay, and for readiness
    /// and liveness after the startup probe's success. The ticker started before images were pulled,
    /// so its phase is anything up to a period.
    Ticker {
        /// From the container's start, which counts in whole seconds.
        initial_delay: Duration,
        /// Between two ticks.
        period: Duration,
    },
    /// `FirstProbe` of readiness: a sync of the Pod that finds the container not ready makes an attempt at
    /// once. Syncs follow the kubelet's look at its containers, once a second.
    Sync {
        /// From the container's start; syncs before have no effect but on the ticker.
        initial_delay: Duration,
        /// Between two ticks, which make attempts, too.
        period: Duration,
    },
    /// `Started` or `Ready` without a probe: the kubelet sees that the container runs. It looks once a
    /// second.
    Running,
    /// `Started`, `Ready`, `Unready` or `Kill`: attempts in a row have reached the threshold.
    Threshold {
        /// Kind of the probe.
        probe: ProbeKind,
        /// Verdict of the attempts.
        verdict: Verdict,
        /// Attempts in a row.
        threshold: u32,
        /// Between two of them.
        period: Duration,
        /// An attempt that hangs takes this long.
        timeout: Duration,
    },
    /// `Unready`: the container has ended, or was replaced by its next instance.
    NotRunning,
    /// `Ready` or `Started` later than its probe's success: the next sync of the Pod sees the result.
    NextSync,
    /// `Kill` of no probe: a probe has failed, but no container of the Pod runs on or starts again. The
    /// Pod ends, with the Pod's grace period instead of the probe's.
    PodEnds {
        /// `terminationGracePeriodSeconds` of the Pod.
        grace_period: Duration,
    },
    /// `Kill` of no probe: a container has ended with an exit code for which its rules restart all
    /// containers. Each is killed without a grace period, but for the kubelet's minimum.
    AllRestart,
    /// `SigTerm`: at once after the kill.
    NoHook,
    /// `SigTerm`: after the preStop hook, which counts within the grace period.
    PreStop {
        /// Time of the hook.
        takes: Duration,
        /// Grace period of the kill.
        grace_period: Duration,
    },
    /// `SigKill`: the grace period is over.
    GracePeriod {
        /// Grace period of the kill.
        grace_period: Duration,
        /// Rest of it after the preStop hook, at least 2 s.
        left: Duration,
    },
    /// `Ended`: it reacts to SIGTERM.
    Stopped {
        /// Assumed time, without the runtime's own.
        takes: Duration,
    },
    /// `Ended`: by SIGKILL.
    Killed,
    /// `Ended`: by itself.
    Exited {
        /// From the start of the instance.
        after: Duration,
        /// Its exit code.
        code: i32,
    },
    /// `Restart`: in the same sync that has killed it, or that has seen its end.
    AtOnce {
        /// Restarts before it that count for the back-off.
        restarts: u32,
        /// True if the kubelet compares with the end of an instance before the one that has just ended:
        /// it does so after each kill of a probe.
        is_one_behind: bool,
    },
    /// `Restart`: after a wait that counts from the end of an instance; the kubelet looks again when it
    /// is over, to half of the rest later.
    BackOff {
        /// The wait: 10 s, doubled with each restart, at most 5 min.
        wait: Duration,
        /// As in [`Self::AtOnce`].
        is_one_behind: bool,
    },
    /// A known bug of upstream.
    KnownBug(BugId),
}

impl Reason {
    /// Returns the reason of a probe's first attempt.
    pub(super) fn attempt(probe: &ProbePlan, is_triggered: bool) -> Self {
        let (initial_delay, period) = (probe.initial_delay, probe.period);
        if is_triggered {
            Self::Sync {
                initial_delay,
                period,
            }
        } else {
            Self::Ticker {
                initial_delay,
                period,
            }
        }
    }

    /// Returns the reason of what follows from verdicts in a row.
    pub(super) fn concluded(probe: &ProbePlan, verdict: Verdict) -> Self {
        Self::Threshold {
            probe: probe.kind,
            verdict,
            threshold: match verdict {
                Verdict::Failure => probe.failure_threshold,
                _ => probe.success_threshold,
            },
            period: probe.period,
            timeout: probe.timeout,
        }
    }
}
