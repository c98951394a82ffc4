//! The table of checks, and the walk over it.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::pod::{Found, Pod};
use super::{Level, Violation, baseline, restricted};
use crate::container::containers;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// One check.
struct Check {
    id: &'static str,
    level: Level,
    /// Since when there is one.
    since: KubernetesVersion,
    /// The check of the baseline that it stands for at its own level.
    instead_of: Option<&'static str>,
    find: fn(&Pod<'_>) -> Vec<Found>,
}

const fn of_baseline(id: &'static str, find: fn(&Pod<'_>) -> Vec<Found>) -> Check {
    Check {
        id,
        level: Level::Baseline,
        since: KubernetesVersion::V1_31,
        instead_of: None,
        find,
    }
}

const fn of_restricted(
    id: &'static str,
    instead_of: Option<&'static str>,
    find: fn(&Pod<'_>) -> Vec<Found>,
) -> Check {
    Check {
        id,
        level: Level::Restricted,
        since: KubernetesVersion::V1_31,
        instead_of,
        find,
    }
}

impl Check {
    const fn since(self, since: KubernetesVersion) -> Self {
        Self { since, ..self }
    }
}

/// In upstream's order (`registry.go`): the baseline first, each level by id.
const CHECKS: &[Check] = &[
    of_baseline("appArmorProfile", baseline::app_armor),
    of_baseline("capabilities_baseline", baseline::capabilities),
    of_baseline("hostNamespaces", baseline::host_namespaces),
    of_baseline("hostPathVolumes", baseline::host_path_volumes),
    of_baseline("hostPorts", baseline::host_ports),
    of_baseline("hostProbesAndHostLifecycle", baseline::hosts_of_handlers)
        .since(KubernetesVersion::V1_34),
    of_baseline("privileged", baseline::privileged),
    of_baseline("procMount", baseline::proc_mount),
    of_baseline("seLinuxOptions", baseline::se_linux),
    of_baseline("seccompProfile_baseline", baseline::seccomp),
    of_baseline("sysctls", baseline::sysctls),
    of_baseline("windowsHostProcess", baseline::windows_host_process),
    of_restricted("allowPrivilegeEscalation", None, restricted::escalation),
    of_restricted(
        "capabilities_restricted",
        Some("capabilities_baseline"),
        restricted::capabilities,
    ),
    of_restricted(
        "procMount_restricted",
        Some("procMount"),
        restricted::proc_mount,
    )
    .since(KubernetesVersion::V1_35),
    of_restricted(
        "restrictedVolumes",
        Some("hostPathVolumes"),
        restricted::volumes,
    ),
    of_restricted("runAsNonRoot", None, restricted::run_as_non_root),
    of_restricted("runAsUser", None, restricted::run_as_user),
    of_restricted(
        "seccompProfile_restricted",
        Some("seccompProfile_baseline"),
        restricted::seccomp,
    ),
];

/// Everything that keeps a Pod from a level, in upstream's order of checks.
///
/// `spec` is taken as it stands: defaults change nothing here.
/// Upstream: k8s.io/pod-security-admission/policy, `Evaluator.EvaluatePod`.
pub fn violations(
    level: Level,
    version: KubernetesVersion,
    metadata: &ObjectMeta,
    spec: &PodSpec,
) -> Vec<Violation> {
    let pod = Pod {
        metadata,
        spec,
        containers: containers(spec, &FieldPath::root().field("spec")),
        version,
    };
    let asked = |check: &&Check| check.level <= level && check.since <= version;
    let replaced: Vec<_> = CHECKS
        .iter()
        .filter(asked)
        .filter_map(|check| check.instead_of)
        .collect();
    let asked = CHECKS
        .iter()
        .filter(asked)
        .filter(|check| !replaced.contains(&check.id));
    let found = asked.flat_map(|check| {
        (check.find)(&pod).into_iter().map(|found| Violation {
            check: check.id,
            level: check.level,
            path: found.path,
            message: found.message,
            is_missing: found.is_missing,
        })
    });
    found.collect()
}
