//! Findings of a Pod that the API server does not take for other reasons than its Pod Security level.

use pod_model::{Finding, rules};

use super::subject::Subject;

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for own in &subject.created.refusals {
        let path = subject.path(&own.path);
        let message = format!(
            "the API server refuses the Pod ({}, {}): {}",
            own.code, own.by, own.message
        );
        found.push(Finding::new(&rules::REFUSED_ON_CREATE, path, message));
    }
}
