//! The labels that nodes have, and those of a Pod that no node has.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{NodeSelectorTerm, PodSpec};

use crate::nearest;
use crate::path::FieldPath;
use crate::scheduling::Snapshot;

/// Values of one key that are compared with a mistyped one.
const MOST_VALUES: usize = 1000;
/// Labels of a Pod for which similar ones are looked for.
const MOST_SIMILAR: usize = 20;
/// Values of each of them.
const MOST_SIMILAR_VALUES: usize = 8;

/// The labels of all nodes: the values of each key.
#[derive(Debug, Default)]
pub struct KnownLabels<'a> {
    values: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// A label that a Pod asks for and no node has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The field that asks for it, from the Pod's spec.
    pub path: FieldPath,
    /// The key.
    pub key: String,
    /// The value, or `None` if only the key is asked for.
    pub value: Option<String>,
    /// True if some node has the key.
    pub has_key: bool,
    /// A key and value that nodes have and that are likely meant.
    pub suggestion: Option<(String, Option<String>)>,
    /// True if only a preference asks for it.
    pub is_preferred: bool,
}

impl<'a> KnownLabels<'a> {
    /// Reads the labels of all nodes.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut known = Self::default();
        for node in snapshot.nodes() {
            for (key, value) in node.labels() {
                known.values.entry(key).or_default().insert(value);
            }
        }
        known
    }

    /// Returns whether a node has a key.
    pub fn has_key(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Returns whether a node has a key with a value.
    pub fn has(&self, key: &str, value: &str) -> bool {
        let values = self.values.get(key);
        values.is_some_and(|values| values.contains(value))
    }

    /// Returns the label that is likely meant by one that no node has: a similar value of the
    /// key, or a similar key that has the value.
    pub fn similar(&self, key: &str, value: &str) -> Option<(&'a str, &'a str)> {
        if let Some((key, values)) = self.values.get_key_value(key) {
            let values = values.iter().copied().take(MOST_VALUES);
            return nearest(value, values).map(|value| (*key, value));
        }
        let with_value = self.values.iter();
        let with_value = with_value.filter_map(|(key, values)| {
            let value = values.get(value)?;
            Some((*key, *value))
        });
        let with_value: BTreeMap<&str, &str> = with_value.collect();
        // The same name in another domain, such as `beta.kubernetes.io/os`.
        let name = |key: &'a str| key.rsplit_once('/').map_or(key, |(_, name)| name);
        let own = key.rsplit_once('/').map_or(key, |(_, name)| name);
        let same_name = with_value.iter().find(|(key, _)| name(key) == own);
        if let Some((key, value)) = same_name {
            return Some((*key, *value));
        }
        let similar = nearest(key, with_value.keys().copied())?;
        with_value
            .get_key_value(similar)
            .map(|(key, value)| (*key, *value))
    }

    /// Returns the key that is likely meant by one that no node has.
    pub fn similar_key(&self, key: &str) -> Option<&'a str> {
        nearest(key, self.values.keys().copied())
    }
}

/// Returns the labels in a Pod's node selector, node affinity and topology keys that no node
/// has.
pub fn unknown_labels(spec: &PodSpec, known: &KnownLabels<'_>) -> Vec<UnknownLabel> {
    let mut found = Finder {
        known,
        unknown: Vec::new(),
    };
    let root = FieldPath::root();
    for (key, value) in spec.node_selector.iter().flatten() {
        let path = root.field("nodeSelector").field(key.clone());
        found.value(|_| path.clone(), key, std::slice::from_ref(value), false);
    }
    let affinity = spec.affinity.as_ref();
    if let Some(own) = affinity.and_then(|own| own.node_affinity.as_ref()) {
        let path = root.field("affinity").field("nodeAffinity");
        if let Some(own) = &own.required_during_scheduling_ignored_during_execution {
            let path = path
                .field("requiredDuringSchedulingIgnoredDuringExecution")
                .field("nodeSelectorTerms");
            for (at, term) in own.node_selector_terms.iter().enumerate() {
                found.term(&path.index(at), term, false);
            }
        }
        let path = path.field("preferredDuringSchedulingIgnoredDuringExecution");
        let preferred = own
            .preferred_during_scheduling_ignored_during_execution
            .iter();
        for (at, own) in preferred.flatten().enumerate() {
            found.term(&path.index(at).field("preference"), &own.preference, true);
        }
    }
    found.pod_affinity(spec);
    let path = root.field("topologySpreadConstraints");
    let constraints = spec.topology_spread_constraints.iter().flatten();
    for (at, own) in constraints.enumerate() {
        let is_preferred = own.when_unsatisfiable == "ScheduleAnyway";
        let path = path.index(at).field("topologyKey");
        found.key(path, &own.topology_key, is_preferred);
    }
    found.unknown
}

struct Finder<'k, 'n> {
    known: &'k KnownLabels<'n>,
    unknown: Vec<UnknownLabel>,
}

impl Finder<'_, '_> {
    /// Adds the topology keys of Pod affinity and anti-affinity: over a key that no node has, the
    /// former is never met and the latter keeps nothing apart.
    fn pod_affinity(&mut self, spec: &PodSpec) {
        let Some(affinity) = &spec.affinity else {
            return;
        };
        let own = affinity.pod_affinity.as_ref();
        let anti = affinity.pod_anti_affinity.as_ref();
        let lists = [
            (
                "podAffinity",
                own.and_then(|own| {
                    own.required_during_scheduling_ignored_during_execution
                        .as_deref()
                }),
                own.and_then(|own| {
                    own.preferred_during_scheduling_ignored_during_execution
                        .as_deref()
                }),
            ),
            (
                "podAntiAffinity",
                anti.and_then(|own| {
                    own.required_during_scheduling_ignored_during_execution
                        .as_deref()
                }),
                anti.and_then(|own| {
                    own.preferred_during_scheduling_ignored_during_execution
                        .as_deref()
                }),
            ),
        ];
        for (field, required, preferred) in lists {
            let path = FieldPath::root().field("affinity").field(field);
            let terms = path.field("requiredDuringSchedulingIgnoredDuringExecution");
            for (at, own) in required.unwrap_or_default().iter().enumerate() {
                self.key(
                    terms.index(at).field("topologyKey"),
                    &own.topology_key,
                    false,
                );
            }
            let terms = path.field("preferredDuringSchedulingIgnoredDuringExecution");
            for (at, own) in preferred.unwrap_or_default().iter().enumerate() {
                let path = terms
                    .index(at)
                    .field("podAffinityTerm")
                    .field("topologyKey");
                self.key(path, &own.pod_affinity_term.topology_key, true);
            }
        }
    }

    fn term(&mut self, path: &FieldPath, term: &NodeSelectorTerm, is_preferred: bool) {
        let path = path.field("matchExpressions");
        for (at, own) in term.match_expressions.iter().flatten().enumerate() {
            let path = path.index(at);
            match own.operator.as_str() {
                "In" => {
                    let values = own.values.as_deref().unwrap_or_default();
                    let all = path.field("values");
                    // The key is what is wrong, or a value.
                    let (has_key, key) = (self.known.has_key(&own.key), path.field("key"));
                    let place = |at| if has_key { all.index(at) } else { key.clone() };
                    self.value(place, &own.key, values, is_preferred);
                }
                "Exists" | "Gt" | "Lt" => self.key(path.field("key"), &own.key, is_preferred),
                _ => {}
            }
        }
    }

    fn key(&mut self, path: FieldPath, key: &str, is_preferred: bool) {
        if self.known.has_key(key) {
            return;
        }
        let similar = self.known.similar_key(key);
        self.unknown.push(UnknownLabel {
            path,
            key: key.to_owned(),
            value: None,
            has_key: false,
            suggestion: similar.map(|key| (key.to_owned(), None)),
            is_preferred,
        });
    }

    /// Adds a key of which some node should have one of the values, at the `place` of the value
    /// that is likely mistyped.
    fn value(
        &mut self,
        place: impl Fn(usize) -> FieldPath,
        key: &str,
        values: &[String],
        is_preferred: bool,
    ) {
        let is_known = |value: &String| self.known.has(key, value);
        if values.is_empty() || values.iter().any(is_known) {
            return;
        }
        let most = if self.unknown.len() < MOST_SIMILAR {
            MOST_SIMILAR_VALUES
        } else {
            0
        };
        let mut similar = values.iter().take(most).enumerate();
        let similar = similar.find_map(|(at, value)| Some((at, self.known.similar(key, value)?)));
        let at = similar.map_or(0, |(at, _)| at);
        let similar = similar.map(|(_, (key, value))| (key, Some(value)));
        let has_key = self.known.has_key(key);
        let similar_key = || {
            let key = self.known.similar_key(key);
            key.map(|key| (key, None))
        };
        let similar = similar.or_else(|| (most > 0 && !has_key).then(similar_key).flatten());
        let owned = |(key, value): (&str, Option<&str>)| (key.to_owned(), value.map(str::to_owned));
        self.unknown.push(UnknownLabel {
            path: place(at),
            key: key.to_owned(),
            value: values.get(at).cloned(),
            has_key,
            suggestion: similar.map(owned),
            is_preferred,
        });
    }
}
