//! From the state of a workload to one sentence.

use k8s_openapi::jiff::Timestamp;

use super::scene::{OwnPod, State, Workload, WorkloadScene};
use super::{cron_job, deletion, deployment, job, stateful_set};
use crate::diagnosis::cause::BetterByItself;
use crate::diagnosis::judge::{Diagnosis, diagnose};
use crate::diagnosis::words::since as words_of_time;
use crate::job::is_finished;
use crate::verdict::Verdict;

/// Returns the state of a workload and its causes.
pub fn diagnose_workload(scene: &WorkloadScene<'_>) -> Diagnosis {
    let pods: Vec<OwnPod<'_>> = scene
        .pods
        .iter()
        .map(|scene| OwnPod {
            scene,
            diagnosis: diagnose(scene),
        })
        .collect();
    let noun = match scene.workload {
        Workload::Deployment(_) => "deployment.apps",
        Workload::ReplicaSet(_) => "replicaset.apps",
        Workload::StatefulSet(_) => "statefulset.apps",
        Workload::DaemonSet(_) => "daemonset.apps",
        Workload::Job(_) => "job.batch",
        Workload::CronJob(_) => "cronjob.batch",
    };
    let name = scene.metadata().name.as_deref().unwrap_or_default();
    in_words(&format!("{noun}/{name}"), state(scene, &pods), scene.now)
}

fn state(scene: &WorkloadScene<'_>, pods: &[OwnPod<'_>]) -> State {
    let deletion = deletion::cause(scene, pods);
    let is_ended = matches!(scene.workload, Workload::Job(own) if is_finished(own));
    match deletion {
        Some(cause) if is_ended => deletion::add_to(state_of(scene, pods), cause),
        Some(cause) => deletion::state(cause, pods),
        None => state_of(scene, pods),
    }
}

/// Returns the state without regard to a deletion.
fn state_of(scene: &WorkloadScene<'_>, pods: &[OwnPod<'_>]) -> State {
    match scene.workload {
        Workload::Deployment(own) => deployment::deployment(scene, own, pods),
        Workload::ReplicaSet(own) => deployment::replica_set(scene, own, pods),
        Workload::StatefulSet(own) => stateful_set::stateful_set(scene, own, pods),
        Workload::DaemonSet(own) => stateful_set::daemon_set(scene, own, pods),
        Workload::Job(own) => job::state(scene, own, pods),
        Workload::CronJob(own) => cron_job::state(scene, own),
    }
}

fn in_words(subject: &str, state: State, now: Option<Timestamp>) -> Diagnosis {
    let State {
        words,
        causes,
        verdict,
        since,
    } = state;
    let main = causes.first();
    let better_by_itself = match (main, verdict) {
        (_, Verdict::Ok) => BetterByItself::Yes,
        (Some(cause), _) => cause.better_by_itself,
        (None, Verdict::No) => BetterByItself::No,
        (None, Verdict::Unknown) => BetterByItself::Unknown,
    };
    let mut summary = format!("{subject} {words}");
    summary.push_str(&words_of_time(since, now));
    if let Some(cause) = main {
        summary.push_str(&format!(": {}", cause.message));
    }
    summary.push('.');
    if verdict != Verdict::Ok {
        summary.push_str(match better_by_itself {
            BetterByItself::Yes => " It gets better by itself.",
            BetterByItself::No => " It does not get better by itself.",
            BetterByItself::Unknown => " It may get better by itself.",
        });
    }
    let mut advice: Vec<String> = Vec::new();
    for own in causes.iter().flat_map(|cause| &cause.advice) {
        if !advice.contains(own) {
            advice.push(own.clone());
        }
    }
    if let Some(first) = advice.first() {
        summary.push(' ');
        summary.push_str(first);
    }
    Diagnosis {
        summary,
        state: words,
        since,
        better_by_itself,
        causes,
        advice,
        verdict,
    }
}
