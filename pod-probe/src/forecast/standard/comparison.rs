//! Standard forecasts beside runs.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::KubernetesVersion;
use serde_json::{Map, Value, json};

use super::super::assumptions::Assumptions;
use super::super::draw::Draw;
use super::super::happening::{Happening, Kind};
use super::super::kubelet::Run;
use super::super::plan::PodPlan;
use super::super::time::{Time, time};
use super::{Standard, standard};

const PODS: u64 = 250;
const RUNS: u64 = 384;
const HORIZON: Duration = Duration::from_mins(12);

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        from[usize::try_from(z % from.len() as u64).unwrap()]
    }

    fn container(&mut self, name: &str) -> Map<String, Value> {
        let mut container = Map::from_iter([("name".to_owned(), json!(name))]);
        for kind in ["startupProbe", "readinessProbe", "livenessProbe"] {
            if self.pick(&[true, false]) {
                let successes: &[i32] = if kind == "readinessProbe" {
                    &[1, 1, 2, 3]
                } else {
                    &[1]
                };
                // A name that no port has is an error by itself.
                let number = self.pick(&[80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 80, 0]);
                let port = if number == 0 {
                    json!("none")
                } else {
                    json!(number)
                };
                let handler = self.pick(&["httpGet", "tcpSocket", "grpc"]);
                let port = if handler == "grpc" { json!(80) } else { port };
                let probe = json!({
                    handler: {"port": port},
                    "initialDelaySeconds": self.pick(&[0, 0, 0, 1, 2, 5, 10, 15, 30]),
                    "periodSeconds": self.pick(&[1, 2, 3, 5, 10, 10, 15, 20, 30]),
                    "timeoutSeconds": self.pick(&[1, 1, 1, 2, 5, 20]),
                    "successThreshold": self.pick(successes),
                    "failureThreshold": self.pick(&[1, 2, 3, 3, 3, 5, 10]),
                });
                container.insert(kind.to_owned(), probe);
            }
        }
        if self.pick(&[true, false, false, false]) {
            let hook = json!({"preStop": {"sleep": {"seconds": self.pick(&[1, 3, 10])}}});
            container.insert("lifecycle".to_owned(), hook);
        }
        container
    }

    fn pod(&mut self) -> Value {
        let count = self.pick(&[1, 1, 1, 2, 3]);
        let containers: Vec<_> = (0..count)
            .map(|at| self.container(&format!("c{at}")))
            .collect();
        let mut init_containers = Vec::new();
        if self.pick(&[true, false, false, false]) {
            let mut sidecar = self.container("s0");
            sidecar.insert("restartPolicy".to_owned(), json!("Always"));
            init_containers.push(sidecar);
        }
        json!({
            "restartPolicy": self.pick(&["Always", "Always", "OnFailure", "Never"]),
            "terminationGracePeriodSeconds": self.pick(&[0, 1, 5, 30]),
            "containers": containers,
            "initContainers": init_containers,
        })
    }
}

type Key = (usize, u32, Happening);

/// Returns the range of each event over some runs, and in how many it came; of equal ones the first.
fn ranges(
    plan: &PodPlan,
    does: &Assumptions,
    version: KubernetesVersion,
) -> BTreeMap<Key, (Time, Time, u64)> {
    let mut run = Run::new(plan, does, version);
    let mut ranges = BTreeMap::new();
    for number in 0..RUNS {
        let mut first = BTreeMap::new();
        let (events, _) = run.events(Draw::of(number), time(HORIZON));
        for event in events {
            let key = (event.container, event.instance, event.happening);
            first.entry(key).or_insert(event.at);
        }
        for (key, at) in first {
            let range = ranges.entry(key).or_insert((at, at, 0));
            *range = (range.0.min(at), range.1.max(at), range.2 + 1);
        }
    }
    ranges
}

/// Returns whether a standard forecast is to have an event that runs show.
fn is_told(happening: Happening, instance: u32, is_app: bool, answers: bool) -> bool {
    match happening {
        Happening::FirstProbe(Kind::Readiness) => instance == 0 && answers,
        Happening::FirstProbe(_) | Happening::Started | Happening::Ready => instance == 0,
        // A sidecar is killed with the Pod as well.
        Happening::Kill(kind) => instance == 0 && (is_app || kind.is_some()),
        Happening::Restart => instance == 1,
        _ => false,
    }
}

#[test]
fn runs_stay_in_the_ranges_which_are_hardly_wider() {
    let mut numbers = Numbers(15);
    let (mut compared, mut wide) = (0, 0);
    for _ in 0..PODS {
        let version = numbers.pick(&[
            KubernetesVersion::V1_33,
            KubernetesVersion::V1_34,
            KubernetesVersion::V1_35,
            KubernetesVersion::V1_36,
            KubernetesVersion::V1_37,
        ]);
        let pod = numbers.pod();
        let spec: PodSpec = serde_json::from_value(pod.clone()).unwrap();
        let plan = PodPlan::of(&spec, version);
        let Some(Standard { normal, silent }) = standard(&plan, version) else {
            continue;
        };
        let silent = silent.map(|silent| (silent, Duration::MAX));
        for (own, starts_after) in silent.into_iter().chain([(normal, Duration::ZERO)]) {
            let does = Assumptions {
                starts_after,
                ..Assumptions::default()
            };
            let answers = starts_after.is_zero();
            let runs = ranges(&plan, &does, version);
            for (&(container, instance, happening), &(least, most, count)) in &runs {
                let is_app = !plan.containers[container].is_sidecar;
                if !is_told(happening, instance, is_app, answers) {
                    continue;
                }
                let is_it = |event: &&super::super::event::Event| {
                    (event.container, event.instance, event.happening)
                        == (container, instance, happening)
                };
                let event = own.iter().find(is_it);
                let event = event.unwrap_or_else(|| panic!("{version} {pod}: no {happening:?}"));
                let (earliest, latest) = (time(event.earliest), time(event.latest));
                assert!(
                    earliest <= least && most <= latest,
                    "{version} {pod}: {happening:?} of {container} at {least}..{most}, not {earliest}..{latest}"
                );
                if count == RUNS {
                    compared += 1;
                    let width = (most - least) / 2 * 3 + time(Duration::from_millis(500));
                    wide += u32::from(latest - earliest > width);
                }
            }
            // What is forecast happens, unless the runs end before.
            for event in &own {
                let key = (event.container, event.instance, event.happening);
                let count = runs.get(&key).map(|range| range.2);
                assert!(
                    count == Some(RUNS) || event.latest >= HORIZON,
                    "{version} {pod}: {event:?} in {count:?} of {RUNS} runs"
                );
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
    assert!(wide * 10 <= compared, "{wide} of {compared}");
}
