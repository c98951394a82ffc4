//! The Pod Security Standards: the checks of a level that a Pod fails, each with
//! admission's own words and with the places in the Pod.
//!
//! Each row of [`checks`] mirrors one check of
//! k8s.io/pod-security-admission/policy, with its id and the versions in which
//! it changed. A check is only asked about the metadata and the spec;
//! [`namespace`] has what the labels of a namespace make of the answers.

mod capabilities;
mod checks;
mod evaluation;
mod handlers;
mod host;
mod level;
pub mod namespace;
pub mod patch;
mod pod;
mod profiles;
mod requirement;
mod se_linux;
#[cfg(test)]
mod tests;
mod user;
mod version;
mod volumes;
mod words;

pub use checks::{CHECKS, Check};
pub use evaluation::{
    Evaluation, Failure, Violation, evaluate, evaluate_both, strictest_level, violations,
};
pub use level::{Level, LevelVersion, UnknownLevel};
pub use requirement::Requirement;
pub use version::{PolicyVersion, UnknownPolicyVersion};
