//! The labels of a namespace, and what admission says to a Pod there.
//!
//! Upstream: `PolicyToEvaluate` of k8s.io/pod-security-admission/api, and
//! `ValidatePod`, `ValidatePodController` and `EvaluatePod` of
//! k8s.io/pod-security-admission/admission.

mod answer;
mod policy;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Subject, admit, unknowable};
pub use policy::{
    Defaults, LabelError, Mode, ModePolicy, Origin, Policy, policy, policy_with, unread_labels,
};

/// The label of the enforced level.
pub const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
/// The label of the enforced version.
pub const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";
/// The label of the level that is written to the audit log.
pub const AUDIT: &str = "pod-security.kubernetes.io/audit";
/// The label of the version of that level.
pub const AUDIT_VERSION: &str = "pod-security.kubernetes.io/audit-version";
/// The label of the level that is warned of.
pub const WARN: &str = "pod-security.kubernetes.io/warn";
/// The label of the version of that level.
pub const WARN_VERSION: &str = "pod-security.kubernetes.io/warn-version";
