//! Workloads from a few fields, judged at noon.

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::{
    BetterByItself, Diagnosis, PodEvent, Scene, Workload, WorkloadScene, diagnose_workload,
};
use pod_model::{KubernetesVersion, Verdict};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Seconds since 1970 of the noon.
const NOON: i64 = 1_772_366_400;

/// Returns a time so many seconds before noon.
pub(crate) fn ago(seconds: i64) -> String {
    let time = Timestamp::from_second(NOON - seconds).unwrap();
    time.to_string()
}

/// Returns a value with the fields of another in it, at any depth.
pub(crate) fn with(mut base: Value, more: &Value) -> Value {
    match (base.as_object_mut(), more.as_object()) {
        (Some(fields), Some(more)) => {
            for (name, value) in more {
                let old = fields.remove(name).unwrap_or(Value::Null);
                fields.insert(name.clone(), with(old, value));
            }
            base
        }
        _ => more.clone(),
    }
}

/// A workload with what is known of it.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) object: Value,
    pub(crate) pods: Vec<Value>,
    pub(crate) replica_sets: Vec<Value>,
    pub(crate) jobs: Vec<Value>,
    pub(crate) events: Vec<PodEvent>,
    pub(crate) has_events: bool,
}

impl Case {
    /// A workload that is an hour old.
    pub(crate) fn new(kind: &str, spec: &Value, status: &Value) -> Self {
        let template = json!({"metadata": {}, "spec": {"containers": []}});
        let spec_of_kind = match kind {
            "CronJob" => {
                json!({"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": template}}})
            }
            "Job" => json!({"template": template, "completions": 1, "parallelism": 1}),
            "StatefulSet" => json!({"serviceName": "web", "selector": {}, "template": template}),
            _ => json!({"selector": {}, "template": template}),
        };
        Self {
            object: json!({
                "kind": kind,
                "metadata": {"name": "web", "namespace": "demo", "uid": "u", "creationTimestamp": ago(3_600)},
                "spec": with(spec_of_kind, spec),
                "status": status,
            }),
            pods: Vec::new(),
            replica_sets: Vec::new(),
            jobs: Vec::new(),
            events: Vec::new(),
            has_events: true,
        }
    }

    pub(crate) fn metadata(mut self, more: &Value) -> Self {
        self.object["metadata"] = with(self.object["metadata"].take(), more);
        self
    }

    pub(crate) fn pod(mut self, pod: Value) -> Self {
        self.pods.push(pod);
        self
    }

    /// An event that came so many seconds ago.
    pub(crate) fn event(mut self, reason: &str, message: &str, seconds: i64) -> Self {
        let event: Event = decode(&json!({
            "metadata": {}, "involvedObject": {}, "reason": reason, "message": message,
            "firstTimestamp": ago(seconds), "lastTimestamp": ago(seconds),
        }));
        self.events.push(PodEvent::of(&event));
        self
    }

    pub(crate) fn judge(&self) -> Diagnosis {
        let version = KubernetesVersion::LATEST;
        let now = Timestamp::from_second(NOON).ok();
        let pods: Vec<Pod> = self.pods.iter().map(decode).collect();
        let pods: Vec<Scene<'_>> = pods
            .iter()
            .map(|pod| Scene {
                pod,
                events: &[],
                has_events: self.has_events,
                now,
                version,
                node: None,
                nodes: &[],
                claims: &[],
                volumes: &[],
                keys: &[],
            })
            .collect();
        let sets: Vec<ReplicaSet> = self.replica_sets.iter().map(decode).collect();
        let sets: Vec<&ReplicaSet> = sets.iter().collect();
        let jobs: Vec<Job> = self.jobs.iter().map(decode).collect();
        let jobs: Vec<&Job> = jobs.iter().collect();
        let of = |workload| {
            diagnose_workload(&WorkloadScene {
                workload,
                pods: &pods,
                jobs: &jobs,
                replica_sets: &sets,
                events: &self.events,
                has_events: self.has_events,
                now,
                version,
            })
        };
        let own = &self.object;
        match own["kind"].as_str().unwrap() {
            "Deployment" => of(Workload::Deployment(&decode(own))),
            "StatefulSet" => of(Workload::StatefulSet(&decode(own))),
            "DaemonSet" => of(Workload::DaemonSet(&decode(own))),
            "Job" => of(Workload::Job(&decode(own))),
            _ => of(Workload::CronJob(&decode(own))),
        }
    }

    /// Asserts the verdict, whether it gets better, and the main cause; returns the sentence.
    #[track_caller]
    pub(crate) fn is(&self, verdict: Verdict, better: BetterByItself, cause: &str) -> String {
        let found = self.judge();
        let first = found.causes.first().map_or("", |own| own.row.id);
        assert_eq!(
            (found.verdict, found.better_by_itself, first),
            (verdict, better, cause),
            "{}",
            found.summary
        );
        found.summary
    }
}

fn decode<T: DeserializeOwned>(object: &Value) -> T {
    serde_json::from_value(object.clone()).unwrap()
}

/// A Pod with one container, of an owner with this uid.
pub(crate) fn pod(name: &str, owner: &str, phase: &str, container: &Value) -> Value {
    let is_ready = container["ready"] == true;
    let condition = |kind: &str, status: bool| json!({"type": kind, "status": if status { "True" } else { "False" }});
    json!({
        "metadata": {
            "name": name, "namespace": "demo", "uid": name, "creationTimestamp": ago(300),
            "ownerReferences": [{"apiVersion": "v1", "kind": "Owner", "name": owner, "uid": owner, "controller": true}],
        },
        "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": "i"}]},
        "status": {
            "phase": phase, "startTime": ago(300),
            "conditions": [condition("PodScheduled", true), condition("Ready", is_ready)],
            "containerStatuses": [with(
                json!({"name": "main", "image": "i", "imageID": "", "ready": false, "restartCount": 0}), container,
            )],
        },
    })
}

/// A Pod whose container has run since it began.
pub(crate) fn running(name: &str, owner: &str) -> Value {
    let state =
        json!({"ready": true, "started": true, "state": {"running": {"startedAt": ago(299)}}});
    pod(name, owner, "Running", &state)
}

/// A Pod whose container has been restarted so often, and waits again.
pub(crate) fn crashing(name: &str, owner: &str, restarts: i32) -> Value {
    let ended =
        json!({"exitCode": 1, "reason": "Error", "startedAt": ago(12), "finishedAt": ago(10)});
    let message = "back-off 40s restarting failed container=main";
    let waiting = json!({"reason": "CrashLoopBackOff", "message": message});
    pod(
        name,
        owner,
        "Running",
        &json!({"restartCount": restarts, "state": {"waiting": waiting}, "lastState": {"terminated": ended}}),
    )
}
