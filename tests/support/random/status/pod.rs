//! Pods with a status.

use serde_json::{Value, json};

use super::super::Rng;
use super::clock::Clock;
use super::container::{Part, status};
use super::spec::spec;
use super::stage::{Stage, parts};

/// Reasons of a Pod that its kubelet does not admit.
const REJECTED: [&str; 7] = [
    "OutOfcpu",
    "OutOfmemory",
    "OutOfpods",
    "UnexpectedAdmissionError",
    "SysctlForbidden",
    "NodeShutdown",
    "NodeAffinity",
];

/// Reasons of a Pod that was ended.
const ENDED: [&str; 4] = ["Evicted", "Evicted", "Terminated", "DeadlineExceeded"];

/// A Pod as the API server may have it.
pub fn pod_with_status(rng: &mut Rng, clock: Clock) -> Value {
    let spec = spec(rng);
    let mut stage = Stage::any(rng);
    if stage == Stage::Initializing && spec["initContainers"].is_null() {
        stage = Stage::Creating;
    }
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web",
            "namespace": "default",
            "uid": "8d9f5b1e-6f0a-4f1b-9f59-1d0f5a8c7b11",
            "creationTimestamp": clock.past(rng),
        },
        "spec": spec,
    });
    if let Stage::Unscheduled { gated } = stage {
        if gated {
            pod["spec"]["schedulingGates"] = json!([{ "name": "example.com/quota" }]);
        }
    } else {
        pod["spec"]["nodeName"] = "node-1".into();
    }
    pod["status"] = pod_status(rng, clock, &pod["spec"], stage);
    if rng.percent(22) {
        delete(rng, clock, &mut pod);
    }
    pod
}

fn pod_status(rng: &mut Rng, clock: Clock, spec: &Value, stage: Stage) -> Value {
    let mut out = json!({ "qosClass": "BestEffort" });
    let (init, apps) = parts(rng, spec, stage);
    out["phase"] = phase(&init, &apps, spec, stage).into();
    for (list, parts, is_init) in [
        ("initContainers", &init, true),
        ("containers", &apps, false),
    ] {
        let containers = spec[list].as_array().into_iter().flatten().zip(parts);
        let statuses: Vec<Value> = containers
            .map(|(container, part)| {
                let must_end = is_init && container["restartPolicy"] != "Always";
                status(rng, clock, &container["name"], *part, must_end)
            })
            .collect();
        if !statuses.is_empty() {
            let field = if is_init {
                "initContainerStatuses"
            } else {
                "containerStatuses"
            };
            out[field] = statuses.into();
        }
    }
    match stage {
        Stage::Rejected => {
            let reason = rng.pick(&REJECTED);
            out["reason"] = reason.into();
            out["message"] = format!("Pod was rejected: {reason}").into();
        }
        Stage::Ended { well: false } if rng.percent(35) => out["reason"] = rng.pick(&ENDED).into(),
        _ => {}
    }
    out["conditions"] = conditions(rng, clock, spec, &out, stage);
    if !matches!(stage, Stage::Unscheduled { .. } | Stage::Bound) {
        out["startTime"] = clock.past(rng);
    }
    out
}

/// The phase that the kubelet reports (pkg/kubelet/kubelet_pods.go, `getPhase`), but for
/// container restart rules.
fn phase(init: &[Part], apps: &[Part], spec: &Value, stage: Stage) -> &'static str {
    match stage {
        Stage::Rejected => return "Failed",
        Stage::Ended { well } => return if well { "Succeeded" } else { "Failed" },
        Stage::Started => {}
        _ => {
            let failed = init.contains(&Part::Ended { well: false });
            let never = spec["restartPolicy"] == "Never";
            return if failed && never { "Failed" } else { "Pending" };
        }
    }
    let is_waiting = |part: &Part| matches!(part, Part::Waiting { .. });
    let has_ended = |part: &Part| matches!(part, Part::Ended { .. });
    if apps.iter().any(is_waiting) {
        return "Pending";
    }
    let all_well = apps.iter().all(|part| *part == Part::Ended { well: true });
    let sidecar_runs = init.iter().any(|part| matches!(part, Part::Running { .. }));
    match spec["restartPolicy"].as_str() {
        _ if sidecar_runs => "Running",
        Some("Never") if apps.iter().all(has_ended) && !all_well => "Failed",
        Some("Never" | "OnFailure") if all_well => "Succeeded",
        _ => "Running",
    }
}

fn condition(clock: Clock, rng: &mut Rng, kind: &str, is_true: bool, reason: &str) -> Value {
    let mut own = json!({
        "type": kind,
        "status": if is_true { "True" } else { "False" },
        "lastTransitionTime": clock.past(rng),
    });
    if !reason.is_empty() {
        own["reason"] = reason.into();
    }
    own
}

fn conditions(rng: &mut Rng, clock: Clock, spec: &Value, status: &Value, stage: Stage) -> Value {
    let mut all = Vec::new();
    let mut add = |rng: &mut Rng, kind: &str, is_true: bool, reason: &str| {
        all.push(condition(clock, rng, kind, is_true, reason));
    };
    if let Stage::Unscheduled { gated } = stage {
        let reason = if gated {
            "SchedulingGated"
        } else {
            "Unschedulable"
        };
        add(rng, "PodScheduled", false, reason);
        return all.into();
    }
    add(rng, "PodScheduled", true, "");
    if stage == Stage::Bound || stage == Stage::Rejected {
        return all.into();
    }
    let list = |field: &str| status[field].as_array().map_or(&[][..], Vec::as_slice);
    let is_initialized = match stage {
        Stage::Creating => spec["initContainers"].is_null(),
        Stage::Initializing => false,
        _ => true,
    };
    let has_ended = matches!(status["phase"].as_str(), Some("Succeeded" | "Failed"));
    let ready = |field: &str| list(field).iter().all(|status| status["ready"] == true);
    let is_ready = is_initialized
        && !has_ended
        && ready("containerStatuses")
        && ready("initContainerStatuses");
    let unready = match status["phase"].as_str() {
        Some("Succeeded") => "PodCompleted",
        Some("Failed") => "PodFailed",
        _ => "ContainersNotReady",
    };
    add(rng, "PodReadyToStartContainers", !has_ended, "");
    let reason = if is_initialized {
        ""
    } else {
        "ContainersNotInitialized"
    };
    add(rng, "Initialized", is_initialized, reason);
    add(
        rng,
        "ContainersReady",
        is_ready,
        if is_ready { "" } else { unready },
    );
    let gate = spec["readinessGates"].is_array();
    let passes = rng.percent(50);
    // The node may be lost: then Ready is False without a reason.
    let is_lost = is_ready && rng.percent(6);
    match (is_ready, gate && !passes) {
        (true, false) => add(rng, "Ready", !is_lost, ""),
        (true, true) => add(rng, "Ready", false, "ReadinessGatesNotReady"),
        (false, _) => add(rng, "Ready", false, unready),
    }
    if gate {
        add(rng, "example.com/lb", passes, "");
    }
    if has_ended && rng.percent(15) || rng.percent(2) {
        let reason = rng.pick(&[
            "PreemptionByScheduler",
            "TerminationByKubelet",
            "DeletionByTaintManager",
            "EvictionByEvictionAPI",
        ]);
        add(rng, "DisruptionTarget", true, reason);
    }
    all.into()
}

/// Requests the deletion. A Pod that had ended before gets no grace period.
fn delete(rng: &mut Rng, clock: Clock, pod: &mut Value) {
    let has_ended = matches!(
        pod["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    );
    let grace = if has_ended { 0 } else { 30 };
    let requested = Clock::span(rng);
    pod["metadata"]["deletionTimestamp"] = clock.ago(requested - grace);
    pod["metadata"]["deletionGracePeriodSeconds"] = grace.into();
    if has_ended || rng.percent(30) {
        pod["metadata"]["finalizers"] = json!(["example.com/hold"]);
    }
}
