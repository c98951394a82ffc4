//! The table of checks, and the walk over it.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::pod::{Found, Pod};
use super::{Level, Violation, baseline, restricted};
use crate::container::containers;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// The question of a check to a Pod: each violation that it finds.
type Find = fn(&Pod<'_>) -> Vec<Found>;

/// One check.
pub struct Check {
    /// Upstream's id: `hostPathVolumes`.
    pub id: &'static str,
    /// The level that it belongs to.
    pub level: Level,
    /// The check of the baseline that it stands for at its own level.
    pub instead_of: Option<&'static str>,
    /// The minor versions from which on something else is asked, the oldest
    /// first: upstream's `MinimumVersion` of each `VersionedCheck`.
    versions: &'static [(u8, Find)],
}

impl Check {
    /// Returns the minor versions from which on something else is asked, the
    /// oldest first. Changes before the oldest known version are among them.
    pub fn since(&self) -> impl Iterator<Item = u8> {
        self.versions.iter().map(|(since, _)| *since)
    }

    /// Returns what a version asks, or `None` if it does not have the check.
    fn at(&self, version: KubernetesVersion) -> Option<Find> {
        let begun = self.versions.iter();
        let begun = begun.take_while(|(since, _)| *since <= version.minor());
        begun.last().map(|(_, find)| *find)
    }
}

const fn of_baseline(id: &'static str, versions: &'static [(u8, Find)]) -> Check {
    Check {
        id,
        level: Level::Baseline,
        instead_of: None,
        versions,
    }
}

const fn of_restricted(
    id: &'static str,
    instead_of: Option<&'static str>,
    versions: &'static [(u8, Find)],
) -> Check {
    Check {
        id,
        level: Level::Restricted,
        instead_of,
        versions,
    }
}

/// The checks in upstream's order (`registry.go`): the baseline first, each level by id.
/// Versions that ended before the oldest known one are listed, too, and ask what
/// the last of them does.
pub const CHECKS: &[Check] = &[
    of_baseline("appArmorProfile", &[(0, baseline::app_armor)]),
    of_baseline("capabilities_baseline", &[(0, baseline::capabilities)]),
    of_baseline("hostNamespaces", &[(0, baseline::host_namespaces)]),
    of_baseline("hostPathVolumes", &[(0, baseline::host_path_volumes)]),
    of_baseline("hostPorts", &[(0, baseline::host_ports)]),
    of_baseline(
        "hostProbesAndHostLifecycle",
        &[(34, baseline::hosts_of_handlers)],
    ),
    of_baseline("privileged", &[(0, baseline::privileged)]),
    of_baseline(
        "procMount",
        &[
            (0, baseline::proc_mount),
            (35, baseline::proc_mount_outside_user_namespace),
        ],
    ),
    of_baseline(
        "seLinuxOptions",
        &[(0, baseline::se_linux), (31, baseline::se_linux)],
    ),
    of_baseline(
        "seccompProfile_baseline",
        &[(0, baseline::seccomp), (19, baseline::seccomp)],
    ),
    of_baseline(
        "sysctls",
        &[
            (0, baseline::sysctls),
            (27, baseline::sysctls),
            (29, baseline::sysctls),
            (32, baseline::sysctls),
            (37, baseline::sysctls),
        ],
    ),
    of_baseline("windowsHostProcess", &[(0, baseline::windows_host_process)]),
    of_restricted(
        "allowPrivilegeEscalation",
        None,
        &[(8, restricted::escalation), (25, restricted::escalation)],
    ),
    of_restricted(
        "capabilities_restricted",
        Some("capabilities_baseline"),
        &[
            (22, restricted::capabilities),
            (25, restricted::capabilities),
        ],
    ),
    of_restricted(
        "procMount_restricted",
        Some("procMount"),
        &[(35, baseline::proc_mount)],
    ),
    of_restricted(
        "restrictedVolumes",
        Some("hostPathVolumes"),
        &[(0, restricted::volumes)],
    ),
    of_restricted(
        "runAsNonRoot",
        None,
        &[
            (0, restricted::run_as_non_root),
            (35, restricted::run_as_non_root_outside_user_namespace),
        ],
    ),
    of_restricted(
        "runAsUser",
        None,
        &[
            (23, restricted::run_as_user),
            (35, restricted::run_as_user_outside_user_namespace),
        ],
    ),
    of_restricted(
        "seccompProfile_restricted",
        Some("seccompProfile_baseline"),
        &[(19, restricted::seccomp), (25, restricted::seccomp)],
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
    let asked: Vec<(&Check, Find)> = CHECKS
        .iter()
        .filter(|check| check.level <= level)
        .filter_map(|check| Some((check, check.at(version)?)))
        .collect();
    let is_replaced = |own: &Check| {
        let mut all = asked.iter();
        all.any(|(check, _)| check.instead_of == Some(own.id))
    };
    let own = asked.iter().filter(|(check, _)| !is_replaced(check));
    let found = own.flat_map(|(check, find)| {
        find(&pod).into_iter().map(|found| Violation {
            check: check.id,
            level: check.level,
            path: found.path,
            message: found.message,
            is_missing: found.is_missing,
        })
    });
    found.collect()
}
