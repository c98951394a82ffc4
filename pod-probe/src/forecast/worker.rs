//! The worker of one probe of a container: when it tries, and what it concludes.
//!
//! Most attempts only count towards a threshold, or confirm the result that is there. A worker
//! computes when one is to come that matters, and counts those before it all at once.
//!
//! Upstream: `worker.run` and `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.

use super::assumptions::ProbePlan;
use super::behaviour::Answer;
use super::draw::{Draw, part};
use super::time::{ASK, NEVER, SECOND, Time, time};
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::{ProbeResult, Ticker, Worker as Thresholds};

/// A container's status, as the worker reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Absent before the first one is seen.
    pub(super) instance: Option<u32>,
    pub(super) is_running: bool,
    /// In whole seconds, rounded down.
    pub(super) started_at: Time,
    pub(super) is_started: bool,
    /// It has ended and does not start again.
    pub(super) is_over: bool,
}

/// Action of a worker that is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It waits for the next time.
    Wait,
    /// It makes an attempt.
    Try,
    /// It ends.
    Leave,
}

/// An attempt that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) began: Time,
    /// The answer is that of this moment.
    pub(super) asked: Time,
    pub(super) ends: Time,
    pub(super) verdict: Verdict,
}

impl Attempt {
    /// Begins an attempt: it takes some time to ask, and the answer is that of the moment when the
    /// container has been asked. An error is tried three times.
    pub(super) fn new(now: Time, draw: &mut Draw, answer: impl Fn(Time) -> Answer) -> Self {
        let asked = now + draw.between(ASK.0, ASK.1);
        Self::answered(now, asked, answer(asked))
    }

    /// An attempt that began and asked at these times.
    pub(super) fn answered(began: Time, asked: Time, answer: Answer) -> Self {
        let asks = asked - began;
        let takes = if answer.is_late {
            answer.takes + asks
        } else {
            answer.takes.max(asks)
        };
        Self {
            began,
            asked,
            ends: began + takes * tries(answer.verdict),
            verdict: answer.verdict,
        }
    }
}

/// First wait of a gRPC client between two connections, and its growth: `backoff.DefaultConfig` of
/// google.golang.org/grpc.
const CONNECT_AGAIN: Time = SECOND;
const CONNECT_GROWTH: f64 = 1.6;
const CONNECT_JITTER: f64 = 0.2;

impl Attempt {
    /// Begins an attempt that connects again where it is refused, up to the time-out.
    pub(super) fn connecting(
        now: Time,
        draw: &mut Draw,
        timeout: Time,
        is_refused: impl Fn(Time) -> bool,
        answer: impl Fn(Time) -> Answer,
    ) -> Self {
        let asks = draw.between(ASK.0, ASK.1);
        let mut at = now + asks;
        let deadline = at + timeout;
        let failed = |asked| Self {
            began: now,
            asked,
            ends: deadline,
            verdict: Verdict::Failure,
        };
        let (mut base, mut wait) = (CONNECT_AGAIN, CONNECT_AGAIN);
        while is_refused(at) {
            if at + wait >= deadline {
                return failed(deadline);
            }
            at += wait;
            base = part(base, CONNECT_GROWTH);
            wait = part(base, 1.0 + CONNECT_JITTER * (2.0 * draw.unit() - 1.0));
        }
        let answer = answer(at);
        // What it takes to ask is a part of what it takes to answer.
        let takes = answer.takes.saturating_sub(asks);
        if answer.is_late || at + takes > deadline {
            return failed(at);
        }
        Self {
            began: now,
            asked: at,
            ends: at + takes * tries(answer.verdict),
            verdict: answer.verdict,
        }
    }
}

fn tries(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Errored => 3,
        Verdict::Success | Verdict::Warning | Verdict::Failure => 1,
    }
}

#[derive(Clone, Debug)]
pub(super) struct Worker<'a> {
    pub(super) plan: &'a ProbePlan,
    pub(super) ticker: Ticker,
    pub(super) attempt: Option<Attempt>,
    delay: Time,
    pub(super) timeout: Time,
    /// The instance that it knows; [`Self::thresholds`] are about it.
    instance: Option<u32>,
    thresholds: Thresholds,
    /// The answer to the attempts before the next one that matters; absent where ticks make none.
    quiet: Option<Answer>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(plan: &'a ProbePlan, now: Time) -> Self {
        let (success, failure) = (plan.success_threshold, plan.failure_threshold);
        Self {
            plan,
            ticker: Ticker::new(time(plan.period), now),
            attempt: None,
            delay: time(plan.initial_delay),
            timeout: time(plan.timeout),
            instance: None,
            thresholds: Thresholds::with_thresholds(plan.kind, success, failure),
            quiet: None,
        }
    }

    /// Returns the result about an instance; absent before the worker has looked at it.
    pub(super) fn result(&self, instance: u32) -> Option<ProbeResult> {
        (self.instance == Some(instance)).then(|| self.thresholds.result())
    }

    /// Returns the instance that it knows, with the result about it.
    pub(super) fn current(&self) -> Option<(u32, ProbeResult)> {
        Some((self.instance?, self.thresholds.result()))
    }

    /// Returns whether the worker is to be woken.
    pub(super) fn is_woken(&self) -> bool {
        self.attempt.is_none() && self.ticker.is_woken()
    }

    /// Returns when something happens that matters while the status stays as it is. The answer to
    /// the attempt of a tick is given with the time up to which it is the same.
    pub(super) fn foresee(
        &mut self,
        seen: &Seen,
        is_tried: bool,
        answer: impl Fn(Time) -> (Answer, Time),
    ) -> Time {
        self.quiet = None;
        let tick = self.ticker.tick;
        let mut after = None;
        if let Some(attempt) = self.attempt {
            let matters = self.thresholds.remaining(attempt.verdict) == Some(1);
            if matters
                || self.ticker.is_woken()
                || attempt.ends >= tick
                || self.instance != seen.instance
            {
                return attempt.ends;
            }
            let mut thresholds = self.thresholds.clone();
            thresholds.skip(attempt.verdict, 1);
            after = Some(thresholds);
        } else if self.ticker.is_woken() {
            return 0;
        }
        let thresholds = after.as_ref().unwrap_or(&self.thresholds);
        if seen.instance.is_none() {
            return NEVER;
        }
        if self.instance != seen.instance {
            return tick;
        }
        if thresholds.is_on_hold() {
            return NEVER;
        }
        if !seen.is_running {
            let is_known = thresholds.result() == ProbeResult::Failure && !seen.is_over;
            return if is_known { NEVER } else { tick };
        }
        if seen.is_started == (self.plan.kind == ProbeKind::Startup) {
            return NEVER;
        }
        let first = seen.started_at + self.delay;
        if tick < first {
            return self.ticker.first_from(first);
        }
        if !is_tried {
            return tick;
        }
        let (answer, until) = answer(tick);
        // What changes while it is asked is left to the attempt itself.
        let until = until.saturating_sub(ASK.1);
        if until <= tick || (answer.takes + ASK.1) * tries(answer.verdict) >= self.ticker.period {
            return tick;
        }
        let remaining = thresholds.remaining(answer.verdict);
        self.quiet = Some(answer);
        let concludes = remaining.map_or(NEVER, |attempts| {
            let attempts = u64::from(attempts.saturating_sub(1));
            tick.saturating_add(self.ticker.period.saturating_mul(attempts))
        });
        concludes.min(self.ticker.first_from(until))
    }

    /// Counts the attempts before a time; none of them matters.
    pub(super) fn catch_up(&mut self, before: Time, draw: &mut Draw) {
        if let Some(attempt) = self.attempt {
            if attempt.ends >= before {
                return;
            }
            self.thresholds.skip(attempt.verdict, 1);
            self.attempt = None;
        }
        let Some(late) = before.checked_sub(self.ticker.tick + 1) else {
            return;
        };
        let period = self.ticker.period;
        let ticks = late / period + 1;
        if let Some(answer) = self.quiet {
            let last = self.ticker.tick + (ticks - 1) * period;
            let attempt = Attempt::new(last, draw, |_| answer);
            let is_under_way = attempt.ends >= before;
            let ended = ticks - u64::from(is_under_way);
            self.attempt = is_under_way.then_some(attempt);
            if ended > 0 {
                let ended = u32::try_from(ended).unwrap_or(u32::MAX);
                self.thresholds.skip(answer.verdict, ended);
            }
        }
        self.ticker.tick += ticks * period;
    }

    /// Looks at the container. The second value is true if the result has changed.
    pub(super) fn look(&mut self, seen: &Seen, now: Time) -> (Action, bool) {
        let Some(instance) = seen.instance else {
            return (Action::Wait, false);
        };
        let mut changed = false;
        if self.instance != Some(instance) {
            self.instance = Some(instance);
            self.thresholds.restart();
            changed = true;
        }
        if self.thresholds.is_on_hold() {
            return (Action::Wait, changed);
        }
        if !seen.is_running {
            changed |= self.thresholds.set(ProbeResult::Failure);
            let action = if seen.is_over {
                Action::Leave
            } else {
                Action::Wait
            };
            return (action, changed);
        }
        if now < seen.started_at + self.delay {
            return (Action::Wait, changed);
        }
        // A startup probe ends when the container has started; the others begin then.
        if seen.is_started == (self.plan.kind == ProbeKind::Startup) {
            return (Action::Wait, changed);
        }
        (Action::Try, changed)
    }

    /// An attempt ends. Returns whether the result has changed.
    pub(super) fn finish(&mut self) -> bool {
        let Some(attempt) = self.attempt.take() else {
            return false;
        };
        self.thresholds.record(attempt.verdict).has_changed
    }
}
