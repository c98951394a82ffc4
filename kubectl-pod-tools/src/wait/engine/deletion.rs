//! Targets that are not there, or not there any more.

use std::time::Duration;

use super::judge::combine;
use super::machine::Engine;
use super::membership::REPLACED;
use super::target::{End, Outcome, PendingEnd};
use pod_model::status::WorkloadKind;
use pod_model::status::condition::{Condition, judge_deleted_job};
use pod_model::status::{Answer, Evidence};

/// How long an object that vanished waits for the event that tells its end.
const DELETION_GRACE: Duration = Duration::from_millis(1500);

impl Engine {
    /// A target that is not there.
    pub(super) fn on_absent(&mut self, at: usize, now: Duration) {
        self.with_inflated(at, |engine| {
            let target = &engine.targets[at];
            let (pending, present) = (target.pending.is_some(), target.present);
            if !engine.may_still_exist(at) || pending {
                engine.delete_object(at, now);
            } else if present && !target.followed {
                engine.look_up(at);
            }
        });
    }

    /// A target that is not there for certain.
    pub(super) fn on_deleted(&mut self, at: usize, now: Duration) {
        self.with_inflated(at, |engine| engine.delete_object(at, now));
    }

    fn delete_object(&mut self, at: usize, now: Duration) {
        if self.is_replaced(at) {
            self.remove_from_set(at, REPLACED);
            return;
        }
        let target = &mut self.targets[at];
        let was = target.object.is_some() || target.uid.is_some();
        target.present = false;
        target.tracked = None;
        let conditions = &self.spec.conditions;
        let deleted = |condition: &Condition| *condition == Condition::Deleted;
        let is_met = if self.spec.all_of {
            conditions.iter().all(deleted)
        } else {
            conditions.iter().any(deleted)
        };
        if is_met {
            let message = if was { "" } else { "it did not exist" };
            let end = End {
                outcome: Outcome::Met,
                evidence: Evidence::new("Deleted", message),
                at: now,
            };
            self.end(at, end);
        } else if was && !self.spec.follow_recreate {
            let evidence = Evidence::new("Deleted", "it was deleted while waiting");
            let end = End {
                outcome: Outcome::Deleted,
                evidence,
                at: now,
            };
            if self.targets[at].object.is_none() || !self.may_be_explained(at) {
                let pending = self.targets[at].pending.take();
                self.end(at, pending.map_or(end, |pending| pending.end));
                return;
            }
            // What polls sees the event at its next look.
            let due = now + DELETION_GRACE + self.spec.poll_interval;
            let pending = PendingEnd {
                end,
                since: now,
                due,
            };
            self.targets[at].pending.get_or_insert(pending);
            self.explain_vanished(at);
        } else if was {
            self.report_missing(at, "it does not exist yet");
        } else {
            self.on_never_existed(at, now);
        }
    }

    /// Whether an event or a Pod may still tell how a target ended that vanished:
    /// of a Job, unless it was deleted before it had ended.
    fn may_be_explained(&self, at: usize) -> bool {
        let target = &self.targets[at];
        let kind = self.groups[target.group].kind;
        let mut conditions = self.spec.conditions.iter();
        kind == WorkloadKind::Job
            && !target.killed
            && conditions.any(|condition| condition.is_about_end(kind))
    }

    /// A target that vanished: what is known of it by now may tell its end.
    pub(super) fn explain_vanished(&mut self, at: usize) {
        let Some(pending) = self.targets[at].pending.clone() else {
            return;
        };
        if !self.may_be_explained(at) || pending.end.outcome != Outcome::Deleted {
            return;
        }
        let key = self.targets[at].uid.as_deref().unwrap_or("");
        let ended = self.cache.ended_pods_of(key);
        let others = self.cache.all_pods_of(key) > ended.len();
        let Some(observation) = self.observation(at) else {
            return;
        };
        let Some(end) = judge_deleted_job(&observation, &ended, others) else {
            return;
        };
        let of = |condition: &Condition| condition.judge_deleted(&observation, &end);
        let answers: Vec<Answer> = self.spec.conditions.iter().map(of).collect();
        let (outcome, evidence) = match combine(&answers, self.spec.all_of) {
            Answer::Met(evidence) => (self.success_outcome(), evidence),
            Answer::Never(evidence) => (Outcome::Failed, evidence),
            Answer::NotYet(_) => return,
        };
        let at_time = pending.end.at;
        self.end(
            at,
            End {
                outcome,
                evidence,
                at: at_time,
            },
        );
    }
}
