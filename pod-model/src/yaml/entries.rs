//! The entries of a mapping while it is read: the last of equal keys wins.

use std::collections::HashMap;

use crate::source::Span;
use crate::tree::Entry;

/// From this many entries on, keys are looked up by hash.
const INDEX_FROM: usize = 12;

/// The keys that stand twice: where the first and the second stand.
pub(super) type Repeated = Vec<(Box<str>, Span, Span)>;

#[derive(Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    index: HashMap<Box<str>, usize>,
    repeated: Repeated,
}

impl Entries {
    /// The entries and the repeated keys.
    pub(super) fn into_parts(self) -> (Vec<Entry>, Repeated) {
        (self.list, self.repeated)
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.list.len() < INDEX_FROM {
            self.list.iter().position(|e| *e.key == *key)
        } else {
            self.index.get(key).copied()
        }
    }

    /// Sets a key. That both of two equal keys stand here, and neither was
    /// merged from elsewhere, is noted.
    pub(super) fn set(&mut self, entry: Entry) {
        if let Some(i) = self.position(&entry.key) {
            let old = &mut self.list[i];
            if old.merged_at.is_none() && entry.merged_at.is_none() {
                self.repeated
                    .push((entry.key.clone(), old.key_span, entry.key_span));
            }
            *old = entry;
            return;
        }
        self.list.push(entry);
        let indexed = if self.list.len() == INDEX_FROM {
            0
        } else {
            self.list.len() - 1
        };
        if self.list.len() >= INDEX_FROM {
            let new = self.list.iter().enumerate().skip(indexed);
            self.index.extend(new.map(|(i, e)| (e.key.clone(), i)));
        }
    }
}
