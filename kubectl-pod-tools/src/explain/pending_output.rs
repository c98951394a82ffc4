//! Results that are kept back until every requested name is found: nothing is printed
//! where a name is mistyped.

use std::collections::HashSet;

use super::requested::{Presence, Requested};
use crate::error::Failure;

/// Results of chunks that wait for the requested names.
pub(super) struct PendingOutput<'a, R> {
    requested: &'a [Requested],
    /// Presence of each requested name in the targets so far.
    presences: Vec<Presence>,
    /// The names of all containers, each once, in the order of the targets.
    containers: Vec<String>,
    seen: HashSet<String>,
    held: Vec<R>,
}

/// The names that the targets of a chunk have.
#[derive(Default)]
pub(super) struct FoundNames {
    containers: Vec<String>,
    presences: Vec<Presence>,
}

impl FoundNames {
    /// Adds those of a target: its containers, and the presence of each requested name.
    pub(super) fn add<'n>(
        &mut self,
        containers: impl Iterator<Item = &'n str>,
        presences: Vec<Presence>,
    ) {
        for name in containers {
            if !self.containers.iter().any(|known| known == name) {
                self.containers.push(name.to_owned());
            }
        }
        merge(&mut self.presences, presences);
    }
}

fn merge(known: &mut Vec<Presence>, others: Vec<Presence>) {
    known.resize_with(known.len().max(others.len()), || Presence::ABSENT);
    for (known, other) in known.iter_mut().zip(others) {
        *known = std::mem::replace(known, Presence::ABSENT).or(other);
    }
}

impl<'a, R> PendingOutput<'a, R> {
    /// Creates a buffer that waits for these names.
    pub(super) fn new(requested: &'a [Requested]) -> Self {
        Self {
            requested,
            presences: vec![Presence::ABSENT; requested.len()],
            containers: Vec::new(),
            seen: HashSet::new(),
            held: Vec::new(),
        }
    }

    /// Adds the result of a chunk, and returns the results that can be printed: none
    /// before all names are found.
    pub(super) fn add(&mut self, result: R, names: FoundNames) -> Vec<R> {
        self.held.push(result);
        for name in names.containers {
            if self.seen.insert(name.clone()) {
                self.containers.push(name);
            }
        }
        merge(&mut self.presences, names.presences);
        if self.missing().is_none() {
            std::mem::take(&mut self.held)
        } else {
            Vec::new()
        }
    }

    /// Returns the results that still wait after the last target.
    pub(super) fn held(&self) -> &[R] {
        &self.held
    }

    /// Returns the results that still wait after the last target.
    pub(super) fn into_held(self) -> Vec<R> {
        self.held
    }

    /// Returns true if a name is missing in all targets so far.
    pub(super) fn has_failed(&self) -> bool {
        self.missing().is_some()
    }

    /// Returns the failure if a name is still missing after the last target.
    pub(super) fn failure(self) -> Option<Failure> {
        let (requested, presence) = self.missing()?;
        Some(match presence {
            Presence::Unknown(failure) => failure.clone(),
            Presence::Absent { similar } => requested.failure(&self.containers, similar.as_deref()),
            Presence::Present => return None,
        })
    }

    fn missing(&self) -> Option<(&Requested, &Presence)> {
        let mut all = self.requested.iter().zip(&self.presences);
        all.find(|(_, presence)| !matches!(presence, Presence::Present))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(containers: &[&str], presences: Vec<Presence>) -> FoundNames {
        let mut names = FoundNames::default();
        names.add(containers.iter().copied(), presences);
        names
    }

    #[test]
    fn results_wait_until_all_names_are_found() {
        let failure = Failure::usage("no variable");
        let requested = [
            Requested::Container("web".to_owned()),
            Requested::Other {
                name: "A".to_owned(),
                failure: failure.clone(),
            },
        ];
        let first = || names(&["app"], vec![Presence::ABSENT, Presence::Present]);
        let mut pending = PendingOutput::new(&requested);
        assert!(pending.add(1, first()).is_empty());
        let second = names(&["web"], vec![Presence::Present, Presence::ABSENT]);
        assert_eq!(pending.add(2, second), [1, 2]);
        assert_eq!(pending.add(3, first()), [3]);
        assert_eq!(pending.failure(), None);

        let mut pending = PendingOutput::new(&requested);
        pending.add(1, first());
        assert_eq!(pending.held(), [1]);
        let failed = pending.failure().unwrap();
        assert_eq!(failed.message, "no container is named `web`");
        assert_eq!(failed.help.as_deref(), Some("expected one of: app"));
    }

    #[test]
    fn a_name_that_was_perhaps_not_read_is_not_said_to_be_missing() {
        let other = |name: &str| Requested::Other {
            name: name.to_owned(),
            failure: Failure::usage("missing"),
        };
        let unknown = |why: &str| Presence::Unknown(Failure::usage(why));
        let requested = [other("A")];
        for (presences, message) in [
            (vec![Presence::ABSENT, Presence::ABSENT], "missing"),
            (
                vec![Presence::ABSENT, unknown("first"), unknown("second")],
                "first",
            ),
        ] {
            let mut pending = PendingOutput::new(&requested);
            for presence in presences {
                assert!(pending.add((), names(&[], vec![presence])).is_empty());
            }
            assert_eq!(pending.failure().unwrap().message, message);
        }
        // A similar name is suggested.
        let mut pending = PendingOutput::new(&requested);
        let similar = Presence::Absent {
            similar: Some("AB".to_owned()),
        };
        assert!(pending.add((), names(&[], vec![similar])).is_empty());
        let help = pending.failure().unwrap().help;
        assert_eq!(help.as_deref(), Some("did you mean `AB`?"));
        // Found at last.
        let mut pending = PendingOutput::new(&requested);
        assert!(pending.add(1, names(&[], vec![unknown("why")])).is_empty());
        assert_eq!(pending.add(2, names(&[], vec![Presence::Present])), [1, 2]);
    }
}
