//! Workloads, as `kubectl rollout status` judges them
//! (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go). A ReplicaSet and
//! a ReplicationController, which it does not know, are judged by their
//! available replicas.

use serde_json::Value;

use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{condition, kind, number_at, text, text_at};

/// "Rolled out"; none for a kind that does not roll out.
pub(super) fn rolled_out(object: &Value) -> Option<Answer> {
    let answer = match kind(object) {
        "Deployment" => deployment(object),
        "StatefulSet" => stateful_set(object),
        "DaemonSet" => daemon_set(object),
        "ReplicaSet" | "ReplicationController" => replica_set(object),
        _ => return None,
    };
    Some(answer)
}

/// "Ready": rolled out; where nothing is rolled out by itself, as many Pods are
/// ready as there are to be.
pub(super) fn ready(object: &Value) -> Option<Answer> {
    let rolled_out = rolled_out(object)?;
    if not_rolling(object).is_none() {
        return Some(rolled_out);
    }
    if !observed(object) {
        return Some(unobserved());
    }
    let (wanted, ready) = match kind(object) {
        "DaemonSet" => (
            status(object, "desiredNumberScheduled"),
            status(object, "numberReady"),
        ),
        _ => (
            number_at(object, "/spec/replicas").unwrap_or(1),
            status(object, "readyReplicas"),
        ),
    };
    let said = format!("{ready} of {wanted} Pods ready");
    Some(if ready < wanted {
        not_yet(said)
    } else {
        Answer::Met(Evidence::new("Ready", said))
    })
}

fn status(object: &Value, key: &str) -> i64 {
    number_at(object, &format!("/status/{key}")).unwrap_or(0)
}

fn observed(object: &Value) -> bool {
    number_at(object, "/metadata/generation").unwrap_or(0) <= status(object, "observedGeneration")
}

fn not_yet(message: impl Into<String>) -> Answer {
    Answer::NotYet(Evidence::new("Progressing", message))
}

fn unobserved() -> Answer {
    not_yet("the controller has not seen the change yet")
}

fn met(message: String) -> Answer {
    Answer::Met(Evidence::new("RolledOut", message))
}

fn deployment(object: &Value) -> Answer {
    if !observed(object) {
        return unobserved();
    }
    if let Some(progressing) = condition(object, "Progressing")
        && text(progressing, "reason") == "ProgressDeadlineExceeded"
    {
        let message = text(progressing, "message");
        return Answer::Never(Evidence::new("ProgressDeadlineExceeded", message));
    }
    let wanted = number_at(object, "/spec/replicas");
    let updated = status(object, "updatedReplicas");
    let replicas = status(object, "replicas");
    let available = status(object, "availableReplicas");
    if let Some(wanted) = wanted.filter(|wanted| updated < *wanted) {
        return not_yet(format!("{updated} of {wanted} Pods are new"));
    }
    if replicas > updated {
        return not_yet(format!("{} old Pods are to end", replicas - updated));
    }
    if available < updated {
        return not_yet(format!("{available} of {updated} Pods available"));
    }
    met(format!("{available} of {updated} Pods available"))
}

fn daemon_set(object: &Value) -> Answer {
    if let Some(odd) = not_rolling(object) {
        return odd;
    }
    if !observed(object) {
        return unobserved();
    }
    let wanted = status(object, "desiredNumberScheduled");
    let updated = status(object, "updatedNumberScheduled");
    let available = status(object, "numberAvailable");
    if updated < wanted {
        return not_yet(format!("{updated} of {wanted} Pods are new"));
    }
    if available < wanted {
        return not_yet(format!("{available} of {wanted} Pods available"));
    }
    met(format!("{available} of {wanted} Pods available"))
}

fn stateful_set(object: &Value) -> Answer {
    if let Some(odd) = not_rolling(object) {
        return odd;
    }
    if status(object, "observedGeneration") == 0 || !observed(object) {
        return unobserved();
    }
    let wanted = number_at(object, "/spec/replicas");
    let ready = status(object, "readyReplicas");
    let updated = status(object, "updatedReplicas");
    if let Some(wanted) = wanted.filter(|wanted| ready < *wanted) {
        return not_yet(format!("{ready} of {wanted} Pods ready"));
    }
    if object
        .pointer("/spec/updateStrategy/rollingUpdate")
        .is_some()
    {
        let partition = number_at(object, "/spec/updateStrategy/rollingUpdate/partition");
        if let (Some(wanted), Some(partition)) = (wanted, partition)
            && updated < wanted - partition
        {
            return not_yet(format!("{updated} of {} Pods are new", wanted - partition));
        }
        return met(format!("{updated} Pods are new"));
    }
    let revision = text_at(object, "/status/updateRevision");
    if revision != text_at(object, "/status/currentRevision") {
        return not_yet(format!("{updated} Pods at revision {revision}"));
    }
    met(format!("{ready} Pods ready"))
}

/// With OnDelete nothing rolls out by itself: nobody could say when it is done.
fn not_rolling(object: &Value) -> Option<Answer> {
    let strategy = text_at(object, "/spec/updateStrategy/type");
    (strategy == "OnDelete").then(|| {
        let message =
            "with the update strategy OnDelete nothing is rolled out; wait with --for=jsonpath=…";
        Answer::Never(Evidence::new("OnDelete", message))
    })
}

fn replica_set(object: &Value) -> Answer {
    if !observed(object) {
        return unobserved();
    }
    let wanted = number_at(object, "/spec/replicas").unwrap_or(1);
    let available = status(object, "availableReplicas");
    let said = format!("{available} of {wanted} Pods available");
    if available < wanted || status(object, "replicas") > wanted {
        return not_yet(said);
    }
    met(said)
}
