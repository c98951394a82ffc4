//! Names on the command line that at least one target has to have.

use pod_model::nearest;

use crate::error::Failure;

/// A name on the command line that at least one target has to have.
#[derive(Clone, Debug)]
pub(crate) enum Requested {
    /// A container, as of `-c`.
    Container(String),
    /// Anything else that a topic knows.
    Other {
        name: String,
        /// The failure if no target has it.
        failure: Failure,
    },
}

impl Requested {
    /// Returns the failure if no target has it. The targets have these containers, and
    /// perhaps a similar name.
    pub(super) fn failure(&self, containers: &[String], similar: Option<&str>) -> Failure {
        let did_you_mean = |similar: &str| format!("did you mean `{similar}`?");
        match self {
            Self::Container(name) => {
                let known = containers.iter().map(String::as_str);
                let help = nearest(name, known).map_or_else(
                    || format!("expected one of: {}", containers.join(", ")),
                    did_you_mean,
                );
                Failure::usage(format!("no container is named `{name}`")).help(help)
            }
            Self::Other { failure, .. } => match similar {
                Some(similar) => failure.clone().help(did_you_mean(similar)),
                None => failure.clone(),
            },
        }
    }
}

/// Presence of a requested name in a target.
#[derive(Clone, Debug)]
pub(crate) enum Presence {
    Present,
    Absent {
        /// The most similar name that it has.
        similar: Option<String>,
    },
    /// It may have it: something was not read. The failure says what.
    Unknown(Failure),
}

impl Presence {
    /// A name that no target has, nor one that is similar.
    pub(super) const ABSENT: Self = Self::Absent { similar: None };

    /// Returns the presence among these targets and others.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Present, _) | (_, Self::Present) => Self::Present,
            (Self::Unknown(failure), _) | (Self::Absent { .. }, Self::Unknown(failure)) => {
                Self::Unknown(failure)
            }
            (Self::Absent { similar: first }, Self::Absent { similar }) => Self::Absent {
                similar: first.or(similar),
            },
        }
    }
}
