//! The runs that a CronJob has missed since its last one.
//!
//! Upstream: `mostRecentScheduleTime`, `nextScheduleTimeDuration`
//! (pkg/controller/cronjob/utils.go). The number is an estimate by the first interval.

use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::jiff::Timestamp;

use super::pod::ZERO_TIME;
use super::schedule::Schedule;

/// Number of missed runs above which the controller warns.
const MANY: i64 = 100;
/// Longest time between two times in Go, in seconds.
const LONGEST: i64 = i64::MAX / 1_000_000_000;
/// More times than a schedule has in the interval that is searched.
const MOST_STEPS: usize = 1_000_000;

/// Number of missed runs, in the controller's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// None or one: the run that is due.
    None,
    /// Some.
    Few,
    /// More than a hundred.
    Many,
}

/// The runs between the last one and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedRuns {
    /// The newest of them, the only one that may start, in seconds since 1970.
    pub newest: Option<i64>,
    /// Their number, in words.
    pub missed: Missed,
    /// The estimate of their number, by the first interval.
    pub number: i64,
    /// Time after which runs are looked for, in seconds since 1970.
    pub since: i64,
}

/// A schedule without two different times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoInterval;

/// Finds the runs since the last one. Those before `startingDeadlineSeconds` do not count, if
/// they are asked so.
pub(super) fn missed_runs(
    cron_job: &CronJob,
    last: Option<i64>,
    schedule: &Schedule,
    now: Timestamp,
    with_deadline: bool,
) -> Result<MissedRuns, NoInterval> {
    let created = cron_job.metadata.creation_timestamp.as_ref();
    let created = created.map_or(ZERO_TIME, |time| time.0.as_second());
    let mut since = last.unwrap_or(created);
    let deadline = cron_job.spec.starting_deadline_seconds;
    if let Some(seconds) = deadline.filter(|_| with_deadline) {
        since = since.max(added(now, nanoseconds(seconds).wrapping_neg()));
    }
    let now = now.as_second();
    let next = |after: i64| schedule.next(after).unwrap_or(ZERO_TIME);
    let found = |newest, missed, number| {
        Ok(MissedRuns {
            newest,
            missed,
            number,
            since,
        })
    };
    let first = next(since);
    let second = next(first);
    if now < first {
        return found(None, Missed::None, 0);
    }
    if now < second {
        return found(Some(first), Missed::None, 1);
    }
    let interval = difference(second, first);
    if interval < 1 {
        return Err(NoInterval);
    }
    let number = difference(now, first) / interval + 1;
    // From shortly before now, in steps of the interval for a schedule of `@every`.
    let ahead = (number - 2).saturating_mul(interval).min(LONGEST);
    let start = schedule.next(first.saturating_add(ahead));
    let times = std::iter::successors(start, |time| schedule.next(*time));
    let newest = times
        .take(MOST_STEPS)
        .take_while(|time| *time <= now)
        .last();
    let missed = if number > MANY {
        Missed::Many
    } else {
        Missed::Few
    };
    found(newest, missed, number)
}

/// Returns the duration that Go makes of a number of seconds, in nanoseconds: one of more than
/// 292 years wraps around.
pub(super) fn nanoseconds(seconds: i64) -> i64 {
    seconds.wrapping_mul(1_000_000_000)
}

/// Returns the second in which a duration after a time ends.
fn added(at: Timestamp, nanoseconds: i64) -> i64 {
    let sum = (at.as_nanosecond() + i128::from(nanoseconds)).div_euclid(1_000_000_000);
    i64::try_from(sum).unwrap_or(ZERO_TIME)
}

/// Returns whether `startingDeadlineSeconds` lets no run start: the controller looks for runs
/// after the time that is so long ago, and one of zero seconds leaves none that is due.
pub fn forbids_all_runs(cron_job: &CronJob) -> bool {
    let seconds = cron_job.spec.starting_deadline_seconds;
    seconds.is_some_and(|seconds| nanoseconds(seconds) <= 0)
}

fn difference(later: i64, earlier: i64) -> i64 {
    later.saturating_sub(earlier).clamp(-LONGEST, LONGEST)
}

/// Returns the time of the next run after the newest one.
pub(super) fn looks_again_at(
    cron_job: &CronJob,
    last: Option<i64>,
    schedule: &Schedule,
    now: Timestamp,
) -> Option<i64> {
    let after = match missed_runs(cron_job, last, schedule, now, false) {
        Ok(MissedRuns {
            newest: Some(newest),
            ..
        }) => newest,
        Ok(MissedRuns {
            missed: Missed::None,
            since,
            ..
        }) => since,
        _ => now.as_second(),
    };
    schedule.next(after)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schedule::Zone;
    use super::*;

    #[test]
    fn seconds_beyond_a_duration_wrap_around() {
        let schedule = Schedule::parse("* * * * *", &Zone::utc()).unwrap();
        let now: Timestamp = "2026-01-01T00:10:05Z".parse().unwrap();
        for (seconds, forbids, number) in [
            (200, false, 4),
            (0, true, 0),
            (-1, true, 0),
            (9_999_999_999, true, 0),
            (i64::MAX, true, 0),
            (-9_223_372_036_854_775_807, false, 0),
            // Once around and more: ten minutes are what is left.
            (55_340_232_822, false, 10),
        ] {
            let cron_job: CronJob = serde_json::from_value(json!({
                "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {"schedule": "", "startingDeadlineSeconds": seconds, "jobTemplate": {}},
            }))
            .unwrap();
            assert_eq!(forbids_all_runs(&cron_job), forbids, "{seconds}");
            let found = missed_runs(&cron_job, None, &schedule, now, true).unwrap();
            assert_eq!(found.number, number, "{seconds}");
        }
    }
}
