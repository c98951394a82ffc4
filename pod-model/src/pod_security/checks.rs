//! The table of checks.

use super::level::Level;
use super::pod::{Pod, Refusal};
use super::{capabilities, handlers, host, profiles, se_linux, user, volumes};

/// The question of a check to a Pod, answered by `None` if it passes.
pub(super) type Find = fn(&Pod<'_>) -> Option<Refusal>;

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
    /// oldest first.
    pub fn since(&self) -> impl Iterator<Item = u8> {
        self.versions.iter().map(|(since, _)| *since)
    }

    /// Returns what a minor version asks, or `None` if it does not have the check.
    pub(super) fn at(&self, minor: u8) -> Option<Find> {
        let begun = self.versions.iter();
        let begun = begun.take_while(|(since, _)| *since <= minor);
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
pub const CHECKS: &[Check] = &[
    of_baseline("appArmorProfile", &[(0, profiles::app_armor)]),
    of_baseline("capabilities_baseline", &[(0, capabilities::baseline)]),
    of_baseline("hostNamespaces", &[(0, host::namespaces)]),
    of_baseline("hostPathVolumes", &[(0, volumes::host_paths)]),
    of_baseline("hostPorts", &[(0, host::ports)]),
    of_baseline("hostProbesAndHostLifecycle", &[(34, handlers::hosts)]),
    of_baseline("privileged", &[(0, host::privileged)]),
    of_baseline(
        "procMount",
        &[
            (0, host::proc_mount),
            (35, host::proc_mount_outside_user_namespace),
        ],
    ),
    of_baseline(
        "seLinuxOptions",
        &[(0, se_linux::since_1_0), (31, se_linux::since_1_31)],
    ),
    of_baseline(
        "seccompProfile_baseline",
        &[
            (0, profiles::seccomp_annotations),
            (19, profiles::seccomp_baseline),
        ],
    ),
    of_baseline(
        "sysctls",
        &[
            (0, host::sysctls_since_1_0),
            (27, host::sysctls_since_1_27),
            (29, host::sysctls_since_1_29),
            (32, host::sysctls_since_1_32),
            (37, host::sysctls_since_1_37),
        ],
    ),
    of_baseline("windowsHostProcess", &[(0, host::windows_host_process)]),
    of_restricted(
        "allowPrivilegeEscalation",
        None,
        &[(8, user::escalation), (25, user::escalation_on_linux)],
    ),
    of_restricted(
        "capabilities_restricted",
        Some("capabilities_baseline"),
        &[
            (22, capabilities::restricted),
            (25, capabilities::restricted_on_linux),
        ],
    ),
    of_restricted(
        "procMount_restricted",
        Some("procMount"),
        &[(35, host::proc_mount)],
    ),
    of_restricted(
        "restrictedVolumes",
        Some("hostPathVolumes"),
        &[(0, volumes::restricted)],
    ),
    of_restricted(
        "runAsNonRoot",
        None,
        &[
            (0, user::run_as_non_root),
            (35, user::run_as_non_root_outside_user_namespace),
        ],
    ),
    of_restricted(
        "runAsUser",
        None,
        &[
            (23, user::run_as_user),
            (35, user::run_as_user_outside_user_namespace),
        ],
    ),
    of_restricted(
        "seccompProfile_restricted",
        Some("seccompProfile_baseline"),
        &[
            (19, profiles::seccomp_restricted),
            (25, profiles::seccomp_restricted_on_linux),
        ],
    ),
];
