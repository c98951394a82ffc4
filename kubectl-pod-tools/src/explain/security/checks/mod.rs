//! The rules of security: each check makes findings through the rows of `pod_model::rules`.

mod capabilities;
mod host_paths;
mod pod;
mod policy;
mod refused;
mod subject;
mod user;

use pod_model::Finding;

pub(super) use subject::Subject;

/// Returns the findings of a Pod, in the order of its containers.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    refused::check(subject, &mut found);
    policy::check(subject, &mut found);
    pod::check(subject, &mut found);
    for (own, view) in subject.containers() {
        user::check(subject, own, view, &mut found);
        let context = view.security_context;
        capabilities::check(subject, own, context, &mut found);
    }
    found
}
