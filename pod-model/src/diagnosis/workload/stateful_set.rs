//! StatefulSets and DaemonSets.
//!
//! Upstream: `updateStatefulSet` and `completeRollingUpdate` in pkg/controller/statefulset, `rollingUpdate` in
//! pkg/controller/daemon/update.go; rollout_status.go of kubectl for partitions.

use k8s_openapi::api::apps::v1::{DaemonSet, StatefulSet};

use super::rollout::{Numbers, Rollout, is_observed, roll_out};
use super::scene::{OwnPod, State, WorkloadScene, counted};
use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::table as rows;
use crate::prose::list;
use crate::verdict::Verdict;

const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";
const GENERATION_LABEL: &str = "pod-template-generation";

pub(super) fn stateful_set(
    scene: &WorkloadScene<'_>,
    own: &StatefulSet,
    pods: &[OwnPod<'_>],
) -> State {
    let status = own.status.clone().unwrap_or_default();
    let spec = &own.spec;
    let desired = spec.replicas.unwrap_or(1);
    let strategy = spec.update_strategy.as_ref();
    let partition = strategy
        .and_then(|own| own.rolling_update.as_ref())
        .and_then(|own| own.partition)
        .filter(|partition| *partition > 0);
    let is_one_template = status.update_revision == status.current_revision;
    // Absent means none, as the server leaves out what is 0; without an update all Pods are of the newest template.
    let of_current = status.current_replicas.filter(|_| is_one_template);
    let numbers = Numbers {
        desired,
        updated: status.updated_replicas.or(of_current).unwrap_or(0),
        updated_desired: desired.saturating_sub(partition.unwrap_or(0)).max(0),
        ready: status.ready_replicas.unwrap_or(0),
        total: status.replicas,
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    let old = numbers.total.saturating_sub(numbers.updated);
    let is_on_delete = strategy.and_then(|own| own.type_.as_deref()) == Some("OnDelete");
    let stays = if is_on_delete {
        Some(on_delete(scene, old))
    } else {
        partition.map(|partition| partitioned(scene, old, partition))
    };
    let rollout = Rollout {
        stays,
        ..Rollout::default()
    };
    let mut state = roll_out(scene, &numbers, pods, rollout);
    let policy = spec.pod_management_policy.as_deref();
    let waits = policy != Some("Parallel") && numbers.total < numbers.desired;
    let of_a_pod = |cause: &&mut Cause| *cause.row != rows::ROLLING_OUT && numbers.total > 0;
    if let Some(cause) = state.causes.first_mut().filter(|_| waits).filter(of_a_pod) {
        cause
            .message
            .push_str("; the Pods behind it wait until it is ready");
    }
    state
}

fn partitioned(scene: &WorkloadScene<'_>, old: i32, partition: i32) -> Cause {
    Cause::new(
        &rows::ROLLOUT_PARTITIONED,
        format!(
            "its partition of {partition} keeps {} of an older template",
            counted(old, "Pod")
        ),
    )
    .harmless()
    .shown_by([Evidence::field(
        "spec.updateStrategy.rollingUpdate.partition",
        partition.to_string(),
    )])
    .advise(format!(
        "To roll out the rest, lower the partition: kubectl patch {} -p '{{\"spec\":{{\"updateStrategy\":{{\"rollingUpdate\":{{\"partition\":0}}}}}}}}'",
        scene.argument()
    ))
}

fn on_delete(scene: &WorkloadScene<'_>, old: i32) -> Cause {
    let mut cause = Cause::new(
        &rows::ROLLOUT_ON_DELETE,
        format!(
            "{} of an older template, and updateStrategy OnDelete replaces a Pod only when somebody deletes it",
            match old {
                1 => "1 Pod is".to_owned(),
                old => format!("{old} Pods are"),
            }
        ),
    )
    .shown_by([Evidence::field("spec.updateStrategy.type", "OnDelete")])
    .advise(format!(
        "Delete the Pods one by one when it suits, or set the type to RollingUpdate: kubectl get {} --show-labels",
        format_args!("pods{}", scene.in_namespace())
    ));
    // Nothing is broken, and nothing changes without somebody.
    cause.verdict = Verdict::Unknown;
    cause.better_by_itself = BetterByItself::No;
    cause
}

pub(super) fn daemon_set(scene: &WorkloadScene<'_>, own: &DaemonSet, pods: &[OwnPod<'_>]) -> State {
    let status = own.status.clone().unwrap_or_default();
    let desired = status.desired_number_scheduled;
    let numbers = Numbers {
        desired,
        updated: status.updated_number_scheduled.unwrap_or(0),
        updated_desired: desired,
        ready: status.number_ready,
        total: status.current_number_scheduled,
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    if numbers.is_observed && numbers.desired == 0 {
        return without_nodes(own);
    }
    let strategy = own.spec.update_strategy.as_ref();
    let is_on_delete = strategy.and_then(|own| own.type_.as_deref()) == Some("OnDelete");
    let old = numbers.total.saturating_sub(numbers.updated);
    let rollout = if is_on_delete {
        Rollout {
            stays: Some(on_delete(scene, old)),
            ..Rollout::default()
        }
    } else {
        Rollout {
            replaced: replaced(own, &numbers, pods),
            ..Rollout::default()
        }
    };
    roll_out(scene, &numbers, pods, rollout)
}

/// Returns the names of the Pods of older templates; those that are not available are the first to go.
///
/// Upstream: `IsPodUpdated` in pkg/controller/daemon/util.
fn replaced<'a>(own: &DaemonSet, numbers: &Numbers, pods: &[OwnPod<'a>]) -> Vec<&'a str> {
    let annotations = own.metadata.annotations.as_ref();
    let Some(newest) = annotations.and_then(|all| all.get(TEMPLATE_GENERATION)) else {
        return Vec::new();
    };
    let is_old = |pod: &&OwnPod<'_>| {
        let labels = pod.scene.pod.metadata.labels.as_ref();
        let generation = labels.and_then(|all| all.get(GENERATION_LABEL));
        generation.is_some_and(|own| own != newest)
    };
    if !numbers.is_observed {
        return Vec::new();
    }
    let old = pods.iter().filter(is_old);
    old.map(|pod| pod.scene.name()).collect()
}

fn without_nodes(own: &DaemonSet) -> State {
    let selector = own.spec.template.spec.as_ref();
    let labels: Vec<String> = selector
        .and_then(|spec| spec.node_selector.as_ref())
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let wants = if labels.is_empty() {
        String::new()
    } else {
        format!(" ({})", list(&labels))
    };
    let cause = Cause::new(
        &rows::NO_MATCHING_NODE,
        format!("no node has what it wants of one{wants}"),
    )
    .harmless()
    .shown_by([Evidence::field("status.desiredNumberScheduled", "0")])
    .advise("If that is not meant, label a node, or correct nodeSelector and tolerations.");
    State {
        words: "has no Pods".to_owned(),
        causes: vec![cause],
        verdict: Verdict::Ok,
        since: None,
    }
}
