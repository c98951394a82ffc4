//! The comparison of events with a forecast.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pod_model::KubernetesVersion;
use pod_probe::{Assumptions, Event, Happening, PodPlan, forecast};

use crate::case::Case;
use crate::observed::{Observations, Observed};
use crate::stall::Stalls;

/// The time that a machine at rest may take beyond what is forecast: a container starts, a status
/// reaches the API server and comes back.
const USUAL: f64 = 0.5;

/// The way in which an event differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// It came before its earliest time.
    Early,
    /// It is not among those that may happen.
    Unexpected,
    /// It came after its latest time, and what the machine lost.
    Late,
    /// It has not happened although it was to.
    Missing,
}

/// One event that is not as it was forecast.
pub(crate) struct Difference {
    pub(crate) fault: Fault,
    pub(crate) text: String,
}

/// The comparison of one Pod.
#[derive(Default)]
pub(crate) struct Comparison {
    /// Events that were looked at.
    pub(crate) count: usize,
    pub(crate) differences: Vec<Difference>,
    /// True if the machine was too busy for a difference to count.
    pub(crate) is_busy: bool,
    /// True if a program that behaves otherwise would have differed.
    pub(crate) finds_other: Option<bool>,
}

/// The Pod's events and when its first container started: after the first time, before the second.
pub(crate) struct Run<'a> {
    pub(crate) case: &'a Case,
    pub(crate) origin: (f64, f64),
    pub(crate) observed: Observations,
    pub(crate) stalls: &'a Stalls,
    /// Seconds from the start of a container until its program listens, at most. The kubelet's first
    /// probe comes sooner than any program listens.
    pub(crate) listens_after: f64,
    /// Until when it was looked at.
    pub(crate) until: f64,
}

type Key = (usize, u32, Happening, u32);

/// Returns what is forecast of a program that listens at once, or after the time that it needs.
fn forecasts(run: &Run<'_>, does: &Assumptions) -> BTreeMap<Key, Event> {
    let version = KubernetesVersion::V1_37;
    let plan = PodPlan::of(&run.case.typed(), version);
    let mut later = does.clone();
    later.starts_after += Duration::from_secs_f64(run.listens_after);
    let key = |event: Event| (key_of(&event), event);
    let mut all: BTreeMap<Key, Event> = BTreeMap::new();
    let second: BTreeMap<Key, Event> = forecast(&plan, &later, version)
        .into_iter()
        .map(key)
        .collect();
    for mut event in forecast(&plan, does, version) {
        event.is_certain &= second.contains_key(&key_of(&event));
        all.insert(key_of(&event), event);
    }
    for (key, mut event) in second {
        if let Some(first) = all.get(&key) {
            event.earliest = event.earliest.min(first.earliest);
            event.latest = event.latest.max(first.latest);
            event.is_certain &= first.is_certain;
        } else {
            event.is_certain = false;
        }
        all.insert(key, event);
    }
    all
}

/// Compares all events of a Pod with what is forecast of a program that behaves like this.
pub(crate) fn compare(run: &Run<'_>, does: &Assumptions) -> Comparison {
    let forecast = forecasts(run, does);
    let mut observed: Vec<&Observed> = run.observed.events.iter().collect();
    observed.sort_by(|a, b| a.not_after.total_cmp(&b.not_after));
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    let mut result = Comparison::default();
    for own in observed {
        let count = |instance| {
            let mut key = (own.container, instance, own.happening, 0);
            while seen.contains(&key) {
                key.3 += 1;
            }
            (key, run.fault(own, forecast.get(&key)))
        };
        // Unready is the instance that was ready, not the one that has replaced it.
        let before = own.instance.saturating_sub(1);
        let (likely, other) = if own.or_before && own.happening == Happening::Unready {
            (before, own.instance)
        } else {
            (own.instance, before)
        };
        let (mut key, mut fault) = count(likely);
        if fault.is_some() && own.or_before {
            let (other, of_other) = count(other);
            if of_other.is_none() {
                (key, fault) = (other, of_other);
            }
        }
        seen.insert(key);
        let since = own.not_before - run.origin.1;
        if since > run.case.does.horizon.as_secs_f64() {
            continue;
        }
        result.count += 1;
        if let Some((fault, text)) = fault {
            let text = format!("{}: {}: {text}", run.case.name, show(key));
            result.differences.push(Difference { fault, text });
        }
    }
    for (key, event) in forecast {
        let is_due = event.is_certain && run.latest(&event) < run.until;
        if is_due && !seen.contains(&key) && run.is_seen(&event) {
            let range = range(&event);
            let text = format!(
                "{}: {}: has not happened in {range}",
                run.case.name,
                show(key)
            );
            let fault = Fault::Missing;
            result.differences.push(Difference { fault, text });
        }
    }
    result
}

impl Run<'_> {
    fn latest(&self, event: &Event) -> f64 {
        let latest = self.origin.1 + event.latest.as_secs_f64() + USUAL;
        latest + self.stalls.between(self.origin.0, latest)
    }

    fn fault(&self, own: &Observed, event: Option<&Event>) -> Option<(Fault, String)> {
        let (least, most) = (
            own.not_before - self.origin.1,
            own.not_after - self.origin.0,
        );
        let at = format!("at {least:.2}..{most:.2}");
        let Some(event) = event else {
            return Some((Fault::Unexpected, format!("{at}: is not forecast")));
        };
        let range = range(event);
        if most < event.earliest.as_secs_f64() {
            return Some((Fault::Early, format!("{at}: early for {range}")));
        }
        let latest = self.latest(event);
        (own.not_before > latest).then(|| {
            let allowed = latest - self.origin.1;
            (
                Fault::Late,
                format!("{at}: late for {range}, to {allowed:.2} with what was lost"),
            )
        })
    }

    /// False for what may have left no trace.
    fn is_seen(&self, event: &Event) -> bool {
        if matches!(event.happening, Happening::Ready | Happening::Unready) {
            let range = self.origin.0 + event.earliest.as_secs_f64()..=self.latest(event);
            let mut gaps = self.observed.gaps.iter();
            return !gaps.any(|(own, at)| *own == event.container && range.contains(at));
        }
        let Happening::FirstProbe(kind) = event.happening else {
            return true;
        };
        let container = &self.case.containers[event.container];
        let mut probes = container.probes.iter();
        probes.any(|probe| probe.kind == kind && probe.is_recorded())
    }
}

fn key_of(event: &Event) -> Key {
    (
        event.container,
        event.instance,
        event.happening,
        event.occurrence,
    )
}

fn show((container, instance, happening, occurrence): Key) -> String {
    format!("container {container} instance {instance} {happening:?} {occurrence}")
}

fn range(event: &Event) -> String {
    let (earliest, latest) = (event.earliest.as_secs_f64(), event.latest.as_secs_f64());
    format!("{earliest:.2}..{latest:.2}")
}

#[cfg(test)]
mod tests {
    use pod_probe::Kind;

    use super::*;
    use crate::case::{Handler, probe};

    /// Returns what is wrong with a Pod whose liveness probe fails from the tenth second on. The first
    /// run gets SIGTERM at each of these times, which count from the earliest and from the latest.
    fn faults(from_earliest: &[f64], from_latest: &[f64]) -> Vec<Fault> {
        let mut case = Case::new("one", 25, vec![probe(Kind::Liveness, Handler::Http, 2, 2)]);
        case.does.fails_at = Some(Duration::from_secs(10));
        let mut run = Run {
            case: &case,
            origin: (1000.0, 1000.0),
            observed: Observations::default(),
            stalls: &Stalls::default(),
            listens_after: 0.1,
            until: 1100.0,
        };
        let forecast = forecasts(&run, &case.does);
        let range = &forecast[&(0, 0, Happening::SigTerm, 0)];
        let earliest = from_earliest
            .iter()
            .map(|own| range.earliest.as_secs_f64() + own);
        let latest = from_latest
            .iter()
            .map(|own| range.latest.as_secs_f64() + own);
        let at = |at: f64| Observed {
            container: 0,
            instance: 0,
            happening: Happening::SigTerm,
            not_before: 1000.0 + at,
            not_after: 1000.0 + at,
            or_before: false,
        };
        run.observed.events = earliest.chain(latest).map(at).collect();
        let differences = compare(&run, &case.does).differences;
        let of_interest = differences
            .iter()
            .filter(|difference| difference.text.contains("SigTerm"));
        of_interest.map(|difference| difference.fault).collect()
    }

    #[test]
    fn an_event_outside_its_range_is_a_difference() {
        assert_eq!(faults(&[0.1], &[]), []);
        assert_eq!(faults(&[-0.1], &[]), [Fault::Early]);
        assert_eq!(faults(&[], &[USUAL - 0.1]), []);
        assert_eq!(faults(&[], &[USUAL + 0.1]), [Fault::Late]);
        assert_eq!(faults(&[], &[]), [Fault::Missing]);
        assert_eq!(faults(&[0.1, 0.2], &[]), [Fault::Unexpected]);
    }
}
