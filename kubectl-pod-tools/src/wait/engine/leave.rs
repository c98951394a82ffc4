//! What leaves a set; a wait that ends before all that it waits for; and what
//! comes after its end.

use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::Value;

use super::input::{Change, Input, Role};
use super::machine::Engine;
use super::target::{End, Outcome};
use pod_model::status::Condition;
use pod_model::status::Evidence;
use pod_model::status::fields::{controller, text_at, uid};

/// The reason of a target that a signal left as it is.
pub(crate) const INTERRUPTED: &str = "Interrupted";

/// Why a target leaves its set that is still there.
const UNFIT: &str = "it no longer matches";
/// Why one leaves that is not.
pub(super) const REPLACED: &str = "it was deleted, and its controller replaces it";

impl Engine {
    /// Whether it is waited for that things go.
    pub(super) fn for_deletion(&self) -> bool {
        self.wanted.conditions.contains(&Condition::Deleted)
    }

    /// Whether the controller of a target replaces it, so that its set goes on
    /// without it. One that has come to an end is still told.
    pub(super) fn is_replaced(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let group = &self.groups[target.group];
        let controlled = target
            .object
            .as_ref()
            .is_some_and(|object| group.kind == WorkloadKind::Pod && controller(object).is_some());
        let ended = target.pending.as_ref();
        let ended = ended.is_some_and(|pending| pending.end.outcome != Outcome::Deleted);
        group.live && controlled && !ended && !self.for_deletion()
    }

    /// Whether a target that its set no longer has is to be looked for: a watch
    /// tells of what no longer fits as of what was deleted, with the object as it
    /// was before (k8s.io/apiserver/pkg/storage/cacher, `convertToWatchEvent`).
    /// That it was told to go says nothing: a finalizer may hold it. Only where its
    /// set goes on without it anyway, nobody needs to know.
    pub(super) fn may_be_there(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let Some(object) = &target.object else {
            return false;
        };
        let told_to_go = !text_at(object, "/metadata/deletionTimestamp").is_empty();
        self.groups[target.group].selective && !(told_to_go && self.is_replaced(at))
    }

    /// Asks for one look at a target by its name.
    pub(super) fn look_for(&mut self, at: usize) {
        let target = &mut self.targets[at];
        target.present = false;
        target.lasting = None;
        self.ask_for(at, false);
    }

    /// Asks for a target by its name, once or from now on.
    fn ask_for(&mut self, at: usize, stays: bool) {
        let target = &self.targets[at];
        let group = target.group;
        let (namespace, name) = (target.namespace.clone(), target.name.clone());
        let stream = self.roles.len();
        self.roles.push(Role::Look(at));
        // Nothing waits for it but this target.
        self.synced.push(true);
        self.changes.push(Change::Looks {
            stream,
            group,
            namespace,
            name,
            stays,
        });
    }

    /// What the look has found. What is still there is judged once more as it is
    /// now, and then is no longer waited for, unless it is to go: that is followed
    /// by its name, as kubectl does with all of a set
    /// (k8s.io/kubectl/pkg/cmd/wait/delete.go, `IsDeleted`).
    pub(super) fn looked_for(&mut self, at: usize, objects: Vec<Value>, now: Duration) {
        let target = &mut self.targets[at];
        if !target.open() || target.present && !target.followed {
            return;
        }
        let same = |object: &Value| !target.is_another(uid(object));
        let Some(object) = objects.into_iter().find(same) else {
            self.vanish(at, now);
            return;
        };
        target.folded = None;
        target.object = Some(object);
        target.present = true;
        self.judge(at, now);
        let target = &self.targets[at];
        if !target.open() || target.pending.is_some() {
            return;
        }
        if !self.for_deletion() {
            self.leave(at, UNFIT);
        } else if !target.followed {
            self.targets[at].followed = true;
            self.ask_for(at, true);
        }
    }

    /// The object that is followed by its name is gone.
    pub(super) fn look_gone(&mut self, at: usize, object: &Value, now: Duration) {
        let target = &self.targets[at];
        if target.open() && !target.is_another(uid(object)) {
            self.vanish(at, now);
        }
    }

    /// Takes a target out of its set, and says why. One of the same name that comes
    /// later is another.
    pub(super) fn leave(&mut self, at: usize, why: &'static str) {
        self.changes.push(Change::Left(at, why));
        self.set_left(at, true);
        let target = &mut self.targets[at];
        target.present = false;
        target.followed = false;
        target.object = None;
        target.folded = None;
        target.killed = false;
        target.pending = None;
        target.lasting = None;
        if let Some(uid) = target.uid.take()
            && let Some(targets) = self.by_key.get_mut(&uid)
        {
            targets.remove(&at);
            if targets.is_empty() {
                self.by_key.remove(&uid);
            }
        }
    }

    /// Ends what is still open: the wait cannot go on.
    pub(crate) fn abort(&mut self, why: &Evidence, now: Duration) {
        self.aborted = true;
        for at in 0..self.targets.len() {
            if self.targets[at].open() {
                // An end that only lacks its explanation is one.
                let pending = self.targets[at].pending.take();
                let end = match pending.filter(|end| !end.is_missing()) {
                    Some(pending) => pending.end,
                    None => End {
                        outcome: Outcome::Unfinished,
                        evidence: why.clone(),
                        at: now,
                    },
                };
                self.end(at, end);
            }
        }
    }

    /// Ends what is still open, each as it stands: nobody waits any longer.
    pub(crate) fn interrupt(&mut self, now: Duration) {
        self.aborted = true;
        for at in 0..self.targets.len() {
            if self.targets[at].open() {
                let said = match self.targets[at].evidence.to_string() {
                    nothing if nothing.is_empty() => "nothing is known of it".to_owned(),
                    said => said,
                };
                let end = End {
                    outcome: Outcome::Unfinished,
                    evidence: Evidence::new(INTERRUPTED, said),
                    at: now,
                };
                self.end(at, end);
            }
        }
    }

    /// Takes in what a stream brings after the wait: only what concerns the Pods
    /// of its targets.
    pub(crate) fn feed_late(&mut self, input: Input) {
        let (stream, pods) = match input {
            Input::Listed(stream, pods) => (stream, pods),
            Input::Is(stream, pod) => (stream, vec![pod]),
            Input::Gone(..) | Input::Lost(_) | Input::Polls(_) => return,
        };
        if self.roles[stream] != Role::Pods {
            return;
        }
        for pod in pods {
            for key in self.known.pod(stream, pod) {
                let targets = self.by_key.get(&key).into_iter().flatten();
                self.changes.extend(targets.map(|at| Change::Pods(*at)));
            }
        }
    }
}
