//! Membership in a set: targets that leave it, and whether they still exist.

use std::time::Duration;

use pod_model::status::fields::{controller, text_at, uid};
use pod_model::status::{Condition, WorkloadKind};
use serde_json::Value;

use super::input::{Change, Role};
use super::machine::Engine;
use super::target::{PendingReason, State};

/// Reason of a target that leaves its set and still exists.
const NO_LONGER_MATCHES: &str = "it no longer matches";
/// Reason of a target that leaves its set because it was deleted.
pub(super) const REPLACED: &str = "it was deleted, and its controller replaces it";

impl Engine {
    /// Returns whether the wait is for deletion.
    pub(super) fn for_deletion(&self) -> bool {
        self.spec.conditions.contains(&Condition::Deleted)
    }

    /// Returns whether the controller of a deleted target replaces it, so that its set goes on
    /// without it. One that has ended is still reported.
    pub(super) fn is_replaced(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let group = &self.groups[target.group];
        let object = target.object.last_seen.tree();
        let is_controlled = group.kind == WorkloadKind::Pod
            && object.is_some_and(|object| controller(object).is_some());
        let has_ended = target
            .pending()
            .is_some_and(|pending| pending.reason == PendingReason::Unexplained);
        group.takes_all && is_controlled && !has_ended && !self.for_deletion()
    }

    /// Returns whether a target that its set no longer has may still exist: a watch reports what no
    /// longer matches like what was deleted, with the object as it was before
    /// (k8s.io/apiserver/pkg/storage/cacher, `convertToWatchEvent`). A requested deletion proves
    /// nothing, for a finalizer may hold the object; but it does not matter if the target is
    /// replaced anyway.
    pub(super) fn may_still_exist(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let Some(object) = target.object.last_seen.tree() else {
            return false;
        };
        let is_terminating = !text_at(object, "/metadata/deletionTimestamp").is_empty();
        self.groups[target.group].is_filtered && !(is_terminating && self.is_replaced(at))
    }

    /// Looks up a target by its name, once.
    pub(super) fn look_up(&mut self, at: usize) {
        self.set_state(at, State::LookingUp);
        self.request_lookup(at, false);
    }

    /// Requests a target by its name, once or from now on.
    fn request_lookup(&mut self, at: usize, follow: bool) {
        let target = &self.targets[at];
        let group = target.group;
        let (namespace, name) = (target.namespace.clone(), target.name.clone());
        let stream = self.roles.len();
        self.roles.push(Role::Lookup(at));
        // Only this target waits for it.
        self.synced.push(true);
        self.changes.push(Change::LookupRequested {
            stream,
            group,
            namespace,
            name,
            follow,
        });
    }

    /// Applies the result of a lookup. An object that still exists is judged once more as it
    /// is now, and then no longer waited for. If it is to be deleted, it is followed by its
    /// name, as kubectl does with all objects
    /// (k8s.io/kubectl/pkg/cmd/wait/delete.go, `IsDeleted`).
    pub(super) fn on_lookup(&mut self, at: usize, objects: Vec<Value>, now: Duration) {
        let target = &self.targets[at];
        if !target.is_open() || target.is_present() && !target.is_followed {
            return;
        }
        let is_same = |object: &Value| !target.is_other_uid(uid(object));
        let Some(object) = objects.into_iter().find(is_same) else {
            self.on_deleted(at, now);
            return;
        };
        self.observe(at, object);
        self.judge(at, now);
        let target = &self.targets[at];
        if !target.is_open() || target.pending().is_some() {
            return;
        }
        if !self.for_deletion() {
            self.remove_from_set(at, NO_LONGER_MATCHES);
        } else if !target.is_followed {
            self.targets[at].is_followed = true;
            self.request_lookup(at, true);
        }
    }

    /// Applies the deletion of an object that is followed by its name.
    pub(super) fn on_lookup_deleted(&mut self, at: usize, object: &Value, now: Duration) {
        let target = &self.targets[at];
        if target.is_open() && !target.is_other_uid(uid(object)) {
            self.on_deleted(at, now);
        }
    }

    /// Removes a target from its set, and reports why. A later object of the same name is
    /// another.
    pub(super) fn remove_from_set(&mut self, at: usize, why: &'static str) {
        self.changes.push(Change::Left(at, why));
        self.set_state(at, State::Left);
        let target = &mut self.targets[at];
        target.is_followed = false;
        let object = std::mem::take(&mut target.object);
        if let Some(uid) = object.uid
            && let Some(targets) = self.by_key.get_mut(&uid)
        {
            targets.remove(&at);
            if targets.is_empty() {
                self.by_key.remove(&uid);
            }
        }
    }
}
