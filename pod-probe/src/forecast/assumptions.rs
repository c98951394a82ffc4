//! Assumptions about a container: when it answers its probes, and how it ends.

use std::time::Duration;

use crate::probes::ProbeKind;

/// Time that a container takes to end after SIGTERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopTakes {
    /// It ends after this time.
    Time(Duration),
    /// It does not react: the kubelet kills it when the grace period is over.
    Never,
}

/// Assumptions about the containers of a Pod. Times count from the start of each instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Assumptions {
    /// Probes fail before. No program listens in the moment it starts: zero means any time up to
    /// 300 ms.
    pub starts_after: Duration,
    /// Each answer takes this long.
    pub slow: Duration,
    /// Probes fail from then on.
    pub fails_at: Option<Duration>,
    /// They succeed again from then on.
    pub recovers_at: Option<Duration>,
    /// Probes get no answer from then on.
    pub hangs_at: Option<Duration>,
    /// Probes cannot be run from then on.
    pub errors_at: Option<Duration>,
    /// The container ends by itself, with this exit code.
    pub exits_at: Option<(Duration, i32)>,
    /// After SIGTERM.
    pub stop_takes: StopTakes,
    /// Exit code of a container that reacts to SIGTERM. 143 is that of a program without a handler; one
    /// that handles it often ends with 0.
    pub stop_code: i32,
    /// Time that a preStop hook takes.
    pub pre_stop_takes: Duration,
    /// True if failures happen in the first instance only.
    pub first_run_only: bool,
    /// Time to look ahead.
    pub horizon: Duration,
}

impl Default for Assumptions {
    /// A container that answers at once and stops at once, for ten minutes.
    fn default() -> Self {
        Self {
            starts_after: Duration::ZERO,
            slow: Duration::ZERO,
            fails_at: None,
            recovers_at: None,
            hangs_at: None,
            errors_at: None,
            exits_at: None,
            stop_takes: StopTakes::Time(Duration::ZERO),
            stop_code: 143,
            pre_stop_takes: Duration::ZERO,
            first_run_only: false,
            horizon: Duration::from_mins(10),
        }
    }
}

/// A probe as the forecast needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProbePlan {
    /// Its kind.
    pub kind: ProbeKind,
    /// From the start of the container.
    pub initial_delay: Duration,
    /// Between attempts; at least a second.
    pub period: Duration,
    /// Of one attempt; at least a second.
    pub timeout: Duration,
    /// Successes in a row that count as one.
    pub success_threshold: u32,
    /// Failures in a row that count as one.
    pub failure_threshold: u32,
    /// True if no attempt can be run, such as with a port that has no number.
    pub is_errored: bool,
    /// True if an attempt on a container that has ended is an error, not a failure: `exec`.
    pub needs_container: bool,
    /// True if a refused connection is made again up to the time-out: gRPC.
    pub connects_again: bool,
    /// Time to stop when this probe kills the container.
    pub grace_period: Duration,
}
