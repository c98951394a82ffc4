//! The machine: what it is fed with, and what it does with it.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::Value;

use super::cache::{Cache, deployment_key};
use super::input::{Change, Group, Input, Role, WaitSpec};
use super::manual_selector::manual_selector;
use super::membership::REPLACED;
use super::schedule::Schedule;
use super::target::{End, Outcome, Target};
use super::throttle::Throttle;
use pod_model::status::EventNote;
use pod_model::status::Evidence;
use pod_model::status::fields::{name, text_at, uid};

/// A target's group, its namespace where its group is of all namespaces, and its name.
pub(super) type Key = (usize, String, String);

/// The wait.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) spec: WaitSpec,
    pub(super) groups: Vec<Group>,
    pub(super) roles: Vec<Role>,
    pub(super) synced: Vec<bool>,
    pub(super) targets: Vec<Target>,
    /// Number of targets that have left their set.
    pub(super) left: usize,
    /// No target before this one is open.
    pub(super) first_open: Cell<usize>,
    /// None before this one is open and of a uid that is not known.
    pub(super) first_unidentified: Cell<usize>,
    pub(super) schedule: Schedule,
    pub(super) throttle: Throttle,
    by_name: HashMap<Key, usize>,
    pub(super) by_key: HashMap<String, BTreeSet<usize>>,
    pub(super) cache: Cache,
    pub(super) changes: Vec<Change>,
    pub(super) aborted: bool,
    pub(super) timed_out: bool,
    /// When Pods were last listed.
    pub(super) pods_seen: Option<Duration>,
    pub(super) selectors: BTreeSet<(usize, String)>,
    /// Groups that nothing joins any more.
    closed: BTreeSet<usize>,
    /// Since when all sets are empty, while something is to join them.
    pub(super) empty_since: Option<Duration>,
    /// Nothing joined them in time.
    pub(super) gave_up: bool,
}

impl Engine {
    /// A wait for nothing yet.
    pub(crate) fn new(spec: WaitSpec, groups: Vec<Group>, roles: Vec<Role>) -> Self {
        Self {
            spec,
            groups,
            synced: vec![false; roles.len()],
            roles,
            targets: Vec::new(),
            left: 0,
            first_open: Cell::default(),
            first_unidentified: Cell::default(),
            schedule: Schedule::default(),
            throttle: Throttle::default(),
            by_name: HashMap::new(),
            by_key: HashMap::new(),
            cache: Cache::default(),
            changes: Vec::new(),
            aborted: false,
            timed_out: false,
            pods_seen: None,
            selectors: BTreeSet::new(),
            closed: BTreeSet::new(),
            empty_since: None,
            gave_up: false,
        }
    }

    /// Waits for one more object; with a uid for no other of its name.
    pub(crate) fn add_target(&mut self, group: usize, name: &str, uid: Option<String>) -> usize {
        self.join((group, String::new(), name.to_owned()), uid)
    }

    fn join(&mut self, key: Key, uid: Option<String>) -> usize {
        let uid = uid.filter(|uid| !uid.is_empty());
        if let Some(at) = self.by_name.get(&key) {
            return *at;
        }
        let at = self.targets.len();
        if let Some(uid) = &uid {
            self.by_key.entry(uid.clone()).or_default().insert(at);
        }
        let (group, namespace, name) = &key;
        self.targets.push(Target::new(*group, namespace, name, uid));
        self.by_name.insert(key, at);
        at
    }

    /// How an object of a group is found again.
    fn key(&self, group: usize, object: &Value) -> Key {
        let namespace = if self.groups[group].all_namespaces {
            text_at(object, "/metadata/namespace")
        } else {
            ""
        };
        (group, namespace.to_owned(), name(object).to_owned())
    }

    /// Seeds a target with its object as it was created: it may have ended and be
    /// gone before anybody looks.
    pub(crate) fn seed(&mut self, at: usize, object: Value) {
        self.targets[at].object = Some(object);
    }

    /// All of them, in the order in which they were named or found; those that
    /// left the set are not among them.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (usize, &Target)> {
        self.targets
            .iter()
            .enumerate()
            .filter(|(_, target)| !target.left)
    }

    /// One of them.
    pub(crate) fn target(&self, at: usize) -> Option<&Target> {
        self.targets.get(at)
    }

    /// What there is to tell since the last call.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// The Pods of a target.
    pub(crate) fn pods<'a>(&'a self, target: &'a Target) -> Vec<&'a Value> {
        match (self.groups[target.group].kind, &target.object) {
            (WorkloadKind::Pod, Some(object)) => vec![object],
            (WorkloadKind::Deployment, Some(object)) => {
                let namespace = text_at(object, "/metadata/namespace");
                self.cache.pods_of(&deployment_key(namespace, &target.name))
            }
            // What was not seen yet has no uid, and the Pods of what is forgotten are, too.
            _ => self.cache.pods_of(target.uid.as_deref().unwrap_or("")),
        }
    }

    /// Takes in what a stream has brought.
    pub(crate) fn feed(&mut self, input: Input, now: Duration) {
        match input {
            Input::Unavailable(stream) => self.synced[stream] = true,
            Input::PollInterval(pause) => {
                self.spec.poll_interval = self.spec.poll_interval.max(pause);
            }
            Input::Listed(stream, objects) => {
                let first = !std::mem::replace(&mut self.synced[stream], true);
                match self.roles[stream] {
                    Role::Targets(group) => {
                        self.replace_list(group, objects, now);
                        if first {
                            self.evict_irrelevant_pods();
                        }
                    }
                    Role::Lookup(at) => self.on_lookup(at, objects, now),
                    Role::Pods => {
                        self.pods_seen = Some(now);
                        self.cache.replace_pods(stream, objects);
                        self.evict_irrelevant_pods();
                        (0..self.targets.len()).for_each(|at| self.report_pods(at));
                        self.judge_all(now);
                    }
                    Role::Events => {
                        let told: Vec<_> = objects
                            .iter()
                            .filter_map(|event| self.take_note(event))
                            .collect();
                        // What happened before the wait is not told, unless it
                        // happens again.
                        if !first {
                            for note in &told {
                                self.report_note(note);
                            }
                        }
                        self.judge_all(now);
                    }
                }
            }
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

    fn report_note(&mut self, note: &EventNote) {
        if !note.is_report_due() {
            return;
        }
        let keys = self.cache.keys_of(note);
        let targets = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        let Some(at) = targets.copied().find(|at| self.targets[*at].is_open()) else {
            return;
        };
        let said = note.describe_beside(&self.targets[at].evidence.message);
        self.changes
            .extend(said.map(|said| Change::Event(at, said)));
        self.cache.mark_reported(note);
    }

    /// Tells the counts that were not told yet of what an end that is not good has to
    /// do with.
    fn report_counts(&mut self, at: usize) {
        let target = &self.targets[at];
        let notes = self.observation(at).map_or_else(
            // What is compacted has no observation.
            || {
                let pods = self.pods(target).into_iter().map(uid);
                let ids = target.uid.as_deref().into_iter().chain(pods);
                ids.flat_map(|id| self.cache.notes_of(id)).collect()
            },
            |observation| observation.notes,
        );
        let behind = notes.into_iter().filter(|note| note.has_unreported());
        let behind: Vec<EventNote> = behind.cloned().collect();
        for note in &behind {
            self.changes.push(Change::Event(at, note.describe()));
            self.cache.mark_reported(note);
        }
    }

    fn judge_all(&mut self, now: Duration) {
        for at in 0..self.targets.len() {
            self.judge(at, now);
        }
    }

    /// The set as it is: what is not in the list is gone, even though nobody
    /// was told so.
    fn replace_list(&mut self, group: usize, objects: Vec<Value>, now: Duration) {
        let there: BTreeSet<Key> = objects.iter().map(|o| self.key(group, o)).collect();
        for object in objects {
            self.upsert(group, object, now);
        }
        for at in 0..self.targets.len() {
            let target = &self.targets[at];
            if target.group != group || !target.is_open() {
                continue;
            }
            let key = (group, target.namespace.clone(), target.name.clone());
            if !there.contains(&key) {
                self.on_absent(at, now);
            }
        }
        // What is to go is what is there now, as for kubectl: else the set of
        // something that replaces its Pods would never be empty.
        if self.for_deletion() && !self.too_few() {
            self.closed.insert(group);
        }
    }

    fn upsert(&mut self, group: usize, object: Value, now: Duration) {
        let key = self.key(group, &object);
        let at = match self.by_name.get(&key) {
            Some(at) => *at,
            None if self.groups[group].takes_all && !self.closed.contains(&group) => {
                self.join(key, None)
            }
            None => return,
        };
        let id = uid(&object).to_owned();
        let kind = self.groups[group].kind;
        let live = self.groups[group].takes_all;
        let follow = self.spec.follow_recreate;
        let target = &self.targets[at];
        if !(target.is_open() || target.left && live) {
            return;
        }
        let another = target.is_other_uid(&id);
        if another && self.is_replaced(at) {
            self.remove_from_set(at, REPLACED);
        } else if another && !follow {
            // Its name is another's now.
            self.on_deleted(at, now);
            return;
        }
        self.set_left(at, false);
        let target = &mut self.targets[at];
        target.pending = target.pending.take().filter(|end| !end.is_missing());
        if another {
            target.tracked = None;
            target.pending = None;
            target.killed = false;
        }
        if !id.is_empty() {
            target.uid = Some(id.clone());
        }
        let namespace = text_at(&object, "/metadata/namespace").to_owned();
        let name = name(&object).to_owned();
        let selector = manual_selector(&object);
        target.compacted = None;
        target.object = Some(object);
        target.present = true;
        if !id.is_empty() {
            self.by_key.entry(id).or_default().insert(at);
        }
        if let Some(selector) = selector.filter(|_| self.groups[group].uses_job_label) {
            self.request_pods(group, selector);
        }
        self.report_pods(at);
        if kind == WorkloadKind::Deployment {
            self.by_key
                .entry(deployment_key(&namespace, &name))
                .or_default()
                .insert(at);
        }
        self.judge(at, now);
    }

    fn delete(&mut self, group: usize, object: Value, now: Duration) {
        let Some(at) = self.by_name.get(&self.key(group, &object)).copied() else {
            return;
        };
        let target = &mut self.targets[at];
        if target.is_other_uid(uid(&object)) || !target.is_open() {
            return;
        }
        target.pending = target.pending.take().filter(|end| !end.is_missing());
        // Its last state may be the end that nobody was told of before.
        target.compacted = None;
        target.object = Some(object);
        target.present = true;
        self.judge(at, now);
        if !self.targets[at].is_open() || self.targets[at].pending.is_some() {
            return;
        }
        self.on_absent(at, now);
    }

    pub(super) fn report_pods(&mut self, at: usize) {
        if self.spec.report_pods && self.changes.last() != Some(&Change::PodsChanged(at)) {
            self.changes.push(Change::PodsChanged(at));
        }
    }

    pub(super) fn end(&mut self, at: usize, end: End) {
        let stuck = end.outcome == Outcome::Stuck;
        let now = end.at;
        if matches!(
            end.outcome,
            Outcome::Failed | Outcome::Stuck | Outcome::TimedOut
        ) {
            self.report_counts(at);
        }
        let target = &mut self.targets[at];
        target.end = Some(end);
        target.pending = None;
        target.tracked = None;
        self.changes.push(Change::Ended(at));
        if !self.spec.keep_pods {
            let target = &mut self.targets[at];
            if let Some(uid) = &target.uid {
                self.cache.evict_owner(uid);
            }
            target.compacted = None;
            if let Some(object) = target.object.take()
                && self.groups[target.group].kind == WorkloadKind::Deployment
            {
                let namespace = text_at(&object, "/metadata/namespace");
                self.cache
                    .evict_owner(&deployment_key(namespace, &target.name));
            }
        }
        if stuck {
            let why = Evidence::new("Unfinished", "another target is stuck");
            self.abort(&why, now);
        }
    }
}
