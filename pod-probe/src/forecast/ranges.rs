//! Ranges of the times of events, over many runs.

use std::time::Duration;

use pod_model::KubernetesVersion;

use super::assumptions::Assumptions;
use super::draw::Draw;
use super::happening::Happening;
use super::kubelet::{self, Run};
use super::plan::PodPlan;
use super::reason::Reason;

/// Runs for one forecast.
const RUNS: u64 = 400;
/// What begins before the horizon may end behind it.
const BEHIND: Duration = Duration::from_mins(2);
/// The longest time to look ahead: a day.
pub const MAX_HORIZON: Duration = Duration::from_hours(24);

/// An event of a container, with the range of its time from the start of the first container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The container's position in [`PodPlan::containers`].
    pub container: usize,
    /// 0 is the first run of the container.
    pub instance: u32,
    /// What happens.
    pub happening: Happening,
    /// Which of several equal events of the instance it is, from 0 on.
    pub occurrence: u32,
    /// Not before.
    pub earliest: Duration,
    /// Not after.
    pub latest: Duration,
    /// False if it does not happen in every case.
    pub is_certain: bool,
    /// What leads to these times.
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
    let horizon = does.horizon.min(MAX_HORIZON);
    let mut times: Vec<(Key, Duration, Reason)> = Vec::new();
    for run in 0..RUNS {
        let events = Run::new(plan, does, version, Draw::of(run)).events(horizon + BEHIND);
        let first = times.len();
        times.extend(
            events
                .iter()
                .map(|event| (key(event), event.at, event.reason)),
        );
        number(&mut times[first..]);
    }
    times.sort_unstable();
    let same = |one: &(Key, Duration, Reason), other: &(Key, Duration, Reason)| one.0 == other.0;
    let mut events: Vec<Event> = times.chunk_by(same).filter_map(range).collect();
    events.retain(|event| event.earliest <= horizon);
    events.sort_by_key(|event| event.earliest);
    events
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

/// Returns the range of times of one event, which are in their order.
fn range(times: &[(Key, Duration, Reason)]) -> Option<Event> {
    let (key, first, _) = *times.first()?;
    let (_, last, _) = *times.last()?;
    let slack = slack(last.saturating_sub(first));
    Some(Event {
        container: key.container,
        instance: key.instance,
        happening: key.happening,
        occurrence: key.occurrence,
        earliest: first.saturating_sub(slack),
        latest: last.saturating_add(slack),
        is_certain: u64::try_from(times.len()) == Ok(RUNS),
        reason: most_frequent(times)?,
    })
}

fn most_frequent(times: &[(Key, Duration, Reason)]) -> Option<Reason> {
    let count = |reason: &Reason| times.iter().filter(|(.., other)| other == reason).count();
    let (.., middle) = times.get(times.len() / 2)?;
    if count(middle) * 2 > times.len() {
        return Some(*middle);
    }
    times.iter().map(|(.., reason)| *reason).max_by_key(count)
}

/// Returns what the runs may have missed of a range at both of its ends.
fn slack(range: Duration) -> Duration {
    Duration::from_millis(200) + range / 10
}
