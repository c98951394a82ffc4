//! The rules of hooks: each check makes findings through the rows of `pod_model::rules`.

mod handler;
mod hosts;
mod pod;
mod seen;
mod signal;
mod subject;
mod time;

use pod_model::Finding;

pub(super) use subject::Subject;

/// Returns the findings of a Pod, in the order of its containers.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    pod::check(subject, &mut found);
    for own in subject.containers {
        for hook in own_hooks(own) {
            handler::check(subject, &hook, &mut found);
            time::check(subject, &hook, &mut found);
        }
        signal::check(subject, own, &mut found);
    }
    hosts::check(subject, &mut found);
    seen::check(subject, &mut found);
    found
}

use subject::own_hooks;
