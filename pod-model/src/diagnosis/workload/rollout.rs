//! The rollout of what owns Pods: numbers, and the causes that keep it from its end.
//!
//! Upstream: pkg/controller/deployment (`DeploymentComplete`, `DeploymentTimedOut`), pkg/controller/replicaset,
//! pkg/controller/statefulset, pkg/controller/daemon.

use k8s_openapi::jiff::Timestamp;

use super::refused;
use super::scene::{OwnPod, State, WorkloadScene, of_pods};
use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::table as rows;
use crate::verdict::Verdict;

/// Seconds without any change after which nobody may say that it gets better: the default of
/// progressDeadlineSeconds.
const RECENT: i64 = 600;

/// Numbers of any of them.
pub(super) struct Numbers {
    pub desired: i32,
    /// Of the newest template.
    pub updated: i32,
    /// Of the newest template that there are to be; fewer than `desired` with a partition.
    pub updated_desired: i32,
    pub ready: i32,
    pub total: i32,
    pub is_observed: bool,
}

/// Everything that its own status says of a rollout, besides the numbers.
#[derive(Default)]
pub(super) struct Rollout<'a> {
    /// The message of the condition ReplicaFailure.
    pub refusal: Option<&'a str>,
    /// Causes that stand before those of its Pods.
    pub causes: Vec<Cause>,
    /// The condition that says that progressDeadlineSeconds has passed.
    pub late: Option<Evidence>,
    /// Time of its last progress.
    pub progress: Option<Timestamp>,
    /// The cause of Pods that are of an older template although all are ready.
    pub stays: Option<Cause>,
    /// The names of Pods of an older template, which the rollout replaces whatever their state.
    pub replaced: Vec<&'a str>,
    /// True if a Pod that is deleted counts no more: another has its place.
    pub forgets_deleted: bool,
}

impl Numbers {
    fn has_all_ready(&self) -> bool {
        self.is_observed && self.ready >= self.desired && self.total <= self.desired
    }

    pub(super) fn is_complete(&self) -> bool {
        self.has_all_ready() && self.updated >= self.updated_desired
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

pub(super) fn is_observed(generation: Option<i64>, observed: Option<i64>) -> bool {
    observed.unwrap_or(0) >= generation.unwrap_or(0)
}

fn state(words: String, causes: Vec<Cause>, verdict: Verdict) -> State {
    State {
        words,
        since: causes.first().and_then(|cause| cause.since),
        causes,
        verdict,
    }
}

pub(super) fn roll_out(
    scene: &WorkloadScene<'_>,
    numbers: &Numbers,
    pods: &[OwnPod<'_>],
    rollout: Rollout<'_>,
) -> State {
    if numbers.desired == 0 && numbers.total == 0 && numbers.is_observed {
        let mut causes = rollout.causes;
        causes.push(scaled_to_zero(scene));
        return state(
            "has no Pods, and is to have none".to_owned(),
            causes,
            Verdict::Ok,
        );
    }
    if numbers.is_complete() {
        return complete(numbers, pods, rollout);
    }
    let Rollout {
        refusal,
        mut causes,
        late,
        progress,
        stays,
        replaced,
        ..
    } = rollout;
    if causes.is_empty() {
        causes.extend(refused_pods(scene, numbers, refusal));
        // Pods that were evicted stay behind when others have taken their place.
        let is_served = numbers.ready >= numbers.desired;
        let counted = |pod: &&OwnPod<'_>| !(is_served && pod.scene.has_ended());
        let is_replaced = |pod: &&OwnPod<'_>| replaced.contains(&pod.scene.name());
        let (old, new): (Vec<_>, Vec<_>) = pods.iter().filter(counted).partition(is_replaced);
        causes.extend(of_pods(new));
        causes.extend(of_pods(old).into_iter().map(of_older));
        if causes.is_empty() && numbers.has_all_ready() {
            // A partition stops the rollout at its end only.
            causes.extend(stays.filter(|own| own.verdict == Verdict::Unknown));
        }
    }
    if causes.is_empty() {
        causes.push(unexplained(scene, numbers, pods, progress, late.is_some()));
    }
    if let Some(first) = causes.first_mut() {
        if late.is_some() && first.better_by_itself == BetterByItself::Yes {
            first.better_by_itself = BetterByItself::Unknown;
        }
        first.evidence.extend(late);
    }
    let verdict = match causes.first().map(|cause| cause.verdict) {
        Some(Verdict::No) => Verdict::No,
        _ => Verdict::Unknown,
    };
    state(numbers.words(), causes, verdict)
}

fn scaled_to_zero(scene: &WorkloadScene<'_>) -> Cause {
    Cause::new(&rows::SCALED_TO_ZERO, "spec.replicas is 0")
        .harmless()
        .shown_by([Evidence::field("spec.replicas", "0")])
        .advise(format!(
            "If that is not meant, scale it up: kubectl scale {} --replicas=1",
            scene.argument()
        ))
}

fn complete(numbers: &Numbers, pods: &[OwnPod<'_>], rollout: Rollout<'_>) -> State {
    let is_deleted = |pod: &OwnPod<'_>| pod.scene.pod.metadata.deletion_timestamp.is_some();
    // Pods that were evicted stay behind; others have taken their place.
    let live = pods.iter().filter(|pod| !pod.scene.has_ended());
    let live = live.filter(|pod| !(rollout.forgets_deleted && is_deleted(pod)));
    let mut causes: Vec<Cause> = of_pods(live);
    let verdict = if causes.iter().any(|cause| cause.verdict == Verdict::No) {
        Verdict::No
    } else if causes.is_empty() {
        Verdict::Ok
    } else {
        Verdict::Unknown
    };
    let is_partial = numbers.updated < numbers.total;
    let words = if is_partial {
        "is rolled out as far as its partition allows"
    } else {
        "is rolled out"
    };
    causes.extend(rollout.stays.filter(|_| is_partial));
    state(format!("{words}, and {}", numbers.words()), causes, verdict)
}

fn refused_pods(
    scene: &WorkloadScene<'_>,
    numbers: &Numbers,
    refusal: Option<&str>,
) -> Option<Cause> {
    let event = refused::newest(scene.events);
    let message = refusal.or(event.map(|event| event.message.as_str()))?;
    let lacks = numbers.total < numbers.desired || numbers.updated < numbers.updated_desired;
    lacks.then(|| {
        refused::cause(message, "Pod")
            .shown_by(event.map(PodEvent::evidence))
            .since(event.and_then(|event| event.first))
    })
}

/// The state of a Pod that the rollout deletes anyway.
fn of_older(mut cause: Cause) -> Cause {
    cause
        .message
        .push_str("; it is of an older template, and the rollout replaces it");
    if cause.verdict == Verdict::No {
        cause.may_pass()
    } else {
        cause
    }
}

fn unexplained(
    scene: &WorkloadScene<'_>,
    numbers: &Numbers,
    pods: &[OwnPod<'_>],
    progress: Option<Timestamp>,
    is_late: bool,
) -> Cause {
    let argument = scene.argument();
    if is_late {
        return Cause::new(
            &rows::PROGRESS_DEADLINE_EXCEEDED,
            "it made no progress for its progressDeadlineSeconds, and nothing that is known says why",
        )
        .may_pass()
        .advise(format!(
            "Look at its Pods and events: kubectl describe {argument}"
        ));
    }
    let created = scene.metadata().creation_timestamp.as_ref();
    let pods_created = pods
        .iter()
        .filter_map(|pod| pod.scene.pod.metadata.creation_timestamp.as_ref());
    let changes = scene.events.iter().filter(|event| {
        matches!(
            event.reason.as_str(),
            "SuccessfulCreate" | "SuccessfulDelete" | "ScalingReplicaSet"
        )
    });
    let times = created.into_iter().chain(pods_created).map(|time| time.0);
    let times = times
        .chain(changes.filter_map(|event| event.last))
        .chain(progress);
    let pods_are_known = usize::try_from(numbers.total).is_ok_and(|total| pods.len() >= total);
    if scene.has_events && pods_are_known && scene.is_within(RECENT, times) {
        return Cause::new(&rows::ROLLING_OUT, "nothing says that anything is wrong")
            .passes()
            .advise("Wait, and ask again if it lasts.");
    }
    let (message, advice) = if !pods_are_known {
        (
            "its Pods are not known, and its own status does not say why",
            format!("Ask for its Pods: kubectl pod-tools explain-status {argument}"),
        )
    } else if pods.is_empty() {
        (
            "it has no Pods, and nothing that is known says why",
            format!(
                "See its events, and whether kube-controller-manager runs: kubectl describe {argument}"
            ),
        )
    } else {
        (
            "nothing that is known says why",
            format!("Look at its events: kubectl describe {argument}"),
        )
    };
    Cause::new(&rows::ROLLING_OUT, message)
        .may_pass()
        .advise(advice)
}
