//! A sink for items of a list that passes each on once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::marker::PhantomData;

use crate::cluster::{ItemSink, StreamItem};

/// Maximum memory that the objects of a list take, in bytes, as far as it is estimated.
pub(super) const MOST: usize = 96 << 20;

/// Passes items on, each once: a list that expires is listed again from its beginning.
pub(super) struct Once<T, F> {
    take: F,
    memory: usize,
    seen: HashSet<u64>,
    hasher: RandomState,
    item: PhantomData<fn(T)>,
}

impl<T: StreamItem, F: FnMut(T) -> usize> Once<T, F> {
    /// Creates a sink for a function that returns the memory which an item takes.
    pub(super) fn new(take: F) -> Self {
        Self {
            take,
            memory: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            item: PhantomData,
        }
    }
}

impl<T: StreamItem, F: FnMut(T) -> usize> ItemSink for Once<T, F> {
    type Item = T;

    fn add(&mut self, item: T) -> bool {
        let identity = item.identity();
        let hash = self.hasher.hash_one((identity.namespace, identity.name));
        if self.seen.insert(hash) {
            self.memory += (self.take)(item);
        }
        self.memory <= MOST
    }

    fn restart(&mut self) {
        // What was passed on stays: another list has the same objects, but for the changes of a
        // few seconds.
    }
}
