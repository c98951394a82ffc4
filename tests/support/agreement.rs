//! The account of a differential test: how much was compared, how much was
//! equal, and which differences are excused, each by a reason with its count.
//!
//! The questions come from fixed seeds, so every count is exact. A count that
//! grows is a mistake that hides behind an excuse; a count that shrinks goes
//! into the table; a reason that excuses nothing goes out of it.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stdout,
    reason = "each test is a crate of its own and uses a part of it"
)]

use std::collections::BTreeMap;

/// The reasons of a test, each with the number of differences it excuses.
pub type Excuses = [(&'static str, usize)];

/// The most differences that a failure shows.
const SHOWN: usize = 20;

/// Counts the outcomes of one differential test.
#[derive(Debug)]
pub struct Agreement {
    what: &'static str,
    equal: usize,
    kinds: BTreeMap<&'static str, usize>,
    excused: BTreeMap<&'static str, (usize, String)>,
    different: Vec<String>,
}

impl Agreement {
    /// `what` is compared, in the plural: `manifests`.
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            equal: 0,
            kinds: BTreeMap::new(),
            excused: BTreeMap::new(),
            different: Vec::new(),
        }
    }

    /// Counts one that is equal.
    pub fn equal(&mut self) {
        self.equal += 1;
    }

    /// Counts one that is equal and of a kind, such as `refused by both`.
    pub fn equal_and(&mut self, kind: &'static str) {
        self.equal += 1;
        self.note(kind);
    }

    /// Counts something that tells what the comparison is worth.
    pub fn note(&mut self, kind: &'static str) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    /// Counts a difference that has a reason. The shortest example is kept.
    pub fn excuse(&mut self, reason: &'static str, example: String) {
        let entry = self.excused.entry(reason).or_default();
        if entry.0 == 0 || example.len() < entry.1.len() {
            entry.1 = example;
        }
        entry.0 += 1;
    }

    /// Counts a difference, with both sides in words.
    pub fn differ(&mut self, example: String) {
        self.different.push(example);
    }

    /// The number of a kind.
    pub fn kind(&self, kind: &str) -> usize {
        self.kinds.get(kind).copied().unwrap_or(0)
    }

    /// Prints the account.
    ///
    /// # Panics
    /// If there is a difference without an excuse, if an excuse is not in the
    /// table, if its count is another one, and if a row excuses nothing.
    pub fn finish(self, excuses: &Excuses) {
        println!("{}", self.account());
        assert!(
            self.different.is_empty(),
            "{}; {} differ:\n{}",
            self.account(),
            self.different.len(),
            shortest(&self.different).join("\n")
        );
        let table: BTreeMap<_, _> = excuses.iter().copied().collect();
        assert_eq!(table.len(), excuses.len(), "a reason stands twice");
        let found: BTreeMap<_, _> = self
            .excused
            .iter()
            .map(|(reason, (count, _))| (*reason, *count))
            .collect();
        let wrong: Vec<String> = table
            .keys()
            .chain(found.keys())
            .filter(|reason| table.get(*reason) != found.get(*reason))
            .map(|reason| self.wrong(reason, table.get(reason), found.get(reason)))
            .collect();
        assert!(
            wrong.is_empty(),
            "{}\nthe table of excuses does not hold:\n{}\nwhat was found:\n{}",
            self.account(),
            wrong.join("\n"),
            as_rows(&found)
        );
    }

    fn wrong(&self, reason: &str, table: Option<&usize>, found: Option<&usize>) -> String {
        let what = match (table, found) {
            (Some(table), None) => format!("excuses nothing, {table} in the table: remove it"),
            (Some(table), Some(found)) if found < table => {
                format!("{found}, no longer {table}: write the smaller number down")
            }
            (table, found) => format!(
                "{}, more than {}: {}",
                found.unwrap_or(&0),
                table.unwrap_or(&0),
                self.excused[reason].1
            ),
        };
        format!("* {reason}: {what}")
    }

    /// `60000 texts compared: 59800 equal (…), 200 excused (…), 0 different`.
    fn account(&self) -> String {
        let excused: usize = self.excused.values().map(|(count, _)| count).sum();
        let different = self.different.len();
        let listed = |rows: Vec<String>| {
            if rows.is_empty() {
                return String::new();
            }
            format!(" ({})", rows.join("; "))
        };
        let kinds = self.kinds.iter();
        let kinds = listed(kinds.map(|(kind, n)| format!("{n} {kind}")).collect());
        let reasons = self.excused.iter();
        let reasons = listed(reasons.map(|(why, (n, _))| format!("{n} {why}")).collect());
        format!(
            "{} {} compared: {} equal{kinds}, {excused} excused{reasons}, {different} different",
            self.equal + excused + different,
            self.what,
            self.equal
        )
    }
}

/// The shortest differences: they are the quickest to understand.
fn shortest(all: &[String]) -> Vec<String> {
    let mut all = all.to_vec();
    all.sort_by_key(String::len);
    all.truncate(SHOWN);
    all
}

/// The table as it is written in Rust.
fn as_rows(found: &BTreeMap<&str, usize>) -> String {
    let rows = found.iter();
    let rows = rows.map(|(reason, count)| format!("    ({reason:?}, {count}),"));
    rows.collect::<Vec<_>>().join("\n")
}
