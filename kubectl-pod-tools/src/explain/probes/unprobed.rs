//! A Pod without probes in words.

use pod_probe::{ContainerPlan, PodPlan, RestartPolicy};

/// Returns the words for a Pod none of whose containers has a probe.
pub(super) fn unprobed(plan: &PodPlan) -> Option<String> {
    let has_probes = |own: &ContainerPlan| !own.probes.is_empty();
    if plan.containers.is_empty() || plan.containers.iter().any(has_probes) {
        return None;
    }
    let all = |policy: RestartPolicy| {
        let is_it =
            |own: &ContainerPlan| own.restart_policy == policy && own.restart_rules.is_empty();
        plan.containers.iter().all(is_it)
    };
    let follows = if all(RestartPolicy::Always) {
        "only the end of its process restarts it"
    } else if all(RestartPolicy::OnFailure) {
        "only the end of its process with an exit code other than 0 restarts it"
    } else if all(RestartPolicy::Never) {
        "nothing restarts it"
    } else {
        "only the end of its process may restart it"
    };
    Some(format!(
        "each container is ready as soon as it runs, and {follows}"
    ))
}
