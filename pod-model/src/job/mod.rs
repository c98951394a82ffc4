//! Jobs and CronJobs as their controllers treat them: what counts, when a Job ends, what comes
//! next.
//!
//! Upstream: pkg/controller/job and pkg/controller/cronjob. Times are arguments; the Pods that
//! are handed in are the Job's own.

mod account;
pub mod back_off;
mod bounds;
mod counts;
mod cron_job;
mod end;
mod failure_policy;
mod indexes;
mod life;
mod life_pod;
mod life_restart;
#[cfg(test)]
mod life_tests;
mod manage;
mod missed;
mod pod;
mod retry;
mod rules;
pub mod schedule;
mod success_policy;
mod sync;
mod track;

pub use account::{PodAccount, PodState, account_pods};
pub use bounds::{Bound, Bounds, FailurePoint, Formula, NoBound, bounds, vanishes_at};
pub use counts::{CountedPods, JobCounts, count_pods};
pub use cron_job::{
    CronOutcome, CronSync, Due, ObservedCronJob, cron_schedule, has_missed_many, sync_cron_job,
};
pub use end::{EndCause, is_finished, recorded_end};
pub use failure_policy::{FailureAction, FailureCause, FailureMatch, match_failure_policy};
pub use indexes::{Indexes, Interval};
pub use life::{Life, LifeAssumptions, LifeEvent, LifeEventKind, simulate};
pub use life_pod::Run;
pub use manage::{Creation, PodChanges};
pub use missed::{Missed, MissedRuns, forbids_all_runs};
pub use pod::{
    COMPLETION_INDEX, FAILURE_COUNT, IGNORED_FAILURE_COUNT, IndexFailures, TRACKING_FINALIZER,
    completion_index, finished_at, index_failures, is_active, is_failed, is_ready, is_terminating,
    is_tracked,
};
pub use retry::{NextPods, Retry, next_pods};
pub use rules::{JOB_CONTROLLER, JobRules};
pub use success_policy::{SuccessRule, can_be_met, met_rule, success_rules};
pub use sync::{ObservedJob, Sync, SyncOutcome, sync_job};
pub use track::Tracked;
