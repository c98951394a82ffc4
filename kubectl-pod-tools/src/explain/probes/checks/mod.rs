//! The rules of probes: each check makes findings through the rows of `pod_model::rules`.

mod curl;
mod declared;
mod ended;
mod exec;
mod handler;
mod hosts;
mod live;
mod numbers;
mod ports;
mod script;
mod subject;

use pod_model::{Finding, containers, rules};

use declared::Declared;
use subject::Probed;
pub(super) use subject::Subject;

/// Returns the findings of a Pod, in the order of its containers.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(unprobed) = subject.unprobed {
        found.push(Finding::new(
            &rules::NO_PROBES,
            subject.target.spec_path.clone(),
            format!("no container has a probe: {unprobed}"),
        ));
        return found;
    }
    let all = containers(subject.spec, &subject.target.spec_path);
    let declared = Declared::of(&all);
    // Both lists have the same order.
    let mut views = all.iter();
    for own in subject.containers {
        let Some(view) = views.find(|view| view.path == own.path) else {
            continue;
        };
        let probed = Probed {
            subject,
            own,
            view,
            all: &all,
            declared: &declared,
        };
        handler::check(probed, &mut found);
        numbers::check(probed, &mut found);
        exec::check(probed, &mut found);
    }
    hosts::check(subject, &mut found);
    live::check(subject, &mut found);
    found
}
