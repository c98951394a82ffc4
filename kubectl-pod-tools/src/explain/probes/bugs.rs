//! Known bugs of upstream, where they can matter.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::KubernetesVersion;
use pod_probe::{
    BugId, ContainerPlan, Handler, KnownBug, PodPlan, ProbeKind, RestartPolicy, known_bugs,
};

use super::report::{Bug, ContainerProbes};

/// Returns the bugs of a version that can change what the probes of the shown containers do.
pub(super) fn bugs(
    spec: &PodSpec,
    version: KubernetesVersion,
    plan: &PodPlan,
    shown: &[ContainerProbes],
) -> Vec<Bug> {
    let shown: HashMap<_, _> = shown.iter().map(|own| (&own.name, own)).collect();
    let matters = |bug: &&'static KnownBug| {
        plan.containers.iter().any(|container| {
            let own = shown.get(&container.name);
            own.is_some_and(|own| can_matter(bug.id, container, own))
        })
    };
    let bugs = known_bugs(spec, version).into_iter().filter(matters);
    bugs.map(|bug| Bug {
        issue: bug.issue,
        effect: bug.effect,
        source: bug.source,
    })
    .collect()
}

/// Returns whether a container can meet a bug at all: with probes that can be run.
fn can_matter(bug: BugId, container: &ContainerPlan, own: &ContainerProbes) -> bool {
    let runs = |kind: ProbeKind| {
        let mut probes = container.probes.iter();
        probes.any(|probe| probe.kind == kind && !probe.is_errored)
    };
    match bug {
        // Where a liveness probe kills a container that had started, and it starts again at once.
        BugId::InheritedStarted => {
            let starts_again = container.restart_policy != RestartPolicy::Never;
            runs(ProbeKind::Startup) && runs(ProbeKind::Liveness) && starts_again
        }
        BugId::BrokenBody => own.probes.iter().any(|own| {
            let is_http = matches!(own.probe.handler, Handler::HttpGet(_));
            own.probe.kind != ProbeKind::Readiness && is_http
        }),
        BugId::CancelledExecProbe | BugId::RecreatedWorkers => true,
    }
}
