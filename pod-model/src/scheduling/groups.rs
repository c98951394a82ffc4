//! Pods that look the same to affinity and spread: one entry for all that share their
//! namespace, labels and affinity terms.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Affinity, Pod};

use super::pod_terms::PodTerms;

/// The number of a group in its table.
pub type GroupId = u32;

/// Pods with the same namespace, labels and affinity terms.
#[derive(Debug)]
pub struct PodGroup {
    namespace: Box<str>,
    /// Sorted by key.
    labels: Box<[(Box<str>, Box<str>)]>,
    terms: Option<Arc<PodTerms>>,
}

impl PodGroup {
    /// Returns the namespace of the Pods.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        let at = self
            .labels
            .binary_search_by(|(known, _)| (**known).cmp(key));
        self.labels.get(at.ok()?).map(|(_, value)| &**value)
    }

    /// Returns the affinity terms of the Pods, or `None` if they have none.
    pub fn terms(&self) -> Option<&PodTerms> {
        self.terms.as_deref()
    }
}

/// The labels of Pods that are kept.
#[derive(Clone, Debug, Default)]
pub(super) enum KeptLabels {
    #[default]
    All,
    Keys(BTreeSet<String>),
}

impl KeptLabels {
    fn has(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Keys(keys) => keys.contains(key),
        }
    }
}

/// All groups, found again by what makes them.
#[derive(Debug, Default)]
pub(super) struct GroupTable {
    ids: HashMap<Box<str>, GroupId>,
    terms: HashMap<Box<str>, Arc<PodTerms>>,
    pub(super) groups: Vec<Arc<PodGroup>>,
    /// A buffer for the texts of look-ups.
    key: String,
}

impl GroupTable {
    /// Returns the group of a Pod, which is made if it is new.
    pub(super) fn group_of(&mut self, pod: &Pod, kept: &KeptLabels) -> GroupId {
        let mut key = std::mem::take(&mut self.key);
        let terms_key = write_key(&mut key, pod, kept);
        let known = self.ids.get(key.as_str()).copied();
        let id = known.unwrap_or_else(|| {
            let namespace = namespace(pod);
            let terms = terms_key.map(|terms_key| {
                let terms = || Arc::new(PodTerms::of(namespace, affinity(pod)));
                let known = self.terms.entry(terms_key.into_boxed_str());
                Arc::clone(known.or_insert_with(terms))
            });
            let labels = labels(pod, kept);
            let labels = labels.map(|(key, value)| (Box::from(&**key), Box::from(&**value)));
            self.groups.push(Arc::new(PodGroup {
                namespace: namespace.into(),
                labels: labels.collect(),
                terms,
            }));
            // There are fewer groups than fit into 32 bits: each takes more than a byte.
            let id = GroupId::try_from(self.groups.len() - 1).unwrap_or(GroupId::MAX);
            self.ids.insert(key.as_str().into(), id);
            id
        });
        self.key = key;
        id
    }

    /// Returns the group of a Pod that was added.
    pub(super) fn known_group_of(&self, pod: &Pod, kept: &KeptLabels) -> Option<GroupId> {
        let mut key = String::new();
        write_key(&mut key, pod, kept);
        self.ids.get(key.as_str()).copied()
    }
}

fn namespace(pod: &Pod) -> &str {
    pod.metadata.namespace.as_deref().unwrap_or_default()
}

/// The affinity of a Pod that has terms between Pods.
fn affinity(pod: &Pod) -> Option<&Affinity> {
    let affinity = pod.spec.as_ref()?.affinity.as_ref()?;
    let is_between_pods = affinity.pod_affinity.is_some() || affinity.pod_anti_affinity.is_some();
    is_between_pods.then_some(affinity)
}

fn labels<'a>(
    pod: &'a Pod,
    kept: &'a KeptLabels,
) -> impl Iterator<Item = (&'a String, &'a String)> {
    let labels = pod.metadata.labels.iter().flatten();
    labels.filter(|(key, _)| kept.has(key))
}

/// Writes all that makes a group into a buffer, and returns the part about affinity terms.
fn write_key(key: &mut String, pod: &Pod, kept: &KeptLabels) -> Option<String> {
    key.clear();
    push(key, namespace(pod));
    let terms = affinity(pod).map(|affinity| {
        let between_pods = (&affinity.pod_affinity, &affinity.pod_anti_affinity);
        let text = serde_json::to_string(&between_pods).unwrap_or_default();
        push(key, &text);
        key.clone()
    });
    if terms.is_none() {
        push(key, "");
    }
    for (label, value) in labels(pod, kept) {
        push(key, label);
        push(key, value);
    }
    terms
}

/// Appends a text so that no two sequences of texts are written alike.
fn push(key: &mut String, text: &str) {
    // Writing to a String does not fail.
    let _ = write!(key, "{}:{text}", text.len());
}
