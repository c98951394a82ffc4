//! The state of a `CronJob`: its schedule, its next run and what holds it back.

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::jiff::Timestamp;
use pod_model::Verdict;
use pod_model::job::schedule::Zone;
use pod_model::job::{
    CronOutcome, Due, ObservedCronJob, cron_schedule, forbids_all_runs, recorded_end, sync_cron_job,
};
use serde::Serialize;

use super::cron_times::{is_crowded, next_runs};
use super::parts::Outcome;
use super::scene::State;
use super::subject::has_run;
use super::suspension::suspended_by;
use super::time::{distance, in_zone, seconds};
use super::words::{capital, count};

/// Seconds after which a run that is due should have started.
const SOON: i64 = 60;

/// The fields of a `CronJob` in a report.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct CronReport {
    pub schedule: String,
    pub time_zone: String,
    /// True if `timeZone` is absent: the zone is that of the controller, which is taken as UTC.
    pub is_controllers_zone: bool,
    /// The next five runs, also those of a `CronJob` that is suspended.
    pub next_runs: Vec<Timestamp>,
    /// Runs since the last one that have not started, the one that is due included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed_runs: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<Timestamp>,
    pub concurrency_policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starting_deadline_seconds: Option<i64>,
    /// Its Jobs, the newest first.
    pub jobs: Vec<CronRun>,
    #[serde(skip)]
    pub zone: Zone,
    /// False if the schedule or its time zone is wrong.
    #[serde(skip)]
    pub is_readable: bool,
    /// True if `startingDeadlineSeconds` lets no run start.
    #[serde(skip)]
    pub forbids_all_runs: bool,
}

/// A Job of a `CronJob`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct CronRun {
    pub name: String,
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// A `CronJob` and its Jobs.
pub(super) struct CronScene<'a> {
    pub cron_job: &'a CronJob,
    pub jobs: &'a [&'a Job],
    pub now: Timestamp,
    pub shown: &'a str,
    pub command: &'a str,
}

impl CronScene<'_> {
    /// Returns its state and the fields of the report.
    pub(super) fn explain(&self) -> (State, CronReport) {
        let spec = &self.cron_job.spec;
        // The controller's own zone is not known; in nearly all clusters it is UTC.
        let local = Zone::utc();
        let schedule = cron_schedule(self.cron_job, &local);
        let jobs: Vec<Job> = self.jobs.iter().map(|job| (*job).clone()).collect();
        let sync = has_run(&self.cron_job.metadata).then(|| {
            sync_cron_job(&ObservedCronJob {
                cron_job: self.cron_job,
                jobs: &jobs,
                now: self.now,
                local: local.clone(),
            })
        });
        let zone = schedule
            .as_ref()
            .map_or(Zone::utc(), |own| own.zone().clone());
        let is_readable = schedule.is_ok() && self.has_zone(&local);
        let first = sync.as_ref().and_then(|own| own.next);
        let status = self.cron_job.status.as_ref();
        let last = status.and_then(|own| own.last_schedule_time.as_ref());
        let schedule = schedule.as_ref().ok().filter(|_| is_readable);
        let is_crowded = schedule.is_some_and(|own| is_crowded(own, self.now));
        let schedule = schedule.filter(|_| !forbids_all_runs(self.cron_job));
        let next_runs = schedule.map_or_else(Vec::new, |own| {
            next_runs(own, first, last.map(|time| time.0), self.now)
        });
        let outcome = match sync {
            Some(sync) => sync.outcome,
            None => self.of_manifest(&local),
        };
        let report = CronReport {
            schedule: spec.schedule.clone(),
            time_zone: spec
                .time_zone
                .clone()
                .unwrap_or_else(|| zone.name().to_owned()),
            is_controllers_zone: spec.time_zone.is_none() && !spec.schedule.contains("TZ="),
            next_runs,
            missed_runs: due(&outcome)
                .map(|due| due.missed.number)
                .filter(|_| !matches!(outcome, CronOutcome::Processed(_))),
            last_run: last.map(|time| time.0),
            concurrency_policy: spec
                .concurrency_policy
                .clone()
                .unwrap_or_else(|| "Allow".to_owned()),
            starting_deadline_seconds: spec.starting_deadline_seconds,
            jobs: self.jobs.iter().map(|job| run(job)).collect(),
            zone,
            is_readable,
            forbids_all_runs: forbids_all_runs(self.cron_job),
        };
        let mut state = self.state(&outcome, &report);
        if is_crowded {
            state = state.advise(
                "Jobs are named by the minute, so only the first run of a minute starts: use a longer interval, such as `@every 1m`.",
            );
        }
        (state, report)
    }

    fn has_zone(&self, local: &Zone) -> bool {
        let name = self.cron_job.spec.time_zone.as_ref();
        name.is_none_or(|name| Zone::load(name, local).is_some())
    }

    /// A manifest has no past: only what holds at any time.
    fn of_manifest(&self, local: &Zone) -> CronOutcome {
        let spec = &self.cron_job.spec;
        if let Some(name) = spec.time_zone.as_ref().filter(|_| !self.has_zone(local)) {
            return CronOutcome::UnknownTimeZone(name.clone());
        }
        match cron_schedule(self.cron_job, local) {
            Err(error) => CronOutcome::Unparseable(error),
            Ok(_) if spec.suspend == Some(true) => CronOutcome::Suspended,
            Ok(_) => CronOutcome::NotDue,
        }
    }

    fn state(&self, outcome: &CronOutcome, report: &CronReport) -> State {
        let shown = self.shown;
        let never = |why: String| {
            let summary = format!("{shown} never runs: {why}.");
            blocked(Verdict::No, "NeverRuns", summary)
        };
        let name = self.cron_job.metadata.name.as_deref().unwrap_or_default();
        let next = self.next(report);
        match outcome {
            CronOutcome::Deleted => {
                let summary = format!("{shown} is being deleted: no run starts.");
                blocked(Verdict::Unknown, "Deleted", summary)
            }
            CronOutcome::UnknownTimeZone(zone) => never(format!("there is no time zone `{zone}`")),
            CronOutcome::Unparseable(error) => {
                never(format!("its schedule cannot be read: {error}"))
            }
            CronOutcome::NeverRuns => {
                never("its schedule has no time within five years".to_owned())
            }
            CronOutcome::Suspended => {
                let who = suspended_by(&self.cron_job.metadata);
                let who = who.map_or_else(String::new, |who| format!(" {}.", capital(&who)));
                let summary = format!(
                    "{shown} is suspended: no run starts until spec.suspend is false.{who}"
                );
                blocked(Verdict::Unknown, "Suspended", summary).advise(format!(
                    "To resume it: kubectl patch cronjob {name} -p '{{\"spec\":{{\"suspend\":false}}}}'"
                ))
            }
            _ if forbids_all_runs(self.cron_job) => never(deadline_of_none(report)),
            _ if report.next_runs.is_empty() => {
                never("its schedule has no time within five years".to_owned())
            }
            CronOutcome::NotDue => Self::scheduled(report, format!("{shown} {next}.")),
            CronOutcome::Processed(due) => {
                let started = format!(
                    "{shown} {next}; the run before has started as job/{}.",
                    due.job
                );
                Self::scheduled(report, started)
            }
            CronOutcome::TooLate(due) => {
                let deadline = seconds(report.starting_deadline_seconds.unwrap_or_default());
                let summary = format!(
                    "{shown} has missed the run of {}: it did not start within startingDeadlineSeconds, {deadline}. It {next}.",
                    in_zone(due.at, &report.zone)
                );
                State {
                    outcome: Outcome::Scheduled,
                    ..blocked(Verdict::Unknown, "MissSchedule", summary)
                }
            }
            CronOutcome::Forbidden(due) => self.forbidden(due, report),
            CronOutcome::Exists(due) => {
                let summary = format!(
                    "{shown} has not recorded the run of {}: job/{} exists already. It {next}.",
                    in_zone(due.at, &report.zone),
                    due.job
                );
                blocked(Verdict::Unknown, "JobExists", summary)
            }
            CronOutcome::Starts(due) => self.starts(due, report),
        }
    }

    fn forbidden(&self, due: &Due, report: &CronReport) -> State {
        let active = due.active.first().map_or("", String::as_str);
        let summary = format!(
            "{} does not start the run of {}: job/{active} still runs, and concurrencyPolicy is Forbid.{}",
            self.shown,
            in_zone(due.at, &report.zone),
            missed(due)
        );
        blocked(Verdict::Unknown, "JobAlreadyActive", summary).advise(format!(
            "To see why it takes so long: {} job/{active}",
            self.command
        ))
    }

    fn starts(&self, due: &Due, report: &CronReport) -> State {
        let replaces = if due.replaces {
            format!(", and deletes job/{}", due.active.join(", job/"))
        } else {
            String::new()
        };
        let summary = format!(
            "{} is about to start the run of {} as job/{}{replaces}.{}",
            self.shown,
            in_zone(due.at, &report.zone),
            due.job,
            missed(due)
        );
        let is_late = self.now.as_second() - due.at.as_second() > SOON;
        let verdict = if is_late {
            Verdict::Unknown
        } else {
            Verdict::Ok
        };
        let state = State {
            outcome: Outcome::Scheduled,
            ..blocked(verdict, "Due", summary)
        };
        if is_late {
            state.advise("If it does not start, see whether kube-controller-manager runs.")
        } else {
            state
        }
    }

    /// A run that failed is not known to be repaired before the next one.
    fn scheduled(report: &CronReport, mut summary: String) -> State {
        let last = report
            .jobs
            .iter()
            .find(|own| own.outcome != Outcome::Unfinished);
        let failed = last.filter(|own| own.outcome == Outcome::Failed);
        if let Some(run) = failed {
            summary.push_str(&format!(
                " Its last run to end, job/{}, failed ({}).",
                run.name, run.reason
            ));
        }
        let verdict = match failed {
            Some(_) => Verdict::Unknown,
            None => Verdict::Ok,
        };
        State {
            outcome: Outcome::Scheduled,
            ..blocked(verdict, "Scheduled", summary)
        }
    }

    fn next(&self, report: &CronReport) -> String {
        match report.next_runs.first() {
            Some(at) => format!(
                "runs next at {}, {}",
                in_zone(*at, &report.zone),
                distance(*at, self.now)
            ),
            None => "has no next run".to_owned(),
        }
    }
}

fn blocked(verdict: Verdict, reason: &str, summary: String) -> State {
    State {
        outcome: Outcome::Blocked,
        verdict,
        ..State::unfinished(reason, summary)
    }
}

/// The reason why a deadline lets no run start.
pub(super) fn deadline_of_none(report: &CronReport) -> String {
    let seconds = report.starting_deadline_seconds.unwrap_or_default();
    let why = if seconds == 0 {
        "no run starts in the very moment that is its time"
    } else {
        "the controller takes it as a time to come"
    };
    format!("its startingDeadlineSeconds is {seconds}, and {why}")
}

fn missed(due: &Due) -> String {
    match due.missed.number {
        ..=1 => String::new(),
        number => format!(
            " {} are due by now; only the newest starts.",
            capital(&count(number, "run"))
        ),
    }
}

fn due(outcome: &CronOutcome) -> Option<&Due> {
    match outcome {
        CronOutcome::TooLate(due)
        | CronOutcome::Processed(due)
        | CronOutcome::Forbidden(due)
        | CronOutcome::Exists(due)
        | CronOutcome::Starts(due) => Some(due),
        _ => None,
    }
}

fn run(job: &Job) -> CronRun {
    let end = recorded_end(job);
    let outcome = match &end {
        None => Outcome::Unfinished,
        Some(end) if end.is_success() => Outcome::Succeeded,
        Some(_) => Outcome::Failed,
    };
    let status = job.status.as_ref();
    let mut conditions = status
        .into_iter()
        .flat_map(|own| own.conditions.iter().flatten());
    let ended = conditions
        .find(|own| matches!(own.type_.as_str(), "Complete" | "Failed") && own.status == "True");
    let started = status.and_then(|own| own.start_time.as_ref());
    CronRun {
        name: job.metadata.name.clone().unwrap_or_default(),
        outcome,
        reason: end.map_or_else(String::new, |end| end.reason().to_owned()),
        started_at: started.map(|time| time.0),
        ended_at: ended
            .and_then(|own| own.last_transition_time.as_ref())
            .map(|time| time.0),
    }
}
