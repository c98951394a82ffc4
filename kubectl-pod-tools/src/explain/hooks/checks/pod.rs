//! Checks of the Pod as a whole.

use pod_model::{Finding, rules};
use pod_probe::GraceOrigin;

use super::subject::Subject;

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let target = subject.target;
    let is_own = subject.grace.origin == GraceOrigin::Pod;
    if is_own && subject.grace.seconds == 0 {
        let message = "each deletion removes the Pod from the API at once, as `--force` does, while its containers \
            still run: a preStop hook then has 1 s, and SIGKILL comes 2 s after SIGTERM";
        let path = target.spec_path.field("terminationGracePeriodSeconds");
        found.push(
            Finding::new(&rules::NO_GRACE_PERIOD, path, message)
                .help("use 1 for a fast end that the API waits for"),
        );
    }
    let ends_by_itself = subject
        .spec
        .restart_policy
        .as_deref()
        .is_some_and(|own| own != "Always");
    if !ends_by_itself {
        return;
    }
    let apps = subject.containers.iter();
    let apps = apps.filter(|own| own.container_type == pod_model::ContainerType::App);
    for own in apps.filter(|own| own.pre_stop.is_some()) {
        let message = format!(
            "the preStop hook of container {} runs when the container is stopped, and not when it ends by itself, \
             as it is to under `restartPolicy: {}`",
            own.name,
            subject.spec.restart_policy.as_deref().unwrap_or_default()
        );
        let path = own.path.field("lifecycle").field("preStop");
        found.push(
            Finding::new(&rules::HOOK_NOT_AT_END, path, message)
                .help("do at the end of the program what has to be done in any case"),
        );
    }
}
