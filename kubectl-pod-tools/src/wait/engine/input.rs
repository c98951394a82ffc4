//! What the machine is told, and what it tells.

use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::Value;

use crate::cluster::size;
use pod_model::status::Condition;

/// What was asked for.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Wanted {
    /// `--for`.
    pub conditions: Vec<Condition>,
    /// All of them, not any.
    pub all_of: bool,
    /// For everything together; zero looks once, none is for ever.
    pub timeout: Option<Duration>,
    /// A stuck state ends the wait.
    pub fail_fast: bool,
    /// Instead of each state's own grace.
    pub stuck_after: Option<Duration>,
    /// A new object of the same name is waited for, too.
    pub follow_recreate: bool,
    /// Whether what does not exist yet is waited for.
    pub wait_for_creation: Creation,
    /// So many at least.
    pub expect: usize,
    /// The longest time between two looks, where nothing is watched.
    pub between_looks: Duration,
    /// Pods are kept to the end, for a report or for logs.
    pub keep_pods: bool,
    /// Whatever is new about Pods is told, so that their logs can be followed.
    pub tell_pods: bool,
}

impl Wanted {
    /// Whether it is looked once, and nothing is waited for.
    pub(crate) fn looks_once(&self) -> bool {
        self.timeout == Some(Duration::ZERO)
    }
}

/// Whether what does not exist yet is waited for, and for how long.
///
/// kubectl 1.35 waits so only with `--for=create`; a flag of this name was taken back
/// there, because `--timeout=0` then no longer looked once
/// (<https://github.com/kubernetes/kubernetes/pull/125630>): here it still does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Creation {
    /// It is not.
    #[default]
    No,
    /// For so long since it was first found missing.
    Within(Duration),
    /// As long as the wait takes.
    Always,
}

/// Targets of one kind, which one stream brings.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is true of a group by itself"
)]
pub(crate) struct Group {
    /// Their kind.
    pub kind: WorkloadKind,
    /// All that the stream brings, not the named ones only.
    pub live: bool,
    /// The stream brings only what fits, so that what it misses may still be there.
    pub selective: bool,
    /// Its objects are of all namespaces, so that a name alone is not one of them.
    pub all_namespaces: bool,
    /// Its Pods are looked for by the label that the Job controller gives them.
    pub labelled: bool,
}

/// What a stream brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The targets of a group.
    Targets(usize),
    /// Pods that targets make.
    Pods,
    /// Events.
    Notes,
    /// One look at a target by its name.
    Look(usize),
}

/// What a stream has brought. Streams are known by their place in the list of
/// roles.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// Everything that is there.
    Listed(usize, Vec<Value>),
    /// One object as it is now.
    Is(usize, Value),
    /// One object as it last was.
    Gone(usize, Value),
    /// The stream will bring nothing.
    Lost(usize),
    /// Nothing is watched any more: this is the longest time between two looks.
    Polls(Duration),
}

impl Input {
    /// The memory that its objects take, in bytes, by about.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Listed(_, objects) => objects.iter().map(size).sum(),
            Self::Is(_, object) | Self::Gone(_, object) => size(object),
            Self::Lost(_) | Self::Polls(_) => 0,
        }
    }
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A target stands elsewhere.
    Moved(usize),
    /// A target has ended.
    Ended(usize),
    /// An event explains something: the target, and what it says.
    Note(usize, String),
    /// Pods of a group are found by this selector only; what it finds is fed in
    /// as this stream.
    Selects {
        /// The new stream.
        stream: usize,
        /// The group whose Pods they are.
        group: usize,
        /// A label selector; empty for all Pods.
        selector: String,
    },
    /// A target is to be looked for by its name, once: it is not in its set any
    /// more, and may have been deleted, or only fit no longer. What is found is
    /// fed in as a list of this stream.
    Looks {
        /// The new stream.
        stream: usize,
        /// The target's group.
        group: usize,
        /// Its namespace, where the group's is none.
        namespace: String,
        /// Its name.
        name: String,
        /// Not once: it is followed to its end.
        stays: bool,
    },
    /// A target is no longer waited for, and why.
    Left(usize, &'static str),
    /// Something is new about the Pods of a target.
    Pods(usize),
    /// Nothing is there of what a selector chooses, and the first is waited for.
    Empty,
}
