//! Forecasts of a run: those of equal Pods are made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pod_model::KubernetesVersion;
use pod_probe::{
    Assumptions, Event, Happening, Kind, PodPlan, ProbePlan, Reason, forecast, standard,
};

/// Forecasts that are kept; those of more Pods would take too much memory.
const MOST_KEPT: usize = 4096;
/// Maximum time of a standard forecast.
const LONGEST: Duration = Duration::from_hours(4);
/// Maximum number of attempts of a probe in a standard forecast.
const MOST_ATTEMPTS: u32 = 2_000;

/// The forecasts of a Pod; none of one that cannot exist.
#[derive(Debug, Default)]
pub(super) struct PodForecast {
    /// Under the assumptions of the command line.
    pub events: Vec<Event>,
    /// True if more events follow behind the time to look ahead.
    pub is_cut: bool,
    /// Under the standard assumptions, or `None` if the command line has others.
    pub standard: Option<Standard>,
}

/// Forecasts under standard assumptions.
#[derive(Debug)]
pub(super) struct Standard {
    /// Everything answers at once.
    pub normal: ByContainer,
    /// True if that forecast ends before everything has settled.
    pub is_cut: bool,
    /// Its end.
    pub until: Duration,
    /// Nothing ever answers: each attempt fails at once.
    pub silent: ByContainer,
}

/// Events of a Pod by container, each in the order of time.
#[derive(Debug)]
pub(super) struct ByContainer(Vec<Vec<Event>>);

impl ByContainer {
    fn new(plan: &PodPlan, events: Vec<Event>) -> Self {
        let mut all = vec![Vec::new(); plan.containers.len()];
        for event in events {
            if let Some(own) = all.get_mut(event.container) {
                own.push(event);
            }
        }
        Self(all)
    }

    /// Returns the events of a container.
    pub(super) fn of(&self, container: usize) -> &[Event] {
        self.0.get(container).map_or(&[], Vec::as_slice)
    }
}

impl Standard {
    /// Returns them, and the events of the first one in the order of time. The numbers alone lead to most of
    /// them; the others are found by runs.
    fn of(plan: &PodPlan, version: KubernetesVersion) -> (Self, Vec<Event>) {
        let until = settled(plan).min(longest(plan));
        let (normal, is_cut, silent) = match standard(plan, version) {
            Some(own) => (own.normal, false, own.silent),
            None => {
                let normal = Assumptions {
                    horizon: until,
                    ..Assumptions::default()
                };
                let normal = forecast(plan, &normal, version);
                (normal, settled(plan) > until, None)
            }
        };
        let silent = silent.unwrap_or_else(|| silent_runs(plan, version));
        let standard = Self {
            normal: ByContainer::new(plan, normal.clone()),
            is_cut,
            until,
            silent: ByContainer::new(plan, silent),
        };
        (standard, normal)
    }
}

/// The forecasts of a run.
pub(super) struct Forecasts<'a> {
    assumptions: &'a Assumptions,
    is_normal_course: bool,
    known: Mutex<HashMap<(PodPlan, KubernetesVersion), Arc<PodForecast>>>,
}

impl<'a> Forecasts<'a> {
    pub(super) fn new(assumptions: &'a Assumptions, is_normal_course: bool) -> Self {
        Self {
            assumptions,
            is_normal_course,
            known: Mutex::default(),
        }
    }

    /// Returns the forecast of a Pod.
    pub(super) fn of(&self, plan: &PodPlan, version: KubernetesVersion) -> Arc<PodForecast> {
        let key = (key(plan), version);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&key) {
            return Arc::clone(known);
        }
        let made = Arc::new(self.make(plan, version));
        let mut known = known();
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        known.insert(key, Arc::clone(&made));
        made
    }

    fn make(&self, plan: &PodPlan, version: KubernetesVersion) -> PodForecast {
        if !self.is_normal_course {
            return PodForecast {
                events: forecast(plan, self.assumptions, version),
                // Runs may go on for ever.
                is_cut: true,
                standard: None,
            };
        }
        let (standard, mut events) = Standard::of(plan, version);
        // Nothing happens once everything has settled.
        let all = events.len();
        events.retain(|event| event.earliest <= self.assumptions.horizon);
        let has_probes = plan.containers.iter().any(|own| !own.probes.is_empty());
        PodForecast {
            is_cut: events.len() < all || standard.is_cut,
            events,
            standard: has_probes.then_some(standard),
        }
    }
}

/// Returns a plan without names: they change nothing.
fn key(plan: &PodPlan) -> PodPlan {
    let mut key = plan.clone();
    for container in &mut key.containers {
        container.name.clear();
    }
    key
}

fn probes(plan: &PodPlan) -> impl Iterator<Item = &ProbePlan> {
    plan.containers.iter().flat_map(|own| &own.probes)
}

/// Returns the time that some attempts of a probe take, whatever is left to chance.
fn time_of(probe: &ProbePlan, attempts: u32) -> Duration {
    let step = probe.period.max(probe.timeout);
    let attempts = step.saturating_mul(attempts.saturating_add(2));
    probe.initial_delay.saturating_add(attempts)
}

/// Returns the time after which nothing happens any more if everything answers at once: sidecars
/// start one after the other, and the other probes wait for the startup probe.
fn settled(plan: &PodPlan) -> Duration {
    let times = probes(plan).map(|probe| time_of(probe, probe.success_threshold));
    times.fold(Duration::from_secs(30), Duration::saturating_add)
}

/// Returns the maximum time of a standard forecast. It bounds the number of attempts.
fn longest(plan: &PodPlan) -> Duration {
    let period = probes(plan).map(|probe| probe.period).min();
    let period = period.unwrap_or(LONGEST);
    period.saturating_mul(MOST_ATTEMPTS).min(LONGEST)
}

/// Returns the forecast in which no attempt ever succeeds.
fn silent_runs(plan: &PodPlan, version: KubernetesVersion) -> Vec<Event> {
    let failing = probes(plan).map(|probe| time_of(probe, probe.failure_threshold));
    let failing = failing.max().unwrap_or_default();
    let silent = Assumptions {
        starts_after: Duration::MAX,
        // The first two runs.
        horizon: failing
            .saturating_mul(2)
            .saturating_add(Duration::from_mins(1))
            .min(longest(plan)),
        ..Assumptions::default()
    };
    forecast(plan, &silent, version)
}

/// Returns the first event of a kind in the first run of a container.
pub(super) fn first(
    events: &[Event],
    container: usize,
    is_it: impl Fn(Happening) -> bool,
) -> Option<&Event> {
    let mut own = events.iter();
    own.find(|event| {
        event.container == container
            && event.instance == 0
            && event.occurrence == 0
            && is_it(event.happening)
    })
}

/// A container that a probe kills.
#[derive(Clone, Copy, Debug)]
pub(super) struct Killed<'a> {
    pub event: &'a Event,
    /// The probe.
    pub kind: Kind,
}

/// Returns the kill of the first run of a container by one of its probes. Where the whole Pod ends, the
/// event does not say whose failure it was: it is known of the only container that decides on that.
pub(super) fn killed<'a>(plan: &PodPlan, events: &'a [Event], index: usize) -> Option<Killed<'a>> {
    if let Some(event) = first(events, index, is_kill)
        && let Happening::Kill(Some(kind)) = event.happening
    {
        return Some(Killed { event, kind });
    }
    let own = plan.containers.get(index)?;
    let apps = plan.containers.iter().filter(|own| !own.is_sidecar);
    if own.is_sidecar || apps.take(2).count() != 1 {
        return None;
    }
    let event = first(events, index, |own| own == Happening::Kill(None))?;
    let is_started = |own: &Event| {
        own.container == index && own.instance == 0 && own.happening == Happening::Started
    };
    // Which of the two it was shows in what came before.
    let kind = if events.iter().any(is_started) {
        Kind::Liveness
    } else {
        Kind::Startup
    };
    let has_it = own
        .probes
        .iter()
        .any(|probe| Kind::from(probe.kind) == kind);
    let ends_pod = matches!(event.reason, Reason::PodEnds { .. });
    (has_it && ends_pod).then_some(Killed { event, kind })
}

/// Returns whether a probe kills a container, and not the whole Pod.
fn is_kill(happening: Happening) -> bool {
    matches!(
        happening,
        Happening::Kill(Some(Kind::Startup | Kind::Liveness))
    )
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::PodSpec;
    use serde_json::{Value, json};

    use super::*;

    fn of(container: &Value) -> PodPlan {
        let spec: PodSpec =
            serde_json::from_value(json!({ "restartPolicy": "Always", "containers": [container] }))
                .unwrap();
        key(&PodPlan::of(&spec, KubernetesVersion::V1_37))
    }

    #[test]
    fn pods_that_differ_in_names_alone_share_a_forecast() {
        let named = |name: &str, period: i32| {
            of(&json!({"name": name, "readinessProbe": {"exec": {}, "periodSeconds": period}}))
        };
        assert_eq!(named("a", 5), named("b", 5));
        assert_ne!(named("a", 5), named("a", 30));
    }

    #[test]
    fn pods_that_differ_in_restart_rules_do_not() {
        let with = |code: i32| {
            of(
                &json!({"name": "a", "restartPolicy": "Never", "restartPolicyRules": [
                {"action": "Restart", "exitCodes": {"operator": "In", "values": [code]}}]}),
            )
        };
        assert_ne!(with(1), with(2));
    }
}
