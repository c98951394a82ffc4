//! The answers to look-ups.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;
use serde_json::Value;

use super::completeness::{Completeness, ListState, Unavailable};
use super::field_index::FieldIndex;
use super::kind::{AnyObject, LookupKind};
use super::need::{Need, Selection};
use super::origin::Origin;
use crate::selector::{FieldSelector, LabelSelector};

/// The answer to a look-up of one object.
#[derive(Clone, Debug)]
pub enum Answer<'a, K> {
    /// It exists.
    Found(Found<'a, K>),
    /// It does not exist.
    Missing,
    /// The cluster does not allow to read it.
    Forbidden,
    /// The cluster was asked and could not answer, for the reason given.
    Failed(&'a str),
    /// The cluster was not asked, and no file has it.
    NotAsked,
}

/// An object that was found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a, K> {
    /// The object: that of the file where both a file and the cluster have it.
    pub object: &'a K,
    /// The place it was read.
    pub origin: &'a Origin,
    /// The object as the cluster has it, or `None` if it was not read there.
    pub stored: Option<&'a K>,
    /// True if `object` is that of a file.
    pub is_written: bool,
}

/// The answer to a look-up of several objects.
#[derive(Clone, Debug)]
pub struct List<'a, K> {
    /// Those of the files in their order, then those of the cluster.
    pub objects: Vec<Found<'a, K>>,
    /// True if these are all.
    pub completeness: Completeness,
    /// The failure to list them, if `completeness` is `Failed`.
    pub failure: Option<&'a str>,
}

/// The answers to all look-ups of a run; a look-up without an answer was not asked.
#[derive(Debug, Default)]
pub struct Answers {
    /// Few kinds, each by namespace; cluster-wide kinds under the empty one.
    kinds: Vec<(LookupKind, HashMap<String, Namespace>)>,
}

#[derive(Debug, Default)]
struct Namespace {
    entries: Vec<Entry>,
    /// The first entry of each name.
    by_name: HashMap<String, usize>,
    /// Names of objects that could not be read.
    unavailable: HashMap<String, Unavailable>,
    /// The lists that the cluster was asked for.
    lists: HashMap<Selection, ListState>,
    by_field: FieldIndex,
}

/// An object, as a file has it or the cluster or both.
#[derive(Debug, Default)]
struct Entry {
    written: Option<(AnyObject, Origin)>,
    stored: Option<(AnyObject, Origin)>,
}

impl Answers {
    /// Adds an object of a file. Of several with one name the first counts as the
    /// object of that name, and all are listed.
    pub fn add_from_file(
        &mut self,
        kind: LookupKind,
        namespace: &str,
        name: &str,
        object: AnyObject,
        origin: Origin,
    ) {
        let namespace = self.namespace_mut(kind, namespace);
        let next = namespace.entries.len();
        namespace.by_name.entry(name.to_owned()).or_insert(next);
        namespace.by_field.clear();
        namespace.entries.push(Entry {
            written: Some((object, origin)),
            stored: None,
        });
    }

    /// Adds an object of the cluster.
    pub fn add_from_cluster(
        &mut self,
        kind: LookupKind,
        namespace: &str,
        name: &str,
        object: AnyObject,
        origin: Origin,
    ) {
        let namespace = self.namespace_mut(kind, namespace);
        let next = namespace.entries.len();
        let at = *namespace.by_name.entry(name.to_owned()).or_insert(next);
        namespace.by_field.clear();
        if at == next {
            namespace.entries.push(Entry::default());
        }
        if let Some(entry) = namespace.entries.get_mut(at) {
            entry.stored = Some((object, origin));
        }
    }

    /// Records that the cluster gave nothing for a need.
    pub fn add_unavailable(&mut self, need: &Need, reason: Unavailable) {
        let namespace = self.namespace_mut(need.kind, &need.namespace);
        if let Selection::Name(name) = &need.selection {
            namespace.unavailable.insert(name.clone(), reason);
            return;
        }
        let completeness = match reason {
            Unavailable::Missing => Completeness::Complete,
            Unavailable::Forbidden => Completeness::Forbidden,
            Unavailable::Failed(_) => Completeness::Failed,
        };
        let state = ListState {
            completeness,
            unavailable: Some(reason),
        };
        namespace.lists.insert(need.selection.clone(), state);
    }

    /// Records that the cluster has listed all objects of a need. One that is named needs
    /// no record beside the object.
    pub fn set_listed(&mut self, need: &Need) {
        if need.name().is_none() {
            let state = ListState::new(Completeness::Complete);
            let namespace = self.namespace_mut(need.kind, &need.namespace);
            namespace.lists.insert(need.selection.clone(), state);
        }
    }

    /// Records whether the cluster has listed all objects of a kind in a namespace.
    pub fn set_completeness(
        &mut self,
        kind: LookupKind,
        namespace: &str,
        completeness: Completeness,
    ) {
        let state = ListState::new(completeness);
        let namespace = self.namespace_mut(kind, namespace);
        namespace.lists.insert(Selection::All, state);
    }

    /// Returns whether a need is answered already, so that the cluster is not asked for it.
    pub fn satisfy(&self, need: &Need) -> bool {
        let Some(namespace) = self.namespace(need.kind, &need.namespace) else {
            return false;
        };
        match &need.selection {
            Selection::All => namespace.completeness() != Completeness::NotAsked,
            selection @ (Selection::Labels(_) | Selection::Fields(_)) => {
                namespace.completeness() == Completeness::Complete
                    || namespace.lists.contains_key(selection)
            }
            Selection::Name(name) => {
                let entry = namespace.entry(name);
                let is_known = entry.is_some_and(|entry| entry.stored.is_some() || !need.as_stored);
                is_known
                    || namespace.completeness() == Completeness::Complete
                    || namespace.unavailable.contains_key(name)
            }
        }
    }

    /// Returns the reason why the cluster answered a need with neither objects nor their
    /// absence, or `None` if it did, or was not asked.
    pub fn refusal(&self, need: &Need) -> Option<&Unavailable> {
        let namespace = self.namespace(need.kind, &need.namespace)?;
        let refusal = match &need.selection {
            Selection::Name(name) => namespace.unavailable.get(name),
            selection => {
                let all = namespace.lists.get(&Selection::All);
                let own = namespace.lists.get(selection).or(all)?;
                own.unavailable.as_ref()
            }
        };
        refusal.filter(|reason| **reason != Unavailable::Missing)
    }

    /// Returns the object of a name.
    pub fn one<K>(&self, namespace: &str, name: &str) -> Answer<'_, K>
    where
        K: Resource + Metadata<Ty = ObjectMeta> + 'static,
    {
        let Some(namespace) = self.of_type::<K>(namespace) else {
            return Answer::NotAsked;
        };
        if let Some(found) = namespace.entry(name).and_then(Entry::found) {
            return Answer::Found(found);
        }
        match (namespace.unavailable.get(name), namespace.completeness()) {
            (Some(Unavailable::Forbidden), _) => Answer::Forbidden,
            (Some(Unavailable::Failed(why)), _) => Answer::Failed(why),
            (Some(Unavailable::Missing), _) | (None, Completeness::Complete) => Answer::Missing,
            (None, _) => Answer::NotAsked,
        }
    }

    /// Returns all objects of a kind in a namespace.
    pub fn all<K>(&self, namespace: &str) -> List<'_, K>
    where
        K: Resource + Metadata<Ty = ObjectMeta> + 'static,
    {
        let Some(namespace) = self.of_type::<K>(namespace) else {
            return List::not_asked();
        };
        let objects = namespace.entries.iter().filter_map(Entry::found);
        namespace.list(objects.collect(), &Selection::All)
    }

    /// Returns true if objects of a kind are known in a namespace, whichever they are: a file that has some of a kind
    /// has all that somebody recorded.
    pub fn has_any<K>(&self, namespace: &str) -> bool
    where
        K: Resource + Metadata<Ty = ObjectMeta> + 'static,
    {
        let namespace = self.of_type::<K>(namespace);
        namespace.is_some_and(|namespace| !namespace.entries.is_empty())
    }

    /// Returns the objects of a kind in a namespace whose labels match.
    pub fn matching<K>(&self, namespace: &str, selector: &LabelSelector) -> List<'_, K>
    where
        K: Resource + Metadata<Ty = ObjectMeta> + 'static,
    {
        let Some(namespace) = self.of_type::<K>(namespace) else {
            return List::not_asked();
        };
        let none = BTreeMap::new();
        let objects = namespace.entries.iter().filter_map(Entry::found::<K>);
        let matching = objects.filter(|found| {
            let labels = found.object.metadata().labels.as_ref();
            selector.matches_labels(labels.unwrap_or(&none))
        });
        namespace.list(matching.collect(), &Selection::Labels(selector.clone()))
    }

    /// Returns the objects of a kind in a namespace whose fields match, such as the events
    /// of one object. An object without a compared field does not match.
    pub fn with_fields<K>(&self, namespace: &str, selector: &FieldSelector) -> List<'_, K>
    where
        K: Resource + Metadata<Ty = ObjectMeta> + Serialize + 'static,
    {
        let Some(namespace) = self.of_type::<K>(namespace) else {
            return List::not_asked();
        };
        let object = |at: usize| Some(namespace.entries.get(at)?.found::<K>()?.object);
        let matching = namespace
            .by_field
            .matching(selector, namespace.entries.len(), object);
        let objects = matching
            .into_iter()
            .filter_map(|at| namespace.entries.get(at)?.found());
        namespace.list(objects.collect(), &Selection::Fields(selector.clone()))
    }

    /// Returns all objects as JSON: those of files in their order, then those of the cluster.
    pub fn to_values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        for (kind, namespaces) in &self.kinds {
            let mut sorted: Vec<_> = namespaces.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            let entries = sorted.into_iter().flat_map(|(_, own)| &own.entries);
            let objects = entries.filter_map(|own| own.written.as_ref().or(own.stored.as_ref()));
            values.extend(objects.filter_map(|(object, _)| kind.to_value(object)));
        }
        values
    }

    fn of_type<K: Resource>(&self, namespace: &str) -> Option<&Namespace> {
        let is_it =
            |kind: &LookupKind| kind.kind() == K::KIND && kind.api_version() == K::API_VERSION;
        let (_, namespaces) = self.kinds.iter().find(|(kind, _)| is_it(kind))?;
        namespaces.get(namespace)
    }

    fn namespace(&self, kind: LookupKind, namespace: &str) -> Option<&Namespace> {
        let (_, namespaces) = self.kinds.iter().find(|(known, _)| *known == kind)?;
        namespaces.get(namespace)
    }

    fn namespace_mut(&mut self, kind: LookupKind, namespace: &str) -> &mut Namespace {
        let at = self.kinds.iter().position(|(known, _)| *known == kind);
        let at = at.unwrap_or_else(|| {
            self.kinds.push((kind, HashMap::new()));
            self.kinds.len() - 1
        });
        let (_, namespaces) = &mut self.kinds[at];
        namespaces.entry(namespace.to_owned()).or_default()
    }
}

impl<K> List<'_, K> {
    fn not_asked() -> Self {
        Self {
            objects: Vec::new(),
            completeness: Completeness::NotAsked,
            failure: None,
        }
    }
}

impl Namespace {
    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(*self.by_name.get(name)?)
    }

    /// Returns the completeness of the list of all objects.
    fn completeness(&self) -> Completeness {
        let state = self.lists.get(&Selection::All);
        state.map_or(Completeness::NotAsked, |state| state.completeness)
    }

    /// Returns objects with the state of their list. A complete list of all answers for
    /// every selection.
    fn list<'a, K>(&'a self, objects: Vec<Found<'a, K>>, selection: &Selection) -> List<'a, K> {
        let all = self.lists.get(&Selection::All);
        let is_complete = self.completeness() == Completeness::Complete;
        let own = self.lists.get(selection).filter(|_| !is_complete);
        let state = own.or(all);
        List {
            objects,
            completeness: state.map_or(Completeness::NotAsked, |state| state.completeness),
            failure: state.and_then(ListState::failure),
        }
    }
}

impl Entry {
    fn found<K: Any>(&self) -> Option<Found<'_, K>> {
        let stored = self.stored.as_ref();
        let (object, origin) = self.written.as_ref().or(stored)?;
        Some(Found {
            object: object.downcast_ref()?,
            origin,
            stored: stored.and_then(|(object, _)| object.downcast_ref()),
            is_written: self.written.is_some(),
        })
    }
}
