//! The Pod Security Standards: which checks of a level a Pod fails, and where.
//!
//! Each row of [`checks`] mirrors one check of
//! k8s.io/pod-security-admission/policy, with its id and the versions in which
//! it changed. A check is only asked about the spec: what the admission plugin
//! exempts by user, namespace or RuntimeClass is not its concern.

mod baseline;
#[cfg(test)]
mod baseline_tests;
mod checks;
mod pod;
mod restricted;

pub use checks::violations;

use std::fmt;

use crate::path::FieldPath;

/// How much a Pod may do, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything.
    Privileged,
    /// What is known to lead out of the container is forbidden.
    Baseline,
    /// As little as a Pod can do with.
    Restricted,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        })
    }
}

/// Something that a level does not let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Upstream's id of the check: `hostPathVolumes`.
    pub check: &'static str,
    /// The level that the check belongs to.
    pub level: Level,
    /// The field, from the Pod's root; where it is missing, the place for it.
    pub path: FieldPath,
    /// What the level wants there, as a lower-case phrase.
    pub message: String,
    /// Nothing stands there, and something has to.
    pub is_missing: bool,
}
