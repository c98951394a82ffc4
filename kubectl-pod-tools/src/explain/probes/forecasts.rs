//! Forecasts of a run: those of equal Pods are made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pod_model::KubernetesVersion;
use pod_probe::{Assumptions, ContainerPlan, Event, Happening, Kind, PodPlan, ProbePlan, forecast};

/// Forecasts that are kept; those of more Pods would take too much memory.
const MOST_KEPT: usize = 4096;
/// Maximum time of a forecast that looks for the first kill.
const LONGEST: Duration = Duration::from_hours(2);

/// The forecasts of a Pod.
#[derive(Debug)]
pub(super) struct PodForecast {
    /// Under the assumptions of the command line.
    pub events: Vec<Event>,
    /// Under the standard assumptions, or `None` if the command line has others.
    pub standard: Option<Standard>,
}

/// Forecasts under standard assumptions.
#[derive(Debug)]
pub(super) struct Standard {
    /// Everything answers at once.
    pub normal: Vec<Event>,
    /// Nothing ever answers: each attempt fails at once.
    pub silent: Vec<Event>,
    /// Everything hangs from this time on.
    pub hang: (Duration, Vec<Event>),
}

/// The forecasts of a run.
pub(super) struct Forecasts<'a> {
    assumptions: &'a Assumptions,
    is_normal_course: bool,
    known: Mutex<HashMap<String, Arc<PodForecast>>>,
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
        // The version is the same for a whole run.
        let key = key(plan);
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
        let events = forecast(plan, self.assumptions, version);
        let has_probes = plan.containers.iter().any(|own| !own.probes.is_empty());
        PodForecast {
            standard: (self.is_normal_course && has_probes).then(|| standard(plan, version)),
            events,
        }
    }
}

/// Names change nothing.
fn key(plan: &PodPlan) -> String {
    use std::fmt::Write;
    let mut key = String::with_capacity(256);
    let _ = write!(key, "{:?}", plan.grace_period);
    for own in &plan.containers {
        let ContainerPlan {
            name: _,
            is_sidecar,
            restart_policy,
            probes,
            pre_stop,
            ..
        } = own;
        let _ = write!(key, ";{is_sidecar}{restart_policy:?}{pre_stop:?}{probes:?}");
    }
    key
}

/// Returns the time after which a probe has counted everything, whatever is left to chance.
fn settled(probe: &ProbePlan) -> Duration {
    let count = probe.failure_threshold.max(probe.success_threshold) + 2;
    let step = probe.period.max(probe.timeout);
    probe.initial_delay + step.saturating_mul(count)
}

fn standard(plan: &PodPlan, version: KubernetesVersion) -> Standard {
    let probes = plan.containers.iter().flat_map(|own| &own.probes);
    let longest = probes.clone().map(settled).max().unwrap_or_default();
    let period = probes.map(|probe| probe.period).max().unwrap_or_default();
    let minute = Duration::from_mins(1);
    let usual = Assumptions::default();
    let normal = Assumptions {
        horizon: (longest * 2 + minute).min(LONGEST),
        ..usual.clone()
    };
    let silent = Assumptions {
        starts_after: Duration::MAX,
        // Five runs, and the first wait.
        horizon: (longest * 6 + minute * 2).min(LONGEST),
        ..usual.clone()
    };
    let normal = forecast(plan, &normal, version);
    let is_last = |event: &&Event| {
        matches!(event.happening, Happening::Ready | Happening::Started) && event.instance == 0
    };
    let settled = normal.iter().filter(is_last).map(|event| event.latest);
    // The probes have their usual rhythm by then.
    let at = settled.max().unwrap_or_default() + period * 2;
    let at = Duration::from_secs(at.as_secs() + 1);
    let hang = Assumptions {
        hangs_at: Some(at),
        horizon: (at + longest + minute).min(LONGEST * 2),
        ..usual
    };
    Standard {
        silent: forecast(plan, &silent, version),
        hang: (at, forecast(plan, &hang, version)),
        normal,
    }
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

/// Returns whether a probe kills a container.
pub(super) fn is_kill(happening: Happening) -> bool {
    matches!(
        happening,
        Happening::Kill(Some(Kind::Startup | Kind::Liveness))
    )
}
