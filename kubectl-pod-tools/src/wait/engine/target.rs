//! One target, and what has come of it.

use std::time::Duration;

use serde_json::Value;

use crate::exit::Exit;
use pod_model::status::Evidence;
use pod_model::status::stuck::StuckState;

/// How a target ended, in the words of the WaitReport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// Done, well.
    Succeeded,
    /// Done, badly; or what was waited for can never be.
    Failed,
    /// It is not there, or not there any more.
    Deleted,
    /// It cannot get better by itself.
    Stuck,
    /// The time ran out.
    TimedOut,
    /// It is as it was waited for.
    Met,
    /// The wait ended before this one did: another was stuck, or the server
    /// was lost.
    Unfinished,
}

impl Outcome {
    /// The exit code that says so.
    pub(crate) fn exit(self) -> Exit {
        match self {
            // What ended the wait gives the code.
            Self::Succeeded | Self::Met | Self::Unfinished => Exit::Success,
            Self::Failed => Exit::Failure,
            Self::Deleted => Exit::NotFound,
            Self::Stuck => Exit::Stuck,
            Self::TimedOut => Exit::TimedOut,
        }
    }
}

/// The end of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// How.
    pub outcome: Outcome,
    /// Why.
    pub evidence: Evidence,
    /// When, since the wait began.
    pub at: Duration,
}

/// A stuck state that may pass.
#[derive(Clone, Debug)]
pub(super) struct TrackedStuck {
    pub row: &'static StuckState,
    pub since: Duration,
    /// When it was last found gone, if it is.
    pub gone: Option<Duration>,
    pub evidence: Evidence,
}

/// An end that may still be explained better, or turn out to be another.
#[derive(Clone, Debug)]
pub(super) struct PendingEnd {
    pub end: End,
    /// When it was first seen.
    pub since: Duration,
    pub due: Duration,
}

/// One object that is waited for.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is true of a target by itself"
)]
pub(crate) struct Target {
    /// The group that it belongs to.
    pub group: usize,
    /// Its namespace, where its group is of all namespaces; empty in any other.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid, once it is known: another uid is another object.
    pub uid: Option<String>,
    /// As it was last seen.
    pub(super) object: Option<Value>,
    /// The same while nobody looks at it.
    pub(super) compacted: Option<Box<str>>,
    /// Whether it is there now.
    pub(super) present: bool,
    /// It was deleted before it had ended: no end of it is its own any more.
    pub(super) killed: bool,
    /// Where it stands.
    pub evidence: Evidence,
    /// How it ended.
    pub end: Option<End>,
    pub(super) tracked: Option<TrackedStuck>,
    pub(super) pending: Option<PendingEnd>,
    /// It is followed by its name, for it has left its set and is to go.
    pub(super) followed: bool,
    /// It no longer belongs to the set, and nobody waits for it.
    pub(super) left: bool,
}

impl Target {
    pub(super) fn new(group: usize, namespace: &str, name: &str, uid: Option<String>) -> Self {
        Self {
            group,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            uid,
            object: None,
            compacted: None,
            present: false,
            killed: false,
            evidence: Evidence::default(),
            end: None,
            tracked: None,
            pending: None,
            followed: false,
            left: false,
        }
    }

    /// Whether it is in a state that does not get better by itself.
    pub(crate) fn is_stuck(&self) -> bool {
        self.tracked
            .as_ref()
            .is_some_and(|tracked| tracked.gone.is_none())
    }

    /// Whether an object of its name is another one. What has no uid says nothing of
    /// that.
    pub(super) fn is_other_uid(&self, uid: &str) -> bool {
        let known = self.uid.as_deref().unwrap_or("");
        !known.is_empty() && !uid.is_empty() && known != uid
    }

    /// Whether anything about it is still open.
    pub(super) fn is_open(&self) -> bool {
        self.end.is_none() && !self.left
    }
}
