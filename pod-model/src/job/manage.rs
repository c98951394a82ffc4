//! The Pods that the controller creates and deletes.
//!
//! Upstream: `manageJob` and what it calls (pkg/controller/job).

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::back_off::{BackOff, of_index};
use super::counts::{CountedPods, has_valid_index, length, number};
use super::failure_policy;
use super::indexes::Indexes;
use super::pod::{
    IndexFailures, completion_index, deletion_order, finished_at, index_failures, is_failed,
    is_terminating, is_tracked,
};
use super::rules::JobRules;
use crate::version::KubernetesVersion;

/// Number of Pods that are created or deleted at once (`MaxPodCreateDeletePerSync`).
const MOST_AT_ONCE: i64 = 500;
/// The shortest time to the next look at a Job that is held back (`SyncJobBatchPeriod`).
const BATCH_PERIOD: SignedDuration = SignedDuration::from_secs(1);

/// A Pod that the controller creates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Creation {
    /// Its completion index; `None` if the Job has no indexes.
    pub index: Option<i64>,
    /// The failures of the index before it, with `backoffLimitPerIndex`.
    pub failures: Option<IndexFailures>,
}

/// Changes of a Job's Pods by its controller.
#[derive(Clone, Debug, Default)]
pub struct PodChanges<'a> {
    /// Pods that it creates.
    pub created: Vec<Creation>,
    /// Pods that it deletes.
    pub deleted: Vec<&'a Pod>,
    /// The back-off that holds the next Pods back.
    pub held_back: Option<SignedDuration>,
    /// Number of active Pods after it, as the status says.
    pub active: i64,
}

/// Failed Pods that hold the number of failures of their index until the next Pod has it.
pub(super) type LastFailed<'a> = BTreeMap<i64, &'a Pod>;

/// Upstream: `getPodsWithDelayedDeletionPerIndex`. It is asked in the order of the Pods, which is
/// any: of equals the last counts.
pub(super) fn last_failed<'a>(
    rules: &JobRules<'_>,
    pods: &[&'a Pod],
    counted: &CountedPods<'_>,
) -> LastFailed<'a> {
    let active = indexes_of(&counted.active);
    let mut last: LastFailed<'a> = BTreeMap::new();
    let failed = pods.iter().copied().filter(|pod| {
        is_tracked(pod) && has_valid_index(pod, rules) && is_failed(pod, rules.only_replaces_failed)
    });
    for pod in failed {
        let Some(index) = completion_index(pod) else {
            continue;
        };
        let is_over = counted.succeeded_indexes.contains(index)
            || active.contains(index)
            || counted
                .failed_indexes
                .as_ref()
                .is_some_and(|failed| failed.contains(index));
        let is_later = |before: &&Pod| {
            index_failures(before).total() <= index_failures(pod).total()
                && finished_at(pod) >= finished_at(before)
        };
        if !is_over && last.get(&index).is_none_or(is_later) {
            last.insert(index, pod);
        }
    }
    last
}

/// Decides what to create and delete for a Job that has not ended.
pub(super) fn manage<'a>(
    rules: &JobRules<'_>,
    pods: &[&'a Pod],
    counted: &CountedPods<'a>,
    last_failed: &LastFailed<'a>,
    back_off: BackOff,
    now: Timestamp,
    version: KubernetesVersion,
) -> PodChanges<'a> {
    let active = counted.counts.active;
    let wanted = wanted(rules, counted);
    let surplus = surplus(rules, &counted.active, (active - wanted).max(0));
    if rules.is_suspended || !surplus.is_empty() {
        return PodChanges {
            active: active - length(surplus.len()),
            deleted: surplus,
            ..PodChanges::default()
        };
    }
    let lacking = lacking(rules, counted).min(MOST_AT_ONCE);
    if lacking <= 0 {
        return PodChanges {
            active,
            ..PodChanges::default()
        };
    }
    let held_back = |left: SignedDuration| PodChanges {
        held_back: Some(left.max(BATCH_PERIOD)),
        // Until 1.35 the status says that no Pod is active while the next is held back.
        active: if version >= KubernetesVersion::V1_36 {
            active
        } else {
            0
        },
        ..PodChanges::default()
    };
    let is_per_index = rules.is_indexed && rules.backoff_limit_per_index.is_some();
    let left = back_off.left(now);
    if !is_per_index && left > SignedDuration::ZERO {
        return held_back(left);
    }
    let created: Vec<Creation> = if is_per_index {
        let indexes = pending_indexes(rules, pods, counted, lacking);
        let (ready, left) = ready_indexes(&indexes, last_failed, now);
        if ready.is_empty() && left > SignedDuration::ZERO {
            return held_back(left);
        }
        let creation = |index: &i64| Creation {
            index: Some(*index),
            failures: Some(failures_with(rules, last_failed.get(index).copied())),
        };
        ready.iter().map(creation).collect()
    } else if rules.is_indexed {
        let creation = |index: i64| Creation {
            index: Some(index),
            failures: None,
        };
        let indexes = pending_indexes(rules, pods, counted, lacking);
        indexes.into_iter().map(creation).collect()
    } else {
        (0..lacking).map(|_| Creation::default()).collect()
    };
    PodChanges {
        active: active + length(created.len()),
        created,
        ..PodChanges::default()
    }
}

/// Returns the number of Pods that the Job lacks. Those that are deleted and have not ended are
/// not replaced if only Pods that have ended are.
pub(super) fn lacking(rules: &JobRules<'_>, counted: &CountedPods<'_>) -> i64 {
    let terminating = if rules.only_replaces_failed {
        counted.counts.terminating
    } else {
        0
    };
    wanted(rules, counted) - terminating - counted.counts.active
}

/// Returns the number of Pods that are active if all goes well.
fn wanted(rules: &JobRules<'_>, counted: &CountedPods<'_>) -> i64 {
    let succeeded = counted.counts.succeeded;
    if rules.is_suspended {
        return 0;
    }
    match rules.completions {
        None if succeeded > 0 => counted.counts.active,
        None => i64::from(rules.parallelism),
        Some(completions) => (i64::from(completions) - succeeded)
            .min(i64::from(rules.parallelism))
            .max(0),
    }
}

/// Returns the active Pods to delete: at least so many, and those whose index is wrong or
/// another Pod's, too.
///
/// Upstream: `activePodsForRemoval`, `appendDuplicatedIndexPodsForRemoval`.
fn surplus<'a>(rules: &JobRules<'_>, active: &[&'a Pod], at_least: i64) -> Vec<&'a Pod> {
    let at_least = usize::try_from(at_least).unwrap_or(0);
    let mut left = active.to_vec();
    let mut surplus = Vec::new();
    if rules.is_indexed {
        left.sort_by_key(|pod| deletion_order(pod));
        let mut best: BTreeMap<i64, &'a Pod> = BTreeMap::new();
        for pod in left {
            match completion_index(pod).filter(|_| has_valid_index(pod, rules)) {
                // The last of an index stays.
                Some(index) => surplus.extend(best.insert(index, pod)),
                None => surplus.push(pod),
            }
        }
        left = best.into_values().collect();
    }
    left.sort_by_key(|pod| deletion_order(pod));
    let more = at_least.saturating_sub(surplus.len()).min(left.len());
    surplus.extend(&left[..more]);
    if !rules.is_suspended {
        surplus.truncate(usize::try_from(MOST_AT_ONCE).unwrap_or(usize::MAX));
    }
    surplus
}

/// Upstream: `firstPendingIndexes`.
pub(super) fn pending_indexes(
    rules: &JobRules<'_>,
    pods: &[&Pod],
    counted: &CountedPods<'_>,
    most: i64,
) -> Vec<i64> {
    let mut taken = counted
        .succeeded_indexes
        .merge(&indexes_of(&counted.active));
    if rules.only_replaces_failed {
        let terminating: Vec<&Pod> = pods
            .iter()
            .copied()
            .filter(|pod| is_terminating(pod))
            .collect();
        taken = taken.merge(&indexes_of(&terminating));
    }
    if let Some(failed) = &counted.failed_indexes {
        taken = taken.merge(failed);
    }
    let most = usize::try_from(most).unwrap_or(0);
    taken.absent(number(rules.completions), most)
}

/// Returns the indexes that are not held back, and the shortest back-off of the others.
///
/// Upstream: `getPodCreationInfoForIndependentIndexes`.
fn ready_indexes(
    indexes: &[i64],
    last_failed: &LastFailed<'_>,
    now: Timestamp,
) -> (Vec<i64>, SignedDuration) {
    let mut ready = Vec::new();
    let mut shortest: Option<SignedDuration> = None;
    for index in indexes {
        let last = last_failed.get(index);
        let left = last.map_or(SignedDuration::ZERO, |pod| of_index(pod).left(now));
        if left == SignedDuration::ZERO {
            ready.push(*index);
        } else {
            shortest = Some(shortest.map_or(left, |shortest| shortest.min(left)));
        }
    }
    (ready, shortest.unwrap_or_default())
}

/// Upstream: `getNewIndexFailureCounts`.
fn failures_with(rules: &JobRules<'_>, replaced: Option<&Pod>) -> IndexFailures {
    let Some(pod) = replaced else {
        return IndexFailures::default();
    };
    let mut failures = index_failures(pod);
    if failure_policy::counts(rules.failure_policy, pod) {
        failures.counted = failures.counted.wrapping_add(1);
    } else {
        failures.ignored = failures.ignored.wrapping_add(1);
    }
    failures
}

fn indexes_of(pods: &[&Pod]) -> Indexes {
    let mut indexes: Vec<i64> = pods
        .iter()
        .filter_map(|pod| completion_index(pod))
        .collect();
    indexes.sort_unstable();
    indexes.dedup();
    Indexes::from_ascending(indexes)
}
