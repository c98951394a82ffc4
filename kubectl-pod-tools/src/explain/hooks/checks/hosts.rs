//! Checks of the hosts to which hooks go in place of the Pod.

use pod_model::pod_security::{Level, violations};
use pod_model::{FieldPath, Finding, rules};

use super::subject::{Subject, own_hooks};

/// Upstream's id of the check of hosts.
const HOSTS: &str = "hostProbesAndHostLifecycle";

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let hooks = subject.containers.iter().flat_map(own_hooks);
    let paths: Vec<(FieldPath, &'static str)> =
        hooks.map(|own| (own.path.clone(), own.name())).collect();
    if paths.is_empty() {
        return;
    }
    let target = subject.target;
    let refused = violations(
        Level::Baseline,
        subject.version,
        &target.metadata,
        subject.spec,
    );
    for violation in refused.into_iter().filter(|own| own.check == HOSTS) {
        // Violations have paths from a Pod's root.
        let path = violation.path.to_string();
        let Some(path) = path.strip_prefix("spec.") else {
            continue;
        };
        let path = target.spec_path.join(&FieldPath::parse(path));
        let hook = paths
            .iter()
            .find(|(hook, _)| path.segments().starts_with(hook.segments()));
        if let Some((_, name)) = hook {
            let message = format!(
                "the {name} hook goes to a host of its own instead of the Pod, which the Pod Security Standards refuse \
                 at `baseline` and `restricted` since Kubernetes 1.34; the kubelet sends it from the node"
            );
            found.push(
                Finding::new(&rules::HOOK_HOST, path, message)
                    .help("leave out `host`; for a virtual host, use the header `Host`"),
            );
        }
    }
}
