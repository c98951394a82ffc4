//! Data shared by all objects of one document. A list may have thousands of items, so
//! properties of the whole document are computed once.

use std::sync::{Arc, OnceLock};

use crate::source::Source;
use crate::tree::Tree;
use crate::yaml::speaks_of_a_secret;

/// The tree of a document, the text that it was read from, and facts about both.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) source: Arc<Source>,
    pub(super) tree: Tree,
    depth: OnceLock<usize>,
    speaks_of_a_secret: OnceLock<bool>,
}

impl Shared {
    pub(super) fn new(source: Arc<Source>, tree: Tree) -> Self {
        Self {
            source,
            tree,
            depth: OnceLock::new(),
            speaks_of_a_secret: OnceLock::new(),
        }
    }

    /// Number of levels of the tree.
    pub(super) fn depth(&self) -> usize {
        *self.depth.get_or_init(|| self.tree.depth())
    }

    /// Returns whether the text of the document speaks of a Secret anywhere.
    pub(super) fn speaks_of_a_secret(&self) -> bool {
        *self.speaks_of_a_secret.get_or_init(|| {
            let text = self.source.slice(self.tree.span(self.tree.root()));
            speaks_of_a_secret(text)
        })
    }
}
