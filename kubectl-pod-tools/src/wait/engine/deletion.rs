//! Targets whose object does not exist, or no longer does.

use std::time::Duration;

use pod_model::status::condition::judge_deleted_job;
use pod_model::status::{Answer, Condition, Evidence, WorkloadKind};

use super::judge::combine;
use super::machine::Engine;
use super::membership::REPLACED;
use super::target::{End, LastSeen, Outcome, PendingEnd, PendingReason, State};

/// Time for which the end of a deleted object waits for the event that explains it.
const DELETION_GRACE: Duration = Duration::from_millis(1500);

impl Engine {
    /// Handles a target that its set does not have: it is looked up if it may still exist.
    pub(super) fn on_absent(&mut self, at: usize, now: Duration) {
        self.with_inflated(at, |engine| {
            let target = &engine.targets[at];
            let (is_pending, is_present) = (target.pending().is_some(), target.is_present());
            if !engine.may_still_exist(at) || is_pending {
                engine.delete_object(at, now);
            } else if is_present && !target.is_followed {
                engine.look_up(at);
            }
        });
    }

    /// Handles a target that certainly does not exist.
    pub(super) fn on_deleted(&mut self, at: usize, now: Duration) {
        self.with_inflated(at, |engine| engine.delete_object(at, now));
    }

    fn delete_object(&mut self, at: usize, now: Duration) {
        if self.is_replaced(at) {
            self.remove_from_set(at, REPLACED);
            return;
        }
        let object = &mut self.targets[at].object;
        object.is_gone = true;
        let has_seen = !matches!(object.last_seen, LastSeen::None);
        let existed = has_seen || object.uid.is_some();
        let pending = self.targets[at].take_pending();
        self.set_state(at, State::Absent { pending });
        let conditions = &self.spec.conditions;
        let is_deletion = |condition: &Condition| *condition == Condition::Deleted;
        let is_met = if self.spec.all_of {
            conditions.iter().all(is_deletion)
        } else {
            conditions.iter().any(is_deletion)
        };
        if is_met {
            let message = if existed { "" } else { "it did not exist" };
            let end = End {
                outcome: Outcome::Met,
                evidence: Evidence::new("Deleted", message),
                at: now,
            };
            self.end(at, end);
        } else if existed && !self.spec.follow_recreate {
            let end = End {
                outcome: Outcome::Deleted,
                evidence: Evidence::new("Deleted", "it was deleted while waiting"),
                at: now,
            };
            if !has_seen || !self.may_be_explained(at) {
                let pending = self.targets[at].take_pending();
                self.end(at, pending.map_or(end, |pending| pending.end));
                return;
            }
            let pending = PendingEnd {
                end,
                reason: PendingReason::Vanished,
                since: now,
                // The event may only be seen at the next poll.
                due: now + DELETION_GRACE + self.spec.poll_interval,
            };
            self.set_absent_pending(at, pending);
            self.explain_vanished(at);
        } else if existed {
            self.report_missing(at, "it does not exist yet");
        } else {
            self.on_never_existed(at, now);
        }
    }

    /// Sets the pending end of a target whose object does not exist, unless it has one.
    pub(super) fn set_absent_pending(&mut self, at: usize, end: PendingEnd) {
        if let State::Absent { pending } = &mut self.targets[at].state {
            pending.get_or_insert(end);
        }
    }

    /// Returns whether an event or a Pod may still show how a deleted target ended: a Job, unless
    /// it was deleted before it had ended.
    fn may_be_explained(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let kind = self.groups[target.group].kind;
        let mut conditions = self.spec.conditions.iter();
        kind == WorkloadKind::Job
            && !target.object.ends_by_deletion
            && conditions.any(|condition| condition.is_about_end(kind))
    }

    /// Ends a deleted target if its Pods and events show by now how it had ended.
    pub(super) fn explain_vanished(&mut self, at: usize) {
        let target = &self.targets[at];
        let Some(pending) = target.pending() else {
            return;
        };
        if !self.may_be_explained(at) || pending.reason != PendingReason::Vanished {
            return;
        }
        let vanished_at = pending.end.at;
        let key = target.uid().unwrap_or("");
        let ended = self.cache.ended_pods_of(key);
        let has_others = self.cache.all_pods_of(key) > ended.len();
        let Some(observation) = self.observation(at) else {
            return;
        };
        let Some(job_end) = judge_deleted_job(&observation, &ended, has_others) else {
            return;
        };
        let conditions = self.spec.conditions.iter();
        let answers: Vec<Answer> = conditions
            .map(|condition| condition.judge_deleted(&observation, &job_end))
            .collect();
        let (outcome, evidence) = match combine(&answers, self.spec.all_of) {
            Answer::Met(evidence) => (self.success_outcome(), evidence),
            Answer::Never(evidence) => (Outcome::Failed, evidence),
            Answer::NotYet(_) => return,
        };
        let end = End {
            outcome,
            evidence,
            at: vanished_at,
        };
        self.end(at, end);
    }
}
