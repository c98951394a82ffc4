//! A workload with everything that is known about it, its Pods with their diagnoses, and its state.

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;

use crate::diagnosis::cause::Cause;
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::judge::Diagnosis;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::words::seconds;
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
    /// The ReplicaSets of a Deployment that are known.
    pub replica_sets: &'a [&'a ReplicaSet],
    /// The events about it and about the ReplicaSets between it and its Pods.
    pub events: &'a [PodEvent],
    /// False if the events could not be read, or were not asked for.
    pub has_events: bool,
    /// The time of all this; absent where it is not known.
    pub now: Option<Timestamp>,
    /// The version whose rules apply.
    pub version: KubernetesVersion,
}

impl<'a> WorkloadScene<'a> {
    pub(super) fn metadata(&self) -> &'a ObjectMeta {
        match self.workload {
            Workload::Deployment(own) => &own.metadata,
            Workload::ReplicaSet(own) => &own.metadata,
            Workload::StatefulSet(own) => &own.metadata,
            Workload::DaemonSet(own) => &own.metadata,
            Workload::Job(own) => &own.metadata,
            Workload::CronJob(own) => &own.metadata,
        }
    }

    /// Returns the object as arguments of kubectl: `deployment/web -n demo`.
    pub(super) fn argument(&self) -> String {
        let kind = match self.workload {
            Workload::Deployment(_) => "deployment",
            Workload::ReplicaSet(_) => "replicaset",
            Workload::StatefulSet(_) => "statefulset",
            Workload::DaemonSet(_) => "daemonset",
            Workload::Job(_) => "job",
            Workload::CronJob(_) => "cronjob",
        };
        let name = self.metadata().name.as_deref().unwrap_or_default();
        format!("{kind}/{name}{}", self.in_namespace())
    }

    /// Returns the flag that names its namespace, with a blank before it.
    pub(super) fn in_namespace(&self) -> String {
        let namespace = self.metadata().namespace.as_deref();
        namespace.map_or_else(String::new, |name| format!(" -n {name}"))
    }

    /// Returns whether one of the times lies at most so many seconds back.
    pub(super) fn is_within(&self, most: i64, times: impl IntoIterator<Item = Timestamp>) -> bool {
        let Some(now) = self.now else {
            return false;
        };
        times.into_iter().any(|time| seconds(time, now) <= most)
    }
}

/// Returns `1 Pod`, `3 Pods`.
pub(super) fn counted(count: impl Into<i64>, noun: &str) -> String {
    match count.into() {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
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
