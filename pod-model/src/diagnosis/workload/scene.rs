//! A workload with everything that is known about it, its Pods with their diagnoses, and its state.

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::jiff::Timestamp;

use crate::diagnosis::cause::Cause;
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::judge::Diagnosis;
use crate::diagnosis::scene::Scene;
use crate::verdict::Verdict;
use crate::version::KubernetesVersion;

/// Something that owns Pods.
#[derive(Clone, Copy, Debug)]
pub enum Workload<'a> {
    /// A Deployment.
    Deployment(&'a Deployment),
    /// A ReplicaSet.
    ReplicaSet(&'a ReplicaSet),
    /// A StatefulSet.
    StatefulSet(&'a StatefulSet),
    /// A DaemonSet.
    DaemonSet(&'a DaemonSet),
    /// A Job.
    Job(&'a Job),
    /// A CronJob.
    CronJob(&'a CronJob),
}

/// Everything that is known about a workload.
#[derive(Clone, Copy, Debug)]
pub struct WorkloadScene<'a> {
    /// The object.
    pub workload: Workload<'a>,
    /// Its Pods with what is known of each, the oldest first.
    pub pods: &'a [Scene<'a>],
    /// The Jobs of a CronJob, the oldest first.
    pub jobs: &'a [&'a Job],
    /// The events about it and about the ReplicaSets between it and its Pods.
    pub events: &'a [PodEvent],
    /// The time of all this; absent where it is not known.
    pub now: Option<Timestamp>,
    /// The version whose rules apply.
    pub version: KubernetesVersion,
}

/// The state of an object, before it is put into words.
pub(super) struct State {
    pub words: String,
    pub causes: Vec<Cause>,
    pub verdict: Verdict,
    pub since: Option<Timestamp>,
}

/// A Pod with its diagnosis.
pub(super) struct OwnPod<'a> {
    pub scene: &'a Scene<'a>,
    pub diagnosis: Diagnosis,
}

/// Returns the causes of the worst Pods, each with the name of its Pod; like causes are one, with the number of
/// Pods.
pub(super) fn of_pods<'a>(pods: impl IntoIterator<Item = &'a OwnPod<'a>>) -> Vec<Cause> {
    let mut found: Vec<(Cause, usize)> = Vec::new();
    let mut pods: Vec<_> = pods
        .into_iter()
        .filter(|pod| pod.diagnosis.verdict != Verdict::Ok)
        .collect();
    pods.sort_by_key(|pod| match pod.diagnosis.verdict {
        Verdict::No => 0,
        Verdict::Unknown => 1,
        Verdict::Ok => 2,
    });
    for pod in pods {
        let Some(cause) = pod.diagnosis.causes.first() else {
            continue;
        };
        let same = found
            .iter_mut()
            .find(|(own, _)| own.row == cause.row && own.container == cause.container);
        match same {
            Some((_, count)) => *count += 1,
            None => {
                let mut cause = cause.clone();
                cause.message = format!("pod {}: {}", pod.scene.name(), cause.message);
                found.push((cause, 1));
            }
        }
    }
    found
        .into_iter()
        .map(|(mut cause, count)| {
            match count {
                1 => {}
                2 => cause.message.push_str("; another Pod is in the same state"),
                count => cause
                    .message
                    .push_str(&format!("; {} other Pods are in the same state", count - 1)),
            }
            cause
        })
        .collect()
}
