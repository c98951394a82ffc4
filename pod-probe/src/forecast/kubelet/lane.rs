//! The steps of a sync, as data.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::happening::Kind;
use super::super::reason::Reason;
use super::super::time::Time;

/// A step of a sync.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A probe, or the end of the Pod, kills a container, which has this time.
    Kill(usize, Option<Kind>, Duration, Reason),
    /// A sidecar of a Pod that ends waits for those that started after it, until this time.
    Await(usize, Time),
    /// SIGTERM, with what is left of the grace period, and the whole of it.
    Terminate(usize, Time, Duration, Reason),
    Stop(usize, i32, Reason),
    /// A container starts, unless its back-off since this end of an instance is not over.
    Start(usize, Option<Time>),
    Run(usize, Reason),
}

/// Steps one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    pub(super) steps: VecDeque<Step>,
    /// End of the step that is under way.
    pub(super) at: Time,
}

/// Containers to kill, and those to start, each with the end that its back-off counts from.
#[derive(Debug, Default)]
pub(super) struct Actions {
    pub(super) kills: Vec<Step>,
    pub(super) starts: Vec<(usize, Option<Time>)>,
    /// Nothing remains: the kills are those of the whole Pod.
    pub(super) ends_pod: bool,
}

impl Actions {
    pub(super) fn clear(&mut self) {
        self.kills.clear();
        self.starts.clear();
        self.ends_pod = false;
    }
}
