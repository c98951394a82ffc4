//! Deployments and ReplicaSets.
//!
//! Upstream: pkg/controller/deployment (`DeploymentComplete`, `DeploymentTimedOut`, `cleanupUnhealthyReplicas`,
//! `SetNewReplicaSetAnnotations`), pkg/controller/replicaset.

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::Pod;

use super::rollout::{Numbers, Rollout, is_observed, roll_out};
use super::scene::{OwnPod, State, WorkloadScene};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::table as rows;

const REVISION: &str = "deployment.kubernetes.io/revision";
const TEMPLATE_HASH: &str = "pod-template-hash";

pub(super) fn deployment(
    scene: &WorkloadScene<'_>,
    own: &Deployment,
    pods: &[OwnPod<'_>],
) -> State {
    let spec = &own.spec;
    let status = own.status.clone().unwrap_or_default();
    let desired = spec.replicas.unwrap_or(1);
    let numbers = Numbers {
        desired,
        updated: status.updated_replicas.unwrap_or(0),
        updated_desired: desired,
        ready: status.available_replicas.unwrap_or(0),
        total: status.replicas.unwrap_or(0),
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let condition = |kind: &str| {
        conditions
            .iter()
            .find(|own| own.type_.as_deref() == Some(kind))
    };
    let refusal = condition("ReplicaFailure").filter(|own| own.status.as_deref() == Some("True"));
    let progressing = condition("Progressing");
    let late = progressing.filter(|own| own.reason.as_deref() == Some("ProgressDeadlineExceeded"));
    let progress = progressing.filter(|_| late.is_none());
    let progress = progress.and_then(|own| own.last_update_time.as_ref());
    let late = late.map(|own| {
        Evidence::field(
            "status.conditions",
            format!(
                "Progressing is {}, ProgressDeadlineExceeded",
                own.status.as_deref().unwrap_or_default()
            ),
        )
    });
    let is_paused = spec.paused == Some(true) && !numbers.is_complete();
    let rollout = Rollout {
        refusal: refusal.and_then(|own| own.message.as_deref()),
        causes: is_paused.then(|| paused(scene)).into_iter().collect(),
        late,
        progress: progress.map(|time| time.0),
        replaced: replaced(scene, &numbers, pods),
        forgets_deleted: true,
        ..Rollout::default()
    };
    roll_out(scene, &numbers, pods, rollout)
}

fn paused(scene: &WorkloadScene<'_>) -> Cause {
    Cause::new(
        &rows::DEPLOYMENT_PAUSED,
        "it is paused, so that its template is not rolled out",
    )
    .may_pass()
    .shown_by([Evidence::field("spec.paused", "true")])
    .advise(format!(
        "Resume it: kubectl rollout resume {}",
        scene.argument()
    ))
}

/// Returns the names of the Pods of older templates.
///
/// The ReplicaSet of the newest template has the highest revision. Without ReplicaSets the newest Pod stands for it.
fn replaced<'a>(scene: &WorkloadScene<'_>, numbers: &Numbers, pods: &[OwnPod<'a>]) -> Vec<&'a str> {
    if !numbers.is_observed {
        return Vec::new();
    }
    let revision = |set: &ReplicaSet| -> i64 {
        let annotations = set.metadata.annotations.as_ref();
        let text = annotations.and_then(|all| all.get(REVISION));
        text.and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    let newest = scene.replica_sets.iter().max_by_key(|set| {
        let created = set.metadata.creation_timestamp.as_ref();
        (revision(set), created.map(|time| time.0))
    });
    let hash = |pod: &Pod| pod.metadata.labels.as_ref()?.get(TEMPLATE_HASH).cloned();
    let is_old: Box<dyn Fn(&Pod) -> bool> = match newest {
        Some(newest) => {
            let uid = newest.metadata.uid.clone().unwrap_or_default();
            Box::new(move |pod| {
                let owners = pod.metadata.owner_references.iter().flatten();
                let mut owners = owners.filter(|own| own.controller == Some(true));
                owners.all(|own| own.uid != uid)
            })
        }
        None if numbers.updated >= numbers.total => return Vec::new(),
        None if numbers.updated <= 0 => Box::new(|_| true),
        None => {
            let newest = pods.last().and_then(|pod| hash(pod.scene.pod));
            Box::new(move |pod| hash(pod) != newest)
        }
    };
    let old = pods.iter().filter(|pod| is_old(pod.scene.pod));
    old.map(|pod| pod.scene.name()).collect()
}

pub(super) fn replica_set(
    scene: &WorkloadScene<'_>,
    own: &ReplicaSet,
    pods: &[OwnPod<'_>],
) -> State {
    let status = own.status.clone().unwrap_or_default();
    let desired = own.spec.replicas.unwrap_or(1);
    let numbers = Numbers {
        desired,
        // It knows no older template.
        updated: status.replicas,
        updated_desired: desired,
        ready: status.ready_replicas.unwrap_or(0),
        total: status.replicas,
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let refusal = conditions.iter().find(|own| {
        own.type_.as_deref() == Some("ReplicaFailure") && own.status.as_deref() == Some("True")
    });
    let rollout = Rollout {
        refusal: refusal.and_then(|own| own.message.as_deref()),
        forgets_deleted: true,
        ..Rollout::default()
    };
    roll_out(scene, &numbers, pods, rollout)
}
