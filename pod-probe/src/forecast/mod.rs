//! What follows from the probes of a Pod over time: when each first runs, when containers are
//! ready, killed and restarted, as ranges.
//!
//! The kubelet leaves much to chance: when a worker's ticker ticks, when the kubelet looks at
//! the containers, which of two threads comes first. [`forecast`] runs the kubelet's rules many
//! times, each time with other values of what is left to chance, and gives for each event the
//! earliest and the latest time.

mod assumptions;
mod back_off;
mod draw;
mod kubelet;
mod plan;
mod worker;

use std::collections::BTreeMap;
use std::time::Duration;

use pod_model::KubernetesVersion;

pub use assumptions::{Assumptions, ProbePlan, StopTakes};
use draw::Draw;
use kubelet::Run;
pub use kubelet::{Happening, Kind};
pub use plan::{ContainerPlan, PodPlan, RestartPolicy};

/// Runs for one forecast.
const RUNS: u64 = 96;

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
}

/// Returns the events of a Pod, in the order of their earliest times.
pub fn forecast(plan: &PodPlan, does: &Assumptions, version: KubernetesVersion) -> Vec<Event> {
    let mut ranges: BTreeMap<(usize, u32, Happening, u32), (Duration, Duration, u64)> =
        BTreeMap::new();
    // What begins before the horizon may end behind it.
    let horizon = does.horizon + Duration::from_secs(120);
    for run in 0..RUNS {
        let mut seen: BTreeMap<(usize, u32, Happening), u32> = BTreeMap::new();
        for event in Run::new(plan, does, version, Draw::of(run)).events(horizon) {
            let key = (event.container, event.instance, event.happening);
            let count = seen.entry(key).or_default();
            let range = ranges.entry((key.0, key.1, key.2, *count));
            let range = range.or_insert((event.at, event.at, 0));
            *range = (range.0.min(event.at), range.1.max(event.at), range.2 + 1);
            *count += 1;
        }
    }
    let mut events = Vec::with_capacity(ranges.len());
    for ((container, instance, happening, occurrence), (earliest, latest, count)) in ranges {
        let slack = slack(earliest, latest);
        events.push(Event {
            container,
            instance,
            happening,
            occurrence,
            earliest: earliest.saturating_sub(slack),
            latest: latest + slack,
            is_certain: count == RUNS,
        });
    }
    events.retain(|event| event.earliest <= does.horizon);
    events.sort_by_key(|event| event.earliest);
    events
}

/// Returns what the runs may have missed of a range at both of its ends.
fn slack(earliest: Duration, latest: Duration) -> Duration {
    Duration::from_millis(150) + (latest - earliest) / 16
}
