//! A Pod as its shutdown needs it.

use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::{ContainerType, ContainerView, FieldPath, KubernetesVersion, containers};

use super::endless::{HookLoop, hook_loop};
use super::hook_time::HookTime;
use super::pid_one::{SigtermReaction, sigterm_reaction};
use crate::forecast::StopTakes;
use crate::hooks::Hooks;

/// Assumptions about containers that are stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShutdownAssumptions {
    /// Time of a preStop hook that does more than sleep, or `None` to take what is known.
    pub pre_stop_takes: Option<Duration>,
    /// From SIGTERM to the end, or `None` to take what is known.
    pub stop_takes: Option<StopTakes>,
}

/// Place of a container in the order of SIGTERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShutdownRole {
    /// One of `spec.containers`: sidecars wait for its end.
    App,
    /// It waits for all apps, and for the next sidecar.
    Sidecar,
    /// An init or ephemeral container: nothing waits for it.
    Other,
}

/// From SIGTERM to the end of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stops {
    After(Duration),
    /// It reacts at once, or never.
    Perhaps,
    Never,
}

/// Time of a hook, as assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PreStop {
    /// `None` if it never ends.
    pub(super) takes: Option<Duration>,
    pub(super) is_assumed: bool,
    /// True if the kubelet cannot run it.
    pub(super) fails: bool,
    /// True if the kubelet waits by itself.
    pub(super) is_action: bool,
}

/// A container that is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoppingContainer {
    /// Its name.
    pub name: String,
    /// Its place in the order of SIGTERM.
    pub role: ShutdownRole,
    /// Of a sidecar: the index of the sidecar behind it, if that runs. One that has ended breaks the chain:
    /// those behind it are not waited for.
    pub(super) next_sidecar: Option<usize>,
    pub(super) pre_stop: Option<PreStop>,
    pub(super) stops: Stops,
}

/// A Pod that is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShutdownPlan {
    /// Containers that run, in the order of the Pod.
    pub containers: Vec<StoppingContainer>,
    /// That of the kubelet.
    pub grace_period: Duration,
}

impl ShutdownPlan {
    /// Returns the plan of a Pod whose defaults are filled in, with the containers that `is_running`
    /// accepts; `assumed` has the assumptions about the container of a name.
    pub fn of(
        spec: &PodSpec,
        version: KubernetesVersion,
        grace_period: Duration,
        assumed: impl Fn(&str) -> ShutdownAssumptions,
        is_running: impl Fn(&ContainerView<'_>) -> bool,
    ) -> Self {
        let all = containers(spec, &FieldPath::root());
        let running: Vec<_> = all.iter().filter(|own| is_running(own)).collect();
        let plan = |own: &ContainerView<'_>| StoppingContainer {
            name: own.name.to_owned(),
            role: match own.container_type {
                ContainerType::App => ShutdownRole::App,
                ContainerType::Sidecar => ShutdownRole::Sidecar,
                ContainerType::Init | ContainerType::Ephemeral => ShutdownRole::Other,
            },
            next_sidecar: next_sidecar(&all, own)
                .and_then(|next| running.iter().position(|own| own.path == next.path)),
            pre_stop: pre_stop(own, version, assumed(own.name)),
            stops: stops(spec, own, assumed(own.name)),
        };
        Self {
            containers: running.iter().map(|own| plan(own)).collect(),
            grace_period,
        }
    }
}

/// Returns the sidecar behind a sidecar.
///
/// Upstream: `newTerminationOrdering` in
/// `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_termination_order.go`.
fn next_sidecar<'a>(
    all: &'a [ContainerView<'a>],
    own: &ContainerView<'_>,
) -> Option<&'a ContainerView<'a>> {
    let is_sidecar = |own: &ContainerView<'_>| own.container_type == ContainerType::Sidecar;
    let mut behind = all.iter().filter(|other| other.index > own.index);
    behind.find(|other| is_sidecar(own) && is_sidecar(other))
}

fn pre_stop(
    container: &ContainerView<'_>,
    version: KubernetesVersion,
    assumed: ShutdownAssumptions,
) -> Option<PreStop> {
    let hook = Hooks::of(&container.to_container(), version).pre_stop?;
    let known = HookTime::of(&hook.handler);
    let is_endless = matches!(hook_loop(&hook.handler), Some(HookLoop::Endless { .. }));
    let (takes, is_assumed) = match (known, assumed.pre_stop_takes) {
        (HookTime::Sleeps { time, .. }, _) => (Some(time), false),
        (HookTime::Fails, _) => (Some(Duration::ZERO), false),
        (HookTime::AtLeast(least), Some(takes)) => (Some(takes.max(least)), true),
        (HookTime::AtLeast(_), None) if is_endless => (None, false),
        (HookTime::AtLeast(least), None) => (Some(least), true),
    };
    Some(PreStop {
        takes,
        is_assumed,
        fails: known == HookTime::Fails,
        is_action: matches!(
            known,
            HookTime::Sleeps {
                is_action: true,
                ..
            }
        ),
    })
}

fn stops(spec: &PodSpec, container: &ContainerView<'_>, assumed: ShutdownAssumptions) -> Stops {
    match assumed.stop_takes {
        Some(StopTakes::Time(time)) => return Stops::After(time),
        Some(StopTakes::Never) => return Stops::Never,
        None => {}
    }
    match sigterm_reaction(spec, container) {
        SigtermReaction::Unknown => Stops::After(Duration::ZERO),
        SigtermReaction::IgnoredByProgram(_) | SigtermReaction::IgnoredByShell(_) => Stops::Never,
        SigtermReaction::DependsOnShell(_) => Stops::Perhaps,
    }
}
