//! Workloads, as `kubectl rollout status` judges them
//! (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go). A ReplicaSet and
//! a ReplicationController, which it does not know, are judged by their
//! available replicas.

use serde_json::Value;

use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{condition, count_at, kind, name, number_at, text, text_at};

/// "Rolled out"; none for a kind that does not roll out.
pub(super) fn rolled_out(object: &Value) -> Option<Answer> {
    let answer = match kind(object) {
        "Deployment" => deployment(object),
        "StatefulSet" => stateful_set(object),
        "DaemonSet" => daemon_set(object),
        "ReplicaSet" | "ReplicationController" => replica_set(object),
        _ => return None,
    };
    Some(either(answer))
}

/// "Ready": rolled out; where nothing is rolled out by itself, as many Pods are
/// ready as there are to be.
pub(super) fn ready(object: &Value) -> Option<Answer> {
    let rolled_out = rolled_out(object)?;
    if !is_on_delete(object) {
        return Some(rolled_out);
    }
    Some(either(all_ready(object)))
}

fn all_ready(object: &Value) -> Result<Answer, Answer> {
    observed(object)?;
    let (wanted, ready) = match kind(object) {
        "DaemonSet" => (
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

/// The answer, or what keeps from one.
fn either(answer: Result<Answer, Answer>) -> Answer {
    answer.unwrap_or_else(|odd| odd)
}

fn count(object: &Value, pointer: &str) -> Result<Option<i64>, Answer> {
    let field = pointer.trim_start_matches('/').replace('/', ".");
    count_at(object, pointer).map_err(|_| not_yet(format!("{field} is not a count")))
}

/// A count of the status; the server leaves 0 out.
fn status(object: &Value, key: &str) -> Result<i64, Answer> {
    Ok(count(object, &format!("/status/{key}"))?.unwrap_or(0))
}

/// The server writes it into every spec.
fn replicas(object: &Value) -> Result<i64, Answer> {
    let replicas = count(object, "/spec/replicas")?;
    replicas.ok_or_else(|| not_yet("spec.replicas is not known"))
}

/// Whether the controller has seen the spec. The server counts generations from
/// 1 on (pkg/registry/apps, `PrepareForCreate`): without them nothing is known.
fn observed(object: &Value) -> Result<(), Answer> {
    let generation = number_at(object, "/metadata/generation");
    let observed = number_at(object, "/status/observedGeneration");
    match (generation, observed) {
        (Some(generation), Some(observed)) if generation <= observed => Ok(()),
        _ => Err(not_yet("the controller has not seen the change yet")),
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
        not_yet(format!("{updated} of {wanted} Pods are new"))
    } else if replicas > updated {
        not_yet(format!("{} old Pods are to end", replicas - updated))
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
        not_yet(format!("{updated} of {wanted} Pods are new"))
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
            not_yet(format!("{updated} of {wanted} Pods are new"))
        } else {
            met(format!("{updated} of {wanted} Pods are new"))
        });
    }
    if object
        .pointer("/spec/updateStrategy/rollingUpdate")
        .is_some()
    {
        let partition = count(object, "/spec/updateStrategy/rollingUpdate/partition")?;
        let new = wanted - partition.unwrap_or(wanted);
        return Ok(if updated < new {
            not_yet(format!("{updated} of {new} Pods are new"))
        } else if let Some(partition) = partition.filter(|_| updated < wanted) {
            met(format!(
                "{updated} of {wanted} Pods are new; partition {partition} keeps the others old"
            ))
        } else {
            met(format!("{updated} Pods are new"))
        });
    }
    let revision = text_at(object, "/status/updateRevision");
    Ok(if revision == text_at(object, "/status/currentRevision") {
        met(format!("{ready} Pods ready"))
    } else {
        not_yet(format!("{updated} Pods at revision {revision}"))
    })
}

/// Whether Pods are replaced only when somebody deletes them. `kubectl rollout status`
/// refuses such an object; here it is rolled out when all its Pods are new.
fn is_on_delete(object: &Value) -> bool {
    text_at(object, "/spec/updateStrategy/type") == "OnDelete"
}

/// Where nothing is wanted, nothing is waited for, as for kubectl; but that is said.
fn none_wanted(object: &Value, field: &str) -> Answer {
    let kind = kind(object);
    let namespace = match text_at(object, "/metadata/namespace") {
        "" => String::new(),
        namespace => format!(" -n {namespace}"),
    };
    let mut said = format!("no Pods are wanted: {field} is 0");
    if kind != "DaemonSet" {
        let (kind, name) = (kind.to_lowercase(), name(object));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A workload that its controller has seen.
    fn workload(kind: &str, spec: &Value, status: &Value) -> Value {
        let mut status = status.clone();
        if let Some(status) = status.as_object_mut() {
            status.entry("observedGeneration").or_insert(json!(7));
        }
        json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"generation": 7}, "spec": spec, "status": status})
    }

    #[test]
    fn what_is_no_count_is_no_answer() {
        let odd = [
            json!("3"),
            json!(3.0),
            json!(-5),
            json!(i64::MAX),
            json!(i64::MIN),
        ];
        for kind in [
            "Deployment",
            "StatefulSet",
            "ReplicaSet",
            "ReplicationController",
        ] {
            for odd in odd.iter().chain([&Value::Null]) {
                let object = workload(kind, &json!({"replicas": odd}), &json!({}));
                let answer = rolled_out(&object);
                assert!(
                    matches!(answer, Some(Answer::NotYet(_))),
                    "{object}: {answer:?}"
                );
            }
            let none = workload(kind, &Value::Null, &json!({}));
            assert!(
                matches!(rolled_out(&none), Some(Answer::NotYet(_))),
                "{none}"
            );
        }
        for (kind, key) in [
            ("Deployment", "updatedReplicas"),
            ("Deployment", "replicas"),
            ("Deployment", "availableReplicas"),
            ("StatefulSet", "readyReplicas"),
            ("DaemonSet", "desiredNumberScheduled"),
            ("DaemonSet", "updatedNumberScheduled"),
            ("ReplicaSet", "availableReplicas"),
        ] {
            let zero = workload(kind, &json!({"replicas": 0}), &json!({}));
            assert!(matches!(rolled_out(&zero), Some(Answer::Met(_))), "{zero}");
            for odd in &odd {
                let object = workload(kind, &json!({"replicas": 0}), &json!({key: odd}));
                let answer = rolled_out(&object);
                assert!(
                    matches!(answer, Some(Answer::NotYet(_))),
                    "{object}: {answer:?}"
                );
            }
        }
        for odd in &odd {
            let strategy = json!({"rollingUpdate": {"partition": odd}});
            let spec = json!({"replicas": 1, "updateStrategy": strategy});
            let object = workload("StatefulSet", &spec, &json!({"readyReplicas": 1}));
            let answer = rolled_out(&object);
            assert!(
                matches!(answer, Some(Answer::NotYet(_))),
                "{object}: {answer:?}"
            );
        }
    }

    #[test]
    fn without_generations_nothing_is_observed() {
        let status = json!({"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1});
        let object = |kind: &str| workload(kind, &json!({"replicas": 1}), &status);
        for kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
            for (pointer, odd) in [
                ("/metadata", json!({})),
                ("/metadata", json!({"generation": "7"})),
                ("/status/observedGeneration", Value::Null),
                ("/status/observedGeneration", json!(6)),
            ] {
                let mut object = object(kind);
                if let Some(field) = object.pointer_mut(pointer) {
                    *field = odd;
                }
                let answer = rolled_out(&object);
                assert!(
                    matches!(answer, Some(Answer::NotYet(_))),
                    "{object}: {answer:?}"
                );
            }
            assert!(
                matches!(rolled_out(&object(kind)), Some(Answer::Met(_))),
                "{kind}"
            );
        }
    }

    #[test]
    fn a_partition_may_be_larger_than_the_set() {
        let strategy = json!({"rollingUpdate": {"partition": 5}});
        let spec = json!({"replicas": 1, "updateStrategy": strategy});
        let object = workload("StatefulSet", &spec, &json!({"readyReplicas": 1}));
        assert!(matches!(rolled_out(&object), Some(Answer::Met(_))));
    }

    /// One row for each count at, below and above what it is compared with
    /// (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go).
    #[test]
    #[expect(clippy::too_many_lines, reason = "one row for each edge")]
    fn every_count_is_compared_at_its_edge() {
        let spec = json!({"replicas": 3});
        let partition =
            |n: i64| json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": n}}});
        let revision = |current: &str, ready: i64| json!({"readyReplicas": ready, "updateRevision": "b", "currentRevision": current});
        let of_set =
            |updated: i64, ready: i64| json!({"updatedReplicas": updated, "readyReplicas": ready});
        let deployment = |updated: i64, replicas: i64, available: i64| json!({"updatedReplicas": updated, "replicas": replicas, "availableReplicas": available});
        let daemons = |updated: i64, available: i64| json!({"desiredNumberScheduled": 3, "updatedNumberScheduled": updated, "numberAvailable": available});
        let replicas = |replicas: i64, available: i64| json!({"replicas": replicas, "availableReplicas": available});
        let any = Value::Null;
        for (kind, spec, status, said) in [
            (
                "Deployment",
                &spec,
                deployment(2, 3, 3),
                "not yet: 2 of 3 Pods are new",
            ),
            (
                "Deployment",
                &spec,
                deployment(3, 4, 3),
                "not yet: 1 old Pods are to end",
            ),
            (
                "Deployment",
                &spec,
                deployment(3, 3, 2),
                "not yet: 2 of 3 Pods available",
            ),
            (
                "Deployment",
                &spec,
                deployment(3, 3, 3),
                "met: 3 of 3 Pods available",
            ),
            (
                "Deployment",
                &spec,
                deployment(4, 4, 4),
                "met: 4 of 4 Pods available",
            ),
            (
                "DaemonSet",
                &any,
                daemons(2, 3),
                "not yet: 2 of 3 Pods are new",
            ),
            (
                "DaemonSet",
                &any,
                daemons(3, 2),
                "not yet: 2 of 3 Pods available",
            ),
            (
                "DaemonSet",
                &any,
                daemons(3, 3),
                "met: 3 of 3 Pods available",
            ),
            (
                "DaemonSet",
                &any,
                daemons(4, 4),
                "met: 4 of 3 Pods available",
            ),
            (
                "StatefulSet",
                &spec,
                revision("a", 3),
                "not yet: 0 Pods at revision b",
            ),
            (
                "StatefulSet",
                &spec,
                revision("b", 2),
                "not yet: 2 of 3 Pods ready",
            ),
            ("StatefulSet", &spec, revision("b", 3), "met: 3 Pods ready"),
            (
                "StatefulSet",
                &partition(1),
                of_set(1, 3),
                "not yet: 1 of 2 Pods are new",
            ),
            (
                "StatefulSet",
                &partition(1),
                of_set(2, 3),
                "met: 2 of 3 Pods are new; partition 1 keeps the others old",
            ),
            (
                "StatefulSet",
                &partition(1),
                of_set(2, 2),
                "not yet: 2 of 3 Pods ready",
            ),
            (
                "StatefulSet",
                &partition(0),
                of_set(2, 3),
                "not yet: 2 of 3 Pods are new",
            ),
            (
                "ReplicaSet",
                &spec,
                replicas(3, 2),
                "not yet: 2 of 3 Pods available",
            ),
            (
                "ReplicaSet",
                &spec,
                replicas(4, 3),
                "not yet: 3 of 3 Pods available",
            ),
            (
                "ReplicaSet",
                &spec,
                replicas(3, 3),
                "met: 3 of 3 Pods available",
            ),
            (
                "ReplicationController",
                &spec,
                replicas(4, 4),
                "not yet: 4 of 3 Pods available",
            ),
        ] {
            let object = workload(kind, spec, &status);
            let found = match rolled_out(&object) {
                Some(Answer::Met(evidence)) => format!("met: {}", evidence.message),
                Some(Answer::NotYet(evidence)) => format!("not yet: {}", evidence.message),
                other => format!("{other:?}"),
            };
            assert_eq!(found, said, "{object}");
        }
        let late = json!({"conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "m"}]});
        let object = workload("Deployment", &spec, &late);
        assert!(
            matches!(rolled_out(&object), Some(Answer::Never(_))),
            "{object}"
        );
    }

    #[test]
    fn with_on_delete_ready_counts_the_ready_pods() {
        let spec = json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}});
        for (kind, status, met) in [
            ("StatefulSet", json!({"readyReplicas": 2}), false),
            ("StatefulSet", json!({"readyReplicas": 3}), true),
            (
                "DaemonSet",
                json!({"desiredNumberScheduled": 2, "numberReady": 1}),
                false,
            ),
            (
                "DaemonSet",
                json!({"desiredNumberScheduled": 2, "numberReady": 2}),
                true,
            ),
            (
                "StatefulSet",
                json!({"readyReplicas": 3, "observedGeneration": 6}),
                false,
            ),
        ] {
            let object = workload(kind, &spec, &status);
            let answer = ready(&object);
            assert_eq!(
                matches!(answer, Some(Answer::Met(_))),
                met,
                "{object} {answer:?}"
            );
            // None of their Pods is new.
            assert!(
                matches!(rolled_out(&object), Some(Answer::NotYet(_))),
                "{object}"
            );
        }
    }
}
