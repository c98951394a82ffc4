//! A workload that is being deleted: its finalizers, and what it waits for.
//!
//! Upstream: `processDeletingDependentsItem` and `orphanDependents` in
//! pkg/controller/garbagecollector/garbagecollector.go.

use super::scene::{OwnPod, State, WorkloadScene, counted, of_pods};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::table as rows;
use crate::prose::list;
use crate::verdict::Verdict;

/// The garbage collector takes it off when nothing that blocks the deletion is left.
const FOREGROUND: &str = "foregroundDeletion";
/// The garbage collector takes it off when it has freed what the object owns.
const ORPHAN: &str = "orphan";
/// Seconds in which a deletion without a hindrance has ended.
const SOON: i64 = 60;

/// Returns what a deleted object waits for; `None` if nobody has deleted it.
pub(super) fn cause(scene: &WorkloadScene<'_>, pods: &[OwnPod<'_>]) -> Option<Cause> {
    let metadata = scene.metadata();
    let at = metadata.deletion_timestamp.as_ref()?.0;
    let finalizers: Vec<&str> = metadata
        .finalizers
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let others: Vec<&str> = finalizers
        .iter()
        .copied()
        .filter(|own| ![FOREGROUND, ORPHAN].contains(own))
        .collect();
    let cause = if finalizers.contains(&FOREGROUND) {
        let left = match pods.len() {
            0 => "what it owns".to_owned(),
            left => format!(
                "what it owns ({} still there)",
                counted(i64::try_from(left).unwrap_or(i64::MAX), "Pod")
            ),
        };
        waits(
            scene,
            format!("the finalizer {FOREGROUND} keeps it until {left} is gone"),
        )
        .advise(format!(
            "See what is left of it and why that does not end: kubectl get pods{}",
            scene.in_namespace()
        ))
    } else if !others.is_empty() {
        held(&others)
    } else if finalizers.contains(&ORPHAN) {
        waits(
            scene,
            format!(
                "the finalizer {ORPHAN} keeps it until the garbage collector has freed what it owns"
            ),
        )
        .advise("Wait; if it lasts, see whether kube-controller-manager runs.")
    } else {
        waits(scene, "no finalizer keeps it".to_owned())
            .advise("Wait until it is gone, and ask again if it lasts.")
    };
    let finalizers = (!finalizers.is_empty())
        .then(|| Evidence::field("metadata.finalizers", finalizers.join(", ")));
    Some(
        cause
            .shown_by([Evidence::field(
                "metadata.deletionTimestamp",
                at.to_string(),
            )])
            .shown_by(finalizers)
            .since(Some(at)),
    )
}

fn waits(scene: &WorkloadScene<'_>, message: String) -> Cause {
    let cause = Cause::new(&rows::BEING_DELETED, message);
    let at = scene.metadata().deletion_timestamp.as_ref();
    if scene.is_within(SOON, at.map(|time| time.0)) {
        cause.passes()
    } else {
        cause.may_pass()
    }
}

fn held(finalizers: &[&str]) -> Cause {
    let (noun, verb, it) = match finalizers {
        [_] => ("finalizer", "keeps", "it"),
        _ => ("finalizers", "keep", "them"),
    };
    Cause::new(
        &rows::FINALIZER,
        format!(
            "the {noun} {} {verb} the object",
            list(finalizers)
        ),
    )
    .advise(format!(
        "See why the controller that set {it} does not remove {it}. Take {it} out by hand only if that controller is gone for good."
    ))
}

/// Returns the state of a deleted object that has not come to an end of its own.
pub(super) fn state(cause: Cause, pods: &[OwnPod<'_>]) -> State {
    let deleted = pods
        .iter()
        .filter(|pod| pod.scene.pod.metadata.deletion_timestamp.is_some());
    let mut causes = vec![cause];
    causes.extend(of_pods(deleted));
    // A Pod that cannot end is what a deletion in the foreground waits for.
    causes.sort_by_key(|cause| cause.verdict != Verdict::No);
    let verdict = match causes.first().map(|cause| cause.verdict) {
        Some(Verdict::No) => Verdict::No,
        _ => Verdict::Unknown,
    };
    State {
        words: "is being deleted".to_owned(),
        since: causes.first().and_then(|cause| cause.since),
        causes,
        verdict,
    }
}

/// Adds the deletion to the state of a Job that has ended, which is the answer.
pub(super) fn add_to(mut state: State, cause: Cause) -> State {
    state.words.push_str(", and is being deleted");
    state.causes.push(cause);
    state
}
