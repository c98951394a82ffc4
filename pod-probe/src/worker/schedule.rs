//! Times of attempts.

use std::time::Duration;

use crate::probes::Probe;

const SECOND: u64 = 1_000_000_000;

/// Ticks at a fixed distance from each other, of which one at most waits for its receiver.
///
/// Upstream: `time.Ticker` and `manualTriggerCh` of the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticker {
    /// In nanoseconds, as all times here.
    pub(crate) period: u64,
    /// Time of the next tick.
    pub(crate) tick: u64,
    /// A tick waits; those that come meanwhile are lost.
    pub(crate) is_due: bool,
    /// A trigger waits.
    pub(crate) is_triggered: bool,
}

impl Ticker {
    pub(crate) fn new(period: u64, now: u64) -> Self {
        // The API refuses less than a second.
        let period = period.max(SECOND);
        Self {
            period,
            tick: now.saturating_add(period),
            is_due: false,
            is_triggered: false,
        }
    }

    /// Counts the ticks up to a time.
    pub(crate) fn advance(&mut self, now: u64) {
        if self.tick > now {
            return;
        }
        self.is_due = true;
        self.tick = self.tick.saturating_add(self.period);
        if self.tick <= now {
            let late = (now - self.tick) / self.period;
            let late = self.period.saturating_mul(late.saturating_add(1));
            self.tick = self.tick.saturating_add(late);
        }
    }

    /// Returns the first tick from now on that does not come before a time.
    pub(crate) fn first_from(&self, time: u64) -> u64 {
        let ticks = time.saturating_sub(self.tick).div_ceil(self.period);
        self.tick.saturating_add(self.period.saturating_mul(ticks))
    }

    /// Returns whether a tick or a trigger waits.
    pub(crate) fn is_woken(&self) -> bool {
        self.is_due || self.is_triggered
    }

    /// Takes the tick or the trigger that waits; of both, the trigger if `prefers_trigger`. Returns
    /// whether it was the trigger.
    pub(crate) fn wake(&mut self, now: u64, prefers_trigger: bool) -> bool {
        let is_triggered = self.is_triggered && (!self.is_due || prefers_trigger);
        if is_triggered {
            self.is_triggered = false;
            // The ticker starts anew, and a tick that waits is lost.
            self.tick = now.saturating_add(self.period);
        }
        self.is_due = false;
        is_triggered
    }
}

/// Times at which the worker of a probe makes its attempts on one instance.
///
/// Times count from any origin; where the whole seconds are to fall as they do for the kubelet, from
/// the Unix epoch. A startup probe holds the others back: their schedules go on meanwhile, and the
/// caller leaves out the attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    ticker: Ticker,
    initial_delay: u64,
    started: u64,
    next: u64,
}

impl Schedule {
    /// Returns the schedule of a probe for an instance that started at `started`. The worker's
    /// ticker starts at `ticker`: its first tick comes a period later. In a cluster it starts
    /// before the Pod's images are pulled, so that any phase is possible.
    pub fn new(probe: &Probe, started: Duration, ticker: Duration) -> Self {
        let seconds = |number: i32| u64::try_from(number).unwrap_or_default() * SECOND;
        let started = nanos(started);
        let mut schedule = Self {
            ticker: Ticker::new(seconds(probe.period_seconds), nanos(ticker)),
            initial_delay: seconds(probe.initial_delay_seconds),
            started,
            next: 0,
        };
        schedule.skip(started);
        schedule
    }

    /// Returns when the next attempt is due; a time that has passed means at once.
    pub fn next(&self) -> Duration {
        Duration::from_nanos(self.next)
    }

    /// An attempt ends, or is left out: the next one is due at the next tick, or at once if a tick has
    /// passed since [`Self::next`]. Of several such ticks the others are lost.
    pub fn finish(&mut self, now: Duration) {
        let now = nanos(now);
        self.ticker.advance(self.next.min(now));
        self.ticker.is_due = false;
        self.ticker.advance(now);
        let has_tick = self.ticker.is_due;
        self.skip(now);
        if has_tick && now >= self.first() {
            self.next = now;
        }
    }

    /// A sync of the Pod finds the container not ready: its readiness probe makes an attempt at once,
    /// and the ticker starts anew. Has no effect before the initial delay is over, except on the
    /// ticker.
    pub fn trigger(&mut self, now: Duration) {
        let now = nanos(now);
        self.ticker.is_triggered = true;
        self.ticker.wake(now, true);
        if now >= self.first() {
            self.next = now;
        } else {
            self.skip(now);
        }
    }

    /// The container starts again; the ticker goes on.
    pub fn restart(&mut self, started: Duration) {
        self.started = nanos(started);
        self.skip(self.started);
    }

    /// Drops the ticks so far; the next attempt is due at the first tick at which the delay is over.
    fn skip(&mut self, now: u64) {
        self.ticker.advance(now);
        self.ticker.is_due = false;
        self.next = self.ticker.first_from(self.first());
    }

    /// Returns when the instance is old enough to be probed: its age counts in whole seconds, from a
    /// start that is cut to a whole second.
    fn first(&self) -> u64 {
        (self.started / SECOND * SECOND).saturating_add(self.initial_delay)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::Handler;
    use crate::probes::ProbeKind;

    fn probe(delay: i32, period: i32) -> Probe {
        Probe {
            kind: ProbeKind::Liveness,
            handler: Handler::Missing {},
            initial_delay_seconds: delay,
            period_seconds: period,
            timeout_seconds: 1,
            success_threshold: 1,
            failure_threshold: 3,
            termination_grace_period_seconds: None,
            termination_grace_period_origin: None,
        }
    }

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn attempts_follow_the_ticker_without_drift() {
        let mut schedule = Schedule::new(&probe(0, 10), ms(5_300), ms(1_000));
        let mut times = Vec::new();
        for _ in 0..3 {
            times.push(schedule.next());
            schedule.finish(schedule.next() + ms(700));
        }
        assert_eq!(times, [ms(11_000), ms(21_000), ms(31_000)]);
    }

    #[test]
    fn the_delay_counts_whole_seconds_from_a_start_that_is_cut() {
        // 9.3 s after the start, but 10 s after its whole second.
        let schedule = Schedule::new(&probe(10, 5), ms(5_900), ms(200));
        assert_eq!(schedule.next(), ms(15_200));
        let schedule = Schedule::new(&probe(10, 5), ms(5_900), ms(4_900));
        assert_eq!(schedule.next(), ms(19_900));
    }

    #[test]
    fn of_ticks_during_an_attempt_one_is_kept() {
        let mut schedule = Schedule::new(&probe(0, 2), ms(0), ms(0));
        assert_eq!(schedule.next(), ms(2_000));
        // The ticks at 4, 6 and 8 s pass.
        schedule.finish(ms(9_500));
        assert_eq!(schedule.next(), ms(9_500));
        schedule.finish(ms(9_600));
        assert_eq!(schedule.next(), ms(10_000));
    }

    #[test]
    fn a_trigger_tries_at_once_and_starts_the_ticker_anew() {
        let mut schedule = Schedule::new(&probe(3, 10), ms(0), ms(0));
        schedule.trigger(ms(1_500));
        assert_eq!(schedule.next(), ms(11_500));
        schedule.trigger(ms(4_500));
        assert_eq!(schedule.next(), ms(4_500));
        schedule.finish(ms(4_600));
        assert_eq!(schedule.next(), ms(14_500));
    }
}
