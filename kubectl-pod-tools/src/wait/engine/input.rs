//! The inputs of the engine, and the changes that it reports.

use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::Value;

use crate::cluster::size;
use pod_model::status::Condition;

/// The conditions and limits of a wait.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct WaitSpec {
    /// Conditions of `--for`.
    pub conditions: Vec<Condition>,
    /// `true` if all conditions have to hold, not any.
    pub all_of: bool,
    /// Maximum time for all targets; zero checks once, `None` waits indefinitely.
    pub timeout: Option<Duration>,
    /// `true` if a stuck target ends the wait.
    pub fail_fast: bool,
    /// Time that every stuck state may last, instead of its own.
    pub stuck_after: Option<Duration>,
    /// `true` to wait for a new object of the same name after a deletion.
    pub follow_recreate: bool,
    /// `true` to wait for what does not exist yet.
    pub wait_for_creation: Creation,
    /// Minimum number of targets.
    pub expect: usize,
    /// Longest time between two polls; zero while everything is watched.
    pub poll_interval: Duration,
    /// `true` if Pods are kept to the end, for a report or for logs.
    pub keep_pods: bool,
    /// `true` if changes of Pods are reported, so that their logs can be followed.
    pub report_pods: bool,
}

impl WaitSpec {
    /// Returns whether to check once without waiting.
    pub(crate) fn checks_once(&self) -> bool {
        self.timeout == Some(Duration::ZERO)
    }
}

/// The time for which to wait for what does not exist yet.
///
/// kubectl 1.35 does so only with `--for=create`; it reverted a flag of this name, because
/// `--timeout=0` then no longer checked once
/// (<https://github.com/kubernetes/kubernetes/pull/125630>): here it still does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Creation {
    /// Not at all.
    #[default]
    No,
    /// For this time since it was first found missing.
    Within(Duration),
    /// As long as the wait lasts.
    Always,
}

/// Targets of one kind that one stream delivers.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is true of a group independently of the others"
)]
pub(crate) struct Group {
    /// Their kind.
    pub kind: WorkloadKind,
    /// `true` if every object of the stream is a target, not only named ones.
    pub takes_all: bool,
    /// `true` if the stream has a selector, so that an object that it omits may still exist.
    pub is_filtered: bool,
    /// `true` if its objects are of all namespaces, so that a name alone is ambiguous.
    pub all_namespaces: bool,
    /// `true` if its Pods are selected by the label that the Job controller sets.
    pub uses_job_label: bool,
}

/// The objects that a stream delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Targets of a group.
    Targets(usize),
    /// Pods that targets own.
    Pods,
    /// Events.
    Events,
    /// One target, by its name.
    Lookup(usize),
}

/// A message of a stream. Streams are identified by their index in the list of roles.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// All objects that exist.
    Listed(usize, Vec<Value>),
    /// One object as it is now.
    Upsert(usize, Value),
    /// One deleted object as it last was.
    Delete(usize, Value),
    /// The stream will deliver nothing.
    Unavailable(usize),
    /// The longest time between two polls, once polling has replaced the watches.
    PollInterval(Duration),
}

impl Input {
    /// Returns the memory that its objects take, in bytes, approximately.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Listed(_, objects) => objects.iter().map(size).sum(),
            Self::Upsert(_, object) | Self::Delete(_, object) => size(object),
            Self::Unavailable(_) | Self::PollInterval(_) => 0,
        }
    }
}

/// A change to report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The state of a target has changed.
    Progress(usize),
    /// A target has ended.
    Ended(usize),
    /// An event explains the state of a target: the target, and the line to print.
    Event(usize, String),
    /// Pods of a group have a selector of their own; the Pods that it matches are expected as
    /// this stream.
    PodsRequested {
        /// Index of the new stream.
        stream: usize,
        /// Index of the group that owns the Pods.
        group: usize,
        /// Label selector; empty for all Pods.
        selector: String,
    },
    /// A target left its set, and may have been deleted or only no longer match. The result
    /// of a lookup by its name is expected as a list of this stream.
    LookupRequested {
        /// Index of the new stream.
        stream: usize,
        /// Index of the target's group.
        group: usize,
        /// Namespace of the target, if the group has none.
        namespace: String,
        /// Name of the target.
        name: String,
        /// `true` to follow it until it is deleted, not look it up once.
        follow: bool,
    },
    /// A target is no longer waited for, and why.
    Left(usize, &'static str),
    /// A Pod of a target has changed.
    PodsChanged(usize),
    /// Nothing matches the selectors, and the first match is waited for.
    Empty,
}
