//! Results that are kept back until it is certain that every name on the command
//! line is the name of something.

use std::collections::HashSet;

use pod_model::nearest;

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
    /// The name of a target that is most like the one that was asked for.
    similar: Option<String>,
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
    similar: Option<String>,
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
            Presence::Absent { similar } => self.similar = self.similar.take().or(similar),
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
            similar: None,
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
        self.similar = self.similar.take().or(names.similar);
        self.missing.is_empty() && self.absence.is_none()
    }

    /// Returns the failure if some name is still missing after the last target.
    pub(super) fn failure(self) -> Option<Failure> {
        if let Some(missing) = self.missing.first() {
            let failure = Failure::usage(format!("no container is named `{missing}`"));
            let known = self.containers.iter().map(String::as_str);
            return Some(failure.help(match nearest(missing, known) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => format!("expected one of: {}", self.containers.join(", ")),
            }));
        }
        let (unknown, similar) = (self.unknown, self.similar);
        self.absence.map(|absence| match (unknown, similar) {
            (Some(unknown), _) => unknown,
            (None, Some(similar)) => absence.help(format!("did you mean `{similar}`?")),
            (None, None) => absence,
        })
    }
}
