//! From the state of a workload to one sentence.

use k8s_openapi::jiff::Timestamp;

use super::scene::{OwnPod, State, Workload, WorkloadScene};
use super::{cron_job, job, rollout};
use crate::diagnosis::cause::BetterByItself;
use crate::diagnosis::judge::{Diagnosis, diagnose};
use crate::diagnosis::words::since as words_of_time;
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
    let (noun, name, state) = match scene.workload {
        Workload::Deployment(own) => (
            "deployment.apps",
            &own.metadata.name,
            rollout::deployment(scene, own, &pods),
        ),
        Workload::ReplicaSet(own) => (
            "replicaset.apps",
            &own.metadata.name,
            rollout::replica_set(scene, own, &pods),
        ),
        Workload::StatefulSet(own) => (
            "statefulset.apps",
            &own.metadata.name,
            rollout::stateful_set(scene, own, &pods),
        ),
        Workload::DaemonSet(own) => (
            "daemonset.apps",
            &own.metadata.name,
            rollout::daemon_set(scene, own, &pods),
        ),
        Workload::Job(own) => (
            "job.batch",
            &own.metadata.name,
            job::state(scene, own, &pods),
        ),
        Workload::CronJob(own) => (
            "cronjob.batch",
            &own.metadata.name,
            cron_job::state(scene, own),
        ),
    };
    in_words(
        &format!("{noun}/{}", name.as_deref().unwrap_or_default()),
        state,
        scene.now,
    )
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
