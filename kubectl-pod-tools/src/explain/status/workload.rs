//! An owner of Pods: the object, what lies between it and its Pods, and their look-ups.

use std::borrow::Cow;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector as ApiSelector, ObjectMeta};
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::diagnosis::{Diagnosis, Scene, Workload, WorkloadScene, diagnose_workload};
use pod_model::lookup::{Answers, Completeness, Need};
use pod_model::selector::LabelSelector;

use super::facts::{PodFacts, needs as pod_needs};
use super::unread::unread_events;
use crate::explain::events::Events;
use crate::targets::Target;

/// An object that owns Pods.
#[expect(
    clippy::large_enum_variant,
    reason = "a target has one, which lives as long as it is judged"
)]
pub(super) enum Owner {
    Deployment(Deployment),
    ReplicaSet(ReplicaSet),
    StatefulSet(StatefulSet),
    DaemonSet(DaemonSet),
    Job(Job),
    CronJob(CronJob),
}

/// The state of an owner.
pub(super) struct Judged {
    pub diagnosis: Diagnosis,
    /// Everything that was not read, with the reason.
    pub unread: Vec<String>,
    /// True if the cluster has it.
    pub is_refused: bool,
}

impl Owner {
    /// Returns the object of a target that has a status; `None` for a manifest that nobody has created, and for
    /// kinds that are not known.
    pub(super) fn of(target: &Target) -> Option<Self> {
        let decoded = None
            .or_else(|| target.decode().ok().flatten().map(Self::Deployment))
            .or_else(|| target.decode().ok().flatten().map(Self::ReplicaSet))
            .or_else(|| target.decode().ok().flatten().map(Self::StatefulSet))
            .or_else(|| target.decode().ok().flatten().map(Self::DaemonSet))
            .or_else(|| target.decode().ok().flatten().map(Self::Job))
            .or_else(|| target.decode().ok().flatten().map(Self::CronJob));
        // The API server gives the uid.
        decoded.filter(|own| own.metadata().uid.is_some())
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Deployment(_) => "Deployment",
            Self::ReplicaSet(_) => "ReplicaSet",
            Self::StatefulSet(_) => "StatefulSet",
            Self::DaemonSet(_) => "DaemonSet",
            Self::Job(_) => "Job",
            Self::CronJob(_) => "CronJob",
        }
    }

    fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::Deployment(own) => &own.metadata,
            Self::ReplicaSet(own) => &own.metadata,
            Self::StatefulSet(own) => &own.metadata,
            Self::DaemonSet(own) => &own.metadata,
            Self::Job(own) => &own.metadata,
            Self::CronJob(own) => &own.metadata,
        }
    }

    /// Returns true for a Job that has ended.
    pub(super) fn is_final(&self) -> bool {
        let Self::Job(own) = self else {
            return false;
        };
        let status = own.status.as_ref();
        let mut conditions = status.iter().flat_map(|own| &own.conditions).flatten();
        conditions
            .any(|own| matches!(own.type_.as_str(), "Complete" | "Failed") && own.status == "True")
    }

    fn selector(&self) -> Option<LabelSelector> {
        let api: &ApiSelector = match self {
            Self::Deployment(own) => &own.spec.selector,
            Self::ReplicaSet(own) => &own.spec.selector,
            Self::StatefulSet(own) => &own.spec.selector,
            Self::DaemonSet(own) => &own.spec.selector,
            Self::Job(own) => own.spec.as_ref()?.selector.as_ref()?,
            Self::CronJob(_) => return None,
        };
        LabelSelector::try_from(api).ok()
    }

    fn workload(&self) -> Workload<'_> {
        match self {
            Self::Deployment(own) => Workload::Deployment(own),
            Self::ReplicaSet(own) => Workload::ReplicaSet(own),
            Self::StatefulSet(own) => Workload::StatefulSet(own),
            Self::DaemonSet(own) => Workload::DaemonSet(own),
            Self::Job(own) => Workload::Job(own),
            Self::CronJob(own) => Workload::CronJob(own),
        }
    }

    /// Returns the ReplicaSets of a Deployment that are known.
    fn replica_sets<'a>(&self, namespace: &str, answers: &'a Answers) -> Vec<&'a ReplicaSet> {
        let (Self::Deployment(_), Some(selector)) = (self, self.selector()) else {
            return Vec::new();
        };
        let list = answers.matching::<ReplicaSet>(namespace, &selector);
        let all = list.objects.iter().map(|found| found.object);
        all.filter(|own| is_owned(&own.metadata, &[self.metadata()]))
            .collect()
    }

    fn jobs<'a>(&self, namespace: &str, answers: &'a Answers) -> Vec<&'a Job> {
        let Self::CronJob(_) = self else {
            return Vec::new();
        };
        let list = answers.all::<Job>(namespace);
        let all = list.objects.iter().map(|found| found.object);
        let mut own: Vec<_> = all
            .filter(|own| is_owned(&own.metadata, &[self.metadata()]))
            .collect();
        own.sort_by_key(|own| own.metadata.creation_timestamp.as_ref().map(|time| time.0));
        own
    }

    /// Returns its Pods that are known, the oldest first.
    fn pods<'a>(&self, namespace: &str, answers: &'a Answers) -> Vec<&'a Pod> {
        let Some(selector) = self.selector() else {
            return Vec::new();
        };
        let sets = self.replica_sets(namespace, answers);
        let mut owners = vec![self.metadata()];
        owners.extend(sets.iter().map(|own| &own.metadata));
        let list = answers.matching::<Pod>(namespace, &selector);
        let all = list.objects.iter().map(|found| found.object);
        let is_own = |pod: &&Pod| {
            is_owned(&pod.metadata, &owners) || self.owns_unknown_set_of(pod, namespace, answers)
        };
        let mut own: Vec<_> = all.filter(is_own).collect();
        own.sort_by_key(|own| own.metadata.creation_timestamp.as_ref().map(|time| time.0));
        own
    }

    /// Returns true if a Pod that fits the selector is of a ReplicaSet that is not in the file, and by its name of
    /// this Deployment: `NAME-HASH`.
    ///
    /// Upstream: `getNewReplicaSet` in pkg/controller/deployment/sync.go, and `SafeEncodeString`.
    fn owns_unknown_set_of(&self, pod: &Pod, namespace: &str, answers: &Answers) -> bool {
        let (Self::Deployment(own), Some(selector)) = (self, self.selector()) else {
            return false;
        };
        let name = own.metadata.name.as_deref().unwrap_or_default();
        let references = pod.metadata.owner_references.iter().flatten();
        let mut sets = references.filter(|own| {
            let has_hash = own
                .name
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(|hash| !hash.is_empty() && hash.chars().all(is_of_a_hash));
            own.controller == Some(true) && own.kind == "ReplicaSet" && has_hash
        });
        let Some(owner) = sets.next() else {
            return false;
        };
        let known = answers.matching::<ReplicaSet>(namespace, &selector);
        // A cluster says all of them: one that it does not list is gone or another's.
        let is_listed = known.completeness == Completeness::Complete
            || known
                .objects
                .iter()
                .any(|found| found.object.metadata.uid.as_deref() == Some(owner.uid.as_str()));
        !is_listed
    }

    /// Returns the look-ups that follow from what is known so far.
    pub(super) fn needs(&self, namespace: &str, answers: &Answers) -> Vec<Need> {
        let mut needs: Vec<Need> = Events::need(self.kind(), self.metadata(), namespace)
            .into_iter()
            .collect();
        if let Some(selector) = self.selector() {
            needs.push(Need::matching::<Pod>(namespace, selector.clone()));
            if matches!(self, Self::Deployment(_)) {
                needs.push(Need::matching::<ReplicaSet>(namespace, selector));
            }
        }
        if matches!(self, Self::CronJob(_)) {
            needs.push(Need::all::<Job>(namespace));
        }
        for set in self.replica_sets(namespace, answers) {
            needs.extend(Events::need("ReplicaSet", &set.metadata, namespace));
        }
        for pod in self.pods(namespace, answers) {
            needs.extend(pod_needs(pod, namespace, answers));
        }
        needs
    }

    /// Returns the reason why its Pods are not known.
    fn unread_pods(&self, namespace: &str, answers: &Answers) -> Option<String> {
        let list = answers.matching::<Pod>(namespace, &self.selector()?);
        let why = match list.completeness {
            Completeness::Complete | Completeness::NotAsked => return None,
            Completeness::Forbidden => "not allowed to list them",
            Completeness::Failed => list.failure.unwrap_or("the cluster failed"),
        };
        Some(format!("Pods unknown: {why}; they would prove more"))
    }

    /// Returns its state.
    pub(super) fn diagnose(
        &self,
        namespace: &str,
        answers: &Answers,
        now: Timestamp,
        version: KubernetesVersion,
    ) -> Judged {
        let about = Events::about(self.kind(), self.metadata(), namespace, answers);
        let mut events = about.all();
        for set in self.replica_sets(namespace, answers) {
            let own = Events::about("ReplicaSet", &set.metadata, namespace, answers);
            events.extend(own.all());
        }
        let facts: Vec<PodFacts<'_>> = self
            .pods(namespace, answers)
            .into_iter()
            .map(|pod| PodFacts::of(Cow::Borrowed(pod), namespace, answers))
            .collect();
        let scenes: Vec<Scene<'_>> = facts.iter().map(|own| own.scene(now, version)).collect();
        let jobs = self.jobs(namespace, answers);
        let replica_sets = self.replica_sets(namespace, answers);
        let diagnosis = diagnose_workload(&WorkloadScene {
            workload: self.workload(),
            pods: &scenes,
            jobs: &jobs,
            replica_sets: &replica_sets,
            events: &events,
            has_events: about.unread.is_none(),
            now: Some(now),
            version,
        });
        let pods = self.unread_pods(namespace, answers);
        Judged {
            diagnosis,
            is_refused: pods.is_some() || about.are_refused(),
            unread: pods.into_iter().chain(unread_events(&about)).collect(),
        }
    }
}

/// Returns whether a character is one of those that hashes in names are made of.
fn is_of_a_hash(character: char) -> bool {
    "bcdfghjklmnpqrstvwxz2456789".contains(character)
}

/// Returns whether one of the owners is among the references of an object.
fn is_owned(metadata: &ObjectMeta, owners: &[&ObjectMeta]) -> bool {
    let references = metadata.owner_references.iter().flatten();
    let mut references = references.filter(|own| own.controller == Some(true));
    references.any(|own| {
        owners
            .iter()
            .any(|owner| owner.uid.as_deref() == Some(own.uid.as_str()))
    })
}
