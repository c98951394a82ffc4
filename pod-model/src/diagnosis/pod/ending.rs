//! A Pod that is being deleted: what it waits for.
//!
//! Upstream: `CheckGracefulDelete` in pkg/registry/core/pod/strategy.go (deletionTimestamp is the end of the grace
//! period), pkg/kubelet/kubelet.go `SyncTerminatingPod`, pkg/controller/tainteviction.

use k8s_openapi::jiff::{SignedDuration, Timestamp};

use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::pod::place::is_node_silent;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table as rows;
use crate::diagnosis::words::seconds;
use crate::prose::list;

/// The finalizer of the Pods of a Job.
const JOB_TRACKING: &str = "batch.kubernetes.io/job-tracking";

/// After the end of the grace period the kubelet still needs some time to clean up.
const CLEANS_UP: i64 = 60;

/// Returns when the deletion began: deletionTimestamp is its end.
pub(in crate::diagnosis) fn began(scene: &Scene<'_>) -> Option<Timestamp> {
    let metadata = &scene.pod.metadata;
    let ends = metadata.deletion_timestamp.as_ref()?.0;
    let grace = metadata.deletion_grace_period_seconds.unwrap_or(0);
    ends.checked_sub(SignedDuration::from_secs(grace)).ok()
}

pub(in crate::diagnosis) fn cause(scene: &Scene<'_>) -> Option<Cause> {
    let metadata = &scene.pod.metadata;
    let ends = metadata.deletion_timestamp.as_ref()?.0;
    let since = began(scene);
    let grace = metadata.deletion_grace_period_seconds.unwrap_or(0);
    let shown = Evidence::field(
        "metadata.deletionTimestamp",
        format!("{ends}, with a grace period of {grace} s"),
    );
    let finalizers: Vec<&String> = metadata.finalizers.iter().flatten().collect();
    let containers = scene.containers();
    let runs = containers
        .iter()
        .any(super::super::scene::ContainerState::is_running);
    let is_over = scene
        .now
        .is_some_and(|now| seconds(ends, now) > 0 && now > ends);
    let cause = if is_node_silent(scene) {
        node_gone(scene)
    } else if !runs && !finalizers.is_empty() {
        finalizer(&finalizers)
    } else if is_over && scene.now.is_some_and(|now| seconds(ends, now) > CLEANS_UP) {
        overdue(scene)
    } else {
        terminating(scene, ends, grace)
    };
    Some(cause.shown_by([shown]).since(since))
}

fn finalizer(finalizers: &[&String]) -> Cause {
    if finalizers.iter().all(|name| *name == JOB_TRACKING) {
        return Cause::new(
            &rows::FINALIZER,
            format!("none of its containers runs, and the Job controller has not counted it yet ({JOB_TRACKING})"),
        )
        .may_pass()
        .shown_by([Evidence::field("metadata.finalizers", JOB_TRACKING)])
        .advise("Wait for the Job controller; if that lasts, see whether it runs and whether the Job still exists.");
    }
    let names = list(finalizers);
    let (noun, verb, it) = match finalizers {
        [_] => ("finalizer", "keeps", "it"),
        _ => ("finalizers", "keep", "them"),
    };
    Cause::new(
        &rows::FINALIZER,
        format!("the Pod is deleted and none of its containers runs; the {noun} {names} {verb} the object"),
    )
    .shown_by([Evidence::field("metadata.finalizers", names.clone())])
    .advise(format!(
        "See why the controller that set {it} does not remove {it}; --force does not. Take {it} out by hand only if that controller is gone for good."
    ))
}

fn node_gone(scene: &Scene<'_>) -> Cause {
    let node = scene.node_name().unwrap_or("the node");
    let owners = scene.pod.metadata.owner_references.iter().flatten();
    let is_stateful = owners.clone().any(|owner| owner.kind == "StatefulSet");
    let stateful = if is_stateful {
        " The Pod is one of a StatefulSet: while it may still run, --force can give two Pods the same name and the same volume."
    } else {
        ""
    };
    let owned = if is_stateful {
        "; its StatefulSet makes no other before it is certain that this one has ended"
    } else {
        ""
    };
    Cause::new(
        &rows::NODE_GONE,
        format!("node {node} does not answer, so that nobody can say that the Pod has ended{owned}"),
    )
    .advise(format!(
        "Bring node {node} back, or delete its Node object if it is gone for good. `kubectl delete pod {} --force` only if the machine is certainly off.{stateful}",
        scene.name()
    ))
}

fn overdue(scene: &Scene<'_>) -> Cause {
    let node = scene.node_name().unwrap_or("its node");
    Cause::new(
        &rows::TERMINATING,
        format!("the Pod should have ended by now, and the kubelet of {node} has not said that it has"),
    )
    .may_pass()
    .advise(format!("Look at the kubelet and the container runtime of {node}: a process that cannot be killed, or a volume that cannot be unmounted."))
}

/// Returns who deletes a Pod, if its status says so.
///
/// Upstream: `PodDisruptionConditions` in pkg/apis/core/types.go (`DisruptionTarget` with its reasons).
fn disruption(scene: &Scene<'_>) -> Option<(&'static str, Evidence)> {
    let condition = scene.condition("DisruptionTarget")?;
    if condition.status != "True" {
        return None;
    }
    let reason = condition.reason.as_deref().unwrap_or_default();
    let message = condition.message.as_deref().unwrap_or_default();
    let why = match reason {
        "PreemptionByScheduler" => "for one of a higher priority",
        "EvictionByEvictionAPI" => "by an eviction through the API, as kubectl drain makes it",
        "DeletionByTaintManager" => "since its node has a taint that it does not tolerate",
        "DeletionByPodGC" => "since its node no longer exists",
        "TerminationByKubelet" => "by the kubelet, which needs its resources or shuts down",
        _ => "by a disruption",
    };
    let text = format!("DisruptionTarget is True, {reason}: {message}");
    Some((why, Evidence::field("status.conditions", text)))
}

fn terminating(scene: &Scene<'_>, ends: Timestamp, grace: i64) -> Cause {
    let left = scene
        .now
        .map(|now| seconds(now, ends))
        .filter(|left| *left > 0);
    let left = left.map_or_else(String::new, |left| format!(", {left} s of which are left"));
    let killing = scene.containers().iter().find_map(|container| {
        let events = scene.events(Some(container.name()), "Killing");
        events.first().map(|event| event.evidence())
    });
    let with_hook: Vec<&str> = scene
        .containers()
        .iter()
        .filter(|container| container.is_running())
        .filter(|container| {
            let lifecycle = container.view.lifecycle;
            lifecycle.is_some_and(|lifecycle| lifecycle.pre_stop.is_some())
        })
        .map(super::super::scene::ContainerState::name)
        .collect();
    let hook = if with_hook.is_empty() {
        String::new()
    } else {
        format!("; first the preStop hook of {} runs", list(&with_hook))
    };
    let failed = scene.events.iter();
    let mut failed: Vec<_> = failed
        .filter(|event| event.reason == "FailedPreStopHook")
        .collect();
    failed.sort_by_key(|event| std::cmp::Reverse(event.last));
    let failed: Vec<_> = failed.into_iter().map(PodEvent::evidence).collect();
    let disruption = disruption(scene);
    let why = disruption
        .as_ref()
        .map_or_else(String::new, |(why, _)| format!(" ({why})"));
    Cause::new(
        &rows::TERMINATING,
        format!("the Pod is deleted{why} and has {grace} s to end{left}{hook}"),
    )
    .passes()
    .shown_by(disruption.map(|(_, shown)| shown))
    .shown_by(killing)
    .shown_by(failed)
    .advise("Wait for the end of the grace period: then what still runs is killed.")
}
