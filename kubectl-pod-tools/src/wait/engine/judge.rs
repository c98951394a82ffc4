//! The judgement of one target: first its conditions, then stuck states, then what time
//! makes of both.

use std::time::Duration;

use pod_model::status::fields::{
    ends_by_deletion, number_at, pod_ended, pod_is_alive, text_at, uid,
};
use pod_model::status::stuck::{self, GAP, Stuck};
use pod_model::status::{Answer, Condition, Evidence, Observation, WorkloadKind};

use super::input::Change;
use super::machine::Engine;
use super::target::{End, Outcome, PendingEnd, PendingReason, State, TrackedStuck};

/// Time for which an end without an explanation waits for it.
const EXPLANATION_GRACE: Duration = Duration::from_millis(300);
/// The same while a list that may contain it has not arrived.
const LIST_GRACE: Duration = Duration::from_secs(3);
/// Time for which the end of a Job waits for its Pods to be as the Job counts them: they
/// arrive by another stream.
const STALE_PODS_GRACE: Duration = Duration::from_secs(3);

impl Engine {
    /// Returns the object of a target with its Pods and events, or `None` if it was never
    /// observed or is compact.
    pub(super) fn observation(&self, at: usize) -> Option<Observation<'_>> {
        let target = &self.targets[at];
        let object = target.object.last_seen.tree()?;
        let pods = self.pods(target);
        let uids = target.uid().into_iter();
        let mut notes: Vec<_> = uids.flat_map(|uid| self.cache.notes_of(uid)).collect();
        let kind = self.groups[target.group].kind;
        if kind == WorkloadKind::Deployment {
            let namespace = text_at(object, "/metadata/namespace");
            notes.extend(self.cache.notes_of_replica_sets(namespace, &target.name));
        }
        if kind != WorkloadKind::Pod {
            for pod in &pods {
                notes.extend(self.cache.notes_of(uid(pod)));
            }
        }
        Some(Observation {
            object,
            pods,
            notes,
        })
    }

    /// Returns the outcome of a target that meets the conditions.
    pub(super) fn success_outcome(&self) -> Outcome {
        let is_done = |condition: &Condition| *condition == Condition::Done;
        if self.spec.conditions.iter().all(is_done) {
            Outcome::Succeeded
        } else {
            Outcome::Met
        }
    }

    /// Judges a target.
    pub(super) fn judge(&mut self, at: usize, now: Duration) {
        self.with_inflated(at, |engine| match engine.targets[at].state {
            State::Present { .. } => engine.judge_object(at, now),
            State::Absent { .. } => engine.explain_vanished(at),
            State::LookingUp | State::Ended(_) | State::Left => {}
        });
    }

    fn judge_object(&mut self, at: usize, now: Duration) {
        let Some(observation) = self.observation(at) else {
            return;
        };
        let answer = judge_conditions(&self.spec.conditions, self.spec.all_of, &observation);
        let (stuck, obstacle) = self.find_obstacle(&observation);
        match self.ignore_if_deleting(at, answer) {
            Answer::Met(evidence) => self.settle(at, self.success_outcome(), evidence, now),
            Answer::Never(evidence) => self.settle(at, Outcome::Failed, evidence, now),
            Answer::NotYet(mut evidence) => {
                self.targets[at].take_pending();
                if let Some(obstacle) = obstacle
                    && !evidence.message.contains(&obstacle.message)
                {
                    evidence = obstacle;
                }
                if self.targets[at].evidence != evidence {
                    self.targets[at].evidence = evidence;
                    self.changes.push(Change::Progress(at));
                }
                self.track_stuck(at, stuck, now);
                self.apply_deadlines_to_object(at, now);
            }
        }
    }

    /// Returns the stuck state that may end the wait, and the obstacle to report: that or
    /// another stuck state, or a hold.
    fn find_obstacle(&self, observation: &Observation) -> (Option<Stuck>, Option<Evidence>) {
        let conditions = &self.spec.conditions;
        if !conditions.iter().all(Condition::can_get_stuck) {
            return (None, None);
        }
        let Some(stuck) = stuck::find_stuck(observation) else {
            let hold = stuck::find_hold(observation);
            return (None, hold.map(|hold| hold.evidence));
        };
        let evidence = stuck.evidence.clone();
        let kind = observation.kind();
        let requires_progress = |condition: &Condition| condition.requires_progress(kind);
        let ends_wait = conditions.iter().all(requires_progress) || !stuck.state.is_of_object();
        (Some(stuck).filter(|_| ends_wait), Some(evidence))
    }

    /// Ignores an end that is the effect of the deletion: a container that is asked to
    /// terminate exits with any code, and a Job counts such Pods. The object is deleted next.
    fn ignore_if_deleting(&mut self, at: usize, answer: Answer) -> Answer {
        let target = &mut self.targets[at];
        let Some(object) = target.object.last_seen.tree() else {
            return answer;
        };
        let has_ended = match &answer {
            Answer::NotYet(_) => false,
            Answer::Never(_) => true,
            Answer::Met(_) => {
                let kind = WorkloadKind::of_object(object);
                let mut conditions = self.spec.conditions.iter();
                conditions.any(|condition| condition.is_about_end(kind))
            }
        };
        let is_met_before_end = matches!(answer, Answer::Met(_)) && !has_ended;
        let is_deleting = !is_met_before_end && ends_by_deletion(object, has_ended);
        target.object.ends_by_deletion |= is_deleting;
        if has_ended && target.object.ends_by_deletion {
            return Answer::NotYet(Evidence::new("Terminating", "it is being deleted"));
        }
        answer
    }

    /// Tracks since when a stuck state lasts. It still does after a gap that is short enough.
    fn track_stuck(&mut self, at: usize, found: Option<Stuck>, now: Duration) {
        let State::Present { stuck: tracked, .. } = &mut self.targets[at].state else {
            return;
        };
        let is_over = |gone: Duration| now.saturating_sub(gone) > GAP;
        match (found, tracked.as_mut()) {
            (Some(found), Some(tracked))
                if tracked.state.reason == found.state.reason
                    && !tracked.gone.is_some_and(is_over) =>
            {
                tracked.gone = None;
                tracked.evidence = found.evidence;
            }
            (Some(found), _) => {
                *tracked = Some(TrackedStuck {
                    state: found.state,
                    since: now,
                    gone: None,
                    evidence: found.evidence,
                });
            }
            (None, Some(before)) => {
                if is_over(*before.gone.get_or_insert(now)) {
                    *tracked = None;
                }
            }
            (None, None) => {}
        }
    }

    /// Ends a target, at once if the end is explained, and otherwise when the explanation had
    /// its time to arrive.
    fn settle(&mut self, at: usize, outcome: Outcome, evidence: Evidence, now: Duration) {
        let before = self.targets[at].pending();
        let before = before.map(|pending| (pending.since, pending.due));
        let since = before.map_or(now, |(since, _)| since);
        let is_explained = outcome.is_success() || evidence.failing_container.is_some();
        let grace = self.explanation_grace(at, outcome.is_success(), is_explained, since);
        let due = before.map_or(now + grace, |(since, due)| due.min(since + grace));
        self.targets[at].evidence = evidence.clone();
        let end = End {
            outcome,
            evidence,
            at: now,
        };
        if due <= now {
            self.end(at, end);
        } else if let State::Present { pending, .. } = &mut self.targets[at].state {
            *pending = Some(PendingEnd {
                end,
                reason: PendingReason::Unexplained,
                since,
                due,
            });
            self.schedule.touch(at);
        }
    }

    /// Returns how long an end waits for its explanation, since it was first observed.
    fn explanation_grace(
        &self,
        at: usize,
        is_success: bool,
        is_explained: bool,
        since: Duration,
    ) -> Duration {
        let is_job = self.groups[self.targets[at].group].kind == WorkloadKind::Job;
        if !self.everything_synced() && (!is_success || self.spec.keep_pods) {
            LIST_GRACE
        } else if !is_job || is_explained && !self.spec.keep_pods {
            Duration::ZERO
        } else if self.pods_are_stale(at, since) {
            STALE_PODS_GRACE + self.spec.poll_interval
        } else if is_explained {
            Duration::ZERO
        } else {
            EXPLANATION_GRACE
        }
    }

    /// Returns whether the Pods of a Job that has ended were observed before its end: one of them
    /// runs, or the Job counts more than have ended and they were not listed since. A Pod that was
    /// asked to terminate does not count as running.
    pub(super) fn pods_are_stale(&self, at: usize, since: Duration) -> bool {
        let target = &self.targets[at];
        let counted = |pointer| {
            let job = target.object.last_seen.tree();
            let count = job.and_then(|job| number_at(job, pointer));
            count.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
        };
        let (mut ended, mut is_running) = (0, false);
        for pod in self.pods(target) {
            ended += usize::from(pod_ended(pod));
            is_running |= pod_is_alive(pod);
        }
        let counted = counted("/status/succeeded").saturating_add(counted("/status/failed"));
        let was_listed_since = self.pods_listed_at.is_some_and(|listed| listed > since);
        is_running || ended < counted && !was_listed_since
    }
}

/// Judges any of the conditions, or all of them.
fn judge_conditions(conditions: &[Condition], all_of: bool, observation: &Observation) -> Answer {
    let answers: Vec<Answer> = conditions.iter().map(|c| c.judge(observation)).collect();
    combine(&answers, all_of)
}

/// Combines the answers of several conditions: the first that decides, or else the first that
/// is open.
pub(super) fn combine(answers: &[Answer], all_of: bool) -> Answer {
    let decides = |answer: &&Answer| match answer {
        Answer::Met(_) => !all_of,
        Answer::Never(_) => all_of,
        Answer::NotYet(_) => false,
    };
    if let Some(answer) = answers.iter().find(decides) {
        return answer.clone();
    }
    let open = answers
        .iter()
        .find(|answer| matches!(answer, Answer::NotYet(_)));
    open.or(answers.last())
        .cloned()
        .unwrap_or_else(|| Answer::NotYet(Evidence::default()))
}
