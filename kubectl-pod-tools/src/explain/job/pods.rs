//! The Pods of a Job for reports, with the commands that show their logs.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use k8s_openapi::jiff::Timestamp;
use pod_model::job::{FailureAction, JobRules, PodAccount, account_pods};
use pod_model::kubectl_status::pod_row;
use pod_model::{FieldPath, KubernetesVersion};
use serde::Serialize;

use super::policies::cause_text;
use crate::shell_quote::quoted;

/// A Pod of a Job.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct PodReport {
    pub name: String,
    /// STATUS of `kubectl get`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// True if it is a failure, ignored ones included.
    pub is_failed: bool,
    /// True if the failure counts against the limits.
    pub counts: bool,
    pub restarts: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// The rule of `podFailurePolicy` that catches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleReport>,
    /// Commands that print the logs of its failed runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
}

/// A rule that catches a Pod.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::explain) struct RuleReport {
    pub path: FieldPath,
    pub action: &'static str,
    /// The part of the Pod that it matches.
    pub cause: String,
}

/// Returns the Pods, with the logs of these containers, or of those that failed.
pub(super) fn pod_reports(
    rules: &JobRules<'_>,
    pods: &[&Pod],
    base: &FieldPath,
    containers: &[String],
    version: KubernetesVersion,
) -> Vec<PodReport> {
    let accounts = account_pods(rules, pods);
    accounts
        .iter()
        .map(|own| report(own, base, containers, version))
        .collect()
}

fn report(
    own: &PodAccount<'_>,
    base: &FieldPath,
    containers: &[String],
    version: KubernetesVersion,
) -> PodReport {
    let ended = failed_containers(own.pod);
    let exit_code = ended.iter().find_map(|status| {
        let terminated = status.state.as_ref()?.terminated.as_ref()?;
        Some(terminated.exit_code)
    });
    PodReport {
        name: own.pod.metadata.name.clone().unwrap_or_default(),
        status: pod_row(own.pod, version).status.text,
        index: own.index,
        is_failed: own.is_failed(),
        counts: own.counts_as_failure(),
        restarts: own.restarts,
        exit_code,
        finished_at: own.finished_at,
        rule: own.rule.as_ref().map(|rule| RuleReport {
            path: base.join(&rule.path),
            action: action(rule.action),
            cause: cause_text(&rule.cause),
        }),
        logs: logs(own.pod, containers),
    }
}

fn action(action: FailureAction) -> &'static str {
    match action {
        FailureAction::FailJob => "FailJob",
        FailureAction::FailIndex => "FailIndex",
        FailureAction::Ignore => "Ignore",
        FailureAction::Count => "Count",
    }
}

fn statuses(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = pod.status.as_ref();
    let apps = status.and_then(|own| own.container_statuses.as_ref());
    let init = status.and_then(|own| own.init_container_statuses.as_ref());
    apps.into_iter().chain(init).flatten()
}

/// The containers that ended with another code than 0, app containers first, as the failure
/// policy reads them.
fn failed_containers(pod: &Pod) -> Vec<&ContainerStatus> {
    let has_failed = |status: &&ContainerStatus| {
        let terminated = status
            .state
            .as_ref()
            .and_then(|own| own.terminated.as_ref());
        terminated.is_some_and(|own| own.exit_code != 0)
    };
    statuses(pod).filter(has_failed).collect()
}

/// Returns the commands that print the logs of a Pod's failed runs. A container that never ran
/// has none.
fn logs(pod: &Pod, containers: &[String]) -> Vec<String> {
    let is_chosen =
        |status: &&ContainerStatus| containers.is_empty() || containers.contains(&status.name);
    let runs = statuses(pod).filter(is_chosen).filter_map(|status| {
        let state = status.state.as_ref();
        let last = status.last_state.as_ref();
        let has_run = |own: Option<&k8s_openapi::api::core::v1::ContainerState>| {
            let ended = own.and_then(|own| own.terminated.as_ref());
            // The kubelet writes 1970 where a container could not be started.
            ended.is_some_and(|own| {
                let start = own.started_at.as_ref();
                own.exit_code != 0 && start.is_none_or(|start| start.0.as_second() > 0)
            })
        };
        let previous = match (has_run(state), has_run(last)) {
            (true, _) => "",
            (false, true) => " --previous",
            (false, false) => return None,
        };
        Some((status.name.as_str(), previous))
    });
    let namespace = pod.metadata.namespace.as_deref();
    let namespace = namespace.map_or_else(String::new, |own| format!(" -n {}", quoted(own)));
    let name = quoted(pod.metadata.name.as_deref().unwrap_or_default());
    let is_only = pod
        .spec
        .as_ref()
        .is_some_and(|spec| spec.containers.len() == 1 && spec.init_containers.is_none());
    runs.map(|(container, previous)| {
        let container = if is_only {
            String::new()
        } else {
            format!(" -c {}", quoted(container))
        };
        format!("kubectl logs{namespace} {name}{container}{previous}")
    })
    .collect()
}
