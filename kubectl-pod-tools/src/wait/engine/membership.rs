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
const NO_LONGER_MATCHES: &str = "it no longer matches";
/// Why one leaves that is not.
pub(super) const REPLACED: &str = "it was deleted, and its controller replaces it";

impl Engine {
    /// Whether it is waited for that things go.
    pub(super) fn for_deletion(&self) -> bool {
        self.spec.conditions.contains(&Condition::Deleted)
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
        group.takes_all && controlled && !ended && !self.for_deletion()
    }

    /// Whether a target that its set no longer has is to be looked for: a watch
    /// tells of what no longer fits as of what was deleted, with the object as it
    /// was before (k8s.io/apiserver/pkg/storage/cacher, `convertToWatchEvent`).
    /// That it was told to go says nothing: a finalizer may hold it. Only where its
    /// set goes on without it anyway, nobody needs to know.
    pub(super) fn may_still_exist(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let Some(object) = &target.object else {
            return false;
        };
        let told_to_go = !text_at(object, "/metadata/deletionTimestamp").is_empty();
        self.groups[target.group].is_filtered && !(told_to_go && self.is_replaced(at))
    }

    /// Asks for one look at a target by its name.
    pub(super) fn look_up(&mut self, at: usize) {
        let target = &mut self.targets[at];
        target.present = false;
        target.tracked = None;
        self.request_lookup(at, false);
    }

    /// Asks for a target by its name, once or from now on.
    fn request_lookup(&mut self, at: usize, follow: bool) {
        let target = &self.targets[at];
        let group = target.group;
        let (namespace, name) = (target.namespace.clone(), target.name.clone());
        let stream = self.roles.len();
        self.roles.push(Role::Lookup(at));
        // Nothing waits for it but this target.
        self.synced.push(true);
        self.changes.push(Change::LookupRequested {
            stream,
            group,
            namespace,
            name,
            follow,
        });
    }

    /// What the look has found. What is still there is judged once more as it is
    /// now, and then is no longer waited for, unless it is to go: that is followed
    /// by its name, as kubectl does with all of a set
    /// (k8s.io/kubectl/pkg/cmd/wait/delete.go, `IsDeleted`).
    pub(super) fn on_lookup(&mut self, at: usize, objects: Vec<Value>, now: Duration) {
        let target = &mut self.targets[at];
        if !target.is_open() || target.present && !target.followed {
            return;
        }
        let same = |object: &Value| !target.is_other_uid(uid(object));
        let Some(object) = objects.into_iter().find(same) else {
            self.on_deleted(at, now);
            return;
        };
        target.compacted = None;
        target.object = Some(object);
        target.present = true;
        self.judge(at, now);
        let target = &self.targets[at];
        if !target.is_open() || target.pending.is_some() {
            return;
        }
        if !self.for_deletion() {
            self.remove_from_set(at, NO_LONGER_MATCHES);
        } else if !target.followed {
            self.targets[at].followed = true;
            self.request_lookup(at, true);
        }
    }

    /// The object that is followed by its name is gone.
    pub(super) fn on_lookup_deleted(&mut self, at: usize, object: &Value, now: Duration) {
        let target = &self.targets[at];
        if target.is_open() && !target.is_other_uid(uid(object)) {
            self.on_deleted(at, now);
        }
    }

    /// Takes a target out of its set, and says why. One of the same name that comes
    /// later is another.
    pub(super) fn remove_from_set(&mut self, at: usize, why: &'static str) {
        self.changes.push(Change::Left(at, why));
        self.set_left(at, true);
        let target = &mut self.targets[at];
        target.present = false;
        target.followed = false;
        target.object = None;
        target.compacted = None;
        target.killed = false;
        target.pending = None;
        target.tracked = None;
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
            if self.targets[at].is_open() {
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
            if self.targets[at].is_open() {
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

    /// Takes in what a stream brings after the wait: only what is_relevant the Pods
    /// of its targets.
    pub(crate) fn feed_after_end(&mut self, input: Input) {
        let (stream, pods) = match input {
            Input::Listed(stream, pods) => (stream, pods),
            Input::Upsert(stream, pod) => (stream, vec![pod]),
            Input::Delete(..) | Input::Unavailable(_) | Input::PollInterval(_) => return,
        };
        if self.roles[stream] != Role::Pods {
            return;
        }
        for pod in pods {
            for key in self.cache.upsert_pod(stream, pod) {
                let targets = self.by_key.get(&key).into_iter().flatten();
                self.changes
                    .extend(targets.map(|at| Change::PodsChanged(*at)));
            }
        }
    }
}
