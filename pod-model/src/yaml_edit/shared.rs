//! Nodes that several places of a document use: anchors with aliases, and merged entries.

use crate::tree::{Kind, NodeId, Tree};

/// The number of places that use each node.
pub(super) struct Uses(Vec<u64>);

impl Uses {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut uses = vec![0_u64; tree.len()];
        let add = |uses: &mut Vec<u64>, id: NodeId, number: u64| {
            if let Some(own) = uses.get_mut(id.0 as usize) {
                *own = own.saturating_add(number);
            }
        };
        add(&mut uses, tree.root(), 1);
        // A node comes after those that it holds, and after the anchored node of its alias.
        for at in (0..tree.len()).rev() {
            let own = uses[at];
            let Ok(id) = u32::try_from(at) else { continue };
            match &tree.raw_node(NodeId(id)).kind {
                Kind::Alias(target) => add(&mut uses, *target, own),
                Kind::Sequence(elements) => {
                    for id in elements {
                        add(&mut uses, *id, own);
                    }
                }
                Kind::Mapping(entries) => {
                    for entry in entries {
                        add(&mut uses, entry.value, own);
                    }
                }
                _ => {}
            }
        }
        Self(uses)
    }

    pub(super) fn get(&self, id: NodeId) -> u64 {
        self.0.get(id.0 as usize).copied().unwrap_or(0)
    }
}
