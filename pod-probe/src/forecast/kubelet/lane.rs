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
    /// A sidecar of a Pod that ends waits for those that started after it, from a time on, until another.
    Await(usize, Time, Time),
    /// SIGTERM, with what is left of the grace period, and the whole of it.
    Terminate(usize, Time, Duration, Reason),
    Stop(usize, i32, Reason),
    /// The runtime forgets a container.
    Remove(usize),
    /// The sandbox of the Pod is made anew.
    CreateSandbox,
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
    /// All containers, where all start again: the runtime forgets them.
    pub(super) removes: Vec<usize>,
    pub(super) starts: Vec<(usize, Option<Time>)>,
    /// Nothing remains: the kills are those of the whole Pod, and its sandbox ends.
    pub(super) ends_pod: bool,
    /// The sandbox is made anew before the starts.
    pub(super) new_sandbox: bool,
}

impl Actions {
    pub(super) fn clear(&mut self) {
        self.kills.clear();
        self.removes.clear();
        self.starts.clear();
        self.ends_pod = false;
        self.new_sandbox = false;
    }

    pub(super) fn is_empty(&self) -> bool {
        let has_none = self.kills.is_empty() && self.removes.is_empty() && self.starts.is_empty();
        has_none && !self.ends_pod
    }
}
