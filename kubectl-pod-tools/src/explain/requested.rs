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
    /// Returns the failure if no target has it, with the containers that the targets have.
    pub(super) fn failure(&self, containers: &[String]) -> Failure {
        match self {
            Self::Container(name) => {
                let near = nearest(name, containers.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("expected one of: {}", containers.join(", ")),
                };
                Failure::usage(format!("no container is named `{name}`")).help(help)
            }
            Self::Other { failure, .. } => failure.clone(),
        }
    }
}

/// Whether a target has a requested name.
#[derive(Clone, Debug, Default)]
pub(crate) enum Presence {
    Present,
    #[default]
    Absent,
    /// It may have it: something was not read. The failure says what.
    Unknown(Failure),
}

impl Presence {
    /// Returns the presence among these targets and others.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Present, _) | (_, Self::Present) => Self::Present,
            (Self::Unknown(first), _) => Self::Unknown(first),
            (Self::Absent, other) => other,
        }
    }
}
