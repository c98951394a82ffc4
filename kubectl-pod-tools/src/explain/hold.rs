//! Results that are kept back until it is certain that every name on the command
//! line is the name of something.

use std::collections::HashSet;

use super::topic::Presence;
use crate::error::Failure;

/// The results so far, and the names that no target has had yet.
pub(super) struct Hold<'a, P> {
    /// Names of containers.
    missing: Vec<&'a str>,
    /// The failure if no target has the other thing that was asked for.
    absence: Option<Failure>,
    /// Why a target may have it.
    unknown: Option<Failure>,
    /// The names of all containers, each once, in the order of the targets.
    containers: Vec<String>,
    seen: HashSet<String>,
    pub(super) parts: Vec<P>,
}

/// The names that some targets have.
#[derive(Default)]
pub(super) struct Names {
    containers: Vec<String>,
    /// Whether one has the other thing that was asked for.
    is_present: bool,
    unknown: Option<Failure>,
}

impl Names {
    /// Adds the names of a target.
    pub(super) fn add<'n>(
        &mut self,
        containers: impl Iterator<Item = &'n str>,
        presence: Presence,
    ) {
        for name in containers {
            if !self.containers.iter().any(|known| known == name) {
                self.containers.push(name.to_owned());
            }
        }
        match presence {
            Presence::Present => self.is_present = true,
            Presence::Absent => {}
            Presence::Unknown(failure) => self.unknown = self.unknown.take().or(Some(failure)),
        }
    }
}

impl<'a, P> Hold<'a, P> {
    /// Holds back for these containers, and for what `absence` says is missing; `None` if
    /// there is nothing to wait for.
    pub(super) fn new(containers: Vec<&'a str>, absence: Option<Failure>) -> Option<Self> {
        let has_names = !containers.is_empty() || absence.is_some();
        has_names.then(|| Self {
            missing: containers,
            absence,
            unknown: None,
            containers: Vec::new(),
            seen: HashSet::new(),
            parts: Vec::new(),
        })
    }

    /// Takes note of the names of some targets, and returns whether all are found now.
    pub(super) fn note(&mut self, names: Names) -> bool {
        for name in names.containers {
            if self.seen.insert(name.clone()) {
                self.containers.push(name);
            }
        }
        self.missing.retain(|name| !self.seen.contains(*name));
        if names.is_present {
            self.absence = None;
        }
        self.unknown = self.unknown.take().or(names.unknown);
        self.missing.is_empty() && self.absence.is_none()
    }

    /// Returns the failure if some name is still missing after the last target.
    pub(super) fn failure(self) -> Option<Failure> {
        if let Some(missing) = self.missing.first() {
            let failure = Failure::usage(format!("no container is named `{missing}`"));
            return Some(failure.help(format!("there are: {}", self.containers.join(", "))));
        }
        self.absence.map(|absence| self.unknown.unwrap_or(absence))
    }
}
