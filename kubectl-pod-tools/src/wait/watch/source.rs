//! The sources that are followed, and their messages.

use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::keep::Keep;
use crate::cluster::{ClusterError, Resource, Selection};
use crate::wait::engine::Input;

/// Maximum memory of the objects of a wait, in bytes: some 16,000 Pods with [`Keep::Status`].
pub(crate) const MAX_MEMORY: usize = 128 << 20;

/// The way in which changes are observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Not at all: it is listed once.
    Once,
    /// By a watch, or by polling if watching is not allowed.
    Watch {
        /// Average time between two polls.
        poll: Duration,
    },
    /// By polling, with this average time between two polls.
    Poll(Duration),
}

/// Returns the longest time between two polls that are `poll` apart on average: the pauses vary, so
/// that programs that started together do not poll together.
pub(crate) fn longest_pause(poll: Duration) -> Duration {
    poll * 4 / 3
}

/// A collection to follow.
#[derive(Clone)]
pub(crate) struct Source {
    /// Index of its stream in the engine.
    pub stream: usize,
    /// Index of another stream that gets all objects of the collection. Then the selection is
    /// applied here, not by the server.
    pub all: Option<usize>,
    /// Its resource type.
    pub resource: Resource,
    /// Its namespace; empty for all.
    pub namespace: String,
    /// Its selectors.
    pub selection: Selection,
    /// The names to get one by one if listing is not allowed.
    pub names: Vec<String>,
    /// The fields of each object that are kept.
    pub keep: Keep,
    /// The way in which changes are observed.
    pub mode: Mode,
    /// `true` if the wait can do without it.
    pub optional: bool,
    /// `true` if its objects are to be deleted, so that each has to match the selection.
    pub to_delete: bool,
}

/// A message of a source.
#[derive(Debug)]
pub(crate) enum Message {
    /// An input of the engine, with the memory that it holds until it is fed in.
    Input(Input, OwnedSemaphorePermit),
    /// The error that ends the wait.
    Failed(ClusterError),
    /// A warning: the server is unavailable, or available again.
    Warning(String),
}
