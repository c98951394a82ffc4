//! Behaviour of the kubelet that depends on its version.

use pod_model::KubernetesVersion;
use pod_model::features::Gate;

use crate::known_bugs::BugId;

/// Behaviour of a version.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about a version"
)]
pub(super) struct VersionFacts {
    /// A container's `started` is that of the instance before.
    pub(super) inherits_started: bool,
    /// A sync that has done something asks for a look at the Pod: gate `PLEGOnDemandRelist`.
    pub(super) relists_on_demand: bool,
    /// The next sync comes when a back-off is over, instead of every 10 s: `completeWork`.
    pub(super) waits_for_back_off: bool,
    /// Workers end with a container that does not start again whatever the policy; before, only with
    /// `restartPolicy: Never`: gate `ContainerRestartRules` in `doProbe`.
    pub(super) ends_workers_by_code: bool,
    /// A worker that has ended is made anew though another one of the Pod lives: `AddPod`.
    pub(super) adds_each_worker: bool,
    /// A Pod whose app containers have all ended has still initialized: `computeInitContainerActions`.
    /// Before, they start again only when the last sidecar runs.
    pub(super) stays_initialized: bool,
}

impl VersionFacts {
    pub(super) fn of(version: KubernetesVersion) -> Self {
        Self {
            inherits_started: BugId::InheritedStarted.bug().stands_in(version),
            relists_on_demand: Gate::PLEGOnDemandRelist.is_on(version),
            waits_for_back_off: version >= KubernetesVersion::V1_35,
            ends_workers_by_code: Gate::ContainerRestartRules.is_on(version),
            adds_each_worker: version >= KubernetesVersion::V1_37,
            stays_initialized: version >= KubernetesVersion::V1_37,
        }
    }
}
