//! The sources that are followed, and their messages.

use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::keep::Keep;
use crate::cluster::{ClusterError, Resource, Selection};
use crate::wait::engine::Input;

/// Memory that the objects of a wait may take, in bytes: some 16,000 Pods of which
/// the [`Keep::Status`] is kept.
pub(crate) const MAX_MEMORY: usize = 128 << 20;

/// How changes are observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Not at all: one look.
    Once,
    /// By a watch, or by asking where watching is not allowed, so often.
    Watch {
        /// The time between two looks.
        poll: Duration,
    },
    /// By asking, so often.
    Poll(Duration),
}

/// Between two looks that are `poll` apart on average, so that many programs
/// that began together do not ask together.
pub(crate) fn longest_pause(poll: Duration) -> Duration {
    poll * 4 / 3
}

/// One collection.
#[derive(Clone)]
pub(crate) struct Source {
    /// Its number, as the engine knows it.
    pub stream: usize,
    /// The number of another stream, which has all objects of the collection, whatever
    /// the selection is. It is applied here then, and not by the server.
    pub all: Option<usize>,
    /// Of what.
    pub resource: Resource,
    /// Where.
    pub namespace: String,
    /// Which.
    pub selection: Selection,
    /// The names that can be asked for one by one where listing is not allowed.
    pub names: Vec<String>,
    /// How much of each object.
    pub keep: Keep,
    /// How.
    pub mode: Mode,
    /// Without it the wait only knows less.
    pub optional: bool,
    /// What it brings is to be deleted: it has to fit what was asked for.
    pub to_delete: bool,
}

/// A message of a source.
#[derive(Debug)]
pub(crate) enum Message {
    /// For the engine, with the room that it takes while it waits to be fed in.
    Input(Input, OwnedSemaphorePermit),
    /// The wait cannot go on.
    Failed(ClusterError),
    /// Something to know: the server is away, or is there again.
    Warning(String),
}
