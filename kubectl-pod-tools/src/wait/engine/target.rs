//! One target: the object that it is, the state that it is in, and how it ended.

use std::time::Duration;

use pod_model::status::fields::{pod_ended, true_condition};
use pod_model::status::stuck::StuckState;
use pod_model::status::{Evidence, WorkloadKind};
use serde_json::Value;

/// The outcome of a target, in the words of the WaitReport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    /// It has done what it is for.
    Succeeded,
    /// It has failed, or can never meet the condition.
    Failed,
    /// It does not exist, or no longer does.
    Deleted,
    /// It is in a state that it cannot leave on its own.
    Stuck,
    /// The time is over.
    TimedOut,
    /// It meets the condition.
    Met,
    /// The wait ended before this target did: another is stuck, or the server was lost.
    Unfinished,
}

impl Outcome {
    /// Returns whether it is what the wait was for.
    pub(super) fn is_success(self) -> bool {
        matches!(self, Self::Succeeded | Self::Met)
    }
}

/// The end of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Its outcome.
    pub outcome: Outcome,
    /// The reason.
    pub evidence: Evidence,
    /// Time of the end, since the wait began.
    pub at: Duration,
}

/// A stuck state that may still pass. Times are since the wait began.
#[derive(Clone, Debug)]
pub(super) struct TrackedStuck {
    pub state: &'static StuckState,
    pub since: Duration,
    /// Time at which it was first found gone, if it is.
    pub gone: Option<Duration>,
    pub evidence: Evidence,
}

/// An end that is not final yet. Times are since the wait began.
#[derive(Clone, Debug)]
pub(super) struct PendingEnd {
    pub end: End,
    pub reason: PendingReason,
    /// Time at which the end was first observed.
    pub since: Duration,
    /// Time at which it becomes final.
    pub due: Duration,
}

/// Reason why an end is not final yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PendingReason {
    /// Pods and events that explain it may not have arrived.
    Unexplained,
    /// The object was deleted, and an event or a Pod may still show how it had ended.
    Vanished,
    /// The object never existed, and may still be created.
    Missing,
}

/// The state of a target.
///
/// A pending end lives in `Absent` or `Present` until it is final or void:
///
/// | reason | set when | final when | void when |
/// |---|---|---|---|
/// | `Unexplained` | `judge`: the conditions are decided without an explanation | the explanation arrives, or at `due` | the conditions are open again |
/// | `Vanished` | `deletion`: a Job was deleted before its end was observed | an event or a Pod shows its end, or at `due` | another object of the name is followed |
/// | `Missing` | `missing`: the object never existed | at `due` | the object is observed |
///
/// `deadlines` makes it final at `due`, and earlier if the wait times out. `abort` makes it final
/// if the cluster is lost or another target is stuck, except `Missing`, which ends unfinished then.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// Its object does not exist: it was never observed, or was deleted.
    Absent { pending: Option<PendingEnd> },
    /// Its object left its set, and is looked up by its name.
    LookingUp,
    /// Its object exists.
    Present {
        stuck: Option<TrackedStuck>,
        pending: Option<PendingEnd>,
    },
    /// It has ended.
    Ended(End),
    /// It no longer belongs to the set, and is not waited for.
    Left,
}

/// The object that bears the name of a target; another uid is another object.
#[derive(Clone, Debug, Default)]
pub(super) struct TargetObject {
    /// Its uid, once it is known.
    pub uid: Option<String>,
    /// The object as it was last observed.
    pub last_seen: LastSeen,
    /// `true` if it was deleted before it had ended: then its end is the effect of that.
    pub ends_by_deletion: bool,
    /// `true` if it had ended when it was last observed.
    pub has_ended: bool,
    /// `true` if it does not exist: it was deleted, or never observed and found missing.
    pub is_gone: bool,
}

/// Returns whether an object has ended for good by its own status: a Pod or a Job. Objects of any
/// other kind are not known to end. `SuccessCriteriaMet` and `FailureTarget` are final
/// (pkg/controller/job/job_controller.go, `syncJob`).
pub(super) fn has_ended(kind: WorkloadKind, object: &Value) -> bool {
    const JOB_ENDS: [&str; 4] = ["Complete", "SuccessCriteriaMet", "Failed", "FailureTarget"];
    match kind {
        WorkloadKind::Pod => pod_ended(object),
        WorkloadKind::Job => JOB_ENDS
            .iter()
            .any(|end| true_condition(object, end).is_some()),
        _ => false,
    }
}

/// An object as it was last observed.
#[derive(Clone, Debug, Default)]
pub(super) enum LastSeen {
    /// It never was, or is no longer needed.
    #[default]
    None,
    /// As a tree.
    Tree(Value),
    /// As JSON text, which takes a fraction of the memory.
    Compact(Box<str>),
}

/// One object that is waited for.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Index of the group that it belongs to.
    pub group: usize,
    /// Its namespace, if its group is of all namespaces; empty in any other.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The reason of its state.
    pub evidence: Evidence,
    pub(super) object: TargetObject,
    /// Changed by `Engine::set_state` alone, which keeps count.
    pub(super) state: State,
    /// `true` if a stream follows it by its name, because it left its set and is to be deleted.
    pub(super) is_followed: bool,
}

impl Target {
    pub(super) fn new(group: usize, namespace: &str, name: &str, uid: Option<String>) -> Self {
        Self {
            group,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            evidence: Evidence::default(),
            object: TargetObject {
                uid,
                ..TargetObject::default()
            },
            state: State::Absent { pending: None },
            is_followed: false,
        }
    }

    /// Returns how it ended, or `None` if it has not.
    pub(crate) fn end(&self) -> Option<&End> {
        match &self.state {
            State::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// Returns its uid, or `None` if it is not known.
    pub(crate) fn uid(&self) -> Option<&str> {
        self.object.uid.as_deref()
    }

    /// Returns whether its object had ended when it was last observed: a target that has met its
    /// condition is no longer observed.
    pub(crate) fn has_ended(&self) -> bool {
        self.object.has_ended
    }

    /// Returns whether its object no longer exists, or never did.
    pub(crate) fn is_gone(&self) -> bool {
        self.object.is_gone
    }

    /// Returns whether it is in a state that it cannot leave on its own.
    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck().is_some_and(|stuck| stuck.gone.is_none())
    }

    /// Returns whether it is still waited for.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Ended(_) | State::Left)
    }

    pub(super) fn is_present(&self) -> bool {
        matches!(self.state, State::Present { .. })
    }

    /// Returns whether an object of its name with this uid is another object. An empty uid may be
    /// any.
    pub(super) fn is_other_uid(&self, uid: &str) -> bool {
        let known = self.uid().unwrap_or("");
        !known.is_empty() && !uid.is_empty() && known != uid
    }

    pub(super) fn stuck(&self) -> Option<&TrackedStuck> {
        match &self.state {
            State::Present { stuck, .. } => stuck.as_ref(),
            _ => None,
        }
    }

    pub(super) fn pending(&self) -> Option<&PendingEnd> {
        match &self.state {
            State::Absent { pending } | State::Present { pending, .. } => pending.as_ref(),
            _ => None,
        }
    }

    /// Takes the pending end out of its state.
    pub(super) fn take_pending(&mut self) -> Option<PendingEnd> {
        match &mut self.state {
            State::Absent { pending } | State::Present { pending, .. } => pending.take(),
            _ => None,
        }
    }

    /// Takes the pending end out of its state, unless that only waits for the object to be
    /// created.
    pub(super) fn take_pending_of_object(&mut self) -> Option<PendingEnd> {
        let pending = self.take_pending();
        pending.filter(|pending| pending.reason != PendingReason::Missing)
    }

    /// Takes the tracked stuck state out of its state.
    pub(super) fn take_stuck(&mut self) -> Option<TrackedStuck> {
        match &mut self.state {
            State::Present { stuck, .. } => stuck.take(),
            _ => None,
        }
    }
}
