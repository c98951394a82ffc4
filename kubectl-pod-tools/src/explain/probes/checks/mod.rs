//! The rules of probes: each check makes findings through the rows of `pod_model::rules`.

mod exec;
mod handler;
mod live;
mod numbers;
mod script;
mod subject;

use pod_model::{Finding, containers, rules};

use subject::Probed;
pub(super) use subject::Subject;

/// Returns the findings of a Pod, in the order of its containers.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if subject.containers.iter().all(|own| own.probes.is_empty()) {
        if !subject.containers.is_empty() {
            found.push(Finding::new(
                &rules::NO_PROBES,
                subject.target.spec_path.clone(),
                "no container has a probe: each is ready as soon as it runs, and only the end of its \
                 process restarts it",
            ));
        }
        return found;
    }
    let all = containers(subject.spec, &subject.target.spec_path);
    for own in subject.containers {
        let Some(view) = all.iter().find(|view| view.path == own.path) else {
            continue;
        };
        let probed = Probed {
            subject,
            own,
            view,
            all: &all,
        };
        handler::check(probed, &mut found);
        numbers::check(probed, &mut found);
        exec::check(probed, &mut found);
    }
    handler::check_hosts(subject, &mut found);
    live::check(subject, &mut found);
    found
}
