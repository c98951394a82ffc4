//! Ranges of the times of events, over many runs.

use std::time::Duration;

use pod_model::KubernetesVersion;

use super::assumptions::Assumptions;
use super::draw::Draw;
use super::event::Event;
use super::happening::Happening;
use super::kubelet::{self, Run};
use super::order::{follow_causes, follow_instances};
use super::plan::PodPlan;
use super::reason::Reason;
use super::time::{MILLISECOND, Time, time};

/// Number of runs for one forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Effort {
    /// Many runs: a few milliseconds for a simple Pod, some tens for containers that restart all the
    /// time.
    #[default]
    Thorough,
    /// A few runs, for thousands of Pods: rare courses are missing.
    Quick,
}

impl Effort {
    fn runs(self) -> u64 {
        match self {
            Self::Thorough => 4096,
            Self::Quick => 32,
        }
    }

    /// Returns what the runs may have missed of a range at its beginning and at its end.
    ///
    /// The beginning is sharp: nothing comes before its delay. At the end waits add up, and more of them
    /// where there are several containers.
    fn slack(self, range: Time, has_several: bool) -> (Time, Time) {
        match self {
            Self::Thorough => {
                let more = if has_several {
                    (range / 8).min(MOST_MORE)
                } else {
                    0
                };
                let before = 130 * MILLISECOND + range * 2 / 25;
                (before, 120 * MILLISECOND + range / 10 + more)
            }
            Self::Quick => {
                let slack = 200 * MILLISECOND + range / 8;
                (slack, slack)
            }
        }
    }
}

/// The most that several containers add to a range.
const MOST_MORE: Time = 450 * MILLISECOND;
/// An event of fewer than one of so many runs is rare: its range is hardly known.
const RARE: u64 = 48;
/// An event of fewer than one of so many runs may come at any time while its instance does anything.
const RAREST: u64 = 256;
/// Time that runs go on behind the horizon: they end there what began before.
const BEHIND: Duration = Duration::from_mins(2);
/// The longest time to look ahead.
pub const MAX_HORIZON: Duration = Duration::from_hours(6);
/// Steps of all runs together, after which there is no other run: a part of a second.
const MAX_STEPS: u64 = 4_000_000;
/// Runs that there are in any case.
const LEAST: u64 = 16;

/// Returns the events of a Pod up to [`Assumptions::horizon`], or [`MAX_HORIZON`] if that is less, in the
/// order of their earliest times.
pub fn forecast(plan: &PodPlan, does: &Assumptions, version: KubernetesVersion) -> Vec<Event> {
    forecast_with(plan, does, version, Effort::Thorough)
}

/// [`forecast`] with more or less effort.
pub fn forecast_with(
    plan: &PodPlan,
    does: &Assumptions,
    version: KubernetesVersion,
    effort: Effort,
) -> Vec<Event> {
    let horizon = does.horizon.min(MAX_HORIZON);
    let mut run = Run::new(plan, does, version);
    let mut ranges = Ranges::of(plan);
    let mut steps = 0;
    while ranges.runs < effort.runs() && (steps < MAX_STEPS || ranges.runs < LEAST) {
        let draw = Draw::of(ranges.runs);
        let (events, took) = run.events(draw, time(horizon + BEHIND));
        ranges.add(events);
        steps += took;
    }
    let mut events = ranges.events(plan, effort);
    if does.exits_at.is_none() {
        follow_causes(&mut events);
    }
    follow_instances(&mut events);
    events.retain(|event| event.earliest <= horizon);
    // Equal times keep the order of the course.
    events.sort_by_key(|event| event.earliest);
    events
}

/// Times of one event over all runs.
#[derive(Clone, Debug)]
struct Range {
    first: Time,
    last: Time,
    runs: u64,
    /// Reasons, each with the number of its runs.
    reasons: Vec<(Reason, u64)>,
}

impl Range {
    fn new(at: Time, reason: Reason) -> Self {
        Self {
            first: at,
            last: at,
            runs: 1,
            reasons: vec![(reason, 1)],
        }
    }

    fn add(&mut self, at: Time, reason: &Reason) {
        self.runs += 1;
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        match self.reasons.iter_mut().find(|(other, _)| other == reason) {
            Some((_, runs)) => *runs += 1,
            None => self.reasons.push((*reason, 1)),
        }
    }
}

/// Ranges of the events of one kind of a container.
#[derive(Clone, Debug, Default)]
struct Series {
    /// By instance and occurrence.
    ranges: Vec<Vec<Range>>,
    /// Of this run: the instance of the newest event, and its number among those of the instance.
    newest: Option<(usize, usize)>,
}

#[derive(Debug)]
struct Ranges {
    runs: u64,
    /// By container and happening.
    series: Vec<[Series; Happening::ALL.len()]>,
}

impl Ranges {
    fn of(plan: &PodPlan) -> Self {
        Self {
            runs: 0,
            series: std::iter::repeat_with(Default::default)
                .take(plan.containers.len())
                .collect(),
        }
    }

    /// Adds a run.
    fn add(&mut self, events: &[kubelet::Event]) {
        self.runs += 1;
        for series in self.series.iter_mut().flatten() {
            series.newest = None;
        }
        for event in events {
            let series = &mut self.series[event.container][event.happening.index()];
            let instance = event.instance as usize;
            let occurrence = match series.newest {
                Some((of, occurrence)) if of == instance => occurrence + 1,
                _ => 0,
            };
            series.newest = Some((instance, occurrence));
            if series.ranges.len() <= instance {
                series.ranges.resize_with(instance + 1, Vec::new);
            }
            let ranges = &mut series.ranges[instance];
            match ranges.get_mut(occurrence) {
                Some(range) => range.add(event.at, &event.reason),
                None => ranges.push(Range::new(event.at, event.reason)),
            }
        }
    }

    /// Returns the events in the order of containers, of instances and of their course.
    fn events(self, plan: &PodPlan, effort: Effort) -> Vec<Event> {
        let mut events = Vec::new();
        let has_several = plan.containers.len() > 1;
        for (container, all) in self.series.into_iter().enumerate() {
            // What hardly any run shows comes an attempt earlier or later in others.
            let periods = plan.containers[container].probes.iter();
            let period = periods.map(|probe| time(probe.period)).max();
            let spans = spans(&all);
            for (happening, series) in Happening::ALL.into_iter().zip(all) {
                for (instance, ranges) in (0..).zip(series.ranges) {
                    for (occurrence, mut range) in (0..).zip(ranges) {
                        if range.runs < self.runs / RAREST
                            && let Some(span) = spans.get(instance as usize)
                        {
                            (range.first, range.last) = *span;
                        }
                        let width = range.last - range.first;
                        let (mut before, mut after) = effort.slack(width, has_several);
                        if range.runs < self.runs / RARE {
                            before += period.unwrap_or_default();
                            after += period.unwrap_or_default();
                        }
                        let reasons = range.reasons.into_iter();
                        let reason = reasons.max_by_key(|(_, runs)| *runs);
                        let earliest = range.first.saturating_sub(before);
                        let latest = range.last.saturating_add(after);
                        events.push(Event {
                            container,
                            instance,
                            happening,
                            occurrence,
                            earliest: Duration::from_nanos(earliest),
                            latest: Duration::from_nanos(latest),
                            is_certain: range.runs == self.runs,
                            reason: reason.map_or(Reason::Running, |(reason, _)| reason),
                        });
                    }
                }
            }
        }
        events.sort_by_key(|event| (event.container, event.instance, event.happening));
        events
    }
}

/// Returns the times of the first and the last event of each instance of a container.
fn spans(all: &[Series]) -> Vec<(Time, Time)> {
    let mut spans: Vec<(Time, Time)> = Vec::new();
    for series in all {
        for (instance, ranges) in series.ranges.iter().enumerate() {
            if spans.len() <= instance {
                spans.resize(instance + 1, (Time::MAX, 0));
            }
            let span = &mut spans[instance];
            for range in ranges {
                *span = (span.0.min(range.first), span.1.max(range.last));
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::time::SECOND;
    use super::*;

    #[test]
    fn what_hardly_any_run_shows_may_come_while_its_instance_does_anything() {
        let spec = json!({"containers": [{"name": "c", "image": "i"}]});
        let plan = PodPlan::of(
            &serde_json::from_value(spec).unwrap(),
            KubernetesVersion::V1_37,
        );
        let event = |happening, at| kubelet::Event {
            at: at * SECOND,
            container: 0,
            instance: 0,
            happening,
            reason: Reason::NotRunning,
        };
        let usual = [event(Happening::Started, 1), event(Happening::Ended, 100)];
        let rare = [usual[0], event(Happening::Unready, 50), usual[1]];
        let range = |rare_runs, runs| {
            let mut ranges = Ranges::of(&plan);
            for run in 0..runs {
                ranges.add(if run < rare_runs { &rare } else { &usual });
            }
            let events = ranges.events(&plan, Effort::Thorough);
            let mut own = events
                .iter()
                .filter(|own| own.happening == Happening::Unready);
            own.next()
                .map(|own| (own.earliest.as_secs(), own.latest.as_secs()))
                .unwrap()
        };
        let (earliest, latest) = range(1, 600);
        assert!(earliest <= 1 && latest >= 100, "{earliest}..{latest}");
        assert_eq!(range(300, 600), (49, 50));
    }
}
