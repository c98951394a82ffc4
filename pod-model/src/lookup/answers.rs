//! The answers to look-ups.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};

use super::kind::{AnyObject, LookupKind};
use super::need::{Need, Selection};
use super::origin::Origin;
use crate::selector::LabelSelector;

/// The answer to a look-up of one object.
#[derive(Clone, Debug)]
pub enum Answer<'a, K> {
    /// It exists.
    Found(Found<'a, K>),
    /// It does not exist.
    Missing,
    /// The cluster does not allow to read it.
    Forbidden,
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
    /// Whether `object` is that of a file.
    pub is_written: bool,
}

/// The answer to a look-up of all objects of a kind.
#[derive(Clone, Debug)]
pub struct List<'a, K> {
    /// Those of the files in their order, then those of the cluster.
    pub objects: Vec<Found<'a, K>>,
    /// Whether these are all.
    pub completeness: Completeness,
}

/// Whether everything is known that there could be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// Everything was listed.
    Complete,
    /// The cluster does not allow to list it.
    Forbidden,
    /// The cluster was not asked.
    #[default]
    NotAsked,
}

/// The answers to all look-ups of a run; one that has none was not asked.
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
    /// Names of objects that could not be read, each with whether that was forbidden.
    unread: HashMap<String, bool>,
    completeness: Completeness,
    /// The same of the objects that match a label selector.
    selected: HashMap<LabelSelector, Completeness>,
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
    pub fn add_written(
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
        namespace.entries.push(Entry {
            written: Some((object, origin)),
            stored: None,
        });
    }

    /// Adds an object of the cluster.
    pub fn add_stored(
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
        if at == next {
            namespace.entries.push(Entry::default());
        }
        if let Some(entry) = namespace.entries.get_mut(at) {
            entry.stored = Some((object, origin));
        }
    }

    /// Notes that an object does not exist, or may not be read.
    pub fn add_unread(&mut self, kind: LookupKind, namespace: &str, name: &str, forbidden: bool) {
        let namespace = self.namespace_mut(kind, namespace);
        namespace.unread.insert(name.to_owned(), forbidden);
    }

    /// Notes whether the cluster has listed all objects of a namespace.
    pub fn set_completeness(
        &mut self,
        kind: LookupKind,
        namespace: &str,
        completeness: Completeness,
    ) {
        self.namespace_mut(kind, namespace).completeness = completeness;
    }

    /// Notes whether the cluster has listed all objects of a namespace that match a
    /// label selector.
    pub fn set_selected(
        &mut self,
        kind: LookupKind,
        namespace: &str,
        selector: LabelSelector,
        completeness: Completeness,
    ) {
        let namespace = self.namespace_mut(kind, namespace);
        namespace.selected.insert(selector, completeness);
    }

    /// Whether the cluster has nothing to add to what is known.
    pub fn satisfy(&self, need: &Need) -> bool {
        let Some(namespace) = self.namespace(need.kind, &need.namespace) else {
            return false;
        };
        match &need.selection {
            Selection::All => namespace.completeness != Completeness::NotAsked,
            Selection::Labels(selector) => {
                namespace.completeness == Completeness::Complete
                    || namespace.selected.contains_key(selector)
            }
            Selection::Name(name) => {
                let entry = namespace.entry(name);
                let is_known = entry.is_some_and(|entry| entry.stored.is_some() || !need.as_stored);
                is_known
                    || namespace.completeness == Completeness::Complete
                    || namespace.unread.contains_key(name)
            }
        }
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
        match (namespace.unread.get(name), namespace.completeness) {
            (Some(true), _) => Answer::Forbidden,
            (Some(false), _) | (None, Completeness::Complete) => Answer::Missing,
            (None, _) => Answer::NotAsked,
        }
    }

    /// Returns all objects of a kind in a namespace.
    pub fn all<K>(&self, namespace: &str) -> List<'_, K>
    where
        K: Resource + Metadata<Ty = ObjectMeta> + 'static,
    {
        let Some(namespace) = self.of_type::<K>(namespace) else {
            return List {
                objects: Vec::new(),
                completeness: Completeness::NotAsked,
            };
        };
        List {
            objects: namespace.entries.iter().filter_map(Entry::found).collect(),
            completeness: namespace.completeness,
        }
    }

    /// Returns the objects of a kind in a namespace whose labels match.
    pub fn matching<K>(&self, namespace: &str, selector: &LabelSelector) -> List<'_, K>
    where
        K: Resource + Metadata<Ty = ObjectMeta> + 'static,
    {
        let mut list = self.all::<K>(namespace);
        let none = BTreeMap::new();
        list.objects.retain(|found| {
            let labels = found.object.metadata().labels.as_ref();
            selector.matches_labels(labels.unwrap_or(&none))
        });
        if list.completeness != Completeness::Complete {
            let namespace = self.of_type::<K>(namespace);
            let selected = namespace.and_then(|namespace| namespace.selected.get(selector));
            list.completeness = selected.copied().unwrap_or(list.completeness);
        }
        list
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

impl Namespace {
    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(*self.by_name.get(name)?)
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
