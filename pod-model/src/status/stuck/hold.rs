//! States that somebody has requested, and that last until somebody ends them.
//!
//! If only a person ends it, the object is stuck. If a controller may, it is reported and
//! waited for: the owner of the object, Kueue or another queue, or the controller that
//! `managedBy` names.

use serde_json::Value;

use crate::job::JOB_CONTROLLER;
use crate::status::answer::Evidence;
use crate::status::fields::{
    controller, items_at, name, namespace_flag, number_at, pod_is_alive, text, text_at,
};
use crate::status::observation::Observation;
use crate::status::workload_kind::WorkloadKind;

/// The kind of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldKind {
    /// A Deployment whose rollout is paused.
    Paused,
    /// Pods that are replaced only when they are deleted.
    OnDelete,
    /// A Job or a CronJob that is suspended.
    Suspended,
    /// A Job that the Job controller leaves alone.
    Managed,
    /// A Pod that the scheduler leaves alone.
    Gated,
}

/// A state that somebody has requested, as it was observed.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Its kind.
    pub kind: HoldKind,
    /// The reason, with the command that ends it.
    pub evidence: Evidence,
    /// True if only a person ends it.
    pub needs_person: bool,
}

/// Label of the objects that Kueue admits when their queue has capacity; until then it
/// suspends a Job and gates a Pod (<https://kueue.sigs.k8s.io/docs/concepts/workload>).
const QUEUE: &str = "/metadata/labels/kueue.x-k8s.io~1queue-name";
/// Prefix of the names of Kueue's scheduling gates.
const KUEUE: &str = "kueue.x-k8s.io/";
/// Number of names in one sentence.
const NAMED: usize = 5;

/// Finds the hold of an object, or of one of its Pods.
pub fn find_hold(observation: &Observation) -> Option<Hold> {
    of_object(observation).or_else(|| of_pods(observation))
}

/// Finds the hold of this kind that only a person ends.
pub(super) fn find_hold_for_person(observation: &Observation, kind: HoldKind) -> Option<Hold> {
    let found = match kind {
        HoldKind::Gated => of_pods(observation),
        _ => of_object(observation),
    };
    found.filter(|hold| hold.needs_person && hold.kind == kind)
}

fn of_object(observation: &Observation) -> Option<Hold> {
    let object = observation.object;
    match observation.kind() {
        WorkloadKind::Deployment => paused(object),
        WorkloadKind::StatefulSet | WorkloadKind::DaemonSet => on_delete(observation),
        WorkloadKind::Job => suspended(object).or_else(|| managed_by_other(object)),
        WorkloadKind::CronJob => suspended(object),
        WorkloadKind::Pod
        | WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::Other => None,
    }
}

fn of_pods(observation: &Observation) -> Option<Hold> {
    let mut alive = observation.pods.iter().filter(|pod| pod_is_alive(pod));
    alive.find_map(|pod| gated(pod))
}

fn count(object: &Value, key: &str) -> i64 {
    number_at(object, &format!("/status/{key}")).unwrap_or(0)
}

/// Returns whether the controller has observed this spec.
fn is_observed(object: &Value) -> bool {
    let generation = number_at(object, "/metadata/generation");
    generation.is_some() && generation <= number_at(object, "/status/observedGeneration")
}

/// A paused Deployment makes no new ReplicaSet, and only scales those that it has
/// (pkg/controller/deployment/deployment_controller.go, `syncDeployment`; sync.go,
/// `checkPausedConditions`). Pods that are new already may still become available.
fn paused(object: &Value) -> Option<Hold> {
    if object.pointer("/spec/paused") != Some(&Value::Bool(true)) || !is_observed(object) {
        return None;
    }
    let wanted = number_at(object, "/spec/replicas")?;
    let (new, all) = (count(object, "updatedReplicas"), count(object, "replicas"));
    let (open, is_stuck) = if new < wanted {
        (format!("{new} of {wanted} Pods are updated"), true)
    } else if all > new {
        (
            format!("{} old Pods are pending termination", all - new),
            true,
        )
    } else {
        let available = count(object, "availableReplicas");
        if available >= wanted {
            return None;
        }
        let open = format!("{available} of {wanted} Pods available, without a progress deadline");
        (open, false)
    };
    let (name, namespace) = (name(object), namespace_flag(object));
    let said = format!(
        "the Deployment is paused: {open}; `kubectl rollout resume deployment/{name}{namespace}` resumes it"
    );
    Some(Hold {
        kind: HoldKind::Paused,
        evidence: Evidence::new("DeploymentPaused", said),
        needs_person: is_stuck && controller(object).is_none(),
    })
}

/// With OnDelete the controller replaces a Pod once it is deleted, and deletes none
/// (pkg/controller/statefulset/stateful_set_control.go, `updateStatefulSet`;
/// pkg/controller/daemon/daemon_controller.go, `updateDaemonSet`). It is held if all
/// its Pods exist and are ready: until then one may be on its way.
fn on_delete(observation: &Observation) -> Option<Hold> {
    let object = observation.object;
    if text_at(object, "/spec/updateStrategy/type") != "OnDelete" || !is_observed(object) {
        return None;
    }
    let (wanted, new, ready) = if observation.kind() == WorkloadKind::DaemonSet {
        (
            count(object, "desiredNumberScheduled"),
            count(object, "updatedNumberScheduled"),
            count(object, "numberReady"),
        )
    } else {
        (
            number_at(object, "/spec/replicas")?,
            count(object, "updatedReplicas"),
            count(object, "readyReplicas"),
        )
    };
    if ready < wanted || new >= wanted {
        return None;
    }
    let names = match old_pods(observation) {
        names if names.is_empty() => "NAME".to_owned(),
        names => names.join(" "),
    };
    let namespace = namespace_flag(object);
    let old = wanted.saturating_sub(new);
    let said = format!(
        "{old} of {wanted} Pods are outdated; with the update strategy OnDelete they are replaced only when deleted: `kubectl delete pod {names}{namespace}`"
    );
    Some(Hold {
        kind: HoldKind::OnDelete,
        evidence: Evidence::new("OnDelete", said),
        needs_person: controller(object).is_none(),
    })
}

/// Returns the first Pods that are not of the newest revision, if that is known.
fn old_pods<'a>(observation: &Observation<'a>) -> Vec<&'a str> {
    let newest = text_at(observation.object, "/status/updateRevision");
    let is_old = |pod: &&&Value| {
        let revision = text_at(pod, "/metadata/labels/controller-revision-hash");
        !newest.is_empty() && !revision.is_empty() && revision != newest
    };
    let old = observation.pods.iter().filter(is_old).map(|pod| name(pod));
    old.take(NAMED).collect()
}

/// The controllers of Jobs and CronJobs never reset `suspend`
/// (pkg/controller/job/job_controller.go, `jobSuspended`;
/// pkg/controller/cronjob/cronjob_controllerv2.go, `syncCronJob`). A CronJob's Job is
/// as its template; any other controller of a Job may resume it, as JobSet does. With a
/// parallelism of 0 a Job creates no Pods, either (k8s.io/api/batch/v1, `JobSpec`), unless
/// it wants none.
fn suspended(object: &Value) -> Option<Hold> {
    let is_suspended = object.pointer("/spec/suspend") == Some(&Value::Bool(true));
    let has_no_parallelism = number_at(object, "/spec/parallelism") == Some(0)
        && number_at(object, "/spec/completions") != Some(0);
    let (state, change) = match (is_suspended, has_no_parallelism) {
        (true, _) => ("is suspended", "{\"spec\":{\"suspend\":false}}"),
        (false, true) => (
            "creates no Pods: its parallelism is 0",
            "{\"spec\":{\"parallelism\":1}}",
        ),
        (false, false) => return None,
    };
    let ended = items_at(object, "/status/conditions").any(|condition| {
        matches!(text(condition, "type"), "Complete" | "Failed")
            && text(condition, "status") == "True"
    });
    if ended {
        return None;
    }
    let kind = WorkloadKind::of_object(object);
    let (name, namespace) = (name(object), namespace_flag(object));
    let queue = text_at(object, QUEUE);
    let (way_out, needs_person) = if !queue.is_empty() {
        (
            format!("Kueue resumes it when its queue {queue} has capacity"),
            false,
        )
    } else if let Some(owner) = controller(object).filter(|owner| text(owner, "kind") != "CronJob")
    {
        let (kind, name) = (text(owner, "kind"), text(owner, "name"));
        (
            format!("its controller, the {kind} {name}, may resume it"),
            false,
        )
    } else if let Some(other) = other_controller(object) {
        (format!("its controller, {other}, may resume it"), false)
    } else {
        let object = format!("{}/{name}{namespace}", kind.name().to_lowercase());
        let patch = format!("kubectl patch {object} --type=merge -p '{change}'");
        (format!("`{patch}` resumes it"), true)
    };
    Some(Hold {
        kind: HoldKind::Suspended,
        evidence: Evidence::new(
            "Suspended",
            format!("the {} {state}; {way_out}", kind.name()),
        ),
        needs_person: needs_person && kind == WorkloadKind::Job,
    })
}

/// Returns the controller that manages a Job instead of the Job controller
/// (pkg/controller/job/job_controller.go, `managedByExternalController`).
fn other_controller(job: &Value) -> Option<&str> {
    Some(text_at(job, "/spec/managedBy")).filter(|by| !by.is_empty() && *by != JOB_CONTROLLER)
}

/// A Job that another controller has not started.
fn managed_by_other(job: &Value) -> Option<Hold> {
    let other = other_controller(job)?;
    let status = job.pointer("/status").and_then(Value::as_object);
    if status.is_some_and(|status| !status.is_empty()) {
        return None;
    }
    let said = format!(
        "the Job is managed by {other}, which has not started it; the Job controller ignores it"
    );
    Some(Hold {
        kind: HoldKind::Managed,
        evidence: Evidence::new("ManagedBy", said),
        needs_person: false,
    })
}

/// The scheduler ignores a Pod as long as it has a gate, and removes none
/// (pkg/registry/core/pod/strategy.go, `applySchedulingGatedCondition`). A gate
/// belongs to a controller, but only Kueue is known to take any time.
fn gated(pod: &Value) -> Option<Hold> {
    let is_gated = |condition: &Value| {
        text(condition, "type") == "PodScheduled"
            && text(condition, "status") == "False"
            && text(condition, "reason") == "SchedulingGated"
    };
    if !items_at(pod, "/status/conditions").any(is_gated) {
        return None;
    }
    let gates = items_at(pod, "/spec/schedulingGates").map(|gate| text(gate, "name"));
    let gates: Vec<&str> = gates.filter(|gate| !gate.is_empty()).collect();
    let (name, namespace) = (name(pod), namespace_flag(pod));
    let is_queued = gates.iter().any(|gate| gate.starts_with(KUEUE));
    let way_out = if is_queued {
        "Kueue removes them when its queue has capacity".to_owned()
    } else {
        let patch = "--type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}]'";
        format!("`kubectl patch pod/{name}{namespace} {patch}` removes them")
    };
    let gates = gates.join(", ");
    let said = format!("pod {name}: it is held by the scheduling gates {gates}; {way_out}");
    Some(Hold {
        kind: HoldKind::Gated,
        evidence: Evidence::new("SchedulingGated", said),
        needs_person: !is_queued,
    })
}
