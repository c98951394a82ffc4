//! Rollouts of workloads, judged as by `kubectl rollout status`
//! (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go). A ReplicaSet and a
//! ReplicationController, which that does not know, are judged by their available replicas.

use serde_json::Value;

use crate::status::answer::{Answer, Evidence};
use crate::status::fields::{condition, count_at, name, namespace_flag, number_at, text, text_at};
use crate::status::workload_kind::WorkloadKind;

/// Judges whether it is rolled out; `None` for a kind that does not roll out.
pub(super) fn rolled_out(object: &Value) -> Option<Answer> {
    let answer = match WorkloadKind::of_object(object) {
        WorkloadKind::Deployment => deployment(object),
        WorkloadKind::StatefulSet => stateful_set(object),
        WorkloadKind::DaemonSet => daemon_set(object),
        WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => replica_set(object),
        _ => return None,
    };
    Some(either(answer))
}

/// Judges `ready`: rolled out, or, with OnDelete, all wanted Pods are ready.
pub(super) fn ready(object: &Value) -> Option<Answer> {
    let rolled_out = rolled_out(object)?;
    if !is_on_delete(object) {
        return Some(rolled_out);
    }
    Some(either(all_ready(object)))
}

fn all_ready(object: &Value) -> Result<Answer, Answer> {
    observed(object)?;
    let (wanted, ready) = match WorkloadKind::of_object(object) {
        WorkloadKind::DaemonSet => (
            status(object, "desiredNumberScheduled")?,
            status(object, "numberReady")?,
        ),
        _ => (replicas(object)?, status(object, "readyReplicas")?),
    };
    let said = format!("{ready} of {wanted} Pods ready");
    Ok(if ready < wanted {
        not_yet(said)
    } else {
        Answer::Met(Evidence::new("Ready", said))
    })
}

/// Merges an answer with the one for a status that cannot be judged.
fn either(answer: Result<Answer, Answer>) -> Answer {
    answer.unwrap_or_else(|unjudged| unjudged)
}

fn count(object: &Value, pointer: &str) -> Result<Option<i64>, Answer> {
    let field = pointer.trim_start_matches('/').replace('/', ".");
    count_at(object, pointer).map_err(|_| not_yet(format!("{field} is not a count")))
}

/// Returns a count of the status; the server omits 0.
fn status(object: &Value, key: &str) -> Result<i64, Answer> {
    Ok(count(object, &format!("/status/{key}"))?.unwrap_or(0))
}

/// Returns `spec.replicas`, which the server defaults in every spec.
fn replicas(object: &Value) -> Result<i64, Answer> {
    let replicas = count(object, "/spec/replicas")?;
    replicas.ok_or_else(|| not_yet("spec.replicas is not set"))
}

/// Checks that the controller has observed the spec. The server counts generations from 1
/// on (pkg/registry/apps, `PrepareForCreate`): without them it is not known.
fn observed(object: &Value) -> Result<(), Answer> {
    let generation = number_at(object, "/metadata/generation");
    let observed = number_at(object, "/status/observedGeneration");
    match (generation, observed) {
        (Some(generation), Some(observed)) if generation <= observed => Ok(()),
        _ => Err(not_yet("the controller has not observed the latest change")),
    }
}

fn not_yet(message: impl Into<String>) -> Answer {
    Answer::NotYet(Evidence::new("Progressing", message))
}

fn met(message: String) -> Answer {
    Answer::Met(Evidence::new("RolledOut", message))
}

fn deployment(object: &Value) -> Result<Answer, Answer> {
    observed(object)?;
    if let Some(progressing) = condition(object, "Progressing")
        && text(progressing, "reason") == "ProgressDeadlineExceeded"
    {
        let message = text(progressing, "message");
        return Ok(Answer::Never(Evidence::new(
            "ProgressDeadlineExceeded",
            message,
        )));
    }
    let wanted = replicas(object)?;
    let updated = status(object, "updatedReplicas")?;
    let replicas = status(object, "replicas")?;
    let available = status(object, "availableReplicas")?;
    Ok(if updated < wanted {
        not_yet(format!("{updated} of {wanted} Pods are updated"))
    } else if replicas > updated {
        not_yet(format!(
            "{} old Pods are pending termination",
            replicas - updated
        ))
    } else if available < updated {
        not_yet(format!("{available} of {updated} Pods available"))
    } else if wanted == 0 {
        none_wanted(object, "spec.replicas")
    } else {
        met(format!("{available} of {updated} Pods available"))
    })
}

fn daemon_set(object: &Value) -> Result<Answer, Answer> {
    observed(object)?;
    let wanted = status(object, "desiredNumberScheduled")?;
    let updated = status(object, "updatedNumberScheduled")?;
    let available = status(object, "numberAvailable")?;
    Ok(if updated < wanted {
        not_yet(format!("{updated} of {wanted} Pods are updated"))
    } else if available < wanted {
        not_yet(format!("{available} of {wanted} Pods available"))
    } else if wanted == 0 {
        none_wanted(object, "status.desiredNumberScheduled")
    } else {
        met(format!("{available} of {wanted} Pods available"))
    })
}

fn stateful_set(object: &Value) -> Result<Answer, Answer> {
    observed(object)?;
    let wanted = replicas(object)?;
    let ready = status(object, "readyReplicas")?;
    let updated = status(object, "updatedReplicas")?;
    if ready < wanted {
        return Ok(not_yet(format!("{ready} of {wanted} Pods ready")));
    }
    if wanted == 0 {
        return Ok(none_wanted(object, "spec.replicas"));
    }
    if is_on_delete(object) {
        return Ok(if updated < wanted {
            not_yet(format!("{updated} of {wanted} Pods are updated"))
        } else {
            met(format!("{updated} of {wanted} Pods are updated"))
        });
    }
    if object
        .pointer("/spec/updateStrategy/rollingUpdate")
        .is_some()
    {
        let partition = count(object, "/spec/updateStrategy/rollingUpdate/partition")?;
        let new = wanted - partition.unwrap_or(wanted);
        return Ok(if updated < new {
            not_yet(format!("{updated} of {new} Pods are updated"))
        } else if let Some(partition) = partition.filter(|_| updated < wanted) {
            met(format!(
                "{updated} of {wanted} Pods are updated; partition {partition} keeps the others at the old revision"
            ))
        } else {
            met(format!("{updated} Pods are updated"))
        });
    }
    let revision = text_at(object, "/status/updateRevision");
    if revision == text_at(object, "/status/currentRevision") {
        return Ok(met(format!("{ready} Pods ready")));
    }
    let said = format!("{updated} Pods at revision {revision}");
    // The update strategy Recreate of 1.37 (pkg/controller/statefulset, `setProgressingCondition`).
    let recreates = |c: &&Value| text(c, "reason") == "RecreateInProgress";
    let said = match condition(object, "Progressing").filter(recreates) {
        Some(progressing) => format!("{said}: {}", text(progressing, "message")),
        None => said,
    };
    Ok(not_yet(said))
}

/// Returns whether Pods are replaced only when they are deleted. `kubectl rollout status` refuses
/// such an object; here it is rolled out when all its Pods are updated.
fn is_on_delete(object: &Value) -> bool {
    text_at(object, "/spec/updateStrategy/type") == "OnDelete"
}

/// Returns the answer if no Pods are desired: met, as for kubectl, with a message.
fn none_wanted(object: &Value, field: &str) -> Answer {
    let kind = WorkloadKind::of_object(object);
    let namespace = namespace_flag(object);
    let mut said = format!("no Pods are desired: {field} is 0");
    if kind != WorkloadKind::DaemonSet {
        let (kind, name) = (kind.name().to_lowercase(), name(object));
        said.push_str(&format!(
            "; `kubectl scale {kind}/{name}{namespace} --replicas=1` starts one"
        ));
    }
    met(said)
}

fn replica_set(object: &Value) -> Result<Answer, Answer> {
    observed(object)?;
    let wanted = replicas(object)?;
    let available = status(object, "availableReplicas")?;
    let said = format!("{available} of {wanted} Pods available");
    Ok(
        if available < wanted || status(object, "replicas")? > wanted {
            not_yet(said)
        } else if wanted == 0 {
            none_wanted(object, "spec.replicas")
        } else {
            met(said)
        },
    )
}
