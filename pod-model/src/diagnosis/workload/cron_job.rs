//! CronJobs.
//!
//! Upstream: `syncCronJob` in pkg/controller/cronjob/cronjob_controllerv2.go; [`crate::job`] has its rules.

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::jiff::Timestamp;

use super::scene::{State, WorkloadScene};
use super::{job, refused};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::table as rows;
use crate::job::schedule::{Schedule, Zone};
use crate::job::{cron_schedule, is_finished, recorded_end};

/// Number of runs up to which missed ones are counted.
const MOST_RUNS: usize = 100;

pub(super) fn state(scene: &WorkloadScene<'_>, own: &CronJob) -> State {
    let cause = cause(scene, own);
    let words = if *cause.row == rows::CRON_JOB_INVALID {
        "never runs"
    } else {
        "waits for its next run"
    };
    State {
        words: words.to_owned(),
        since: cause.since,
        verdict: cause.verdict,
        causes: vec![cause],
    }
}

/// Asks in the order of the controller.
fn cause(scene: &WorkloadScene<'_>, own: &CronJob) -> Cause {
    if let Some(cause) = unknown_zone(scene, own) {
        return cause;
    }
    if own.spec.suspend == Some(true) {
        return Cause::new(
            &rows::CRON_JOB_SUSPENDED,
            "it is suspended: no Job is created before somebody sets spec.suspend to false",
        )
        .may_pass()
        .shown_by([Evidence::field("spec.suspend", "true")])
        .advise(format!(
            "Resume it: kubectl patch {} -p '{{\"spec\":{{\"suspend\":false}}}}'",
            scene.argument()
        ));
    }
    let schedule = match cron_schedule(own, &Zone::utc()) {
        Ok(schedule) => schedule,
        Err(error) => return invalid(scene, own, &error.to_string()),
    };
    if scene
        .now
        .is_some_and(|now| schedule.next(now.as_second()).is_none())
    {
        return invalid(scene, own, "no day has these times");
    }
    forbidden(scene, own, &schedule)
        .or_else(|| refused_jobs(scene, own))
        .or_else(|| missed(scene, own, &schedule))
        .or_else(|| failed_run(scene, own))
        .unwrap_or_else(|| waits(scene, own, &schedule))
}

fn newest<'a>(scene: &WorkloadScene<'a>, reason: &str) -> Option<&'a PodEvent> {
    let events = scene.events.iter().filter(|event| event.reason == reason);
    events.max_by_key(|event| event.last)
}

fn unknown_zone(scene: &WorkloadScene<'_>, own: &CronJob) -> Option<Cause> {
    let zone = own.spec.time_zone.as_deref()?;
    // An event about an earlier zone says nothing of this one.
    let event = newest(scene, "UnknownTimeZone")
        .filter(|event| event.message.contains(&format!("\"{zone}\"")));
    if event.is_none() && Zone::load(zone, &Zone::utc()).is_some() {
        return None;
    }
    let cause = Cause::new(
        &rows::CRON_JOB_INVALID,
        format!("there is no time zone {zone}, so that its controller starts no Job"),
    )
    .shown_by(event.map(PodEvent::evidence))
    .shown_by([Evidence::field("spec.timeZone", zone)])
    .since(event.and_then(|event| event.first))
    .advise("Correct spec.timeZone: a name of the IANA database such as Europe/Berlin.");
    // The controller has a database of its own.
    Some(if event.is_some() {
        cause
    } else {
        cause.likely()
    })
}

fn invalid(scene: &WorkloadScene<'_>, own: &CronJob, why: &str) -> Cause {
    let event = ["UnparseableSchedule", "InvalidSchedule"]
        .into_iter()
        .find_map(|reason| newest(scene, reason));
    Cause::new(
        &rows::CRON_JOB_INVALID,
        format!(
            "its schedule {} is not valid, so that its controller starts no Job: {why}",
            own.spec.schedule
        ),
    )
    .shown_by(event.map(PodEvent::evidence))
    .shown_by([Evidence::field("spec.schedule", own.spec.schedule.clone())])
    .since(event.and_then(|event| event.first))
    .advise("Correct spec.schedule: minute, hour, day of the month, month and day of the week, such as `0 9 * * *`.")
}

/// A run that is due and waits for the end of an earlier one.
fn forbidden(scene: &WorkloadScene<'_>, own: &CronJob, schedule: &Schedule) -> Option<Cause> {
    let active = own.status.as_ref()?.active.as_ref()?;
    let job = active.first()?.name.as_deref()?;
    let held = newest(scene, "JobAlreadyActive");
    let is_due = held.is_some() || due(scene, own, schedule).is_none_or(|(_, due)| due > 0);
    if own.spec.concurrency_policy.as_deref() != Some("Forbid") || !is_due {
        return None;
    }
    Some(
        Cause::new(
            &rows::CRON_JOB_FORBIDDEN,
            format!("concurrencyPolicy Forbid keeps the next run from starting while job {job} runs"),
        )
        .may_pass()
        .shown_by(held.map(PodEvent::evidence))
        .shown_by([Evidence::field("status.active", job)])
        .advise(format!(
            "See why it takes so long (kubectl pod-tools explain-status job/{job}{}), or set concurrencyPolicy to Replace.",
            scene.in_namespace()
        )),
    )
}

fn refused_jobs(scene: &WorkloadScene<'_>, own: &CronJob) -> Option<Cause> {
    let event = refused::newest(scene.events)?;
    // A later run has started.
    if last_run(own).is_some_and(|run| event.last.is_some_and(|refused| run > refused)) {
        return None;
    }
    Some(
        refused::cause(&event.message, "Job")
            .shown_by([event.evidence()])
            .since(event.first),
    )
}

fn last_run(own: &CronJob) -> Option<Timestamp> {
    let last = own.status.as_ref()?.last_schedule_time.as_ref()?;
    Some(last.0)
}

/// Returns the time of the last run, or of the creation, and the number of runs that were due since then.
fn due(
    scene: &WorkloadScene<'_>,
    own: &CronJob,
    schedule: &Schedule,
) -> Option<(Timestamp, usize)> {
    let now = scene.now?;
    let created = own.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let since = last_run(own).or(created)?;
    let runs = schedule.next_runs(since, MOST_RUNS + 1);
    Some((since, runs.iter().filter(|run| **run <= now).count()))
}

/// Runs that were due since the last one and did not start.
///
/// One may be due at this moment, and a controller in another zone than UTC counts one more or less of a schedule
/// without a zone.
fn missed(scene: &WorkloadScene<'_>, own: &CronJob, schedule: &Schedule) -> Option<Cause> {
    let (since, due) = due(scene, own, schedule)?;
    let last = last_run(own);
    let event = newest(scene, "MissSchedule")
        .filter(|event| event.last.is_some_and(|missed| missed > since));
    if due < 2 && event.is_none() {
        return None;
    }
    let from = match last {
        Some(last) => format!("its last run was at {last}"),
        None => format!("it has never run since {since}"),
    };
    let number = match due {
        0 | 1 => "a run was missed".to_owned(),
        due if due > MOST_RUNS => format!("more than {MOST_RUNS} runs were due since then"),
        due => format!("{due} runs were due since then"),
    };
    let deadline = own.spec.starting_deadline_seconds;
    let (why, advice) = match deadline.filter(|_| event.is_some()) {
        Some(seconds) => (
            format!(
                ": a Job that cannot start within startingDeadlineSeconds of {seconds} s is left out"
            ),
            "Raise startingDeadlineSeconds; less than 10 s is too short for the controller."
                .to_owned(),
        ),
        None => (
            String::new(),
            format!(
                "See its events, and whether kube-controller-manager runs: kubectl describe {}",
                scene.argument()
            ),
        ),
    };
    Some(
        Cause::new(
            &rows::CRON_JOB_MISSED,
            format!(
                "{from}, and by its schedule {} {number}{why}",
                own.spec.schedule
            ),
        )
        .may_pass()
        .shown_by(event.map(PodEvent::evidence))
        .shown_by(last.map(|last| Evidence::field("status.lastScheduleTime", last.to_string())))
        .since(Some(since).filter(|_| due >= 2))
        .advise(advice),
    )
}

/// The newest Job that has ended, if it has failed.
fn failed_run(scene: &WorkloadScene<'_>, own: &CronJob) -> Option<Cause> {
    let ended = scene.jobs.iter().rev().find(|job| is_finished(job))?;
    let end = recorded_end(ended).filter(|end| !end.is_success())?;
    let failed = ended_at(ended);
    let succeeded = own
        .status
        .as_ref()
        .and_then(|status| status.last_successful_time.as_ref())
        .map(|time| time.0);
    if succeeded.is_some_and(|time| failed.is_some_and(|failed| time > failed)) {
        return None;
    }
    let name = ended.metadata.name.as_deref().unwrap_or_default();
    let state = job::state(scene, ended, &[]);
    let why = state.causes.first();
    let why = why.map_or_else(|| end.reason().to_owned(), |cause| cause.message.clone());
    let mut cause = Cause::new(
        &rows::CRON_JOB_RUN_FAILED,
        format!("its last Job that has ended, {name}, failed: {why}"),
    )
    .may_pass()
    .since(failed)
    .advise(format!(
        "See why: kubectl pod-tools explain-status job/{name}{}",
        scene.in_namespace()
    ));
    cause.evidence = state
        .causes
        .into_iter()
        .next()
        .map_or_else(Vec::new, |own| own.evidence);
    Some(cause)
}

fn ended_at(job: &Job) -> Option<Timestamp> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    let failed = conditions
        .iter()
        .find(|own| own.type_ == "Failed" && own.status == "True")?;
    failed.last_transition_time.as_ref().map(|time| time.0)
}

fn waits(scene: &WorkloadScene<'_>, own: &CronJob, schedule: &Schedule) -> Cause {
    let next = scene
        .now
        .and_then(|now| schedule.next_runs(now, 1).first().copied());
    let next = next.map_or_else(String::new, |next| format!("; the next run is at {next}"));
    let text = own.spec.schedule.as_str();
    Cause::new(
        &rows::CRON_JOB_WAITS,
        format!("its schedule is {text}{next}"),
    )
    .harmless()
    .shown_by([Evidence::field("spec.schedule", text)])
}
