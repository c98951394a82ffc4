//! A CronJob as its controller treats it: the run that is due, why it does not start, and when
//! the next comes.
//!
//! Upstream: `syncCronJob` and `formatSchedule` (pkg/controller/cronjob/cronjob_controllerv2.go).

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::jiff::Timestamp;

use super::end::is_finished;
use super::missed::{Missed, MissedRuns, NoInterval, looks_again_at, missed_runs, nanoseconds};
use super::schedule::{Schedule, ScheduleError, Zone};

/// A CronJob, its Jobs and the time, as its controller sees them.
#[derive(Clone, Debug)]
pub struct ObservedCronJob<'a> {
    /// The CronJob.
    pub cron_job: &'a CronJob,
    /// Its Jobs.
    pub jobs: &'a [Job],
    /// The time.
    pub now: Timestamp,
    /// The controller's own time zone, by which a schedule without one goes.
    pub local: Zone,
}

/// The decision of the controller about a CronJob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CronOutcome {
    /// It is deleted; no run starts.
    Deleted,
    /// There is no such time zone; no run starts (`UnknownTimeZone`).
    UnknownTimeZone(String),
    /// It is suspended; no run starts.
    Suspended,
    /// The schedule cannot be read; no run starts (`UnparseableSchedule`).
    Unparseable(ScheduleError),
    /// The schedule has no times (`InvalidSchedule`).
    NeverRuns,
    /// No run is due.
    NotDue,
    /// The run is late by more than `startingDeadlineSeconds` (`MissSchedule`).
    TooLate(Due),
    /// The run has started before.
    Processed(Due),
    /// An earlier Job is active and `concurrencyPolicy` is `Forbid` (`JobAlreadyActive`).
    Forbidden(Due),
    /// A Job of that name exists and is not active: one that has ended, or somebody else's.
    Exists(Due),
    /// A Job is created.
    Starts(Due),
}

/// A run that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its time.
    pub at: Timestamp,
    /// The name of its Job.
    pub job: String,
    /// The names of the Jobs that are active; with `Replace` they are deleted.
    pub active: Vec<String>,
    /// True if they are deleted.
    pub replaces: bool,
    /// The runs that were missed since the last one.
    pub missed: MissedRuns,
}

/// The outcome of one look at a CronJob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronSync {
    /// The decision.
    pub outcome: CronOutcome,
    /// The time of the next run, at which it looks again; `None` if there is none.
    pub next: Option<Timestamp>,
}

/// Looks at a CronJob as its controller does.
pub fn sync_cron_job(observed: &ObservedCronJob<'_>) -> CronSync {
    let spec = &observed.cron_job.spec;
    let ends = |outcome| CronSync {
        outcome,
        next: None,
    };
    if observed.cron_job.metadata.deletion_timestamp.is_some() {
        return ends(CronOutcome::Deleted);
    }
    if let Some(name) = &spec.time_zone
        && Zone::load(name, &observed.local).is_none()
    {
        return ends(CronOutcome::UnknownTimeZone(name.clone()));
    }
    if spec.suspend == Some(true) {
        return ends(CronOutcome::Suspended);
    }
    let schedule = match cron_schedule(observed.cron_job, &observed.local) {
        Ok(schedule) => schedule,
        Err(error) => return ends(CronOutcome::Unparseable(error)),
    };
    let last = last_schedule(observed.cron_job);
    let mut after = last;
    let outcome = match missed_runs(observed.cron_job, last, &schedule, observed.now, true) {
        Err(NoInterval) => return ends(CronOutcome::NeverRuns),
        Ok(missed) => match missed.newest.and_then(|at| Timestamp::from_second(at).ok()) {
            None => CronOutcome::NotDue,
            Some(at) => {
                let outcome = judge(observed, last, at, missed);
                match &outcome {
                    CronOutcome::Starts(_) => after = Some(at.as_second()),
                    CronOutcome::Exists(due) => {
                        // The run counts as started if the Job is the CronJob's own.
                        if !is_own(observed, &due.job) {
                            return ends(outcome);
                        }
                        after = Some(at.as_second());
                    }
                    _ => {}
                }
                outcome
            }
        },
    };
    let next = looks_again_at(observed.cron_job, after, &schedule, observed.now);
    CronSync {
        outcome,
        next: next.and_then(|at| Timestamp::from_second(at).ok()),
    }
}

fn judge(
    observed: &ObservedCronJob<'_>,
    last: Option<i64>,
    at: Timestamp,
    missed: MissedRuns,
) -> CronOutcome {
    let spec = &observed.cron_job.spec;
    let active = active(observed);
    let names = |active: &[&ObjectReference]| {
        let names = active.iter().filter_map(|job| job.name.clone());
        names.collect::<Vec<String>>()
    };
    let name = observed.cron_job.metadata.name.as_deref();
    let replaces = spec.concurrency_policy.as_deref() == Some("Replace");
    let due = Due {
        at,
        // Jobs are named by the minute, so that none is created twice.
        job: format!("{}-{}", name.unwrap_or_default(), at.as_second() / 60),
        active: names(&active),
        replaces: replaces && !active.is_empty(),
        missed,
    };
    let deadline = spec.starting_deadline_seconds;
    let latest = deadline.map(|seconds| at.as_nanosecond() + i128::from(nanoseconds(seconds)));
    let is_late = |latest: i128| observed.now.as_nanosecond() > latest;
    let namespace = &observed.cron_job.metadata.namespace;
    let is_listed = active
        .iter()
        .any(|job| job.name.as_ref() == Some(&due.job) && job.namespace == *namespace);
    if latest.is_some_and(is_late) {
        CronOutcome::TooLate(due)
    } else if is_listed || last == Some(at.as_second()) {
        CronOutcome::Processed(due)
    } else if spec.concurrency_policy.as_deref() == Some("Forbid") && !active.is_empty() {
        CronOutcome::Forbidden(due)
    } else if observed
        .jobs
        .iter()
        .any(|job| job.metadata.name.as_ref() == Some(&due.job))
    {
        CronOutcome::Exists(due)
    } else {
        CronOutcome::Starts(due)
    }
}

/// Returns whether the Job of this name is controlled by the CronJob.
fn is_own(observed: &ObservedCronJob<'_>, name: &str) -> bool {
    let uid = observed.cron_job.metadata.uid.as_deref();
    let mut named = observed
        .jobs
        .iter()
        .filter(|job| job.metadata.name.as_deref() == Some(name));
    named.any(|job| {
        let mut owners = job.metadata.owner_references.iter().flatten();
        owners.any(|owner| owner.controller == Some(true) && Some(owner.uid.as_str()) == uid)
    })
}

/// The Jobs of `status.active` that exist and have not ended.
fn active<'a>(observed: &ObservedCronJob<'a>) -> Vec<&'a ObjectReference> {
    let status = observed.cron_job.status.as_ref();
    let listed = status.and_then(|status| status.active.as_ref());
    let is_active = |reference: &&ObjectReference| {
        let mut jobs = observed.jobs.iter();
        jobs.any(|job| job.metadata.uid == reference.uid && !is_finished(job))
    };
    listed.into_iter().flatten().filter(is_active).collect()
}

fn last_schedule(cron_job: &CronJob) -> Option<i64> {
    let last = cron_job.status.as_ref()?.last_schedule_time.as_ref()?;
    Some(last.0.as_second())
}

/// Reads the schedule of a CronJob, in its time zone. A time zone in the schedule itself wins;
/// servers have refused it on create since 1.25, but keep those that have one.
pub fn cron_schedule(cron_job: &CronJob, local: &Zone) -> Result<Schedule, ScheduleError> {
    let spec = &cron_job.spec;
    let zone = spec
        .time_zone
        .as_ref()
        .filter(|_| !spec.schedule.contains("TZ"))
        .filter(|name| Zone::load(name, local).is_some());
    match zone {
        Some(name) => Schedule::parse(&format!("TZ={name} {}", spec.schedule), local),
        None => Schedule::parse(&spec.schedule, local),
    }
}

/// Returns whether the CronJob has missed so many runs that its controller warns
/// (`TooManyMissedTimes`).
pub fn has_missed_many(due: &Due) -> bool {
    due.missed.missed == Missed::Many
}
