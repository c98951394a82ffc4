//! The Pods and events of the targets, found by their owners.

use std::collections::{BTreeSet, HashMap, VecDeque};

use pod_model::status::fields::{controller, ends_by_deletion, pod_ended, text, text_at, uid};
use pod_model::status::{EventNote, WorkloadKind};
use serde_json::Value;

use crate::cluster::size;

/// Memory that the indexes take for one object, in bytes.
pub(super) const INDEX_OVERHEAD: usize = 512;
/// Maximum number of events that are kept of one object.
const MAX_NOTES: usize = 12;
/// Number of objects without a target whose events are kept: the object, or its owner, may
/// be observed a moment later.
const MAX_UNOWNED: usize = 500;

/// Pods, deleted ones included, and events, by the uid of the Pod or of the object that the
/// event is about.
#[derive(Debug, Default)]
pub(super) struct Cache {
    records: HashMap<String, Record>,
    /// The uids of Pods, by the keys of their owners.
    by_owner: HashMap<String, BTreeSet<String>>,
    /// The uids of ReplicaSets with events, by the keys of their Deployments.
    replica_sets: HashMap<String, BTreeSet<String>>,
    /// The uids of objects with events, in order of arrival, until it is known whether they
    /// belong to a target.
    unowned: VecDeque<String>,
}

/// All that is known of the object with one uid.
#[derive(Debug, Default)]
struct Record {
    /// The object, if it is a Pod.
    pod: Option<PodRecord>,
    /// The events about it, the oldest first.
    notes: Vec<EventNote>,
}

#[derive(Debug)]
struct PodRecord {
    /// The Pod as it was last observed.
    pod: Value,
    /// The stream that delivered it last: only a list of that shows that it is gone.
    stream: usize,
    is_gone: bool,
    /// `true` if it was deleted before it had ended.
    ends_by_deletion: bool,
}

impl PodRecord {
    fn has_ended(&self) -> bool {
        pod_ended(&self.pod)
    }
}

/// Returns the keys of the owners of a Pod: the uid of its controller, and for a Deployment,
/// which owns Pods through a ReplicaSet, its name
/// (pkg/controller/deployment/sync.go, `getNewReplicaSet`). Other owners do not count the Pod
/// as theirs (pkg/controller/controller_ref_manager.go, `ClaimObject`).
pub(super) fn owners(pod: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(owner) = controller(pod) {
        keys.push(text(owner, "uid").to_owned());
        let namespace = text_at(pod, "/metadata/namespace");
        let hash = text_at(pod, "/metadata/labels/pod-template-hash");
        if text(owner, "kind") == WorkloadKind::ReplicaSet.name()
            && !hash.is_empty()
            && let Some(deployment) = text(owner, "name").strip_suffix(&format!("-{hash}"))
        {
            keys.push(deployment_key(namespace, deployment));
        }
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// Returns the key of a Deployment's Pods.
pub(super) fn deployment_key(namespace: &str, name: &str) -> String {
    format!("deployment/{namespace}/{name}")
}

impl Cache {
    /// Adds or replaces a Pod, and returns the keys of its owners.
    pub(super) fn upsert_pod(&mut self, stream: usize, pod: Value) -> Vec<String> {
        let id = uid(&pod).to_owned();
        let keys = owners(&pod);
        for key in &keys {
            let pods = self.by_owner.entry(key.clone()).or_default();
            pods.insert(id.clone());
        }
        let record = self.records.entry(id).or_default();
        let before = record.pod.take();
        let had_ended = before.as_ref().is_some_and(PodRecord::has_ended);
        let was_deleted = before.is_some_and(|before| before.ends_by_deletion);
        let is_deleted = !had_ended && ends_by_deletion(&pod, pod_ended(&pod));
        record.pod = Some(PodRecord {
            pod,
            stream,
            is_gone: false,
            ends_by_deletion: was_deleted || is_deleted,
        });
        keys
    }

    /// Adds or replaces a Pod that is gone: its last status is kept.
    pub(super) fn delete_pod(&mut self, stream: usize, pod: Value) -> Vec<String> {
        let id = uid(&pod).to_owned();
        let keys = self.upsert_pod(stream, pod);
        let record = self.records.get_mut(&id);
        if let Some(pod) = record.and_then(|record| record.pod.as_mut()) {
            pod.is_gone = true;
        }
        keys
    }

    /// Applies a list of a stream: the Pods that it delivered before and omits are gone.
    pub(super) fn replace_pods(&mut self, stream: usize, pods: Vec<Value>) {
        let listed: BTreeSet<String> = pods.iter().map(|pod| uid(pod).to_owned()).collect();
        for (id, record) in &mut self.records {
            if let Some(pod) = &mut record.pod
                && pod.stream == stream
                && !listed.contains(id)
            {
                pod.is_gone = true;
            }
        }
        for pod in pods {
            self.upsert_pod(stream, pod);
        }
    }

    /// Adds an event, and returns its note if anything has changed. A repetition is counted,
    /// and has the time of the last occurrence.
    pub(super) fn add_note(&mut self, mut note: EventNote) -> Option<EventNote> {
        if let Some(name) = note.deployment() {
            let key = deployment_key(&note.namespace, name);
            let uids = self.replica_sets.entry(key).or_default();
            uids.insert(note.uid.clone());
        }
        let notes = &mut self.records.entry(note.uid.clone()).or_default().notes;
        if notes.is_empty() {
            self.unowned.push_back(note.uid.clone());
        }
        let is_same = |other: &EventNote| {
            note.repeats(other) || note.is_recovery() && note.reason == other.reason
        };
        let before = notes.iter().position(is_same);
        if let Some(before) = before {
            let older = &mut notes[before];
            let times = older.times.saturating_add(note.occurrences_since(older));
            if note.at < older.at {
                // A list is not ordered by time.
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
        // A list is not ordered by time.
        let place = notes
            .iter()
            .rposition(|other| note.at.is_empty() || other.at <= note.at);
        notes.insert(place.map_or(0, |place| place + 1), note.clone());
        Some(note)
    }

    /// Marks a note as reported.
    pub(super) fn mark_reported(&mut self, note: &EventNote) {
        let record = self.records.get_mut(&note.uid);
        let notes = record.into_iter().flat_map(|record| &mut record.notes);
        for kept in notes.filter(|kept| note.repeats(kept)) {
            kept.reported = kept.times;
        }
    }

    /// Returns the Pods that a key leads to, the oldest first; those that are gone only if
    /// they had ended.
    pub(super) fn pods_of(&self, key: &str) -> Vec<&Value> {
        self.pod_records_of(key)
            .into_iter()
            .map(|record| &record.pod)
            .collect()
    }

    /// Returns the Pods that a key leads to and that ended by themselves.
    pub(super) fn ended_pods_of(&self, key: &str) -> Vec<&Value> {
        let records = self.pod_records_of(key).into_iter();
        records
            .filter(|record| record.has_ended() && !record.ends_by_deletion)
            .map(|record| &record.pod)
            .collect()
    }

    fn pod_records_of(&self, key: &str) -> Vec<&PodRecord> {
        let ids = self.by_owner.get(key).into_iter().flatten();
        let mut records: Vec<&PodRecord> = ids
            .filter_map(|id| self.records.get(id)?.pod.as_ref())
            .filter(|record| !record.is_gone || record.has_ended())
            .collect();
        records.sort_by_cached_key(|record| text_at(&record.pod, "/metadata/creationTimestamp"));
        records
    }

    /// Returns the owners of the Pod with this uid.
    pub(super) fn owners_of(&self, id: &str) -> Vec<String> {
        let pod = self.records.get(id).and_then(|record| record.pod.as_ref());
        pod.map(|record| owners(&record.pod)).unwrap_or_default()
    }

    /// Returns the events about the object with this uid.
    pub(super) fn notes_of(&self, id: &str) -> impl Iterator<Item = &EventNote> {
        self.records
            .get(id)
            .into_iter()
            .flat_map(|record| &record.notes)
    }

    /// Returns the events about the ReplicaSets of a Deployment.
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

    /// Returns the keys of the targets that an event may concern.
    pub(super) fn keys_of(&self, note: &EventNote) -> Vec<String> {
        let mut keys = self.owners_of(&note.uid);
        keys.push(note.uid.clone());
        keys.extend(
            note.deployment()
                .map(|name| deployment_key(&note.namespace, name)),
        );
        keys
    }

    /// Returns the number of Pods that a key leads to, gone ones included.
    pub(super) fn all_pods_of(&self, key: &str) -> usize {
        self.by_owner.get(key).map_or(0, BTreeSet::len)
    }

    /// Returns all Pods: the uid, the keys of the owners, and whether it is gone.
    pub(super) fn all_pods(&self) -> Vec<(String, Vec<String>, bool)> {
        let records = self.records.iter();
        records
            .filter_map(|(id, record)| {
                let pod = record.pod.as_ref()?;
                Some((id.clone(), owners(&pod.pod), pod.is_gone))
            })
            .collect()
    }

    /// Evicts the Pods of an owner, and the events about the owner.
    pub(super) fn evict_owner(&mut self, key: &str) {
        for id in self.by_owner.remove(key).unwrap_or_default() {
            self.evict_pod(&id);
        }
        self.evict_notes(key);
    }

    /// Evicts a Pod and the events about it.
    pub(super) fn evict_pod(&mut self, id: &str) {
        let Some(record) = self.records.remove(id) else {
            return;
        };
        for key in record.pod.iter().flat_map(|record| owners(&record.pod)) {
            remove_from_index(&mut self.by_owner, &key, id);
        }
        self.unindex_notes(id, &record.notes);
    }

    /// Evicts the events about the object with this uid.
    fn evict_notes(&mut self, id: &str) {
        let Some(record) = self.records.get_mut(id) else {
            return;
        };
        let notes = std::mem::take(&mut record.notes);
        if record.pod.is_none() {
            self.records.remove(id);
        }
        self.unindex_notes(id, &notes);
    }

    fn unindex_notes(&mut self, id: &str, notes: &[EventNote]) {
        for note in notes {
            if let Some(name) = note.deployment() {
                let key = deployment_key(&note.namespace, name);
                remove_from_index(&mut self.replica_sets, &key, id);
            }
        }
    }

    /// Evicts the oldest events about objects that belong to no target.
    pub(super) fn evict_unowned(&mut self, targets: &HashMap<String, BTreeSet<usize>>) {
        while self.unowned.len() > MAX_UNOWNED {
            let Some(id) = self.unowned.pop_front() else {
                return;
            };
            let keys = match self.notes_of(&id).next() {
                Some(note) => self.keys_of(note),
                None => continue,
            };
            if !keys.iter().any(|key| targets.contains_key(key)) {
                self.evict_notes(&id);
            }
        }
    }

    /// Returns the memory that it takes, in bytes, approximately.
    pub(super) fn size(&self) -> usize {
        let records = self.records.values();
        records
            .map(|record| {
                let pod = record.pod.as_ref();
                let pod = pod.map_or(0, |record| INDEX_OVERHEAD + size(&record.pod));
                pod + record.notes.iter().map(EventNote::size).sum::<usize>()
            })
            .sum()
    }

    /// Returns the number of Pods, and of objects with events.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        let records = || self.records.values();
        (
            records().filter(|record| record.pod.is_some()).count(),
            records().filter(|record| !record.notes.is_empty()).count(),
        )
    }
}

/// Removes an id from an index, and its key if that leads to nothing else.
fn remove_from_index(index: &mut HashMap<String, BTreeSet<String>>, key: &str, id: &str) {
    if let Some(ids) = index.get_mut(key) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(key);
        }
    }
}
