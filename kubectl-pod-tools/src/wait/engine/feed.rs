//! The messages of the streams.

use std::collections::BTreeSet;
use std::time::Duration;

use pod_model::status::fields::{name, text_at, uid};
use pod_model::status::{EventNote, Evidence, WorkloadKind};
use serde_json::Value;

use super::cache::deployment_key;
use super::input::{Change, Input, Role};
use super::machine::{Engine, Key};
use super::manual_selector::manual_selector;
use super::membership::REPLACED;
use super::target::{End, LastSeen, Outcome, State, has_ended};

impl Engine {
    /// Applies a message of a stream.
    pub(crate) fn feed(&mut self, input: Input, now: Duration) {
        match input {
            Input::Unavailable(stream) => self.synced[stream] = true,
            Input::PollInterval(interval) => {
                self.spec.poll_interval = self.spec.poll_interval.max(interval);
            }
            Input::Listed(stream, objects) => self.feed_list(stream, objects, now),
            Input::Upsert(stream, object) => match self.roles[stream] {
                Role::Targets(group) => self.upsert(group, object, now),
                Role::Pods => {
                    let keys = self.take_pod(stream, object, false);
                    self.judge_owners(&keys, now);
                }
                Role::Events => {
                    if let Some(note) = self.take_note(&object) {
                        self.report_note(&note);
                        let keys = self.cache.keys_of(&note);
                        self.judge_owners(&keys, now);
                    }
                }
                Role::Lookup(at) => self.on_lookup(at, vec![object], now),
            },
            Input::Delete(stream, object) => match self.roles[stream] {
                Role::Targets(group) => self.delete(group, object, now),
                Role::Pods => {
                    let keys = self.take_pod(stream, object, true);
                    self.judge_owners(&keys, now);
                }
                // An event that expires has still happened.
                Role::Events => {}
                Role::Lookup(at) => self.on_lookup_deleted(at, &object, now),
            },
        }
        self.tick(now);
    }

    fn feed_list(&mut self, stream: usize, objects: Vec<Value>, now: Duration) {
        let is_first = !std::mem::replace(&mut self.synced[stream], true);
        match self.roles[stream] {
            Role::Targets(group) => {
                self.replace_list(group, objects, now);
                if is_first {
                    self.evict_irrelevant_pods();
                }
            }
            Role::Lookup(at) => self.on_lookup(at, objects, now),
            Role::Pods => {
                self.pods_listed_at = Some(now);
                self.cache.replace_pods(stream, objects);
                self.evict_irrelevant_pods();
                (0..self.targets.len()).for_each(|at| self.report_pods(at));
                self.judge_all(now);
            }
            Role::Events => {
                let events = objects.iter();
                let notes: Vec<_> = events.filter_map(|event| self.take_note(event)).collect();
                // Events before the wait are reported only when they happen again.
                if !is_first {
                    for note in &notes {
                        self.report_note(note);
                    }
                }
                self.judge_all(now);
            }
        }
    }

    fn judge_all(&mut self, now: Duration) {
        for at in 0..self.targets.len() {
            self.judge(at, now);
        }
    }

    /// Applies a list of targets: what it omits is deleted, though no watch event said so.
    fn replace_list(&mut self, group: usize, objects: Vec<Value>, now: Duration) {
        let listed: BTreeSet<Key> = objects.iter().map(|o| self.key(group, o)).collect();
        for object in objects {
            self.upsert(group, object, now);
        }
        for at in 0..self.targets.len() {
            let target = &self.targets[at];
            if target.group != group || !target.is_open() {
                continue;
            }
            let key = (group, target.namespace.clone(), target.name.clone());
            if !listed.contains(&key) {
                self.on_absent(at, now);
            }
        }
        // As for kubectl, deletion is of the objects that exist now: the set of a controller
        // that replaces its Pods would never be empty.
        if self.for_deletion() && !self.too_few() {
            self.closed.insert(group);
        }
    }

    /// Applies a target as it is now.
    fn upsert(&mut self, group: usize, object: Value, now: Duration) {
        let key = self.key(group, &object);
        let takes_all = self.groups[group].takes_all;
        let at = match self.by_name.get(&key) {
            Some(at) => *at,
            None if takes_all && !self.closed.contains(&group) => self.join(key, None),
            None => return,
        };
        let target = &self.targets[at];
        let may_return = matches!(target.state, State::Left) && takes_all;
        if !(target.is_open() || may_return) {
            // It may end while others are waited for, and `--rm` deletes what has ended.
            let kind = self.groups[group].kind;
            if !target.is_other_uid(uid(&object)) && has_ended(kind, &object) {
                self.targets[at].object.has_ended = true;
            }
            return;
        }
        let id = uid(&object).to_owned();
        let is_other = target.is_other_uid(&id);
        if is_other && self.is_replaced(at) {
            self.remove_from_set(at, REPLACED);
        } else if is_other && !self.spec.follow_recreate {
            // Another object has its name now.
            self.on_deleted(at, now);
            return;
        }
        self.observe(at, object);
        if is_other {
            let target = &mut self.targets[at];
            target.object.ends_by_deletion = false;
            target.take_pending();
            target.take_stuck();
        }
        if !id.is_empty() {
            self.targets[at].object.uid = Some(id.clone());
            self.by_key.entry(id).or_default().insert(at);
        }
        self.index_object(at);
        self.report_pods(at);
        self.judge(at, now);
    }

    /// Sets the object of a target, which is present now. A stuck state or an end that was
    /// pending stays so until the object is judged; that it was missing is over.
    pub(super) fn observe(&mut self, at: usize, object: Value) {
        let target = &mut self.targets[at];
        let kind = self.groups[target.group].kind;
        target.object.has_ended = has_ended(kind, &object);
        target.object.is_gone = false;
        target.object.last_seen = LastSeen::Tree(object);
        let pending = target.take_pending_of_object();
        let stuck = target.take_stuck();
        self.set_state(at, State::Present { stuck, pending });
    }

    /// Makes the Pods of an object that was observed lead to its target.
    fn index_object(&mut self, at: usize) {
        let target = &self.targets[at];
        let group = target.group;
        let Some(object) = target.object.last_seen.tree() else {
            return;
        };
        let selector = manual_selector(object).filter(|_| self.groups[group].uses_job_label);
        if self.groups[group].kind == WorkloadKind::Deployment {
            let namespace = text_at(object, "/metadata/namespace");
            let key = deployment_key(namespace, name(object));
            self.by_key.entry(key).or_default().insert(at);
        }
        if let Some(selector) = selector {
            self.request_pods(group, selector);
        }
    }

    /// Applies the deletion of a target. Its last state may be an end that was not observed
    /// before.
    fn delete(&mut self, group: usize, object: Value, now: Duration) {
        let Some(at) = self.by_name.get(&self.key(group, &object)).copied() else {
            return;
        };
        let target = &self.targets[at];
        if target.is_other_uid(uid(&object)) || !target.is_open() {
            return;
        }
        self.observe(at, object);
        self.judge(at, now);
        let target = &self.targets[at];
        if target.is_open() && target.pending().is_none() {
            self.on_absent(at, now);
        }
    }

    /// Ends a target, and with a stuck one the wait.
    pub(super) fn end(&mut self, at: usize, end: End) {
        let (outcome, now) = (end.outcome, end.at);
        if matches!(
            outcome,
            Outcome::Failed | Outcome::Stuck | Outcome::TimedOut
        ) {
            self.report_counts(at);
        }
        self.set_state(at, State::Ended(end));
        self.changes.push(Change::Ended(at));
        if !self.spec.keep_pods {
            self.evict_object(at);
        }
        if outcome == Outcome::Stuck {
            let why = Evidence::new("Unfinished", "another target is stuck");
            self.abort(&why, now);
        }
    }

    /// Evicts the object of a target that has ended, and its Pods and events.
    fn evict_object(&mut self, at: usize) {
        let target = &mut self.targets[at];
        if let Some(uid) = &target.object.uid {
            self.cache.evict_owner(uid);
        }
        if let LastSeen::Tree(object) = std::mem::take(&mut target.object.last_seen)
            && self.groups[target.group].kind == WorkloadKind::Deployment
        {
            let namespace = text_at(&object, "/metadata/namespace");
            let key = deployment_key(namespace, &target.name);
            self.cache.evict_owner(&key);
        }
    }

    /// Applies a message after the wait has ended: only Pods of targets matter.
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

    /// Reports that the Pods of a target have changed.
    pub(super) fn report_pods(&mut self, at: usize) {
        if self.spec.report_pods && self.changes.last() != Some(&Change::PodsChanged(at)) {
            self.changes.push(Change::PodsChanged(at));
        }
    }

    /// Reports an event to the first open target that it concerns.
    fn report_note(&mut self, note: &EventNote) {
        if !note.is_report_due() {
            return;
        }
        let keys = self.cache.keys_of(note);
        let targets = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        let Some(at) = targets.copied().find(|at| self.targets[*at].is_open()) else {
            return;
        };
        let line = note.describe_beside(&self.targets[at].evidence.message);
        self.changes
            .extend(line.map(|line| Change::Event(at, line)));
        self.cache.mark_reported(note);
    }

    /// Reports the counts of events that have occurred since they were reported, before an
    /// unsuccessful end.
    fn report_counts(&mut self, at: usize) {
        let target = &self.targets[at];
        let notes = self.observation(at).map_or_else(
            // Of a compact object there is no observation.
            || {
                let pods = self.pods(target).into_iter().map(uid);
                let ids = target.uid().into_iter().chain(pods);
                ids.flat_map(|id| self.cache.notes_of(id)).collect()
            },
            |observation| observation.notes,
        );
        let unreported = notes.into_iter().filter(|note| note.has_unreported());
        let unreported: Vec<EventNote> = unreported.cloned().collect();
        for note in &unreported {
            self.changes.push(Change::Event(at, note.describe()));
            self.cache.mark_reported(note);
        }
    }
}
