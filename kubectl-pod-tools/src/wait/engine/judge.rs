//! Judging one target: conditions first, then stuck states, then what time
//! makes of both.

use std::time::Duration;

use super::input::Change;
use super::machine::Engine;
use super::target::{End, Outcome, PendingEnd, TrackedStuck};
use pod_model::status::Condition;
use pod_model::status::Observation;
use pod_model::status::WorkloadKind;
use pod_model::status::fields::{ends_by_deletion, number_at, pod_ended, pod_is_alive, text_at};
use pod_model::status::stuck::{self, GAP};
use pod_model::status::{Answer, Evidence};

/// How long an end that lacks its explanation waits for it.
const EXPLANATION_GRACE: Duration = Duration::from_millis(300);
/// The same while a list that may hold it has not arrived.
const LIST_GRACE: Duration = Duration::from_secs(3);
/// How long the end of a Job waits for its Pods to be seen as the Job counts them:
/// they come by another stream.
const STALE_PODS_GRACE: Duration = Duration::from_secs(3);

impl Engine {
    pub(super) fn observation(&self, at: usize) -> Option<Observation<'_>> {
        let target = &self.targets[at];
        let object = target.object.as_ref()?;
        let pods = self.pods(target);
        let mut notes: Vec<_> = target
            .uid
            .iter()
            .flat_map(|uid| self.cache.notes_of(uid))
            .collect();
        let kind = self.groups[target.group].kind;
        if kind == WorkloadKind::Deployment {
            let namespace = text_at(object, "/metadata/namespace");
            notes.extend(self.cache.notes_of_replica_sets(namespace, &target.name));
        }
        if kind != WorkloadKind::Pod {
            for pod in &pods {
                notes.extend(self.cache.notes_of(pod_model::status::fields::uid(pod)));
            }
        }
        Some(Observation {
            object,
            pods,
            notes,
        })
    }

    pub(super) fn success_outcome(&self) -> Outcome {
        let done = |condition: &Condition| *condition == Condition::Done;
        if self.spec.conditions.iter().all(done) {
            Outcome::Succeeded
        } else {
            Outcome::Met
        }
    }

    /// Looks at a target that is there.
    pub(super) fn judge(&mut self, at: usize, now: Duration) {
        self.with_inflated(at, |engine| engine.judge_object(at, now));
    }

    fn judge_object(&mut self, at: usize, now: Duration) {
        if !self.targets[at].is_open() {
            return;
        }
        if !self.targets[at].present {
            self.explain_vanished(at);
            return;
        }
        let Some(observation) = self.observation(at) else {
            return;
        };
        let answer = judge_conditions(&self.spec.conditions, self.spec.all_of, &observation);
        let may_stick = self.spec.conditions.iter().all(Condition::can_get_stuck);
        let mut stuck = may_stick.then(|| stuck::find_stuck(&observation)).flatten();
        let mut said = stuck.as_ref().map(|stuck| stuck.evidence.clone());
        let kind = observation.kind();
        let mut conditions = self.spec.conditions.iter();
        if !conditions.all(|condition| condition.requires_progress(kind)) {
            stuck = stuck.filter(|stuck| !stuck.state.is_of_object());
        }
        if may_stick && said.is_none() {
            said = stuck::find_hold(&observation).map(|hold| hold.evidence);
        }
        let answer = self.ignore_if_deleting(at, answer);
        match answer {
            Answer::Met(evidence) => {
                self.settle(at, self.success_outcome(), evidence, now);
            }
            Answer::Never(evidence) => self.settle(at, Outcome::Failed, evidence, now),
            Answer::NotYet(mut evidence) => {
                self.targets[at].pending = None;
                if let Some(said) = said
                    && !evidence.message.contains(&said.message)
                {
                    evidence = said;
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

    /// An end is none when it comes from the deletion: a container that is told
    /// to stop exits with any code, and a Job counts such Pods. What then
    /// happens is that the object goes away.
    fn ignore_if_deleting(&mut self, at: usize, answer: Answer) -> Answer {
        let target = &mut self.targets[at];
        let Some(object) = &target.object else {
            return answer;
        };
        let ended = match &answer {
            Answer::NotYet(_) => false,
            Answer::Never(_) => true,
            Answer::Met(_) => {
                let kind = WorkloadKind::of_object(object);
                let mut conditions = self.spec.conditions.iter();
                conditions.any(|condition| condition.is_about_end(kind))
            }
        };
        let met = matches!(answer, Answer::Met(_)) && !ended;
        target.killed |= !met && ends_by_deletion(object, ended);
        if ended && target.killed {
            return Answer::NotYet(Evidence::new("Terminating", "it is being deleted"));
        }
        answer
    }

    /// Notes since when a stuck state lasts.
    fn track_stuck(&mut self, at: usize, stuck: Option<stuck::Stuck>, now: Duration) {
        let tracked = &mut self.targets[at].tracked;
        match (stuck, tracked.as_mut()) {
            (Some(stuck), Some(last))
                if last.row.reason == stuck.state.reason
                    && last.gone.is_none_or(|gone| now.saturating_sub(gone) <= GAP) =>
            {
                last.gone = None;
                last.evidence = stuck.evidence;
            }
            (Some(stuck), _) => {
                *tracked = Some(TrackedStuck {
                    row: stuck.state,
                    since: now,
                    gone: None,
                    evidence: stuck.evidence,
                });
            }
            (None, Some(last)) => {
                let gone = *last.gone.get_or_insert(now);
                if now.saturating_sub(gone) > GAP {
                    *tracked = None;
                }
            }
            (None, None) => {}
        }
    }

    /// Ends a target, at once where the reason is known, and otherwise when it
    /// had its time to arrive.
    fn settle(&mut self, at: usize, outcome: Outcome, evidence: Evidence, now: Duration) {
        let since = match &self.targets[at].pending {
            Some(pending) => pending.since,
            None => now,
        };
        let explained = is_success(outcome) || evidence.failing_container.is_some();
        let explanation_grace = self.explanation_grace(at, is_success(outcome), explained, since);
        let due = match &self.targets[at].pending {
            Some(pending) => pending.due.min(since + explanation_grace),
            None => now + explanation_grace,
        };
        self.targets[at].evidence = evidence.clone();
        let end = End {
            outcome,
            evidence,
            at: now,
        };
        if due <= now {
            self.end(at, end);
        } else {
            self.targets[at].pending = Some(PendingEnd { end, since, due });
            self.schedule.touch(at);
        }
    }

    /// How long an end waits for what belongs to it.
    fn explanation_grace(
        &self,
        at: usize,
        good: bool,
        explained: bool,
        since: Duration,
    ) -> Duration {
        let makes_pods = self.groups[self.targets[at].group].kind == WorkloadKind::Job;
        if !self.everything_synced() && (!good || self.spec.keep_pods) {
            LIST_GRACE
        } else if !makes_pods || explained && !self.spec.keep_pods {
            Duration::ZERO
        } else if self.pods_are_stale(at, since) {
            STALE_PODS_GRACE + self.spec.poll_interval
        } else if explained {
            Duration::ZERO
        } else {
            EXPLANATION_GRACE
        }
    }

    /// Whether the Pods of a Job that has ended were seen before its end: one of
    /// them runs, or the Job counts more than have ended and nobody has looked at
    /// them since. What is told to stop is on its way.
    fn pods_are_stale(&self, at: usize, since: Duration) -> bool {
        let target = &self.targets[at];
        let counted = |pointer| {
            let job = target.object.as_ref();
            let count = job.and_then(|job| number_at(job, pointer));
            count.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
        };
        let (mut ended, mut runs) = (0, false);
        for pod in self.pods(target) {
            ended += usize::from(pod_ended(pod));
            runs |= pod_is_alive(pod);
        }
        let missing =
            ended < counted("/status/succeeded").saturating_add(counted("/status/failed"));
        runs || missing && self.pods_seen.is_none_or(|seen| seen <= since)
    }

    /// What time has made of a stuck state or of an end that waits.
    pub(super) fn apply_deadlines(&mut self, at: usize, now: Duration) {
        // Time passes with each message: only what asks for the object pays for it.
        if self.spec.keep_pods && self.targets[at].pending.is_some() {
            self.with_inflated(at, |engine| engine.apply_deadlines_to_object(at, now));
        } else {
            self.apply_deadlines_to_object(at, now);
        }
    }

    fn apply_deadlines_to_object(&mut self, at: usize, now: Duration) {
        let target = &self.targets[at];
        if !target.is_open() {
            return;
        }
        if let Some(pending) = target.pending.clone() {
            if pending.due <= now {
                self.end(at, pending.end);
            } else if pending.end.outcome != Outcome::Deleted && self.everything_synced() {
                // Judged again, since what was missing may be there.
                let explained = pending.end.evidence.failing_container.is_some()
                    || is_success(pending.end.outcome);
                let behind = self.spec.keep_pods && self.pods_are_stale(at, pending.since);
                if explained && !behind {
                    self.end(at, pending.end);
                }
            }
            return;
        }
        let Some(tracked) = &target.tracked else {
            return;
        };
        let grace = self.spec.stuck_after.unwrap_or(tracked.row.grace);
        if self.spec.fail_fast && tracked.gone.is_none() && now >= tracked.since + grace {
            let end = End {
                outcome: Outcome::Stuck,
                evidence: tracked.evidence.clone(),
                at: now,
            };
            self.end(at, end);
        }
    }
}

fn is_success(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Succeeded | Outcome::Met)
}

/// Any of the conditions, or all of them.
fn judge_conditions(conditions: &[Condition], all_of: bool, observation: &Observation) -> Answer {
    let answers: Vec<Answer> = conditions.iter().map(|c| c.judge(observation)).collect();
    combine(&answers, all_of)
}

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
