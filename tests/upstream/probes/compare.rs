//! Comparison of one forecast with the runs of upstream.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::KubernetesVersion;
use pod_probe::{Event, Happening, Kind, PodPlan, forecast};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cases::{Case, case};
use crate::rng::Rng;

/// Times of an event over all runs of upstream.
#[derive(Deserialize, Debug, Clone, Copy)]
struct Span {
    least: f64,
    most: f64,
    #[serde(rename = "in")]
    runs: usize,
}

/// Result of comparisons.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    /// Events that upstream showed.
    pub events: usize,
    /// Events of which a run of upstream lies outside of our range, or that we do not know.
    pub once: usize,
    /// Events that came in every run of upstream and ended well before the horizon.
    pub measured: usize,
    /// Those of which our range is too wide.
    pub wide: usize,
    /// Descriptions of what is outside in a second set of runs, too.
    pub problems: Vec<String>,
    /// Descriptions of what is wide.
    pub widths: Vec<String>,
}

/// Our range may be wider than that of upstream's runs by this factor, and by this time: what takes
/// a part of a second, such as starting a container, has wider bounds with us than with the oracle.
const FACTOR: f64 = 1.5;
const ALLOWANCE: f64 = 0.5;
/// From the seed of the first set of runs to that of the second.
const OTHER_SEED: u64 = 1_000_000;

fn name(happening: Happening) -> String {
    let kind = |kind| match kind {
        Kind::Startup => "startup",
        Kind::Readiness => "readiness",
        Kind::Liveness => "liveness",
    };
    match happening {
        Happening::FirstProbe(of) => format!("firstProbe.{}", kind(of)),
        Happening::Started => "started".to_owned(),
        Happening::Ready => "ready".to_owned(),
        Happening::Unready => "unready".to_owned(),
        Happening::Kill(Some(of)) => format!("kill.{}", kind(of)),
        Happening::Kill(None) => "kill".to_owned(),
        Happening::SigTerm => "sigterm".to_owned(),
        Happening::SigKill => "sigkill".to_owned(),
        Happening::Ended => "ended".to_owned(),
        Happening::Restart => "restart".to_owned(),
    }
}

/// Compares one random case.
pub(crate) fn compare(
    ask: &mut dyn FnMut(&Value) -> Value,
    version: KubernetesVersion,
    seed: u64,
    runs: usize,
    agreement: &mut Agreement,
) {
    let case = case(&mut Rng::new(seed), version);
    let mut spans = |seed: u64| -> BTreeMap<String, Span> {
        let question = json!({"op": "probes", "spec": case.spec, "does": case.does,
            "until": case.until, "runs": runs, "seed": seed});
        let answer = ask(&question);
        serde_json::from_value(answer["events"].clone()).unwrap_or_else(|_| panic!("{answer}"))
    };
    let ours = ours(&case, version);
    let theirs = spans(seed >> 2);
    let mut problems = outside(&ours, &theirs);
    agreement.once += problems.len();
    if !problems.is_empty() {
        let again = outside(&ours, &spans((seed >> 2) + OTHER_SEED));
        problems.retain(|key, _| again.contains_key(key));
    }
    let mut widths = Vec::new();
    agreement.events += theirs.len();
    for (key, span) in &theirs {
        let Some(event) = ours.get(key) else {
            continue;
        };
        let range = event.latest.as_secs_f64() - event.earliest.as_secs_f64();
        if span.runs == runs && span.most < case.assumptions.horizon.as_secs_f64() - 60.0 {
            agreement.measured += 1;
            if range > FACTOR * (span.most - span.least) + ALLOWANCE {
                let (earliest, latest) = (event.earliest, event.latest);
                widths.push(format!("wide {key} {span:?} ours {earliest:?}..{latest:?}"));
            }
        }
    }
    agreement.wide += widths.len();
    let head = |lines: Vec<String>| {
        format!(
            "{version} seed {seed}: {}\n  {}\n    {}",
            case.spec,
            case.does,
            lines.join("\n    ")
        )
    };
    if !problems.is_empty() {
        let problems = problems.into_values().collect();
        agreement.problems.push(head(problems));
    }
    if !widths.is_empty() {
        agreement.widths.push(head(widths));
    }
}

/// Returns descriptions of the events of upstream that are not in our ranges.
fn outside(
    ours: &BTreeMap<String, Event>,
    theirs: &BTreeMap<String, Span>,
) -> BTreeMap<String, String> {
    let describe = |(key, span): (&String, &Span)| {
        let Some(event) = ours.get(key) else {
            return Some((key.clone(), format!("missing {key} {span:?}")));
        };
        let (earliest, latest) = (event.earliest.as_secs_f64(), event.latest.as_secs_f64());
        let is_outside = span.least < earliest - 1e-6 || span.most > latest + 1e-6;
        let words = || format!("outside {key} {span:?} ours {earliest:.3}..{latest:.3}");
        is_outside.then(|| (key.clone(), words()))
    };
    theirs.iter().filter_map(describe).collect()
}

fn ours(case: &Case, version: KubernetesVersion) -> BTreeMap<String, Event> {
    let spec: PodSpec = serde_json::from_value(case.spec.clone()).unwrap();
    let plan = PodPlan::of(&spec, version);
    let events = forecast(&plan, &case.assumptions, version).into_iter();
    let named = |event: Event| {
        let container = &plan.containers[event.container].name;
        let what = name(event.happening);
        let key = format!("{container}/{}/{what}/{}", event.instance, event.occurrence);
        (key, event)
    };
    events.map(named).collect()
}
