//! The reasons why a look-up has no answer, and the completeness of lists.

/// Completeness of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// Everything was listed.
    Complete,
    /// The cluster does not allow to list it.
    Forbidden,
    /// The cluster was asked and could not answer, as for an API that it does not serve.
    Failed,
    /// The cluster was not asked.
    #[default]
    NotAsked,
}

/// Reason why the cluster gave no object for a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// It does not exist.
    Missing,
    /// The cluster does not allow to read it.
    Forbidden,
    /// The cluster could not answer, for the reason given.
    Failed(String),
}

/// State of a list that the cluster was asked for.
#[derive(Debug, Default)]
pub(super) struct ListState {
    pub(super) completeness: Completeness,
    /// The reason, if it is not complete.
    pub(super) unavailable: Option<Unavailable>,
}

impl ListState {
    pub(super) fn new(completeness: Completeness) -> Self {
        Self {
            completeness,
            unavailable: (completeness == Completeness::Forbidden)
                .then_some(Unavailable::Forbidden),
        }
    }

    pub(super) fn failure(&self) -> Option<&str> {
        match &self.unavailable {
            Some(Unavailable::Failed(why)) => Some(why),
            _ => None,
        }
    }
}
