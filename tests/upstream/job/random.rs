//! Random Jobs with Pods, as a controller may find them.

use serde_json::{Map, Value, json};

use crate::rng::Rng;

/// The time of every look, in seconds since 1970.
pub(crate) const NOW: i64 = 1_767_268_800;
const NAMESPACE: &str = "default";

/// A Job with its Pods, and what its controller remembers.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) job: Value,
    pub(crate) pods: Vec<Value>,
    pub(crate) failures: i32,
    pub(crate) last_failure: Option<i64>,
}

pub(crate) fn at(seconds: i64) -> String {
    k8s_openapi::jiff::Timestamp::from_second(seconds)
        .unwrap()
        .to_string()
}

pub(crate) fn case(rng: &mut Rng) -> Case {
    let is_indexed = rng.percent(55);
    let completions = 1 + rng.below(9);
    let mut spec = json!({
        "completionMode": if is_indexed { "Indexed" } else { "NonIndexed" },
        "parallelism": rng.below(6),
        "completions": completions,
        "backoffLimit": rng.pick(&[0, 1, 2, 4, 6]),
        "selector": {"matchLabels": {"job": "j"}},
        "template": {"metadata": {"labels": {"job": "j"}}, "spec": {
            "restartPolicy": rng.pick(&["Never", "Never", "OnFailure"]),
            "containers": [{"name": "c", "image": "i"}, {"name": "d", "image": "i"}],
            "initContainers": [{"name": "i", "image": "i"},
                {"name": "s", "image": "i", "restartPolicy": "Always"}]}},
    });
    if !is_indexed && rng.percent(25) {
        spec["completions"] = Value::Null;
    }
    if rng.percent(20) {
        spec["activeDeadlineSeconds"] = json!(rng.pick(&[1, 60, 300, 900]));
    }
    if rng.percent(12) {
        spec["suspend"] = json!(true);
    }
    if rng.percent(3) {
        spec["managedBy"] =
            json!(rng.pick(&["kubernetes.io/job-controller", "kueue.x-k8s.io/multi"]));
    }
    let is_per_index = is_indexed && rng.percent(45);
    if is_per_index {
        spec["backoffLimitPerIndex"] = json!(rng.below(3));
        spec["backoffLimit"] = json!(rng.pick(&[2, i32::MAX]));
        if rng.percent(40) {
            spec["maxFailedIndexes"] = json!(rng.below(3));
        }
    }
    if rng.percent(35) {
        spec["podFailurePolicy"] = json!({"rules": (0..rng.below(4)).map(|_| rule(rng, is_per_index)).collect::<Vec<_>>()});
        spec["podReplacementPolicy"] = json!("Failed");
    } else if rng.percent(50) {
        spec["podReplacementPolicy"] = json!(rng.pick(&["Failed", "TerminatingOrFailed"]));
    }
    // What validation does not let pass, and a controller may find nevertheless.
    if rng.percent(3) {
        spec["podReplacementPolicy"] = json!("TerminatingOrFailed");
    }
    if is_indexed && rng.percent(30) {
        spec["successPolicy"] = json!({"rules": (0..=rng.below(2)).map(|_| success_rule(rng, completions)).collect::<Vec<_>>()});
    }
    let pods = pods(rng, is_indexed, is_per_index, completions);
    let status = status(rng, is_indexed, is_per_index, completions, &pods);
    let mut job = json!({"apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "j", "namespace": NAMESPACE, "uid": "job-uid",
            "creationTimestamp": at(NOW - 2000), "labels": {"job": "j"}},
        "spec": spec, "status": status});
    if rng.percent(4) {
        job["metadata"]["deletionTimestamp"] = json!(at(NOW - 3));
    }
    let remembers = rng.percent(35);
    let failures = i32::try_from(rng.below(9)).unwrap();
    let ago = i64::try_from(rng.below(700)).unwrap();
    Case {
        job,
        pods,
        failures: if remembers { failures } else { 0 },
        last_failure: remembers.then_some(NOW - ago),
    }
}

fn rule(rng: &mut Rng, is_per_index: bool) -> Value {
    let actions = ["Ignore", "Count", "FailJob", "FailIndex", "Unknown"];
    let action = match rng.below(20) {
        0 => "Unknown",
        _ => rng.pick(&actions[..if is_per_index { 4 } else { 3 }]),
    };
    if rng.percent(40) {
        let status = rng.pick(&["True", "True", "False"]);
        return json!({"action": action, "onPodConditions":
            [{"type": rng.pick(&["DisruptionTarget", "Odd"]), "status": status}]});
    }
    let mut exit =
        json!({"operator": rng.pick(&["In", "NotIn"]), "values": [rng.pick(&[1, 2, 42]), 137]});
    if rng.percent(40) {
        exit["containerName"] = json!(rng.pick(&["c", "d", "i"]));
    }
    json!({"action": action, "onExitCodes": exit})
}

pub(crate) fn success_rule(rng: &mut Rng, completions: usize) -> Value {
    let mut rule = Map::new();
    if rng.percent(60) {
        rule.insert(
            "succeededIndexes".to_owned(),
            json!(indexes(rng, completions + 1)),
        );
    }
    if rng.percent(60) || rule.is_empty() {
        rule.insert(
            "succeededCount".to_owned(),
            json!(rng.below(completions + 1)),
        );
    }
    Value::Object(rule)
}

/// Indexes in order, as ranges.
pub(crate) fn indexes(rng: &mut Rng, below: usize) -> String {
    let mut parts = Vec::new();
    let mut next = rng.below(3);
    while next < below && parts.len() < 5 {
        if rng.percent(40) {
            let last = next + 1 + rng.below(3);
            parts.push(format!("{next}-{last}"));
            next = last;
        } else {
            parts.push(next.to_string());
        }
        next += 1 + rng.below(3);
    }
    parts.join(",")
}

fn pods(rng: &mut Rng, is_indexed: bool, is_per_index: bool, completions: usize) -> Vec<Value> {
    let mut last = vec![0_i64; completions + 2];
    (0..rng.below(9))
        .map(|n| {
            let beyond = usize::from(rng.percent(8));
            let index = rng.below(completions + beyond);
            last[index] += 1;
            pod(rng, n, is_indexed, is_per_index, index, last[index])
        })
        .collect()
}

/// The Pods of an index follow each other, each with one failure more.
fn pod(
    rng: &mut Rng,
    n: usize,
    is_indexed: bool,
    is_per_index: bool,
    index: usize,
    turn: i64,
) -> Value {
    let ago = if is_per_index {
        1000 - 90 * turn - i64::try_from(rng.below(60)).unwrap()
    } else {
        i64::try_from(rng.below(900)).unwrap()
    };
    let mut annotations = Map::new();
    if is_indexed {
        let text = match rng.below(60) {
            0 => "-1".to_owned(),
            1 => "x".to_owned(),
            _ => index.to_string(),
        };
        if !rng.percent(2) {
            annotations.insert(
                "batch.kubernetes.io/job-completion-index".to_owned(),
                json!(text),
            );
        }
        if is_per_index {
            let failures = if rng.percent(3) {
                "x".to_owned()
            } else {
                (turn - 1).to_string()
            };
            annotations.insert(
                "batch.kubernetes.io/job-index-failure-count".to_owned(),
                json!(failures),
            );
            if rng.percent(20) && !rng.percent(10) {
                annotations.insert(
                    "batch.kubernetes.io/job-index-ignored-failure-count".to_owned(),
                    json!("0"),
                );
            }
        }
    }
    let phase = rng.pick(&[
        "Pending",
        "Running",
        "Running",
        "Succeeded",
        "Failed",
        "Failed",
        "Unknown",
    ]);
    let mut pod = json!({
        "metadata": {"name": format!("p{n}"), "namespace": NAMESPACE, "uid": format!("pod-uid-{n}"),
            "labels": {"job": "j"}, "annotations": annotations,
            "creationTimestamp": at(NOW - ago - 10),
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "j",
                "uid": "job-uid", "controller": true}]},
        "spec": {"containers": [{"name": "c"}, {"name": "d"}], "initContainers":
            [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}]},
        "status": {"phase": phase},
    });
    if rng.percent(85) {
        pod["metadata"]["finalizers"] = json!(["batch.kubernetes.io/job-tracking"]);
    }
    if rng.percent(70) {
        pod["spec"]["nodeName"] = json!("n");
    }
    if rng.percent(15) {
        pod["metadata"]["deletionTimestamp"] = json!(at(NOW - ago));
        pod["metadata"]["deletionGracePeriodSeconds"] = json!(rng.pick(&[0, 5]));
    }
    let mut conditions = Vec::new();
    if rng.percent(60) {
        let ready = if phase == "Running" && rng.percent(70) {
            "True"
        } else {
            "False"
        };
        conditions
            .push(json!({"type": "Ready", "status": ready, "lastTransitionTime": at(NOW - ago)}));
    }
    if rng.percent(20) {
        conditions.push(json!({"type": rng.pick(&["DisruptionTarget", "Odd"]),
            "status": rng.pick(&["True", "False"]), "lastTransitionTime": at(NOW - ago)}));
    }
    pod["status"]["conditions"] = json!(conditions);
    let has_ended = matches!(phase, "Succeeded" | "Failed");
    let statuses = |rng: &mut Rng, names: [&str; 2]| -> Vec<Value> {
        if rng.percent(15) {
            return Vec::new();
        }
        names
            .map(|name| container(rng, name, has_ended, ago))
            .to_vec()
    };
    pod["status"]["containerStatuses"] = json!(statuses(rng, ["c", "d"]));
    pod["status"]["initContainerStatuses"] = json!(statuses(rng, ["i", "s"]));
    pod
}

fn container(rng: &mut Rng, name: &str, has_ended: bool, ago: i64) -> Value {
    let mut state = json!({"running": {"startedAt": at(NOW - ago - 5)}});
    if (has_ended && !rng.percent(10)) || rng.percent(10) {
        let code = if name == "i" && rng.percent(70) {
            0
        } else {
            rng.pick(&[0, 1, 2, 42, 137])
        };
        state = json!({"terminated": {"exitCode": code}});
        if !rng.percent(5) {
            let early = i64::try_from(rng.below(5)).unwrap();
            state["terminated"]["finishedAt"] = json!(at(NOW - ago - early));
        }
    }
    let restarts = if rng.percent(25) { rng.below(3) } else { 0 };
    json!({"name": name, "image": "i", "imageID": "", "ready": false, "restartCount": restarts, "state": state})
}

fn status(
    rng: &mut Rng,
    is_indexed: bool,
    is_per_index: bool,
    completions: usize,
    pods: &[Value],
) -> Value {
    let mut status = json!({});
    if rng.percent(85) {
        let ago = rng.pick(&[5, 59, 60, 299, 1500]);
        status["startTime"] = json!(at(NOW - ago));
    }
    if rng.percent(30) {
        status["failed"] = json!(rng.below(4));
    }
    if is_indexed {
        if rng.percent(40) {
            let done = indexes(rng, completions);
            status["completedIndexes"] = json!(done);
        }
        if is_per_index && rng.percent(30) {
            status["failedIndexes"] = json!(indexes(rng, completions));
        }
    } else if rng.percent(30) {
        status["succeeded"] = json!(rng.below(completions));
    }
    if rng.percent(25) {
        let mut uncounted = json!({"succeeded": [], "failed": []});
        for pod in pods {
            let list = match pod["status"]["phase"].as_str() {
                Some("Succeeded") if !is_indexed => "succeeded",
                Some("Failed") => "failed",
                _ => continue,
            };
            if rng.percent(50) {
                uncounted[list]
                    .as_array_mut()
                    .unwrap()
                    .push(pod["metadata"]["uid"].clone());
            }
        }
        if rng.percent(30) {
            uncounted["failed"]
                .as_array_mut()
                .unwrap()
                .push(json!("gone"));
        }
        status["uncountedTerminatedPods"] = uncounted;
    }
    let mut conditions = Vec::new();
    if rng.percent(15) {
        let is_suspended = rng.percent(50);
        let (status, reason, message) = if is_suspended {
            ("True", "JobSuspended", "Job suspended")
        } else {
            ("False", "JobResumed", "Job resumed")
        };
        conditions.push(
            json!({"type": "Suspended", "status": status, "reason": reason, "message": message}),
        );
    }
    if rng.percent(6) {
        let kind = rng.pick(&["FailureTarget", "SuccessCriteriaMet", "Failed", "Complete"]);
        let status = rng.pick(&["True", "True", "False"]);
        conditions
            .push(json!({"type": kind, "status": status, "reason": "Earlier", "message": "m"}));
    }
    status["conditions"] = json!(conditions);
    status
}
