//! A Pod as the forecast needs it.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule, PodSpec};
use pod_model::KubernetesVersion;
use pod_model::features::Gate;

use super::assumptions::ProbePlan;
use crate::handler::Handler;
use crate::hooks::Hooks;
use crate::probes::{Probe, ProbeKind, Probes};

/// Decision on containers that have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestartPolicy {
    /// It does.
    Always,
    /// It does unless its exit code is 0.
    OnFailure,
    /// It does not.
    Never,
}

/// Action of a restart rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestartAction {
    /// The container starts again.
    Restart,
    /// All containers of the Pod are removed, and start again.
    RestartAllContainers,
    /// The version does not know the action: the policy decides.
    Ignored,
}

/// A rule for exit codes of a container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RestartRule {
    /// True if it matches the codes of its list, false if it matches all others.
    pub is_in: bool,
    /// Exit codes.
    pub codes: Vec<i32>,
    /// Action on such a code.
    pub action: RestartAction,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerPlan {
    /// Its name.
    pub name: String,
    /// True for an init container that runs beside the others.
    pub is_sidecar: bool,
    /// Its own policy, or the Pod's.
    pub restart_policy: RestartPolicy,
    /// Rules for exit codes, which come before the policy: the first that matches counts.
    pub restart_rules: Vec<RestartRule>,
    /// Startup, readiness, liveness: those that are declared.
    pub probes: Vec<ProbePlan>,
    /// Time of its preStop hook: known if it sleeps, else [`Duration::ZERO`] and assumed.
    pub pre_stop: Option<Duration>,
}

impl ContainerPlan {
    /// Returns whether the container starts again after it has ended by itself, or was killed and not
    /// started at once.
    ///
    /// Upstream: `ContainerShouldRestart` in `k8s.io/kubernetes/pkg/api/v1/pod/util.go`.
    pub(super) fn restarts(&self, code: i32) -> bool {
        match self.rule_action(code) {
            Some(RestartAction::Restart | RestartAction::RestartAllContainers) => true,
            Some(RestartAction::Ignored) | None => match self.restart_policy {
                RestartPolicy::Always => true,
                RestartPolicy::OnFailure => code != 0,
                RestartPolicy::Never => false,
            },
        }
    }

    /// Returns whether all containers of the Pod start again after this one has ended.
    ///
    /// Upstream: `ShouldAllContainersRestart` in `k8s.io/kubernetes/pkg/kubelet/container/helpers.go`.
    pub(super) fn restarts_all(&self, code: i32) -> bool {
        self.rule_action(code) == Some(RestartAction::RestartAllContainers)
    }

    fn rule_action(&self, code: i32) -> Option<RestartAction> {
        let matches = |rule: &&RestartRule| rule.codes.contains(&code) == rule.is_in;
        let rule = self.restart_rules.iter().find(matches)?;
        Some(rule.action)
    }

    /// Returns whether the sync that kills the container starts it again: rules do not count.
    pub(super) fn restarts_after_kill(&self) -> bool {
        self.restart_policy != RestartPolicy::Never
    }

    pub(super) fn probe(&self, kind: ProbeKind) -> Option<&ProbePlan> {
        self.probes.iter().find(|probe| probe.kind == kind)
    }
}

/// A Pod whose defaults are filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodPlan {
    /// Sidecars, then the containers, in their order.
    pub containers: Vec<ContainerPlan>,
    /// `restartPolicy` of the Pod.
    pub restart_policy: RestartPolicy,
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
            let has_own = is_sidecar || Gate::ContainerRestartRules.is_on(version);
            let own_policy = own.restart_policy.as_deref().filter(|_| has_own);
            let rules = own.restart_policy_rules.iter().flatten();
            let rules = rules.filter(|_| has_own && own_policy.is_some());
            ContainerPlan {
                name: own.name.clone(),
                is_sidecar,
                restart_policy: policy(own_policy).unwrap_or(pods),
                restart_rules: rules.filter_map(|own| rule(own, version)).collect(),
                probes: probes
                    .0
                    .iter()
                    .map(|probe| plan_of(probe, own_grace(own, probe.kind).unwrap_or(grace_period)))
                    .collect(),
                pre_stop: hooks
                    .pre_stop
                    .map(|hook| hook.handler.sleep_time().unwrap_or_default()),
            }
        };
        Self {
            containers: containers.map(plan).collect(),
            restart_policy: pods,
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

    /// Returns the number of sidecars, which come first.
    pub(super) fn sidecars(&self) -> usize {
        self.containers.iter().filter(|own| own.is_sidecar).count()
    }

    /// Returns the longest period of a probe, at least a second.
    pub(super) fn longest_period(&self) -> Duration {
        let probes = self.containers.iter().flat_map(|own| &own.probes);
        let longest = probes.map(|probe| probe.period).max();
        longest.unwrap_or_default().max(Duration::from_secs(1))
    }
}

/// Returns a rule that can match.
fn rule(rule: &ContainerRestartRule, version: KubernetesVersion) -> Option<RestartRule> {
    let codes = rule.exit_codes.as_ref()?;
    let is_in = match codes.operator.as_str() {
        "In" => true,
        "NotIn" => false,
        _ => return None,
    };
    let has_all = Gate::RestartAllContainersOnContainerExits.is_on(version);
    let action = match rule.action.as_str() {
        "Restart" => RestartAction::Restart,
        "RestartAllContainers" if has_all => RestartAction::RestartAllContainers,
        _ => RestartAction::Ignored,
    };
    Some(RestartRule {
        is_in,
        codes: codes.values.clone().unwrap_or_default(),
        action,
    })
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

/// Returns a probe's own grace period, not raised to the kubelet's minimum: hooks run within it.
fn own_grace(own: &Container, kind: ProbeKind) -> Option<Duration> {
    let probe = match kind {
        ProbeKind::Startup => own.startup_probe.as_ref()?,
        ProbeKind::Readiness => return None,
        ProbeKind::Liveness => own.liveness_probe.as_ref()?,
    };
    probe.termination_grace_period_seconds.map(seconds)
}

fn plan_of(probe: &Probe, grace_period: Duration) -> ProbePlan {
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
        connects_again: matches!(probe.handler, Handler::Grpc { .. }),
        grace_period,
    }
}
