//! Workloads.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::{PodEvent, Scene, Workload, WorkloadScene, diagnose_workload};
use pod_model::{KubernetesVersion, Verdict};
use serde_json::{Value, json};

use crate::events::events;
use crate::known::Known;
use crate::random::Rng;
use crate::random::status::{job_with_status, odd_job};
use crate::{CASES, CLOCK, NOW, assert_sound};

/// Returns a workload of a type with a status that its controller may have written, or not.
fn workload(rng: &mut Rng, kind: &str) -> Value {
    let wanted = rng.below(4);
    let mut count = || rng.pick(&[0, 0, 1, 2, 3, 7, 0, 1, 2, 3, -1, i32::MIN, i32::MAX]);
    let mut status = json!({"observedGeneration": count().clamp(0, 1)});
    for field in [
        "replicas",
        "readyReplicas",
        "availableReplicas",
        "updatedReplicas",
        "unavailableReplicas",
        "currentReplicas",
        "numberReady",
        "numberAvailable",
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "updatedNumberScheduled",
        "numberMisscheduled",
    ] {
        status[field] = count().into();
    }
    let condition = |kind: &str, status: &str, reason: &str| json!({"type": kind, "status": status, "reason": reason, "message": "pods \"a\" is forbidden: exceeded quota: q"});
    status["conditions"] = json!([
        condition(
            "Available",
            rng.pick(&["True", "False", ""]),
            "MinimumReplicasAvailable"
        ),
        condition(
            "Progressing",
            rng.pick(&["True", "False", "Unknown"]),
            rng.pick(&["ProgressDeadlineExceeded", "", "NewReplicaSetAvailable"])
        ),
        condition(
            "ReplicaFailure",
            rng.pick(&["True", "False"]),
            "FailedCreate"
        ),
    ]);
    json!({
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "default", "uid": "u", "generation": 1},
        "spec": {
            "replicas": wanted,
            "serviceName": "web",
            "paused": rng.percent(10),
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app-0"}]}},
        },
        "status": status,
    })
}

/// Calls a function with Pods and events of a workload.
fn with_pods<T>(
    known: &[Known],
    events: &[PodEvent],
    workload: Workload<'_>,
    use_it: impl FnOnce(&WorkloadScene<'_>) -> T,
) -> T {
    let nodes: Vec<&Node> = known.first().map(|own| &own.node).into_iter().collect();
    let scene = |own| {
        let Known {
            pod,
            events,
            version,
            ..
        }: &Known = own;
        Scene {
            pod,
            events,
            has_events: true,
            now: Timestamp::from_second(NOW).ok(),
            version: *version,
            node: None,
            nodes: &nodes,
            claims: &[],
            volumes: &[],
            keys: &[],
        }
    };
    let pods: Vec<Scene<'_>> = known.iter().map(scene).collect();
    use_it(&WorkloadScene {
        workload,
        pods: &pods,
        jobs: &[],
        replica_sets: &[],
        events,
        has_events: true,
        now: Timestamp::from_second(NOW).ok(),
        version: KubernetesVersion::LATEST,
    })
}

fn some_pods(rng: &mut Rng) -> Vec<Known> {
    (0..rng.below(4)).map(|_| Known::any(rng)).collect()
}

#[test]
fn any_workload_has_a_diagnosis() {
    let mut rng = Rng::new(0x3071);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for case in 0..CASES / 4 {
        let kind = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"][case % 4];
        let object = workload(&mut rng, kind);
        let (pods, events) = (some_pods(&mut rng), events(&mut rng));
        let of = |workload| with_pods(&pods, &events, workload, diagnose_workload);
        let decode = || object.clone();
        let diagnosis = match kind {
            "Deployment" => of(Workload::Deployment(
                &serde_json::from_value(decode()).unwrap(),
            )),
            "ReplicaSet" => of(Workload::ReplicaSet(
                &serde_json::from_value(decode()).unwrap(),
            )),
            "StatefulSet" => of(Workload::StatefulSet(
                &serde_json::from_value(decode()).unwrap(),
            )),
            _ => of(Workload::DaemonSet(
                &serde_json::from_value(decode()).unwrap(),
            )),
        };
        assert_sound(&diagnosis, &object);
        *seen
            .entry(format!("{kind} {:?}", diagnosis.verdict))
            .or_default() += 1;
    }
    println!("{seen:?}");
    assert!(seen.len() >= 10, "{seen:?}");
}

#[test]
fn the_verdict_on_a_job_is_never_the_opposite_of_its_conditions() {
    let mut rng = Rng::new(0x10b5);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..CASES / 2 {
        let is_odd = rng.percent(30);
        let object = if is_odd {
            odd_job(&mut rng, CLOCK)
        } else {
            job_with_status(&mut rng, CLOCK)
        };
        let job: Job = serde_json::from_value(object.clone()).unwrap();
        let (pods, events) = (some_pods(&mut rng), events(&mut rng));
        let diagnosis = with_pods(&pods, &events, Workload::Job(&job), diagnose_workload);
        assert_sound(&diagnosis, &object);
        let status = job.status.as_ref();
        let conditions = status
            .and_then(|own| own.conditions.as_ref())
            .into_iter()
            .flatten();
        let mut ends = conditions
            .filter(|own| own.status == "True")
            .map(|own| own.type_.as_str());
        let end = ends.find(|kind| matches!(*kind, "Complete" | "Failed"));
        // Odd ones may have both.
        if !is_odd && job.metadata.deletion_timestamp.is_none() {
            let wrong = match end {
                Some("Complete") => Some(Verdict::No),
                Some(_) => Some(Verdict::Ok),
                None => None,
            };
            assert!(wrong != Some(diagnosis.verdict), "{diagnosis:?}: {object}");
        }
        *seen
            .entry(format!("{end:?} {:?}", diagnosis.verdict))
            .or_default() += 1;
    }
    println!("{seen:?}");
    for often in ["Some(\"Complete\") Ok", "Some(\"Failed\") No"] {
        assert!(
            seen.get(often).is_some_and(|count| *count > 50),
            "{often}: {seen:?}"
        );
    }
}
