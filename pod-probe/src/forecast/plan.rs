//! A Pod as the forecast needs it.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, PodSpec};
use pod_model::KubernetesVersion;

use super::assumptions::ProbePlan;
use crate::handler::Handler;
use crate::hooks::Hooks;
use crate::probes::{Probe, ProbeKind, Probes};

/// Whether a container that has ended starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartPolicy {
    /// It does.
    Always,
    /// It does unless its exit code is 0.
    OnFailure,
    /// It does not.
    Never,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPlan {
    /// Its name.
    pub name: String,
    /// True for an init container that runs beside the others.
    pub is_sidecar: bool,
    /// Whether it starts again.
    pub restart_policy: RestartPolicy,
    /// Startup, readiness, liveness: those that are declared.
    pub probes: Vec<ProbePlan>,
    /// Time of its preStop hook: known if it sleeps, else [`Duration::ZERO`] and assumed.
    pub pre_stop: Option<Duration>,
}

impl ContainerPlan {
    pub(super) fn probe(&self, kind: ProbeKind) -> Option<&ProbePlan> {
        self.probes.iter().find(|probe| probe.kind == kind)
    }
}

/// A Pod whose defaults are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodPlan {
    /// Sidecars, then the containers, in their order.
    pub containers: Vec<ContainerPlan>,
    /// `terminationGracePeriodSeconds`.
    pub grace_period: Duration,
}

impl PodPlan {
    /// Returns the plan of a Pod whose defaults are filled in.
    pub fn of(spec: &PodSpec, version: KubernetesVersion) -> Self {
        let grace_period = seconds(spec.termination_grace_period_seconds.unwrap_or_default());
        let pods = policy(spec.restart_policy.as_deref()).unwrap_or(RestartPolicy::Always);
        let is_sidecar = |own: &&Container| own.restart_policy.as_deref() == Some("Always");
        let sidecars = spec.init_containers.iter().flatten().filter(is_sidecar);
        let sidecars = sidecars.map(|own| (own, true));
        let containers = sidecars.chain(spec.containers.iter().map(|own| (own, false)));
        let plan = |(own, is_sidecar): (&Container, bool)| {
            let probes = Probes::of(own, spec.termination_grace_period_seconds, version);
            let hooks = Hooks::of(own, version);
            ContainerPlan {
                name: own.name.clone(),
                is_sidecar,
                restart_policy: policy(own.restart_policy.as_deref()).unwrap_or(pods),
                probes: probes
                    .0
                    .iter()
                    .map(|probe| plan_of(probe, grace_period))
                    .collect(),
                pre_stop: hooks.pre_stop.map(|hook| match hook.handler {
                    Handler::Sleep { seconds: time } => seconds(time),
                    _ => Duration::ZERO,
                }),
            }
        };
        Self {
            containers: containers.map(plan).collect(),
            grace_period,
        }
    }

    /// Returns the containers that start first: all before, and with, the first sidecar.
    pub(super) fn first_to_start(&self) -> std::ops::Range<usize> {
        let has_sidecar = self.containers.first().is_some_and(|own| own.is_sidecar);
        0..if has_sidecar {
            1
        } else {
            self.containers.len()
        }
    }

    pub(super) fn probes(&self) -> impl Iterator<Item = &ProbePlan> {
        self.containers.iter().flat_map(|own| &own.probes)
    }
}

fn policy(name: Option<&str>) -> Option<RestartPolicy> {
    match name? {
        "Always" => Some(RestartPolicy::Always),
        "OnFailure" => Some(RestartPolicy::OnFailure),
        "Never" => Some(RestartPolicy::Never),
        _ => None,
    }
}

fn seconds(seconds: impl TryInto<u64>) -> Duration {
    Duration::from_secs(seconds.try_into().unwrap_or_default())
}

fn plan_of(probe: &Probe, pods: Duration) -> ProbePlan {
    let own = probe.termination_grace_period_seconds;
    ProbePlan {
        kind: probe.kind,
        initial_delay: seconds(probe.initial_delay_seconds),
        period: seconds(probe.period_seconds).max(Duration::from_secs(1)),
        timeout: seconds(probe.timeout_seconds).max(Duration::from_secs(1)),
        success_threshold: probe.success_threshold.try_into().unwrap_or(1).max(1),
        failure_threshold: probe.failure_threshold.try_into().unwrap_or(1).max(1),
        is_errored: matches!(
            probe.handler,
            Handler::Unresolved { .. } | Handler::Missing {}
        ),
        needs_container: matches!(probe.handler, Handler::Exec { .. }),
        grace_period: own.map_or(pods, seconds),
    }
}
