//! The Job or `CronJob` of a target, and its look-ups.

use std::borrow::Cow;

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use pod_model::Finding;
use pod_model::kinds::KindInfo;
use pod_model::lookup::{Answer, Answers, Completeness, Need};
use pod_model::selector::LabelSelector;

use super::events::need_events;
use crate::error::Failure;
use crate::targets::{Target, TargetRef, TargetSpec, TypeRef};

/// The object that is explained.
pub(super) enum Subject<'a> {
    Job(Box<Cow<'a, Job>>),
    CronJob(Box<CronJob>),
    /// The Job of a Pod that could not be read: the reason.
    Unread {
        job: String,
        why: String,
    },
}

/// The Pods of a Job.
pub(super) struct OwnPods<'a> {
    /// Those that are known, the oldest first.
    pub pods: Vec<&'a Pod>,
    /// The reason why they may not be all.
    pub unread: Option<String>,
}

/// Returns whether the command line names targets, so that those of other kinds are mistakes.
pub(super) fn is_explicit(targets: &TargetSpec) -> bool {
    match targets {
        TargetSpec::Files { refs, .. } => refs.is_some(),
        TargetSpec::Cluster { .. } => true,
    }
}

/// Checks that the types of the command line are those of Jobs, or of their Pods.
///
/// # Errors
/// Usage error with the command that explains the type.
pub(super) fn check_types(targets: &TargetSpec, explain_status: &str) -> Result<(), Failure> {
    let (TargetSpec::Files {
        refs: Some(refs), ..
    }
    | TargetSpec::Cluster { refs, .. }) = targets
    else {
        return Ok(());
    };
    let other = refs.iter().find_map(|target| match target {
        TargetRef::Named(TypeRef::BuiltIn(kind), name) if !is_explained(kind) => {
            Some((kind, format!("{}/{name}", kind.singular())))
        }
        TargetRef::Selected {
            kind: Some(TypeRef::BuiltIn(kind)),
            ..
        } if !is_explained(kind) => Some((kind, format!("{} …", kind.plural))),
        _ => None,
    });
    match other {
        Some((kind, target)) => {
            let message = format!("expected a Job or a CronJob, found the type {}", kind.kind);
            Err(Failure::usage(message).help(format!("use `{explain_status} {target}`")))
        }
        None => Ok(()),
    }
}

fn is_explained(kind: &KindInfo) -> bool {
    matches!(
        (kind.group, kind.kind),
        ("batch", "Job" | "CronJob") | ("", "Pod")
    )
}

/// Returns the reference of a Pod to its Job.
pub(super) fn job_of(target: &Target) -> Option<&OwnerReference> {
    if !target.is_pod() {
        return None;
    }
    let mut owners = target.metadata.owner_references.iter().flatten();
    owners.find(|own| own.controller == Some(true) && own.kind == "Job")
}

/// Returns whether a target is a Job or a `CronJob`.
pub(super) fn is_job(target: &Target) -> bool {
    // A custom resource may have these kinds, too.
    matches!(target.id.kind.as_str(), "Job" | "CronJob")
        && (target.shown.starts_with("job.batch/") || target.shown.starts_with("cronjob.batch/"))
}

impl<'a> Subject<'a> {
    /// Reads the object of a target; that of a Pod is among the answers. `None` if it has none.
    ///
    /// # Errors
    /// A field of another type.
    pub(super) fn of(target: &Target, answers: &'a Answers) -> Result<Option<Self>, Box<Finding>> {
        if let Some(job) = target.decode::<Job>()? {
            return Ok(Some(Self::Job(Box::new(Cow::Owned(job)))));
        }
        if let Some(own) = target.decode::<CronJob>()? {
            return Ok(Some(Self::CronJob(Box::new(own))));
        }
        let Some(owner) = job_of(target) else {
            return Ok(None);
        };
        let why = match answers.one::<Job>(&target.pod_namespace, &owner.name) {
            Answer::Found(found) => {
                return Ok(Some(Self::Job(Box::new(Cow::Borrowed(found.object)))));
            }
            Answer::Missing => "it does not exist any more",
            Answer::Forbidden => "not allowed to read it",
            Answer::Failed(why) => why,
            Answer::NotAsked => "it is not in the input, and the cluster was not asked",
        };
        Ok(Some(Self::Unread {
            job: owner.name.clone(),
            why: why.to_owned(),
        }))
    }

    /// Returns the look-ups that follow from what is known so far.
    pub(super) fn needs(&self, namespace: &str) -> Vec<Need> {
        let (kind, metadata, other) = match self {
            Self::Job(job) => {
                let pods = selector(job).filter(|_| has_run(&job.metadata));
                let pods = pods.map(|selector| Need::matching::<Pod>(namespace, selector));
                ("Job", &job.metadata, pods)
            }
            Self::CronJob(own) => {
                let jobs = has_run(&own.metadata).then(|| Need::all::<Job>(namespace));
                ("CronJob", &own.metadata, jobs)
            }
            Self::Unread { .. } => return Vec::new(),
        };
        let events = need_events(kind, metadata, namespace);
        events.into_iter().chain(other).collect()
    }
}

/// Returns the look-up of a Pod's Job.
pub(super) fn need_job(target: &Target) -> Option<Need> {
    let owner = job_of(target)?;
    Some(Need::named::<Job>(&target.pod_namespace, &owner.name))
}

/// Returns whether an object has been created: the API server gives the uid.
pub(super) fn has_run(metadata: &ObjectMeta) -> bool {
    metadata.uid.as_deref().is_some_and(|uid| !uid.is_empty())
}

fn selector(job: &Job) -> Option<LabelSelector> {
    let selector = job.spec.as_ref()?.selector.as_ref()?;
    LabelSelector::try_from(selector).ok()
}

/// Returns whether the object is controlled by the one with this metadata.
fn is_owned(metadata: &ObjectMeta, owner: &ObjectMeta) -> bool {
    let mut references = metadata.owner_references.iter().flatten();
    references
        .any(|own| own.controller == Some(true) && Some(own.uid.as_str()) == owner.uid.as_deref())
}

impl<'a> OwnPods<'a> {
    /// Returns the Pods of a Job that are known.
    pub(super) fn of(job: &Job, namespace: &str, answers: &'a Answers) -> Self {
        let Some(selector) = selector(job).filter(|_| has_run(&job.metadata)) else {
            return Self {
                pods: Vec::new(),
                unread: None,
            };
        };
        let list = answers.matching::<Pod>(namespace, &selector);
        let all = list.objects.iter().map(|found| found.object);
        let mut pods: Vec<&Pod> = all
            .filter(|pod| is_owned(&pod.metadata, &job.metadata))
            .collect();
        pods.sort_by_key(|pod| pod.metadata.creation_timestamp.as_ref().map(|time| time.0));
        let status = job.status.as_ref();
        let counted = status.map_or(0, |status| {
            status.active.unwrap_or(0) + status.terminating.unwrap_or(0)
        });
        let unfinished = pods.iter().filter(|pod| !has_ended(pod)).count();
        let unread = match list.completeness {
            Completeness::Complete => None,
            // Those of a file are all if they are as many as the status has.
            Completeness::NotAsked => (i32::try_from(unfinished).unwrap_or(i32::MAX) < counted)
                .then(|| "Pods: not all are in the input".to_owned()),
            Completeness::Forbidden => Some("Pods: not allowed to list them".to_owned()),
            Completeness::Failed => {
                let why = list.failure.unwrap_or("the cluster failed");
                Some(format!("Pods: {why}"))
            }
        };
        Self { pods, unread }
    }
}

fn has_ended(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|own| own.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

/// Returns the Jobs of a `CronJob` that are known, the newest first, and the reason why they may
/// not be all.
pub(super) fn own_jobs<'a>(
    cron_job: &CronJob,
    namespace: &str,
    answers: &'a Answers,
) -> (Vec<&'a Job>, Option<String>) {
    if !has_run(&cron_job.metadata) {
        return (Vec::new(), None);
    }
    let list = answers.all::<Job>(namespace);
    let all = list.objects.iter().map(|found| found.object);
    let mut jobs: Vec<&Job> = all
        .filter(|job| is_owned(&job.metadata, &cron_job.metadata))
        .collect();
    jobs.sort_by_key(|job| {
        std::cmp::Reverse(job.metadata.creation_timestamp.as_ref().map(|time| time.0))
    });
    let active = cron_job.status.as_ref().and_then(|own| own.active.as_ref());
    let unread = match list.completeness {
        Completeness::Complete => None,
        Completeness::NotAsked => {
            let mut active = active.into_iter().flatten();
            let is_known =
                |uid: Option<&str>| jobs.iter().any(|job| job.metadata.uid.as_deref() == uid);
            active
                .any(|own| !is_known(own.uid.as_deref()))
                .then(|| "Jobs: not all are in the input".to_owned())
        }
        Completeness::Forbidden => Some("Jobs: not allowed to list them".to_owned()),
        Completeness::Failed => {
            let why = list.failure.unwrap_or("the cluster failed");
            Some(format!("Jobs: {why}"))
        }
    };
    (jobs, unread)
}
