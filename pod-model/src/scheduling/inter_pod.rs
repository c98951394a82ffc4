//! The plugin `InterPodAffinity`: its filter, which looks at required terms.
//!
//! Upstream: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.

use std::collections::{BTreeSet, HashMap};

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::groups::PodGroup;
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_terms::{OptionalSelector, PodTerm, PodTerms, label_of};
use super::snapshot::Snapshot;
use super::storage::{Input, Unknown};
use crate::version::KubernetesVersion;

const AFFINITY: &str = "node(s) didn't match pod affinity rules";
const ANTI_AFFINITY: &str = "node(s) didn't match pod anti-affinity rules";
const EXISTING: &str = "node(s) didn't satisfy existing pods anti-affinity rules";

/// Numbers of Pods by a topology key and its value.
#[derive(Clone, Debug, Default)]
struct Counts(HashMap<String, HashMap<String, i64>>);

impl Counts {
    fn get(&self, key: &str, value: &str) -> i64 {
        let count = self.0.get(key).and_then(|values| values.get(value));
        count.copied().unwrap_or(0)
    }

    fn add(&mut self, key: &str, value: &str, count: i64) {
        if !self.0.contains_key(key) {
            self.0.insert(key.to_owned(), HashMap::new());
        }
        if let Some(values) = self.0.get_mut(key) {
            match values.get_mut(value) {
                Some(known) => *known += count,
                None => {
                    values.insert(value.to_owned(), count);
                }
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let keys = self.0.iter();
        keys.flat_map(|(key, values)| {
            values
                .keys()
                .map(move |value| (key.as_str(), value.as_str()))
        })
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The required terms of a Pod with what they count.
#[derive(Clone, Debug)]
pub(super) struct InterPod {
    terms: PodTerms,
    selects_itself: bool,
    groups: Vec<Matches>,
    /// Pods that match all affinity terms, by the keys of these.
    affinity: Counts,
    /// Pods that match an anti-affinity term, by its key.
    anti: Counts,
    /// Pods with an anti-affinity term that matches the Pod, by its key.
    existing: Counts,
    /// The keys of these terms.
    existing_keys: BTreeSet<String>,
    /// The part of the input that is not known.
    unknown: Option<String>,
}

/// The terms that Pods of a group match, and those of theirs that match the Pod.
#[derive(Clone, Debug, Default)]
struct Matches {
    is_wanted: bool,
    /// Numbers of the anti-affinity terms.
    anti: Vec<usize>,
    /// Topology keys of the group's own terms.
    existing: Vec<String>,
}

/// Counts the matching Pods. Upstream: `PreFilter`.
pub(super) fn prepare(pod: &Pod, spec: &PodSpec, snapshot: &Snapshot) -> Prepared<InterPod> {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let mut terms = PodTerms::of(namespace, spec.affinity.as_ref());
    if !terms.errors.is_empty() {
        return Prepared::Failed(CycleFailure::pre_filter(
            Plugin::InterPodAffinity,
            Code::UnschedulableAndUnresolvable,
            format!("parsing pod: {}", terms.errors.join(", ")),
        ));
    }
    let required = terms.required.iter_mut().chain(&mut terms.required_anti);
    for term in required {
        if let Err(Unknown(why)) = name_namespaces(term, snapshot) {
            return Prepared::Unknown(why);
        }
    }
    let labels = pod.metadata.labels.clone().unwrap_or_default();
    let subject = Subject {
        namespace,
        label: label_of(&labels),
    };
    let mut unknown = None;
    let groups = snapshot.groups().iter().map(|group| {
        let existing = existing_terms(group, &subject, snapshot, &mut unknown);
        matches(group, &terms, existing)
    });
    let groups: Vec<Matches> = groups.collect();
    let existing_keys = groups
        .iter()
        .flat_map(|group| group.existing.iter().cloned());
    let existing_keys: BTreeSet<String> = existing_keys.collect();
    let mut state = InterPod {
        selects_itself: matches_all(&terms.required, namespace, &subject.label),
        terms,
        groups,
        affinity: Counts::default(),
        anti: Counts::default(),
        existing: Counts::default(),
        existing_keys,
        unknown,
    };
    let (mut affinity, mut anti, mut existing) =
        (Counts::default(), Counts::default(), Counts::default());
    for node in snapshot.nodes() {
        state.shares(node, |kind, key, value, count| {
            let counts = match kind {
                Kind::Affinity => &mut affinity,
                Kind::Anti => &mut anti,
                Kind::Existing => &mut existing,
            };
            counts.add(key, value, count);
        });
    }
    (state.affinity, state.anti, state.existing) = (affinity, anti, existing);
    let has_terms = !state.terms.required.is_empty() || !state.terms.required_anti.is_empty();
    if state.existing_keys.is_empty() && !has_terms {
        return state.unknown.map_or(Prepared::Skip, Prepared::Unknown);
    }
    Prepared::Ready(state)
}

/// Unrolls a term's namespace selector into names, as upstream does for the Pod's own terms.
/// Upstream: `mergeAffinityTermNamespacesIfNotEmpty`.
pub(super) fn name_namespaces(term: &mut PodTerm, snapshot: &Snapshot) -> Result<(), Unknown> {
    let selector = &term.namespace_selector;
    if selector.selects_all() || selector.is_absent() {
        return Ok(());
    }
    let namespaces = &snapshot.lists.namespaces;
    if !namespaces.is_complete() {
        return Err(Unknown::list(Input::Namespaces));
    }
    let selected = namespaces.iter();
    let selected = selected.filter(|(_, labels)| selector.matches(label_of(labels)));
    let selected: Vec<String> = selected.map(|(name, _)| name.clone()).collect();
    term.namespaces.extend(selected);
    // These hand a copy of the term to the function, whose selector is the one that is replaced.
    let keeps = KubernetesVersion::V1_34..=KubernetesVersion::V1_36;
    if !keeps.contains(&snapshot.version()) {
        term.namespace_selector = OptionalSelector::NOTHING;
    }
    Ok(())
}

/// The Pod that is to be placed.
struct Subject<'a, L> {
    namespace: &'a str,
    label: L,
}

/// The topology keys of a group's anti-affinity terms that match the Pod.
fn existing_terms<'a, L: Fn(&str) -> Option<&'a str>>(
    group: &PodGroup,
    subject: &Subject<'a, L>,
    snapshot: &Snapshot,
    unknown: &mut Option<String>,
) -> Vec<String> {
    let terms = group.terms().map(|terms| terms.required_anti.iter());
    let matching = terms.into_iter().flatten().filter(|term| {
        if !term.selector.matches(&subject.label) {
            return false;
        }
        if term.namespaces.contains(subject.namespace) || term.namespace_selector.selects_all() {
            return true;
        }
        if term.namespace_selector.is_absent() {
            return false;
        }
        match snapshot.namespace_labels(subject.namespace) {
            Ok(labels) => term.namespace_selector.matches(label_of(labels)),
            Err(why) => {
                *unknown = Some(why);
                false
            }
        }
    });
    matching.map(|term| term.topology_key.clone()).collect()
}

/// Returns whether a term of the Pod matches another in a namespace.
pub(super) fn matches_term<'a>(
    term: &PodTerm,
    namespace: &str,
    label: impl Fn(&str) -> Option<&'a str>,
) -> bool {
    // Upstream asks the selector about a namespace without labels: by then it selects nothing, or
    // everything, except in the versions that lose the change (`name_namespaces`).
    (term.namespaces.contains(namespace) || term.namespace_selector.matches(|_| None))
        && term.selector.matches(label)
}

/// Returns whether one Pod matches all of the terms, of which there is one at least.
fn matches_all<'a>(
    terms: &[PodTerm],
    namespace: &str,
    label: impl Fn(&str) -> Option<&'a str>,
) -> bool {
    let mut all = terms.iter();
    !terms.is_empty() && all.all(|term| matches_term(term, namespace, &label))
}

fn matches(group: &PodGroup, terms: &PodTerms, existing: Vec<String>) -> Matches {
    let (namespace, label) = (group.namespace(), |key: &str| group.label(key));
    let anti = terms.required_anti.iter().enumerate();
    let anti = anti.filter(|(_, term)| matches_term(term, namespace, label));
    Matches {
        is_wanted: matches_all(&terms.required, namespace, label),
        anti: anti.map(|(at, _)| at).collect(),
        existing,
    }
}

/// The three counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Affinity,
    Anti,
    Existing,
}

/// The change of the counts by a change of one node.
#[derive(Default)]
struct Changes(Vec<(Kind, String, String, i64)>);

impl Changes {
    fn of(&self, kind: Kind, key: &str, value: &str) -> i64 {
        let own = self
            .0
            .iter()
            .filter(|(of, known, of_value, _)| *of == kind && known == key && of_value == value);
        own.map(|(_, _, _, count)| count).sum()
    }
}

impl InterPod {
    /// Calls back for each count that the Pods on a node add to.
    fn shares(&self, node: &NodeInfo, mut add: impl FnMut(Kind, &str, &str, i64)) {
        for (id, count) in node.pods().groups() {
            let at = usize::try_from(id).ok();
            let Some(matches) = at.and_then(|at| self.groups.get(at)) else {
                continue;
            };
            let count = i64::from(count.total());
            let mut add_at = |kind, key: &str| {
                if let Some(value) = node.label(key) {
                    add(kind, key, value, count);
                }
            };
            if matches.is_wanted {
                for term in &self.terms.required {
                    add_at(Kind::Affinity, &term.topology_key);
                }
            }
            for term in matches
                .anti
                .iter()
                .filter_map(|at| self.terms.required_anti.get(*at))
            {
                add_at(Kind::Anti, &term.topology_key);
            }
            for key in &matches.existing {
                add_at(Kind::Existing, key);
            }
        }
    }

    /// Judges a node, which may be a changed form of the one that was counted.
    /// Upstream: `Filter`.
    pub(super) fn judge(&self, node: &NodeInfo, before: Option<&NodeInfo>) -> Outcome {
        let mut changes = Changes::default();
        if let Some(before) = before {
            for (node, sign) in [(before, -1), (node, 1)] {
                self.shares(node, |kind, key, value, count| {
                    let change = (kind, key.to_owned(), value.to_owned(), sign * count);
                    changes.0.push(change);
                });
            }
        }
        let count = |kind, key: &str, value: &str| {
            let counts = match kind {
                Kind::Affinity => &self.affinity,
                Kind::Anti => &self.anti,
                Kind::Existing => &self.existing,
            };
            counts.get(key, value) + changes.of(kind, key, value)
        };
        if let Some(detail) = self.missing_affinity(node, &count, !changes.0.is_empty()) {
            let code = Code::UnschedulableAndUnresolvable;
            return fails(code, AFFINITY, detail);
        }
        for term in &self.terms.required_anti {
            let key = &term.topology_key;
            if let Some(value) = node.label(key)
                && count(Kind::Anti, key, value) > 0
            {
                let number = count(Kind::Anti, key, value);
                let s = if number == 1 { "" } else { "s" };
                let detail = format!(
                    "`{key}={value}` has {number} matching Pod{s} that the Pod's anti-affinity excludes"
                );
                return fails(Code::Unschedulable, ANTI_AFFINITY, detail);
            }
        }
        for key in &self.existing_keys {
            let Some(value) = node.label(key) else {
                continue;
            };
            let number = count(Kind::Existing, key, value);
            if number > 0 {
                let s = if number == 1 { "" } else { "s" };
                let detail = format!(
                    "`{key}={value}` has {number} Pod{s} whose anti-affinity excludes the Pod"
                );
                return fails(Code::Unschedulable, EXISTING, detail);
            }
        }
        let unknown = self.unknown.clone();
        unknown.map_or(Outcome::Passes, Outcome::NotEvaluated)
    }

    /// Returns why the Pod's affinity is not satisfied. Upstream: `satisfyPodAffinity`.
    fn missing_affinity(
        &self,
        node: &NodeInfo,
        count: &impl Fn(Kind, &str, &str) -> i64,
        is_changed: bool,
    ) -> Option<String> {
        let mut missing = None;
        for term in &self.terms.required {
            let key = &term.topology_key;
            let Some(value) = node.label(key) else {
                return Some(format!("the node has no label `{key}`"));
            };
            if count(Kind::Affinity, key, value) <= 0 {
                missing = Some(format!("no matching Pod in `{key}={value}`"));
            }
        }
        // The first Pod of a series that wants to be together may go anywhere.
        let is_first = || {
            let counted = self.affinity.iter();
            let none_counted = if is_changed {
                let mut counted = counted;
                !counted.any(|(key, value)| count(Kind::Affinity, key, value) > 0)
            } else {
                self.affinity.is_empty()
            };
            none_counted && self.selects_itself
        };
        missing.filter(|_| !is_first())
    }
}

fn fails(code: Code, message: &str, detail: String) -> Outcome {
    let reason = Reason::new(Plugin::InterPodAffinity, code, message, Cause::Other);
    Outcome::fails(reason.detailed(detail))
}
