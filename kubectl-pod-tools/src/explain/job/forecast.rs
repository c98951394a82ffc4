//! The life of a new Job under assumptions.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::jiff::SignedDuration;
use pod_model::KubernetesVersion;
use pod_model::job::{Indexes, JobRules, LifeAssumptions, LifeEvent, LifeEventKind, simulate};
use serde::Serialize;

use super::options::RunAssumptions;
use super::parts::Outcome;
use super::time::duration;
use super::words::count;
use crate::render::{Cell, TimelineEvent, Tone};

/// The longest life that is simulated.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 366);
/// Lines of a timeline for people: so many first ones, and so many last ones.
const FIRST: usize = 30;
const LAST: usize = 5;

/// The life of a new Job.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Forecast {
    /// `unfinished` if it has no end within a year, or if `isCut`.
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Time of the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Number of Pods.
    pub pods: usize,
    /// True if it is followed only as far as the timeline goes, since it has too many Pods.
    pub is_cut: bool,
    pub timeline: Vec<LifeItem>,
    #[serde(skip)]
    events: Vec<LifeEvent>,
    #[serde(skip)]
    limit: i32,
}

/// An event of the life.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct LifeItem {
    /// Time from the start of the Job.
    pub at_seconds: f64,
    /// `created`, `succeeded`, `failed`, `crashed` and `restarted` (in its Pod), `heldBack`, `deleted` or `ended`.
    pub event: &'static str,
    /// Number of the Pod, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// True for a failure that does not count: a rule of the failure policy ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ignored: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Returns the life of a Job that is created now, or `None` if nobody runs it.
pub(super) fn forecast(
    job: &Job,
    assumptions: &RunAssumptions,
    version: KubernetesVersion,
) -> Option<Forecast> {
    let rules = JobRules::of(job, version)?;
    let life = simulate(
        job,
        &LifeAssumptions {
            runs: assumptions.runs.clone(),
            then: Some(assumptions.then),
            horizon: HORIZON,
        },
        version,
    )?;
    let outcome = match &life.end {
        None => Outcome::Unfinished,
        Some(end) if end.is_success() => Outcome::Succeeded,
        Some(_) => Outcome::Failed,
    };
    let last = life.events.last().map(|event| event.at.as_secs_f64());
    Some(Forecast {
        outcome,
        reason: life.end.as_ref().map(|end| end.reason().to_owned()),
        seconds: last.filter(|_| life.end.is_some()),
        pods: life.pods,
        is_cut: life.is_cut,
        timeline: life.events.iter().map(item).collect(),
        events: life.events,
        limit: rules.backoff_limit,
    })
}

fn item(event: &LifeEvent) -> LifeItem {
    let mut item = LifeItem {
        at_seconds: event.at.as_secs_f64(),
        event: "created",
        pod: None,
        index: None,
        exit_code: None,
        is_ignored: None,
        until_seconds: None,
        reason: None,
    };
    match &event.kind {
        LifeEventKind::Created { pod, index } => {
            item.pod = Some(*pod);
            item.index = *index;
        }
        LifeEventKind::Succeeded { pod } => {
            item.event = "succeeded";
            item.pod = Some(*pod);
        }
        LifeEventKind::Failed {
            pod,
            exit_code,
            is_ignored,
        } => {
            item.event = "failed";
            item.pod = Some(*pod);
            item.exit_code = Some(*exit_code);
            item.is_ignored = Some(*is_ignored);
        }
        LifeEventKind::Crashed { pod, exit_code } => {
            item.event = "crashed";
            item.pod = Some(*pod);
            item.exit_code = Some(*exit_code);
        }
        LifeEventKind::Restarted { pod, .. } => {
            item.event = "restarted";
            item.pod = Some(*pod);
        }
        LifeEventKind::HeldBack { until } => {
            item.event = "heldBack";
            item.until_seconds = Some(until.as_secs_f64());
        }
        LifeEventKind::Deleted { pod } => {
            item.event = "deleted";
            item.pod = Some(*pod);
        }
        LifeEventKind::Ended { cause } => {
            item.event = "ended";
            item.reason = Some(cause.reason().to_owned());
        }
    }
    item
}

impl Forecast {
    /// Returns the sentence about its end.
    pub(super) fn summary(&self) -> String {
        let pods = match self.pods {
            1 => "1 Pod".to_owned(),
            pods => format!("{pods} Pods"),
        };
        let time = self.events.last().map(|event| duration(event.at));
        let time = time.unwrap_or_default();
        match (self.outcome, &self.reason) {
            (Outcome::Succeeded, Some(reason)) => {
                format!("The Job succeeds after {time}, with {pods} ({reason}).")
            }
            (Outcome::Failed, Some(reason)) => {
                format!("The Job fails after {time}, with {pods} ({reason}).")
            }
            _ if self.is_cut => {
                format!("The forecast stops after {time}, with {pods}, before the end of the Job.")
            }
            _ => format!("The Job does not end within a year, with {pods}."),
        }
    }

    /// Returns the events for people: equal ones of a moment in one line.
    pub(super) fn for_people(&self) -> Vec<TimelineEvent> {
        let mut lines: Vec<TimelineEvent> = Vec::new();
        let mut failures = 0;
        let ends_at = self.events.last().map(|event| event.at);
        // Only unfinished Pods count.
        let mut restarts: BTreeMap<usize, i64> = BTreeMap::new();
        for group in self.events.chunk_by(is_alike) {
            let Some(first) = group.first() else { continue };
            let pods = pods(group);
            for event in group {
                match event.kind {
                    LifeEventKind::Restarted { pod, restarts: own } => {
                        restarts.insert(pod, i64::from(own));
                    }
                    LifeEventKind::Succeeded { pod }
                    | LifeEventKind::Failed { pod, .. }
                    | LifeEventKind::Deleted { pod } => {
                        restarts.remove(&pod);
                    }
                    _ => {}
                }
            }
            let (event, reason) = match &first.kind {
                LifeEventKind::Created { .. } => {
                    (Cell::new("created", Tone::Plain), indexes(group))
                }
                LifeEventKind::Succeeded { .. } => {
                    (Cell::new("succeeds", Tone::Plain), "exit code 0".to_owned())
                }
                LifeEventKind::Failed {
                    exit_code,
                    is_ignored: true,
                    ..
                } => {
                    let reason = format!("exit code {exit_code}; ignored");
                    (Cell::new("fails", Tone::Warning), reason)
                }
                LifeEventKind::Failed { exit_code, .. } => {
                    failures += i64::try_from(group.len()).unwrap_or(i64::MAX);
                    let of = match self.limit {
                        i32::MAX => String::new(),
                        limit => format!(", of {limit} that it bears"),
                    };
                    let failures = count(failures, "failure");
                    let reason = format!("exit code {exit_code}; {failures}{of}");
                    (Cell::new("fails", Tone::Warning), reason)
                }
                LifeEventKind::Crashed { exit_code, .. } => {
                    let reason = format!("exit code {exit_code}; the Pod stays");
                    (Cell::new("crashes", Tone::Warning), reason)
                }
                LifeEventKind::Restarted { .. } => {
                    let all = restarts.values().sum();
                    let of = match self.limit {
                        i32::MAX => String::new(),
                        limit => format!(", the Job fails at {}", limit.max(1)),
                    };
                    let reason = format!("{} of unfinished Pods{of}", count(all, "restart"));
                    (Cell::new("restarted", Tone::Plain), reason)
                }
                LifeEventKind::HeldBack { until } => {
                    let reason =
                        format!("the next Pod comes at {} at the latest", duration(*until));
                    (Cell::new("back-off", Tone::Dim), reason)
                }
                LifeEventKind::Deleted { .. } => {
                    let reason = match self.outcome {
                        Outcome::Failed if ends_at == Some(first.at) => "the Job fails",
                        Outcome::Succeeded if ends_at == Some(first.at) => "the Job succeeds",
                        _ => "it is not needed any more",
                    };
                    (Cell::new("deleted", Tone::Warning), reason.to_owned())
                }
                LifeEventKind::Ended { cause } => {
                    let (word, tone) = if cause.is_success() {
                        ("Complete", Tone::Strong)
                    } else {
                        ("Failed", Tone::Error)
                    };
                    (Cell::new(word, tone), cause.reason().to_owned())
                }
            };
            let at = Duration::try_from(first.at).unwrap_or_default();
            lines.push(TimelineEvent {
                earliest: at,
                latest: Some(at),
                container: pods,
                event,
                reason,
            });
        }
        shorten(lines)
    }
}

fn shorten(mut lines: Vec<TimelineEvent>) -> Vec<TimelineEvent> {
    if lines.len() <= FIRST + LAST + 1 {
        return lines;
    }
    let end = lines.split_off(lines.len() - LAST);
    let left_out = lines.len() - FIRST;
    lines.truncate(FIRST);
    if let Some(last) = lines.last_mut() {
        last.reason
            .push_str(&format!(" (and {left_out} events that are left out here)"));
    }
    lines.extend(end);
    lines
}

fn is_alike(one: &LifeEvent, other: &LifeEvent) -> bool {
    use LifeEventKind::{Crashed, Created, Deleted, Failed, Restarted, Succeeded};
    let is_kind = match (&one.kind, &other.kind) {
        (Created { .. }, Created { .. })
        | (Succeeded { .. }, Succeeded { .. })
        | (Restarted { .. }, Restarted { .. })
        | (Deleted { .. }, Deleted { .. }) => true,
        (
            Failed { exit_code, .. },
            Failed {
                exit_code: code, ..
            },
        )
        | (
            Crashed { exit_code, .. },
            Crashed {
                exit_code: code, ..
            },
        ) => exit_code == code,
        _ => false,
    };
    is_kind && one.at == other.at
}

/// Returns the Pods of alike events: `pod 2`, `pods 0-4`.
fn pods(group: &[LifeEvent]) -> String {
    let numbers = group.iter().filter_map(|event| match event.kind {
        LifeEventKind::Created { pod, .. }
        | LifeEventKind::Succeeded { pod }
        | LifeEventKind::Failed { pod, .. }
        | LifeEventKind::Crashed { pod, .. }
        | LifeEventKind::Restarted { pod, .. }
        | LifeEventKind::Deleted { pod } => i64::try_from(pod).ok(),
        LifeEventKind::HeldBack { .. } | LifeEventKind::Ended { .. } => None,
    });
    let mut numbers: Vec<i64> = numbers.collect();
    numbers.sort_unstable();
    match numbers.len() {
        0 => String::new(),
        1 => format!("pod {}", numbers[0]),
        _ => format!("pods {}", Indexes::from_ascending(numbers)),
    }
}

fn indexes(group: &[LifeEvent]) -> String {
    let indexes = group.iter().filter_map(|event| match event.kind {
        LifeEventKind::Created { index, .. } => index,
        _ => None,
    });
    let mut indexes: Vec<i64> = indexes.collect();
    indexes.sort_unstable();
    indexes.dedup();
    match indexes.len() {
        0 => String::new(),
        1 => format!("index {}", indexes[0]),
        _ => format!("indexes {}", Indexes::from_ascending(indexes)),
    }
}
