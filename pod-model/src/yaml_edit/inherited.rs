//! New keys of a mapping that others merge: they have these keys by the merge.

use std::collections::HashMap;

use serde_json::Value;

use crate::tree::{Kind, NodeId, Tree};

/// The treatment of a new key that a merge brings as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewKeys {
    /// It is left to the merge.
    Inherited,
    /// It is written at each place.
    Written,
}

/// The new keys of mappings.
pub(super) struct Inherited {
    /// The mapping in which a value stands, for those that are merged elsewhere.
    homes: HashMap<NodeId, NodeId>,
    added: HashMap<(NodeId, String), Value>,
}

impl Inherited {
    pub(super) fn of(tree: &Tree, new_keys: NewKeys) -> Self {
        let mut homes = HashMap::new();
        if new_keys == NewKeys::Inherited && has_merges(tree) {
            for id in ids(tree) {
                if let Kind::Mapping(entries) = &tree.raw_node(id).kind {
                    let own = entries.iter().filter(|own| own.merged_at.is_none());
                    homes.extend(own.map(|own| (own.value, id)));
                }
            }
        }
        Self {
            homes,
            added: HashMap::new(),
        }
    }

    /// Returns whether a mapping takes a new key: one that it merges has not got it before.
    pub(super) fn takes(&mut self, tree: &Tree, id: NodeId, key: &str, value: &Value) -> bool {
        if self.homes.is_empty() {
            return true;
        }
        let merged = tree.entries(id).iter();
        let merged = merged.filter(|own| own.merged_at.is_some());
        let mut homes = merged.filter_map(|own| self.homes.get(&own.value));
        let has_it = homes.any(|home| self.added.get(&(*home, key.to_owned())) == Some(value));
        // Those that merge this mapping inherit it, too.
        self.added.insert((id, key.to_owned()), value.clone());
        !has_it
    }
}

fn ids(tree: &Tree) -> impl Iterator<Item = NodeId> {
    (0..tree.len()).filter_map(|at| u32::try_from(at).ok().map(NodeId))
}

fn has_merges(tree: &Tree) -> bool {
    let mut all = ids(tree);
    all.any(|id| match &tree.raw_node(id).kind {
        Kind::Mapping(entries) => entries.iter().any(|own| own.merged_at.is_some()),
        _ => false,
    })
}
