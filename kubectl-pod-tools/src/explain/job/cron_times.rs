//! The next runs of a schedule that start.
//!
//! Upstream: `getJobName` (pkg/controller/cronjob/cronjob_controllerv2.go): a Job is named by the
//! minute of its run.

use k8s_openapi::jiff::Timestamp;
use pod_model::job::schedule::Schedule;

/// Runs that are shown.
const RUNS: usize = 5;
/// A schedule has at most so many times in a minute.
const MOST_OF_A_MINUTE: usize = 60;

/// Returns the next runs after now; the first of them, if the controller has said it.
pub(super) fn next_runs(
    schedule: &Schedule,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Timestamp> {
    let most = if is_crowded(schedule, now) {
        RUNS * MOST_OF_A_MINUTE
    } else {
        RUNS
    };
    let all = match first.filter(|first| *first > now) {
        Some(first) => {
            let rest = schedule.next_runs(first, most);
            std::iter::once(first).chain(rest).collect()
        }
        None => schedule.next_runs(now, most),
    };
    one_a_minute(all, last)
}

/// Returns whether a schedule has two times in a minute.
pub(super) fn is_crowded(schedule: &Schedule, now: Timestamp) -> bool {
    match schedule.next_runs(now, 2)[..] {
        [one, other] => other.as_second() - one.as_second() < 60,
        _ => false,
    }
}

/// The runs that start: a Job of the minute of an earlier one has the same name.
fn one_a_minute(mut runs: Vec<Timestamp>, last: Option<Timestamp>) -> Vec<Timestamp> {
    let minute = |at: &Timestamp| at.as_second().div_euclid(60);
    let done = last.as_ref().map(minute);
    runs.retain(|at| Some(minute(at)) != done);
    runs.dedup_by_key(|at| minute(at));
    runs.truncate(RUNS);
    runs
}
