//! A sink for items of a list that passes each on once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use pod_model::{DecodeError, Fields, PartialObject};

use crate::cluster::{ItemIdentity, ItemSink};

/// Maximum memory that the objects of a list take, in bytes, as far as it is estimated.
pub(super) const MOST: usize = 96 << 20;

/// Takes an item, and returns the memory that it takes.
pub(super) type Take<'a> = dyn FnMut(&PartialObject) -> Result<usize, DecodeError> + 'a;

/// Passes items on, each once: a list that expires is listed again from its beginning.
pub(super) struct Once<'a> {
    fields: Fields,
    take: &'a mut Take<'a>,
    memory: usize,
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl<'a> Once<'a> {
    /// Creates a sink that reads some fields of items.
    pub(super) fn new(fields: Fields, take: &'a mut Take<'a>) -> Self {
        Self {
            fields,
            take,
            memory: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        }
    }
}

impl ItemSink for Once<'_> {
    fn fields(&self) -> Fields {
        self.fields
    }

    fn add(&mut self, item: &PartialObject, identity: ItemIdentity) -> Result<bool, DecodeError> {
        let hash = self.hasher.hash_one((identity.namespace, identity.name));
        if self.seen.insert(hash) {
            self.memory += (self.take)(item)?;
        }
        Ok(self.memory <= MOST)
    }

    fn restart(&mut self) {
        // What was passed on stays: another list has the same objects, but for the changes of a
        // few seconds.
    }
}
