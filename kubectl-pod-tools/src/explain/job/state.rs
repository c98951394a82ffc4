//! The state of a Job that has been created: its end, or what comes next.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::jiff::Timestamp;
use pod_model::Verdict;
use pod_model::job::{
    CountedPods, EndCause, FailureAction, Indexes, SyncOutcome, can_be_met, is_finished,
    match_failure_policy, recorded_end, sync_job,
};

use super::parts::{Counts, Outcome};
use super::policies::cause_text;
use super::running::running;
use super::scene::{JobScene, State};
use super::time::{distance, seconds};

/// Seconds that a duration of Go can have.
const LONGEST: i64 = i64::MAX / 1_000_000_000;

/// Returns the end, if it is certain.
fn certain_end(scene: &JobScene<'_>) -> Option<EndCause> {
    if let Some(end) = recorded_end(scene.job) {
        return Some(end);
    }
    let SyncOutcome::Synced(sync) = sync_job(&scene.observed()) else {
        return None;
    };
    sync.end.filter(|end| match end {
        // It may have ended since it was read.
        EndCause::Deadline { .. } => scene.has_time,
        EndCause::Completions => scene.own.unread.is_none(),
        _ => true,
    })
}

/// Returns the state of a Job.
pub(super) fn state(scene: &JobScene<'_>, counted: &CountedPods<'_>) -> State {
    let counts = scene.counts(counted);
    let Some(end) = certain_end(scene) else {
        let open = running(scene, &counts);
        return match lost_index(scene, counted) {
            Some(failed) => lost(scene, open, &failed),
            None => open,
        };
    };
    let (shown, is_ended) = (scene.shown, is_finished(scene.job));
    let unfinished = counts.active + counts.terminating;
    let waits = match unfinished {
        0 => "at the controller's next look".to_owned(),
        1 => "when its last Pod has ended".to_owned(),
        count => format!("when its last {count} Pods have ended"),
    };
    let when =
        ended_at(scene.job).map_or_else(String::new, |at| format!(" {}", distance(at, scene.now)));
    let (outcome, verdict, summary) = if end.is_success() {
        let why = success(scene, &end, &counts);
        let summary = if is_ended {
            format!("{shown} has succeeded{when}: {why}.")
        } else {
            format!("{shown} succeeds for certain: {why}. It becomes Complete {waits}.")
        };
        (Outcome::Succeeded, Verdict::Ok, summary)
    } else {
        let why = failure(scene, &end, counted, &counts);
        let summary = if is_ended {
            format!("{shown} has failed{when}: {why}.")
        } else {
            format!("{shown} fails for certain: {why}. It becomes Failed {waits}.")
        };
        (Outcome::Failed, Verdict::No, summary)
    };
    State {
        outcome,
        reason: end.reason().to_owned(),
        verdict,
        is_ended,
        summary,
        advice: Vec::new(),
        retries: Vec::new(),
    }
}

/// The indexes that failed for good, if the Job can have no success without them. One that does
/// nothing at the moment does not fail, either.
fn lost_index(scene: &JobScene<'_>, counted: &CountedPods<'_>) -> Option<String> {
    let rules = scene.rules;
    let failed = counted.failed_indexes.as_ref()?;
    let does_nothing = rules.is_suspended
        || rules.parallelism == 0
        || rules.external_controller.is_some()
        || scene.job.metadata.deletion_timestamp.is_some();
    if failed.is_empty() || does_nothing {
        return None;
    }
    let completions = i64::from(rules.completions.unwrap_or_default());
    let succeeded = &counted.succeeded_indexes;
    let is_open = rules
        .success_policy
        .is_some_and(|policy| can_be_met(policy, completions, succeeded, failed));
    (!is_open).then(|| named(Some(failed)))
}

/// A Job that goes on, although an index failed for good.
fn lost(scene: &JobScene<'_>, open: State, failed: &str) -> State {
    let summary = format!(
        "{} fails for certain: {failed} failed for good. It becomes Failed when the other indexes have ended, if not before.",
        scene.shown
    );
    State {
        outcome: Outcome::Failed,
        reason: "FailedIndexes".to_owned(),
        verdict: Verdict::No,
        summary,
        ..open
    }
}

fn ended_at(job: &Job) -> Option<Timestamp> {
    let mut conditions = job.status.as_ref()?.conditions.iter().flatten();
    let ended = conditions
        .find(|own| matches!(own.type_.as_str(), "Complete" | "Failed") && own.status == "True")?;
    ended.last_transition_time.as_ref().map(|time| time.0)
}

fn success(scene: &JobScene<'_>, end: &EndCause, counts: &Counts) -> String {
    if end.reason() == "SuccessPolicy" {
        let rule = match end {
            EndCause::SuccessPolicy { index } => format!("rules[{index}] of successPolicy is met"),
            _ => "a rule of successPolicy is met".to_owned(),
        };
        let indexes = match counts.succeeded {
            1 => "1 index".to_owned(),
            many => format!("{many} indexes"),
        };
        return format!("{rule}, with {indexes}");
    }
    match scene.rules.completions {
        Some(completions) => {
            let what = if scene.rules.is_indexed {
                "indexes"
            } else {
                "Pods"
            };
            format!(
                "{} of {completions} {what} have succeeded",
                counts.succeeded
            )
        }
        None => format!("{} Pods have succeeded, and none runs", counts.succeeded),
    }
}

fn failure(
    scene: &JobScene<'_>,
    end: &EndCause,
    counted: &CountedPods<'_>,
    counts: &Counts,
) -> String {
    let rules = scene.rules;
    match end.reason() {
        "BackoffLimitExceeded" => back_off_limit(scene, end, counts),
        "DeadlineExceeded" => {
            let own = rules.active_deadline_seconds.unwrap_or_default();
            if own > LONGEST {
                format!(
                    "the controller cannot count activeDeadlineSeconds {own}, which is more than 292 years, and takes it as over"
                )
            } else {
                let limit = seconds(own);
                format!("it was active for longer than activeDeadlineSeconds, {limit}")
            }
        }
        "PodFailurePolicy" => failure_policy(scene).unwrap_or_else(|| {
            let message = message(scene.job);
            format!("a rule of podFailurePolicy does not let a failure be tried again: {message}")
        }),
        "FailedIndexes" => {
            let failed = named(counted.failed_indexes.as_ref());
            format!(
                "{failed} failed for good, and {} of {} have succeeded",
                counts.succeeded,
                rules.completions.unwrap_or_default()
            )
        }
        "MaxFailedIndexesExceeded" => {
            let failed = named(counted.failed_indexes.as_ref());
            let most = rules.max_failed_indexes.unwrap_or_default();
            format!("{failed} failed for good, and maxFailedIndexes allows {most}")
        }
        reason => {
            let message = message(scene.job);
            format!("{reason}: {}", message.trim_end_matches('.'))
        }
    }
}

fn back_off_limit(scene: &JobScene<'_>, end: &EndCause, counts: &Counts) -> String {
    let limit = scene.rules.backoff_limit;
    let is_recorded = scene.rules.restarts_in_place && matches!(end, EndCause::Recorded { .. });
    // Every Pod that had not ended counts as failed with the end, so more may be either.
    let is_above = counts.failed > i64::from(limit.max(1));
    if is_recorded && is_above {
        return format!(
            "its containers were restarted {}, or more Pods failed than backoffLimit {limit} bears; of the {} that count as failed some may have been deleted at the end",
            at_least_once(limit),
            counts.failed
        );
    }
    let is_restarts = is_recorded || matches!(end, EndCause::Restarts { .. });
    if is_restarts {
        let times = at_least_once(limit);
        let logs = if end.reason().is_empty() || recorded_end(scene.job).is_some() {
            "and its Pods were deleted with their logs"
        } else {
            "and its Pods are deleted with their logs"
        };
        return format!("its containers were restarted {times} (backoffLimit {limit}), {logs}");
    }
    let s = if counts.failed == 1 { "Pod" } else { "Pods" };
    format!(
        "{} {s} failed, and backoffLimit {limit} bears {}",
        counts.failed,
        if limit == 0 {
            "none".to_owned()
        } else {
            limit.to_string()
        }
    )
}

fn at_least_once(limit: i32) -> String {
    match limit {
        ..=1 => "once".to_owned(),
        limit => format!("{limit} times"),
    }
}

/// The Pod that a rule with the action `FailJob` caught.
fn failure_policy(scene: &JobScene<'_>) -> Option<String> {
    let policy = scene.rules.failure_policy?;
    scene.own.pods.iter().find_map(|pod| {
        let rule = match_failure_policy(policy, pod)?;
        (rule.action == FailureAction::FailJob).then(|| {
            format!(
                "pod/{}: {}, which {} (FailJob) does not let be tried again",
                pod.metadata.name.as_deref().unwrap_or_default(),
                cause_text(&rule.cause),
                rule.path
            )
        })
    })
}

fn named(indexes: Option<&Indexes>) -> String {
    let text = indexes.map(ToString::to_string).unwrap_or_default();
    match indexes.map(Indexes::total) {
        None | Some(0) => "some indexes".to_owned(),
        Some(1) => format!("index {text}"),
        Some(_) => format!("the indexes {text}"),
    }
}

/// The message of the condition that ends it.
fn message(job: &Job) -> &str {
    let status = job.status.as_ref();
    let mut conditions = status
        .into_iter()
        .flat_map(|own| own.conditions.iter().flatten());
    let found = conditions.find(|own| {
        matches!(own.type_.as_str(), "Failed" | "FailureTarget") && own.status == "True"
    });
    found
        .and_then(|own| own.message.as_deref())
        .unwrap_or_default()
}
