//! Events of the containers of a Pod, each with its time as far as that can be known.
//!
//! | event | its time is known from |
//! |---|---|
//! | start, restart | the program's record: after its process was made, before its first line |
//! | first probe, SIGTERM | the program's record |
//! | kill | the event `Killing`, which has whole seconds, and SIGTERM, which comes after |
//! | end | the container's status, which has whole seconds |
//! | started, ready, unready | the Pod's status, when it was received |

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use pod_probe::{Happening, Kind};
use serde_json::Value;

use crate::case::{Case, Container, name};
use crate::record::{Line, What};

/// An event, whose time lies between two.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    pub(crate) container: usize,
    pub(crate) instance: u32,
    pub(crate) happening: Happening,
    pub(crate) not_before: f64,
    pub(crate) not_after: f64,
    /// True if it may be the instance before that this happened to.
    pub(crate) or_before: bool,
}

/// Everything that is known of a Pod.
#[derive(Default)]
pub(crate) struct Observations {
    pub(crate) events: Vec<Observed>,
    /// Times at which a container was ready in one state, and its next instance was in the following:
    /// if it was unready in between, the kubelet sent no state of that.
    pub(crate) gaps: Vec<(usize, f64)>,
}

/// Sources of one Pod.
pub(crate) struct Sources {
    /// The record of each container.
    pub(crate) records: Vec<Vec<Line>>,
    /// Its states, each with the time at which it was received.
    pub(crate) states: Vec<(f64, Value)>,
    /// The events `Killing`.
    pub(crate) kills: Vec<(f64, Value)>,
}

/// The range of the start of the first container, once it has started.
pub(crate) fn origin(records: &[Vec<Line>]) -> Option<(f64, f64)> {
    let starts = records.iter().filter_map(|record| record.first());
    let ranges = starts.filter_map(start);
    ranges.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Returns the longest time from the making of a process to its first probe that may be answered.
pub(crate) fn listens_after(records: &[Vec<Line>]) -> f64 {
    let starts = records.iter().flatten().filter_map(start);
    // It listens right after the line.
    let times = starts.map(|(made, started)| started - made + 0.05);
    times.fold(0.0, f64::max)
}

fn start(line: &Line) -> Option<(f64, f64)> {
    match line.what() {
        What::Start { made } => Some((made, line.at())),
        _ => None,
    }
}

/// Returns everything that is known of a Pod.
pub(crate) fn observe(case: &Case, sources: &Sources) -> Observations {
    let mut all = Observations::default();
    for (container, record) in sources.records.iter().enumerate() {
        let mut noted = Noted {
            container,
            all: &mut all,
        };
        noted.record(case, record);
        noted.kills(case, record, &sources.kills);
        noted.states(case, &sources.states);
    }
    all
}

struct Noted<'a> {
    container: usize,
    all: &'a mut Observations,
}

impl Noted<'_> {
    fn note(&mut self, instance: u32, happening: Happening, not_before: f64, not_after: f64) {
        self.all.events.push(Observed {
            container: self.container,
            instance,
            happening,
            not_before,
            not_after,
            or_before: false,
        });
    }

    fn record(&mut self, case: &Case, record: &[Line]) {
        let mut first = BTreeMap::new();
        for line in record {
            match line.what() {
                What::Start { made } if line.instance > 0 => {
                    self.note(line.instance, Happening::Restart, made, line.at());
                }
                What::Start { .. } => {}
                What::Probe { kind } => {
                    let kind = case.containers[self.container].asked_as(kind);
                    if let Some(kind) = kind {
                        first.entry((line.instance, kind)).or_insert(line.at());
                    }
                }
                What::SigTerm => {
                    self.note(line.instance, Happening::SigTerm, line.at(), line.at());
                }
                What::Exit => {
                    self.note(line.instance, Happening::Ended, line.at(), line.at() + 0.2);
                }
            }
        }
        for ((instance, kind), at) in first {
            self.note(instance, Happening::FirstProbe(kind), at, at);
        }
    }

    /// The first event `Killing` of a container belongs to its first SIGTERM, and so on.
    fn kills(&mut self, case: &Case, record: &[Line], kills: &[(f64, Value)]) {
        let path = case.containers[self.container].path();
        let kills = kills
            .iter()
            .filter(|(_, event)| event["involvedObject"]["fieldPath"] == path.as_str());
        let signals = record
            .iter()
            .filter(|line| matches!(line.what(), What::SigTerm));
        for ((_, event), signal) in kills.zip(signals) {
            let message = event["message"].as_str().unwrap_or_default();
            let kind = [Kind::Startup, Kind::Liveness]
                .into_iter()
                .find(|kind| message.contains(&format!("failed {} probe", name(*kind))));
            let at = time(&event["lastTimestamp"]);
            let not_after = signal.at().min(at + 1.0).max(at);
            self.note(signal.instance, Happening::Kill(kind), at, not_after);
        }
    }

    fn states(&mut self, case: &Case, states: &[(f64, Value)]) {
        let own = &case.containers[self.container];
        // Instance, started, ready.
        let mut before = (0, false, false);
        let mut ended = BTreeMap::new();
        for (received, pod) in states {
            let Some(current) = own.status_of(pod) else {
                continue;
            };
            let count = current["restartCount"].as_u64().unwrap_or_default();
            let instance = u32::try_from(count).unwrap();
            for (instance, state) in [
                (Some(instance), &current["state"]),
                (instance.checked_sub(1), &current["lastState"]),
            ] {
                if let (Some(instance), Some(end)) = (instance, state.get("terminated")) {
                    let code = end["exitCode"].as_i64().unwrap_or_default();
                    ended.insert(instance, (time(&end["finishedAt"]), code));
                }
            }
            let is_started = current["started"] == true;
            let is_ready = current["ready"] == true;
            if is_started && (!before.1 || before.0 != instance) {
                self.note(instance, Happening::Started, *received, *received);
            }
            if is_ready != before.2 {
                let happening = if is_ready {
                    Happening::Ready
                } else {
                    Happening::Unready
                };
                self.note(instance, happening, *received, *received);
                if let Some(last) = self.all.events.last_mut() {
                    last.or_before = before.0 != instance;
                }
            } else if is_ready && before.0 != instance {
                self.all.gaps.push((self.container, *received));
            }
            before = (instance, is_started, is_ready);
        }
        for (instance, (at, code)) in ended {
            if code == 137 {
                self.note(instance, Happening::SigKill, at, at + 1.0);
                self.note(instance, Happening::Ended, at, at + 1.0);
            }
        }
    }
}

/// Seconds of Unix time.
fn time(value: &Value) -> f64 {
    let time: Time = serde_json::from_value(value.clone()).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century")]
    let seconds = time.0.as_second() as f64;
    seconds
}

impl Container {
    /// The kind of a probe in the record. What asks by TCP is not known where it is refused.
    fn asked_as(&self, word: &str) -> Option<Kind> {
        let mut probes = self.probes.iter().filter(|probe| probe.is_recorded());
        let asked = probes.find(|probe| name(probe.kind) == word);
        asked.map(|probe| probe.kind)
    }

    /// Its status.
    fn status_of<'a>(&self, pod: &'a Value) -> Option<&'a Value> {
        let lists = ["containerStatuses", "initContainerStatuses"];
        let mut all = lists
            .iter()
            .filter_map(|list| pod["status"][list].as_array())
            .flatten();
        all.find(|status| status["name"] == self.name.as_str())
    }
}
