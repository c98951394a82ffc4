//! Pseudonyms: the same name becomes the same one everywhere.

use std::collections::{HashMap, HashSet};

use super::shapes::is_number;
use super::vocabulary::is_well_known;

/// A class of names, which is what their pseudonyms begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class(pub &'static str);

pub(super) const UID: Class = Class("uid");
pub(super) const IP: Class = Class("ip");
pub(super) const WORD: Class = Class("word");

/// Names, each with its pseudonym.
#[derive(Default)]
pub(super) struct Pseudonyms {
    known: HashMap<String, String>,
    /// Those that stand for objects, and are replaced in messages although they are words of messages.
    objects: HashSet<String>,
    counts: HashMap<&'static str, usize>,
}

impl Pseudonyms {
    /// Returns the pseudonym of a name, a new one if the name is new. Numbers and the names that every cluster has
    /// stay.
    pub(super) fn of(&mut self, class: Class, name: &str) -> String {
        if name.is_empty() || is_well_known(name) || is_number(name) {
            return name.to_owned();
        }
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let count = self.counts.entry(class.0).or_default();
        *count += 1;
        let pseudonym = pseudonym(class, *count);
        self.known.insert(name.to_owned(), pseudonym.clone());
        pseudonym
    }

    /// Returns the pseudonym of the name of an object.
    pub(super) fn of_object(&mut self, class: Class, name: &str) -> String {
        if !self.objects.contains(name) {
            self.objects.insert(name.to_owned());
        }
        self.of(class, name)
    }

    /// Returns the pseudonym of a name that has one.
    pub(super) fn known(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(String::as_str)
    }

    /// Returns whether a name is that of an object.
    pub(super) fn is_object(&self, name: &str) -> bool {
        self.objects.contains(name)
    }
}

/// Returns a pseudonym that has the form of what it stands for.
fn pseudonym(class: Class, number: usize) -> String {
    match class {
        UID => format!("00000000-0000-4000-8000-{number:012}"),
        // Addresses for benchmarks, which nobody has.
        IP => format!("198.18.{}.{}", number / 256 % 256, number % 256),
        Class(prefix) => format!("{prefix}-{number}"),
    }
}
