//! Ranges of the times of events, over many runs.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use pod_model::KubernetesVersion;

use super::assumptions::Assumptions;
use super::draw::Draw;
use super::happening::Happening;
use super::kubelet::{self, Run};
use super::plan::PodPlan;
use super::reason::Reason;

/// Runs between two looks at whether they still show something new.
const BATCH: u64 = 64;
/// Batches in a row that show nothing new, after which there is no other one.
const QUIET: u32 = 3;

/// Number of runs for one forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Effort {
    /// Until the runs show nothing new: about a millisecond for a simple Pod, a tenth of a second for
    /// containers that restart all the time.
    #[default]
    Thorough,
    /// A few runs, for thousands of Pods: rare courses are missing.
    Quick,
}

impl Effort {
    fn most(self) -> u64 {
        match self {
            Self::Thorough => 2048,
            Self::Quick => 32,
        }
    }
}

/// Time that runs go on behind the horizon: they end there what began before.
const BEHIND: Duration = Duration::from_mins(2);
/// The longest time to look ahead.
pub const MAX_HORIZON: Duration = Duration::from_hours(6);
/// Steps of all runs together, after which there is no other run: half a second.
const MAX_STEPS: u64 = 4_000_000;
/// Runs that there are in any case.
const LEAST: u64 = 16;

/// An event of a container, with the range of its time from the start of the first container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The container's position in [`PodPlan::containers`].
    pub container: usize,
    /// 0 is the first run of the container.
    pub instance: u32,
    /// The happening.
    pub happening: Happening,
    /// Its number among equal events of the instance, from 0 on.
    pub occurrence: u32,
    /// Not before.
    pub earliest: Duration,
    /// Not after.
    pub latest: Duration,
    /// False if it does not happen in every case.
    pub is_certain: bool,
    /// Reason of these times.
    pub reason: Reason,
}

/// The event that a range is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    container: usize,
    instance: u32,
    happening: Happening,
    occurrence: u32,
}

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
    let mut ranges = Ranges::default();
    let mut quiet = 0;
    let mut steps = 0;
    while quiet < QUIET && ranges.runs < effort.most() && steps < MAX_STEPS {
        let mut is_new = false;
        for _ in 0..BATCH.min(effort.most()) {
            let draw = Draw::of(ranges.runs);
            let (events, took) = Run::new(plan, does, version, draw).events(horizon + BEHIND);
            is_new |= ranges.add(&events);
            steps += took;
            if steps > MAX_STEPS && ranges.runs >= LEAST {
                break;
            }
        }
        quiet = if is_new { 0 } else { quiet + 1 };
    }
    let runs = ranges.runs;
    let ranges = ranges.by_key.into_iter();
    let mut events: Vec<Event> = ranges.map(|(key, range)| range.event(key, runs)).collect();
    if does.exits_at.is_none() {
        follow_causes(&mut events);
    }
    events.retain(|event| event.earliest <= horizon);
    // Equal times keep the order of the course.
    events.sort_by_key(|event| event.earliest);
    events
}

/// Keeps the consequences of a kill behind it: the slack of a wider range would put them before.
/// The events of an instance are in the order of its course.
fn follow_causes(events: &mut [Event]) {
    for index in 1..events.len() {
        let (before, rest) = events.split_at_mut(index);
        let (Some(cause), Some(event)) = (before.last(), rest.first_mut()) else {
            continue;
        };
        // An event of some runs alone may have another cause in others.
        let is_same = (cause.container, cause.instance) == (event.container, event.instance)
            && cause.is_certain
            && event.is_certain;
        let is_stop = |happening| {
            matches!(
                happening,
                Happening::Kill(_) | Happening::SigTerm | Happening::SigKill
            )
        };
        let follows = matches!(
            event.happening,
            Happening::SigTerm | Happening::SigKill | Happening::Ended
        );
        if is_same && is_stop(cause.happening) && follows {
            event.earliest = event.earliest.max(cause.earliest.min(event.latest));
        }
    }
}

/// Times of one event over all runs.
#[derive(Clone, Debug)]
struct Range {
    first: Duration,
    last: Duration,
    runs: u64,
    /// Reasons, each with the number of its runs.
    reasons: Vec<(Reason, u64)>,
}

impl Range {
    fn event(self, key: Key, runs: u64) -> Event {
        let slack = slack(self.last.saturating_sub(self.first));
        let reasons = self.reasons.into_iter();
        let reason = reasons.max_by_key(|(_, runs)| *runs);
        Event {
            container: key.container,
            instance: key.instance,
            happening: key.happening,
            occurrence: key.occurrence,
            earliest: self.first.saturating_sub(slack),
            latest: self.last.saturating_add(slack),
            is_certain: self.runs == runs,
            reason: reason.map_or(Reason::Running, |(reason, _)| reason),
        }
    }

    /// Returns whether the time lies so far outside that it was not to be expected.
    fn add(&mut self, at: Duration, reason: Reason) -> bool {
        let slack = slack(self.last.saturating_sub(self.first)) / 2;
        let is_new = at + slack < self.first || at > self.last + slack;
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        self.runs += 1;
        match self.reasons.iter_mut().find(|(other, _)| *other == reason) {
            Some((_, runs)) => *runs += 1,
            None => self.reasons.push((reason, 1)),
        }
        is_new
    }
}

#[derive(Debug, Default)]
struct Ranges {
    runs: u64,
    by_key: BTreeMap<Key, Range>,
    seen: Vec<(Key, Duration, Reason)>,
}

impl Ranges {
    /// Adds a run. Returns whether it shows something new.
    fn add(&mut self, events: &[kubelet::Event]) -> bool {
        self.runs += 1;
        self.seen.clear();
        let keys = events
            .iter()
            .map(|event| (key(event), event.at, event.reason));
        self.seen.extend(keys);
        number(&mut self.seen);
        let mut is_new = false;
        for (key, at, reason) in &self.seen {
            is_new |= match self.by_key.entry(*key) {
                Entry::Occupied(mut range) => range.get_mut().add(*at, *reason),
                Entry::Vacant(entry) => {
                    entry.insert(Range {
                        first: *at,
                        last: *at,
                        runs: 1,
                        reasons: vec![(*reason, 1)],
                    });
                    true
                }
            };
        }
        is_new
    }
}

fn key(event: &kubelet::Event) -> Key {
    Key {
        container: event.container,
        instance: event.instance,
        happening: event.happening,
        occurrence: 0,
    }
}

/// Numbers the equal events of one run, which are in the order of their times.
fn number(times: &mut [(Key, Duration, Reason)]) {
    times.sort_by_key(|(key, ..)| *key);
    for index in 1..times.len() {
        let before = times[index - 1].0;
        let key = &mut times[index].0;
        if (before.container, before.instance, before.happening)
            == (key.container, key.instance, key.happening)
        {
            key.occurrence = before.occurrence + 1;
        }
    }
}

/// Returns what the runs may have missed of a range at both of its ends.
fn slack(range: Duration) -> Duration {
    Duration::from_millis(200) + range / 8
}
