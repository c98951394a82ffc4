//! Objects that no controller makes, and that a reader has to bear.

use serde_json::{Value, json};

use super::super::Rng;
use super::clock::Clock;
use super::container::terminated;
use super::job::job_with_status;
use super::pod::pod_with_status;

/// A Pod whose status contradicts itself or lacks fields.
pub fn odd_pod(rng: &mut Rng, clock: Clock) -> Value {
    let mut pod = pod_with_status(rng, clock);
    for _ in 0..=rng.below(4) {
        break_pod(rng, clock, &mut pod);
    }
    for list in ["initContainerStatuses", "containerStatuses"] {
        for status in pod["status"][list].as_array_mut().into_iter().flatten() {
            if rng.percent(25) {
                break_container(rng, clock, status);
            }
        }
    }
    pod
}

fn break_pod(rng: &mut Rng, clock: Clock, pod: &mut Value) {
    let list = rng.pick(&["initContainerStatuses", "containerStatuses"]);
    match rng.below(16) {
        0 => pod["status"]["phase"] = rng.pick(&["", "Unknown", "Running", "Failed"]).into(),
        1 => {
            let reasons = ["NodeLost", "Completed", "Evicted", "", "Init:Error"];
            pod["status"]["reason"] = rng.pick(&reasons).into();
        }
        2 => pod["status"][list] = Value::Null,
        3 => pod["status"][list] = json!([]),
        4 => pod["status"]["conditions"] = Value::Null,
        5 => pod["spec"]["initContainers"] = Value::Null,
        6 => pod["spec"]["containers"] = json!([]),
        7 => pod["metadata"]["creationTimestamp"] = rng.pick(&["0001-01-01T00:00:00Z"]).into(),
        8 => {
            pod["metadata"]["deletionTimestamp"] = clock.past(rng);
            if rng.percent(50) {
                pod["status"]["reason"] = "NodeLost".into();
            }
        }
        9 => {
            // Two of the name, of which the last one decides.
            if let Some(init) = pod["spec"]["initContainers"].as_array_mut() {
                let mut copy = init[0].clone();
                copy["restartPolicy"] = rng.pick(&["Always", "OnFailure", ""]).into();
                init.push(copy);
            }
        }
        10 => {
            if let Some(statuses) = pod["status"][list].as_array_mut()
                && let Some(first) = statuses.first().cloned()
            {
                statuses.push(first);
            }
        }
        11 => completed_beside_ready(&mut pod["status"]),
        12 => {
            if let Some(statuses) = pod["status"][list].as_array_mut() {
                statuses.reverse();
            }
        }
        _ => add_condition(rng, &mut pod["status"]["conditions"]),
    }
}

/// A Pod that is ready beside a container that has completed.
fn completed_beside_ready(status: &mut Value) {
    let Some(statuses) = status["containerStatuses"].as_array_mut() else {
        return;
    };
    if let [first, .., last] = statuses.as_mut_slice() {
        first["state"] = json!({ "terminated": { "exitCode": 0, "reason": "Completed" } });
        last["state"] = json!({ "running": {} });
        last["ready"] = true.into();
        status["conditions"] = json!([{ "type": "Ready", "status": "True" }]);
    }
}

fn add_condition(rng: &mut Rng, conditions: &mut Value) {
    let own = json!({
        "type": rng.pick(&["Ready", "Initialized", "PodScheduled"]),
        "status": rng.pick(&["True", "False", "Unknown", ""]),
        "reason": rng.pick(&["SchedulingGated", "", "Unschedulable"]),
    });
    if let Some(conditions) = conditions.as_array_mut() {
        let at = rng.below(conditions.len() + 1);
        conditions.insert(at, own);
    } else {
        *conditions = json!([own]);
    }
}

fn break_container(rng: &mut Rng, clock: Clock, status: &mut Value) {
    match rng.below(12) {
        0 => status["restartCount"] = rng.pick(&[-1, -2_147_483_648, 2_147_483_647, 0]).into(),
        1 => status["state"] = Value::Null,
        2 => status["state"] = json!({}),
        3 => status["state"]["waiting"] = json!({ "reason": rng.pick(&["", "Completed", "X"]) }),
        4 => {
            let well = rng.percent(50);
            status["state"]["terminated"] = terminated(rng, clock, well);
        }
        5 => status["state"]["running"] = json!({}),
        6 => status["ready"] = rng.percent(50).into(),
        7 => status["started"] = rng.pick(&[Some(true), Some(false), None]).into(),
        8 => status["name"] = rng.pick(&["", "other", "app-0", "init-0"]).into(),
        9 => status["lastState"] = Value::Null,
        10 => {
            let ahead = rng.pick(&[1, 2, 3, 90_000]);
            let end = json!({ "exitCode": 1, "finishedAt": clock.ago(-ahead) });
            status["lastState"] = json!({ "terminated": end });
        }
        _ => {
            let end = json!({ "exitCode": rng.pick(&[0, 1, -1]), "signal": rng.pick(&[0, 9, -1]) });
            status["state"] = json!({ "terminated": end });
        }
    }
}

/// A Job whose status contradicts itself or lacks fields.
pub fn odd_job(rng: &mut Rng, clock: Clock) -> Value {
    let mut job = job_with_status(rng, clock);
    for _ in 0..=rng.below(4) {
        match rng.below(9) {
            0 => job["spec"]["completions"] = rng.pick(&[-1, 0, 2_147_483_647]).into(),
            1 => job["spec"]["parallelism"] = rng.pick(&[-1, 0, 1, 7]).into(),
            2 => job["status"]["succeeded"] = rng.pick(&[-1, 9]).into(),
            3 => job["status"]["startTime"] = Value::Null,
            4 => job["status"]["completionTime"] = clock.ago(rng.pick(&[-90, 0, 90])),
            5 => job["status"]["conditions"] = Value::Null,
            6 => job["spec"]["completions"] = Value::Null,
            7 => job["spec"]["parallelism"] = Value::Null,
            _ => {
                let own = json!({
                    "type": rng.pick(&[
                        "Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet",
                    ]),
                    "status": rng.pick(&["True", "False", "Unknown", ""]),
                });
                if let Some(conditions) = job["status"]["conditions"].as_array_mut() {
                    let at = rng.below(conditions.len() + 1);
                    conditions.insert(at, own);
                } else {
                    job["status"]["conditions"] = json!([own]);
                }
            }
        }
    }
    job
}
