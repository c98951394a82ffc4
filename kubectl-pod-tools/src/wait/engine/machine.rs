//! The engine: its targets, and the state that they are in.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use pod_model::status::WorkloadKind;
use pod_model::status::fields::{name, text_at};
use serde_json::Value;

use super::cache::{Cache, deployment_key};
use super::input::{Change, Group, Role, WaitSpec};
use super::schedule::Schedule;
use super::target::{LastSeen, State, Target};
use super::throttle::Throttle;

/// Identifies a target: its group, its namespace if the group is of all namespaces, and its
/// name.
pub(super) type Key = (usize, String, String);

/// The wait, as a state machine.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) spec: WaitSpec,
    pub(super) groups: Vec<Group>,
    /// The role of each stream, by its index.
    pub(super) roles: Vec<Role>,
    /// `true` if each stream has delivered all that exists.
    pub(super) synced: Vec<bool>,
    pub(super) targets: Vec<Target>,
    /// Number of targets that have left their set.
    left: usize,
    /// No target before this index is open.
    pub(super) first_open: Cell<usize>,
    /// No target before this index is open and without a uid.
    pub(super) first_unidentified: Cell<usize>,
    pub(super) schedule: Schedule,
    pub(super) throttle: Throttle,
    pub(super) by_name: HashMap<Key, usize>,
    /// The targets that a uid or a Deployment's key leads to.
    pub(super) by_key: HashMap<String, BTreeSet<usize>>,
    pub(super) cache: Cache,
    pub(super) changes: Vec<Change>,
    /// `true` if the wait was ended before all targets had.
    pub(super) aborted: bool,
    /// `true` if the time is over.
    pub(super) timed_out: bool,
    /// Time at which Pods were last listed.
    pub(super) pods_listed_at: Option<Duration>,
    /// The groups and label selectors for which a stream of Pods was requested.
    pub(super) selectors: BTreeSet<(usize, String)>,
    /// Groups that no new target joins.
    pub(super) closed: BTreeSet<usize>,
    /// Since when all sets are empty, while a first match is waited for.
    pub(super) empty_since: Option<Duration>,
    /// `true` if nothing matched in time.
    pub(super) gave_up: bool,
}

impl Engine {
    /// Returns an engine without targets.
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
            pods_listed_at: None,
            selectors: BTreeSet::new(),
            closed: BTreeSet::new(),
            empty_since: None,
            gave_up: false,
        }
    }

    /// Adds a named target and returns its index; with a uid no other object of that name is
    /// waited for.
    pub(crate) fn add_target(&mut self, group: usize, name: &str, uid: Option<String>) -> usize {
        self.join((group, String::new(), name.to_owned()), uid)
    }

    /// Adds a target, unless it exists, and returns its index.
    pub(super) fn join(&mut self, key: Key, uid: Option<String>) -> usize {
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

    /// Returns the key of an object of a group.
    pub(super) fn key(&self, group: usize, object: &Value) -> Key {
        let namespace = if self.groups[group].all_namespaces {
            text_at(object, "/metadata/namespace")
        } else {
            ""
        };
        (group, namespace.to_owned(), name(object).to_owned())
    }

    /// Sets the object of a target as it was created: it may have ended and been deleted
    /// before it is first observed.
    pub(crate) fn seed(&mut self, at: usize, object: Value) {
        self.targets[at].object.last_seen = LastSeen::Tree(object);
    }

    /// Returns the targets with their indexes, in the order in which they were named or found,
    /// without those that have left their set.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (usize, &Target)> {
        let targets = self.targets.iter().enumerate();
        targets.filter(|(_, target)| !matches!(target.state, State::Left))
    }

    /// Returns the target with this index.
    pub(crate) fn target(&self, at: usize) -> Option<&Target> {
        self.targets.get(at)
    }

    /// Returns the changes since the last call.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Returns the number of targets, and the number that is expected.
    pub(crate) fn count(&self) -> (usize, usize) {
        (self.targets.len() - self.left, self.spec.expect)
    }

    /// Returns the Pods of a target.
    pub(crate) fn pods<'a>(&'a self, target: &'a Target) -> Vec<&'a Value> {
        match (
            self.groups[target.group].kind,
            target.object.last_seen.tree(),
        ) {
            (WorkloadKind::Pod, Some(object)) => vec![object],
            (WorkloadKind::Deployment, Some(object)) => {
                let namespace = text_at(object, "/metadata/namespace");
                self.cache.pods_of(&deployment_key(namespace, &target.name))
            }
            // A target that was not observed yet has no uid and owns nothing.
            _ => self.cache.pods_of(target.uid().unwrap_or("")),
        }
    }

    /// Changes the state of a target. One that comes back to its set is open again.
    pub(super) fn set_state(&mut self, at: usize, state: State) {
        let is_left = matches!(state, State::Left);
        let before = std::mem::replace(&mut self.targets[at].state, state);
        match (matches!(before, State::Left), is_left) {
            (false, true) => self.left += 1,
            (true, false) => {
                self.left -= 1;
                self.first_open.set(self.first_open.get().min(at));
                self.first_unidentified
                    .set(self.first_unidentified.get().min(at));
            }
            _ => {}
        }
    }
}
