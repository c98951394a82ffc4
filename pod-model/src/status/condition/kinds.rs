//! Conditions of each kind, and their meaning.

use serde_json::Value;

use super::job::{self, JobEnd};
use super::spec::Condition;
use super::{named, pod, rollout};
use crate::status::answer::{Answer, Evidence};
use crate::status::fields::{name, number_at, text, text_at, true_condition};
use crate::status::observation::Observation;
use crate::status::workload_kind::WorkloadKind;

impl Condition {
    /// Returns why objects of a kind cannot be waited for in this way, and help, or `None` if
    /// they can. `name` is the kind as the API has it, for those that are not built in.
    pub fn refusal(&self, kind: WorkloadKind, name: &str) -> Option<(String, String)> {
        let ends = matches!(kind, WorkloadKind::Job | WorkloadKind::Pod);
        let applies = match self {
            Self::Done => ends || kind.rolls_out(),
            Self::Complete => ends,
            Self::Failed => ends || kind == WorkloadKind::Deployment,
            // A custom resource has its condition Ready.
            Self::Ready => kind != WorkloadKind::CronJob,
            Self::Created | Self::Deleted | Self::Named { .. } | Self::JsonPath { .. } => true,
        };
        if applies {
            return None;
        }
        let word = match self {
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Ready => "ready",
            _ => "done",
        };
        let help = if kind == WorkloadKind::CronJob {
            "wait for one of its Jobs: `wait job/NAME`, or `wait job -l SELECTOR --expect 1`"
        } else {
            "use --for=condition=NAME, --for=jsonpath='{.status.…}'=VALUE, --for=created or --for=deleted"
        };
        Some((
            format!("`--for={word}` does not apply to a {name}"),
            help.to_owned(),
        ))
    }
}

/// Judges [`Condition::Done`].
pub(super) fn done(observation: &Observation) -> Answer {
    match observation.kind() {
        WorkloadKind::Job => job::done(observation),
        WorkloadKind::Pod => pod::done(observation.object),
        _ => match rollout::rolled_out(observation.object) {
            Some(answer) => with_unready_pod(observation, answer),
            None => not_applicable(observation),
        },
    }
}

/// Adds why one of the Pods is not Ready to an answer that waits for them or has given up on
/// them: their controller only counts them.
fn with_unready_pod(observation: &Observation, answer: Answer) -> Answer {
    let explain = |mut evidence: Evidence| {
        if let Some(why) = unready_pod(observation) {
            evidence.message.push_str(&format!("; {why}"));
        }
        evidence
    };
    match answer {
        Answer::Met(evidence) => Answer::Met(evidence),
        Answer::NotYet(evidence) => Answer::NotYet(explain(evidence)),
        Answer::Never(evidence) => Answer::Never(explain(evidence)),
    }
}

/// Returns why the oldest running Pod that is not Ready is not, of those of the newest
/// template if that is known.
fn unready_pod(observation: &Observation) -> Option<String> {
    let hash = |pod: &Value| text_at(pod, "/metadata/labels/pod-template-hash").to_owned();
    let newest = observation.pods.last().map(|pod| hash(pod));
    let is_unready = |pod: &&&Value| {
        text_at(pod, "/metadata/deletionTimestamp").is_empty()
            && true_condition(pod, "Ready").is_none()
            && newest.as_ref() == Some(&hash(pod))
    };
    let mut pods = observation.pods.iter().filter(is_unready);
    pods.find_map(|pod| Some(format!("pod {}: {}", name(pod), pod::unready(pod)?)))
}

/// Judges [`Condition::Complete`].
pub(super) fn complete(observation: &Observation) -> Answer {
    match observation.kind() {
        WorkloadKind::Job => job::done(observation),
        WorkloadKind::Pod => match pod::ended(observation.object) {
            Some(answer) => answer,
            None if pod::always_restarts(observation.object) => Answer::Never(Evidence::new(
                "Always",
                "with restartPolicy Always its containers are always restarted; use --for=ready",
            )),
            None => Answer::NotYet(pod::progress(observation.object)),
        },
        _ => not_applicable(observation),
    }
}

/// Judges [`Condition::Failed`].
pub(super) fn failed(observation: &Observation) -> Answer {
    let succeeded = |mut evidence: Evidence| {
        evidence.message = String::from("it has succeeded and can no longer fail");
        Answer::Never(evidence)
    };
    match observation.kind() {
        WorkloadKind::Job => match job::ended(observation) {
            Some(JobEnd::Failed(evidence)) => Answer::Met(evidence),
            Some(JobEnd::Complete(evidence)) => succeeded(evidence),
            None => Answer::NotYet(job::progress(observation)),
        },
        WorkloadKind::Pod => match pod::ended(observation.object) {
            Some(Answer::Never(evidence)) => Answer::Met(evidence),
            Some(Answer::Met(evidence) | Answer::NotYet(evidence)) => succeeded(evidence),
            None => Answer::NotYet(pod::progress_to_failure(observation.object)),
        },
        _ => {
            let rollout = rollout::rolled_out(observation.object);
            match rollout.map(|answer| with_unready_pod(observation, answer)) {
                Some(Answer::Never(evidence)) => Answer::Met(evidence),
                Some(Answer::Met(evidence) | Answer::NotYet(evidence)) => Answer::NotYet(evidence),
                None => not_applicable(observation),
            }
        }
    }
}

/// Judges [`Condition::Ready`].
pub(super) fn ready(observation: &Observation) -> Answer {
    match observation.kind() {
        WorkloadKind::Pod => pod::ready(observation.object),
        WorkloadKind::Job => job_ready(observation),
        _ => match rollout::ready(observation.object) {
            Some(answer) => with_unready_pod(observation, answer),
            None => named::judge(observation, "Ready", "True"),
        },
    }
}

/// Judges whether the active Pods of a Job are ready.
fn job_ready(observation: &Observation) -> Answer {
    match job::ended(observation) {
        Some(JobEnd::Complete(mut evidence) | JobEnd::Failed(mut evidence)) => {
            let late = "a Job that has ended cannot become ready";
            evidence.message = match evidence.message.as_str() {
                "" => late.to_owned(),
                said => format!("{said}; {late}"),
            };
            Answer::Never(evidence)
        }
        None => {
            let number = |pointer| number_at(observation.object, pointer).unwrap_or(0);
            let (ready, active) = (number("/status/ready"), number("/status/active"));
            let said = format!("{ready} of {active} running Pods ready");
            if active > 0 && ready >= active {
                Answer::Met(Evidence::new("Ready", said))
            } else {
                let evidence = Evidence::new(job::progress(observation).reason, said);
                with_unready_pod(observation, Answer::NotYet(evidence))
            }
        }
    }
}

/// Returns what blocks the deletion of an object.
pub(super) fn not_deleted(object: &Value) -> Evidence {
    if text_at(object, "/metadata/deletionTimestamp").is_empty() {
        return Evidence::new("Exists", "its deletion has not been requested");
    }
    let finalizers = object.pointer("/metadata/finalizers");
    let finalizers: Vec<&str> = finalizers
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if finalizers.is_empty() {
        return Evidence::new("Terminating", "");
    }
    let message = format!("blocked by finalizers: {}", finalizers.join(", "));
    Evidence::new("Terminating", message)
}

/// The answer for kinds that [`Condition::refusal`] refuses before any object is observed.
fn not_applicable(observation: &Observation) -> Answer {
    let said = true_condition(observation.object, "Ready").map_or("", |c| text(c, "message"));
    Answer::NotYet(Evidence::new(text(observation.object, "kind"), said))
}
