//! Deployments, ReplicaSets, StatefulSets and DaemonSets.
//!
//! Upstream: pkg/controller/deployment (`DeploymentComplete`, `DeploymentTimedOut`), pkg/controller/replicaset,
//! pkg/controller/statefulset, pkg/controller/daemon.

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};

use super::refused;
use super::scene::{OwnPod, State, WorkloadScene, of_pods};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::table as rows;
use crate::prose::list;
use crate::verdict::Verdict;

/// Numbers of any of them.
struct Numbers {
    desired: i32,
    /// Of the newest template.
    updated: i32,
    ready: i32,
    total: i32,
    is_observed: bool,
}

impl Numbers {
    fn is_complete(&self) -> bool {
        self.is_observed
            && self.updated >= self.desired
            && self.ready >= self.desired
            && self.total <= self.desired
    }

    fn words(&self) -> String {
        let ready = format!("has {} of {} Pods ready", self.ready, self.desired);
        if !self.is_observed {
            format!("{ready}, and its controller has not seen its newest template yet")
        } else if self.updated < self.desired && self.ready > 0 {
            format!("{ready}, and {} of the newest template", self.updated)
        } else if self.updated < self.total && self.ready >= self.desired {
            format!(
                "{ready}, and {} of an older template",
                self.total.saturating_sub(self.updated)
            )
        } else {
            ready
        }
    }
}

fn is_observed(generation: Option<i64>, observed: Option<i64>) -> bool {
    observed.unwrap_or(0) >= generation.unwrap_or(0)
}

pub(super) fn deployment(
    scene: &WorkloadScene<'_>,
    own: &Deployment,
    pods: &[OwnPod<'_>],
) -> State {
    let spec = Some(&own.spec);
    let status = own.status.clone().unwrap_or_default();
    let numbers = Numbers {
        desired: spec.and_then(|spec| spec.replicas).unwrap_or(1),
        updated: status.updated_replicas.unwrap_or(0),
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
    let mut causes = Vec::new();
    if spec.and_then(|spec| spec.paused) == Some(true) && !numbers.is_complete() {
        let name = own.metadata.name.as_deref().unwrap_or_default();
        causes.push(
            Cause::new(
                &rows::DEPLOYMENT_PAUSED,
                "it is paused, so that its template is not rolled out",
            )
            .may_pass()
            .shown_by([Evidence::field("spec.paused", "true")])
            .advise(format!("kubectl rollout resume deployment {name}")),
        );
    }
    let refusal = refusal.and_then(|own| own.message.as_deref());
    let late = condition("Progressing")
        .filter(|own| own.reason.as_deref() == Some("ProgressDeadlineExceeded"));
    let late = late.map(|own| {
        Evidence::field(
            "status.conditions",
            format!(
                "Progressing is {}, ProgressDeadlineExceeded",
                own.status.as_deref().unwrap_or_default()
            ),
        )
    });
    roll_out(scene, &numbers, refusal, pods, causes, late)
}

pub(super) fn replica_set(
    scene: &WorkloadScene<'_>,
    own: &ReplicaSet,
    pods: &[OwnPod<'_>],
) -> State {
    let status = own.status.clone().unwrap_or_default();
    let numbers = Numbers {
        desired: own.spec.replicas.unwrap_or(1),
        updated: status.replicas,
        ready: status.ready_replicas.unwrap_or(0),
        total: status.replicas,
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let refusal = conditions.iter().find(|own| {
        own.type_.as_deref() == Some("ReplicaFailure") && own.status.as_deref() == Some("True")
    });
    let refusal = refusal.and_then(|own| own.message.as_deref());
    roll_out(scene, &numbers, refusal, pods, Vec::new(), None)
}

pub(super) fn stateful_set(
    scene: &WorkloadScene<'_>,
    own: &StatefulSet,
    pods: &[OwnPod<'_>],
) -> State {
    let status = own.status.clone().unwrap_or_default();
    let spec = Some(&own.spec);
    let numbers = Numbers {
        desired: spec.and_then(|spec| spec.replicas).unwrap_or(1),
        updated: status
            .updated_replicas
            .or(status.current_replicas)
            .unwrap_or(0),
        ready: status.ready_replicas.unwrap_or(0),
        total: status.replicas,
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    let mut state = roll_out(scene, &numbers, None, pods, Vec::new(), None);
    let policy = spec.and_then(|spec| spec.pod_management_policy.as_deref());
    let is_ordered = policy != Some("Parallel");
    let waits = is_ordered && numbers.total < numbers.desired;
    if let Some(cause) = state.causes.first_mut().filter(|_| waits) {
        cause
            .message
            .push_str("; the Pods behind it wait until it is ready");
    }
    state
}

pub(super) fn daemon_set(scene: &WorkloadScene<'_>, own: &DaemonSet, pods: &[OwnPod<'_>]) -> State {
    let status = own.status.clone().unwrap_or_default();
    let numbers = Numbers {
        desired: status.desired_number_scheduled,
        updated: status.updated_number_scheduled.unwrap_or(0),
        ready: status.number_ready,
        total: status.current_number_scheduled,
        is_observed: is_observed(own.metadata.generation, status.observed_generation),
    };
    if numbers.is_observed && numbers.desired == 0 {
        let selector = own.spec.template.spec.as_ref();
        let labels: Vec<String> = selector
            .and_then(|spec| spec.node_selector.as_ref())
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let wants = if labels.is_empty() {
            String::new()
        } else {
            format!(" ({})", list(&labels))
        };
        return State {
            words: "has no Pods".to_owned(),
            causes: vec![
                Cause::new(
                    &rows::NO_MATCHING_NODE,
                    format!("no node has what it wants of one{wants}"),
                )
                .harmless()
                .shown_by([Evidence::field("status.desiredNumberScheduled", "0")])
                .advise(
                    "If that is not meant, label a node, or correct nodeSelector and tolerations.",
                ),
            ],
            verdict: Verdict::Ok,
            since: None,
        };
    }
    roll_out(scene, &numbers, None, pods, Vec::new(), None)
}

fn roll_out(
    scene: &WorkloadScene<'_>,
    numbers: &Numbers,
    refusal: Option<&str>,
    pods: &[OwnPod<'_>],
    mut causes: Vec<Cause>,
    late: Option<Evidence>,
) -> State {
    let state = |words: String, causes: Vec<Cause>, verdict| State {
        words,
        since: causes.first().and_then(|cause| cause.since),
        causes,
        verdict,
    };
    if numbers.desired == 0 && numbers.total == 0 && numbers.is_observed {
        causes.push(
            Cause::new(&rows::SCALED_TO_ZERO, "spec.replicas is 0")
                .harmless()
                .shown_by([Evidence::field("spec.replicas", "0")])
                .advise("If that is not meant, scale it up: kubectl scale --replicas=1."),
        );
        return state(
            "has no Pods, and is to have none".to_owned(),
            causes,
            Verdict::Ok,
        );
    }
    if numbers.is_complete() {
        // Pods that were evicted stay behind; others have taken their place.
        let live = pods.iter().filter(|pod| !pod.scene.has_ended());
        let sick: Vec<Cause> = of_pods(live);
        let verdict = match sick
            .iter()
            .map(|cause| cause.verdict)
            .find(|own| *own == Verdict::No)
        {
            Some(_) => Verdict::No,
            None if sick.is_empty() => Verdict::Ok,
            None => Verdict::Unknown,
        };
        return state(
            format!("is rolled out, and {}", numbers.words()),
            sick,
            verdict,
        );
    }
    if causes.is_empty() {
        let event = refused::newest(scene.events);
        if let Some(message) = refusal.or(event.map(|event| event.message.as_str()))
            && numbers.total < numbers.desired
        {
            causes.push(
                refused::cause(message)
                    .shown_by(event.map(super::super::event::PodEvent::evidence))
                    .since(event.and_then(|event| event.first)),
            );
        }
        causes.extend(of_pods(pods));
    }
    if causes.is_empty() {
        causes.push(
            Cause::new(&rows::ROLLING_OUT, "nothing says that anything is wrong")
                .passes()
                .advise("Wait, and ask again if it lasts."),
        );
    }
    if let Some(first) = causes.first_mut() {
        first.evidence.extend(late);
    }
    let verdict = causes
        .first()
        .map_or(Verdict::Unknown, |cause| cause.verdict);
    let verdict = if verdict == Verdict::Ok {
        Verdict::Unknown
    } else {
        verdict
    };
    state(numbers.words(), causes, verdict)
}
