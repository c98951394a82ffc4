//! States that somebody has asked for, and that last until somebody ends them.
//!
//! Where it is a person who does, the wait ends with the state. Where it may be a
//! controller, the state is told and waited for: the owner of the object, Kueue or
//! another queue, whoever `managedBy` names.

use serde_json::Value;

use crate::wait::answer::Evidence;
use crate::wait::fields::{
    controller, items_at, kind, name, number_at, pod_is_alive, text, text_at,
};
use crate::wait::scene::Scene;

/// Which state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
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

/// Such a state, as it was seen.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Which.
    pub hold: Hold,
    /// What to tell, with the command that ends it.
    pub evidence: Evidence,
    /// Nobody but a person ends it.
    pub by_person: bool,
}

/// The label of what Kueue admits when its queue has room; until then it suspends a Job
/// and gates a Pod (<https://kueue.sigs.k8s.io/docs/concepts/workload>).
const QUEUE: &str = "/metadata/labels/kueue.x-k8s.io~1queue-name";
/// What the names of Kueue's scheduling gates begin with.
const KUEUE: &str = "kueue.x-k8s.io/";
/// The controller that a Job has where it names none
/// (k8s.io/api/batch/v1, `JobControllerName`).
const JOB_CONTROLLER: &str = "kubernetes.io/job-controller";
/// Names that one sentence has room for.
const NAMED: usize = 5;

/// Such a state of an object, or of one of its Pods.
pub(crate) fn held(scene: &Scene) -> Option<Held> {
    of_object(scene).or_else(|| of_pods(scene))
}

/// The state of this kind, where nobody but a person ends it.
pub(super) fn by_person(scene: &Scene, hold: Hold) -> Option<Held> {
    let found = match hold {
        Hold::Gated => of_pods(scene),
        _ => of_object(scene),
    };
    found.filter(|held| held.by_person && held.hold == hold)
}

fn of_object(scene: &Scene) -> Option<Held> {
    let object = scene.object;
    match scene.kind() {
        "Deployment" => paused(object),
        "StatefulSet" | "DaemonSet" => on_delete(scene),
        "Job" => suspended(object).or_else(|| managed(object)),
        "CronJob" => suspended(object),
        _ => None,
    }
}

fn of_pods(scene: &Scene) -> Option<Held> {
    let mut alive = scene.pods.iter().filter(|pod| pod_is_alive(pod));
    alive.find_map(|pod| gated(pod))
}

/// ` -n NAMESPACE`, for a command.
fn home(object: &Value) -> String {
    match text_at(object, "/metadata/namespace") {
        "" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

fn count(object: &Value, key: &str) -> i64 {
    number_at(object, &format!("/status/{key}")).unwrap_or(0)
}

/// Whether the status tells of this spec.
fn is_observed(object: &Value) -> bool {
    let generation = number_at(object, "/metadata/generation");
    generation.is_some() && generation <= number_at(object, "/status/observedGeneration")
}

/// A paused Deployment makes no new ReplicaSet, and only scales those that it has
/// (pkg/controller/deployment/deployment_controller.go, `syncDeployment`; sync.go,
/// `checkPausedConditions`). Pods that are new already may still become available.
fn paused(object: &Value) -> Option<Held> {
    if object.pointer("/spec/paused") != Some(&Value::Bool(true)) || !is_observed(object) {
        return None;
    }
    let wanted = number_at(object, "/spec/replicas")?;
    let (new, all) = (count(object, "updatedReplicas"), count(object, "replicas"));
    let (open, is_held) = if new < wanted {
        (format!("{new} of {wanted} Pods are new"), true)
    } else if all > new {
        (format!("{} old Pods are to end", all - new), true)
    } else {
        let available = count(object, "availableReplicas");
        if available >= wanted {
            return None;
        }
        let open = format!("{available} of {wanted} Pods available, without a progress deadline");
        (open, false)
    };
    let (name, home) = (name(object), home(object));
    let said = format!(
        "the Deployment is paused: {open}; `kubectl rollout resume deployment/{name}{home}` resumes it"
    );
    Some(Held {
        hold: Hold::Paused,
        evidence: Evidence::new("DeploymentPaused", said),
        by_person: is_held && controller(object).is_none(),
    })
}

/// With OnDelete the controller replaces a Pod when it is gone, and deletes none
/// (pkg/controller/statefulset/stateful_set_control.go, `updateStatefulSet`;
/// pkg/controller/daemon/daemon_controller.go, `updateDaemonSet`). It is held when
/// all its Pods are there and ready: until then one may be on its way.
fn on_delete(scene: &Scene) -> Option<Held> {
    let object = scene.object;
    if text_at(object, "/spec/updateStrategy/type") != "OnDelete" || !is_observed(object) {
        return None;
    }
    let (wanted, new, ready) = if kind(object) == "DaemonSet" {
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
    let names = match old_pods(scene) {
        names if names.is_empty() => "NAME".to_owned(),
        names => names.join(" "),
    };
    let home = home(object);
    let old = wanted.saturating_sub(new);
    let said = format!(
        "{old} of {wanted} Pods are old, and with the update strategy OnDelete they are replaced when they are deleted: `kubectl delete pod {names}{home}`"
    );
    Some(Held {
        hold: Hold::OnDelete,
        evidence: Evidence::new("OnDelete", said),
        by_person: controller(object).is_none(),
    })
}

/// The first of the Pods that are not of the newest revision, where that is known.
fn old_pods<'a>(scene: &Scene<'a>) -> Vec<&'a str> {
    let newest = text_at(scene.object, "/status/updateRevision");
    let is_old = |pod: &&&Value| {
        let revision = text_at(pod, "/metadata/labels/controller-revision-hash");
        !newest.is_empty() && !revision.is_empty() && revision != newest
    };
    let old = scene.pods.iter().filter(is_old).map(|pod| name(pod));
    old.take(NAMED).collect()
}

/// The controllers of Jobs and CronJobs never take `suspend` back
/// (pkg/controller/job/job_controller.go, `jobSuspended`;
/// pkg/controller/cronjob/cronjob_controllerv2.go, `syncCronJob`). A CronJob's Job is
/// as its template says; what else controls a Job may resume it, as JobSet does. With a
/// parallelism of 0 a Job makes no Pods, either (k8s.io/api/batch/v1, `JobSpec`), unless
/// it wants none.
fn suspended(object: &Value) -> Option<Held> {
    let is_suspended = object.pointer("/spec/suspend") == Some(&Value::Bool(true));
    let has_no_place = number_at(object, "/spec/parallelism") == Some(0)
        && number_at(object, "/spec/completions") != Some(0);
    let (state, change) = match (is_suspended, has_no_place) {
        (true, _) => ("is suspended", "{\"spec\":{\"suspend\":false}}"),
        (false, true) => (
            "makes no Pods: its parallelism is 0",
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
    let (kind, name, home) = (kind(object), name(object), home(object));
    let queue = text_at(object, QUEUE);
    let (way_out, by_person) = if !queue.is_empty() {
        (
            format!("Kueue resumes it when its queue {queue} has room"),
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
        let object = format!("{}/{name}{home}", kind.to_lowercase());
        let patch = format!("kubectl patch {object} --type=merge -p '{change}'");
        (format!("`{patch}` resumes it"), true)
    };
    Some(Held {
        hold: Hold::Suspended,
        evidence: Evidence::new("Suspended", format!("the {kind} {state}; {way_out}")),
        by_person: by_person && kind == "Job",
    })
}

/// Who acts on a Job in the Job controller's stead
/// (pkg/controller/job/job_controller.go, `managedByExternalController`).
fn other_controller(job: &Value) -> Option<&str> {
    Some(text_at(job, "/spec/managedBy")).filter(|by| !by.is_empty() && *by != JOB_CONTROLLER)
}

/// A Job that another controller has not begun.
fn managed(job: &Value) -> Option<Held> {
    let other = other_controller(job)?;
    let status = job.pointer("/status").and_then(Value::as_object);
    if status.is_some_and(|status| !status.is_empty()) {
        return None;
    }
    let said = format!(
        "the Job is managed by {other}, which has not begun it; the Job controller leaves it alone"
    );
    Some(Held {
        hold: Hold::Managed,
        evidence: Evidence::new("ManagedBy", said),
        by_person: false,
    })
}

/// The scheduler leaves a Pod alone as long as it has a gate, and takes none away
/// (pkg/registry/core/pod/strategy.go, `applySchedulingGatedCondition`). A gate is a
/// controller's, but only of Kueue is it known that it may take as long as it likes.
fn gated(pod: &Value) -> Option<Held> {
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
    let (name, home) = (name(pod), home(pod));
    let is_queued = gates.iter().any(|gate| gate.starts_with(KUEUE));
    let way_out = if is_queued {
        "Kueue takes them away when its queue has room".to_owned()
    } else {
        let patch = "--type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}]'";
        format!("`kubectl patch pod/{name}{home} {patch}` takes them away")
    };
    let gates = gates.join(", ");
    let said = format!("pod {name}: it waits behind the scheduling gates {gates}; {way_out}");
    Some(Held {
        hold: Hold::Gated,
        evidence: Evidence::new("SchedulingGated", said),
        by_person: !is_queued,
    })
}
