//! What is known beside the targets: Pods and events, found by their owners.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::Value;

use super::size::INDEX_OVERHEAD;
use crate::cluster::size;
use pod_model::status::EventNote;
use pod_model::status::fields::{controller, ends_by_deletion, pod_ended, text, text_at, uid};

/// Of one object no more events are kept.
const MAX_NOTES: usize = 12;
/// Of so many objects that belong to no target events are kept: the object, or
/// its owner, may be seen a moment later.
const MAX_UNOWNED: usize = 500;

/// Pods by uid, the gone ones included, and events by the uid that they tell of.
#[derive(Debug, Default)]
pub(super) struct Cache {
    pods: BTreeMap<String, Value>,
    /// The stream that brought each Pod last: its lists alone tell that it is gone.
    brought: HashMap<String, usize>,
    /// The uids of the Pods that are gone.
    gone: BTreeSet<String>,
    /// The uids of those that were deleted before they had ended.
    killed: BTreeSet<String>,
    by_owner: HashMap<String, BTreeSet<String>>,
    notes: HashMap<String, Vec<EventNote>>,
    /// The uids of the ReplicaSets that events tell of, by their Deployment.
    replica_sets: HashMap<String, BTreeSet<String>>,
    /// The uids of what events tell of, in the order in which they came, until
    /// it is clear whether they belong to a target.
    unowned: VecDeque<String>,
}

/// How the controller of a Pod is found: by its uid, and a Deployment, which owns
/// Pods through a ReplicaSet, by its name
/// (pkg/controller/deployment/sync.go, `getNewReplicaSet`). Other owners do not
/// count the Pod as theirs (pkg/controller/controller_ref_manager.go, `ClaimObject`).
pub(super) fn owners(pod: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(owner) = controller(pod) {
        keys.push(text(owner, "uid").to_owned());
        let namespace = text_at(pod, "/metadata/namespace");
        let hash = text_at(pod, "/metadata/labels/pod-template-hash");
        if text(owner, "kind") == "ReplicaSet"
            && !hash.is_empty()
            && let Some(deployment) = text(owner, "name").strip_suffix(&format!("-{hash}"))
        {
            keys.push(deployment_key(namespace, deployment));
        }
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// The key of a Deployment's Pods.
pub(super) fn deployment_key(namespace: &str, name: &str) -> String {
    format!("deployment/{namespace}/{name}")
}

impl Cache {
    /// Takes a Pod in; the keys of its owners.
    pub(super) fn upsert_pod(&mut self, stream: usize, pod: Value) -> Vec<String> {
        let id = uid(&pod).to_owned();
        let keys = owners(&pod);
        for key in &keys {
            self.by_owner
                .entry(key.clone())
                .or_default()
                .insert(id.clone());
        }
        self.gone.remove(&id);
        self.brought.insert(id.clone(), stream);
        let before = self.pods.get(&id).is_some_and(pod_ended);
        if !before && ends_by_deletion(&pod, pod_ended(&pod)) {
            self.killed.insert(id.clone());
        }
        self.pods.insert(id, pod);
        keys
    }

    /// A Pod that is there no more; its last status is remembered.
    pub(super) fn delete_pod(&mut self, stream: usize, pod: Value) -> Vec<String> {
        let id = uid(&pod).to_owned();
        let keys = self.upsert_pod(stream, pod);
        self.gone.insert(id);
        keys
    }

    /// All that a stream has: what it brought before and is not there is gone.
    pub(super) fn replace_pods(&mut self, stream: usize, pods: Vec<Value>) {
        let listed: BTreeSet<String> = pods.iter().map(|pod| uid(pod).to_owned()).collect();
        for (id, by) in &self.brought {
            if *by == stream && !listed.contains(id) {
                self.gone.insert(id.clone());
            }
        }
        for pod in pods {
            self.upsert_pod(stream, pod);
        }
    }

    /// Takes an event in; what it tells by now, if anything has changed. What happens
    /// again is counted, and counts as of its last time.
    pub(super) fn add_note(&mut self, mut note: EventNote) -> Option<EventNote> {
        if !self.notes.contains_key(&note.uid) {
            self.unowned.push_back(note.uid.clone());
        }
        if let Some(name) = note.deployment() {
            let key = deployment_key(&note.namespace, name);
            let uids = self.replica_sets.entry(key).or_default();
            uids.insert(note.uid.clone());
        }
        let notes = self.notes.entry(note.uid.clone()).or_default();
        let same = |other: &EventNote| {
            note.repeats(other) || note.is_recovery() && note.reason == other.reason
        };
        let before = notes.iter().position(same);
        if let Some(before) = before {
            let older = &mut notes[before];
            let times = older.times.saturating_add(note.occurrences_since(older));
            if note.at < older.at {
                // A list is in no order of time.
                if note.message != older.message {
                    older.times = times;
                }
                return None;
            }
            if times == older.times {
                return None;
            }
            note.times = times;
            note.reported = older.reported;
            notes.remove(before);
        } else if notes.len() == MAX_NOTES {
            notes.remove(0);
        }
        // A list is in no order of time.
        let place = notes
            .iter()
            .rposition(|other| note.at.is_empty() || other.at <= note.at);
        notes.insert(place.map_or(0, |place| place + 1), note.clone());
        Some(note)
    }

    /// Remembers that a note was told.
    pub(super) fn mark_reported(&mut self, note: &EventNote) {
        let notes = self.notes.get_mut(&note.uid).into_iter().flatten();
        for known in notes.filter(|known| note.repeats(known)) {
            known.reported = known.times;
        }
    }

    /// The Pods that a key leads to, by age; those that are gone come along
    /// unless they ended without being done.
    pub(super) fn pods_of(&self, key: &str) -> Vec<&Value> {
        let ids = self.by_owner.get(key).into_iter().flatten();
        let mut pods: Vec<&Value> = ids
            .filter(|id| !self.gone.contains(*id) || self.pods.get(*id).is_some_and(pod_ended))
            .filter_map(|id| self.pods.get(id))
            .collect();
        pods.sort_by_cached_key(|pod| text_at(pod, "/metadata/creationTimestamp"));
        pods
    }

    /// The Pods that a key leads to and that came to an end of their own.
    pub(super) fn ended_pods_of(&self, key: &str) -> Vec<&Value> {
        let pods = self.pods_of(key).into_iter();
        pods.filter(|pod| pod_ended(pod) && !self.killed.contains(uid(pod)))
            .collect()
    }

    /// The owners of the Pod with this uid.
    pub(super) fn owners_of(&self, id: &str) -> Vec<String> {
        self.pods.get(id).map(owners).unwrap_or_default()
    }

    /// What events tell of an object.
    pub(super) fn notes_of(&self, id: &str) -> impl Iterator<Item = &EventNote> {
        self.notes.get(id).into_iter().flatten()
    }

    /// What events tell of the ReplicaSets of a Deployment.
    pub(super) fn notes_of_replica_sets(
        &self,
        namespace: &str,
        deployment: &str,
    ) -> Vec<&EventNote> {
        let key = deployment_key(namespace, deployment);
        let uids = self.replica_sets.get(&key).into_iter().flatten();
        uids.flat_map(|uid| self.notes_of(uid))
            .filter(|note| note.deployment() == Some(deployment) && note.namespace == namespace)
            .collect()
    }

    /// The keys of what an event may tell of.
    pub(super) fn keys_of(&self, note: &EventNote) -> Vec<String> {
        let mut keys = self.owners_of(&note.uid);
        keys.push(note.uid.clone());
        keys.extend(
            note.deployment()
                .map(|name| deployment_key(&note.namespace, name)),
        );
        keys
    }

    /// How many Pods are known that a key leads to, whatever became of them.
    pub(super) fn all_pods_of(&self, key: &str) -> usize {
        self.by_owner.get(key).map_or(0, BTreeSet::len)
    }

    /// Forgets the Pods of an owner, and what events tell of it.
    pub(super) fn evict_owner(&mut self, key: &str) {
        for id in self.by_owner.remove(key).unwrap_or_default() {
            self.evict_pod(&id);
        }
        self.evict_notes(key);
    }

    /// Forgets what events tell of an object.
    fn evict_notes(&mut self, id: &str) {
        for note in self.notes.remove(id).into_iter().flatten() {
            let Some(name) = note.deployment() else {
                continue;
            };
            let key = deployment_key(&note.namespace, name);
            if let Some(uids) = self.replica_sets.get_mut(&key) {
                uids.remove(id);
                if uids.is_empty() {
                    self.replica_sets.remove(&key);
                }
            }
        }
    }

    /// Forgets one Pod.
    pub(super) fn evict_pod(&mut self, id: &str) {
        for key in self.pods.remove(id).iter().flat_map(owners) {
            if let Some(ids) = self.by_owner.get_mut(&key) {
                ids.remove(id);
                if ids.is_empty() {
                    self.by_owner.remove(&key);
                }
            }
        }
        self.brought.remove(id);
        self.gone.remove(id);
        self.killed.remove(id);
        self.evict_notes(id);
    }

    /// All Pods: the uid, the keys of the owners, and whether it is gone.
    pub(super) fn all_pods(&self) -> Vec<(String, Vec<String>, bool)> {
        let pods = self.pods.iter();
        pods.map(|(id, pod)| (id.clone(), owners(pod), self.gone.contains(id)))
            .collect()
    }

    /// Forgets the oldest events of what belongs to no target.
    pub(super) fn evict_unowned(&mut self, targets: &HashMap<String, BTreeSet<usize>>) {
        while self.unowned.len() > MAX_UNOWNED {
            let Some(id) = self.unowned.pop_front() else {
                return;
            };
            let note = self.notes.get(&id).and_then(|notes| notes.first());
            let keys = note.map(|note| self.keys_of(note)).unwrap_or_default();
            let stranger = !keys.iter().any(|key| targets.contains_key(key));
            if stranger {
                self.evict_notes(&id);
            }
        }
    }

    /// Memory of all that is known, in bytes, by about.
    pub(super) fn size(&self) -> usize {
        let pods = self.pods.values().map(|pod| INDEX_OVERHEAD + size(pod));
        let notes = self.notes.values().flatten().map(EventNote::size);
        pods.chain(notes).sum()
    }

    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.pods.len(), self.notes.len())
    }
}
