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

pub use checks::{CHECKS, Check, violations};

use std::fmt;

use crate::path::FieldPath;

/// A level of the Pod Security Standards, the least strict first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything.
    Privileged,
    /// Known privilege escalations are forbidden.
    Baseline,
    /// The hardening best practices are required.
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
    /// The requirement of the level, as a lower-case phrase.
    pub message: String,
    /// A required value is missing.
    pub is_missing: bool,
}
