//! Which condition fits which kind, and what it means there.

use serde_json::Value;

use super::job::{self, Ended};
use super::{Condition, pod, rollout};
use crate::cluster::Resource;
use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{name, number_at, text, text_at, true_condition};
use crate::wait::scene::Scene;
use crate::wait::subject::built_in_kind;

/// Kinds of which `rollout` knows when they are done.
const WORKLOADS: [&str; 5] = [
    "DaemonSet",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// Why a kind cannot be waited for in this way, with the way out; none when it can.
pub(crate) fn refusal(condition: &Condition, resource: &Resource) -> Option<(String, String)> {
    let kind = built_in_kind(resource);
    let ends = matches!(kind, "Job" | "Pod");
    let fits = match condition {
        Condition::Done => ends || WORKLOADS.contains(&kind),
        Condition::Complete => ends,
        Condition::Failed => ends || kind == "Deployment",
        // What is not built in tells by its condition Ready.
        Condition::Ready => kind != "CronJob",
        _ => true,
    };
    if fits {
        return None;
    }
    let word = match condition {
        Condition::Complete => "complete",
        Condition::Failed => "failed",
        Condition::Ready => "ready",
        _ => "done",
    };
    let help = match kind {
        "CronJob" => {
            "wait for a Job that it makes: `wait job/NAME`, or `wait job -l SELECTOR --expect 1`"
        }
        _ => {
            "say what to wait for: --for=condition=NAME, --for=jsonpath='{.status.…}'=VALUE, --for=created or --for=deleted"
        }
    };
    Some((
        format!("a {} is never {word} by itself", resource.kind),
        help.to_owned(),
    ))
}

pub(super) fn done(scene: &Scene) -> Answer {
    match scene.kind() {
        "Job" => job::done(scene),
        "Pod" => pod::done(scene.object),
        _ => match rollout::rolled_out(scene.object) {
            Some(answer) => with_unready_pod(scene, answer),
            None => unknown(scene),
        },
    }
}

/// An answer that waits for Pods, or has given up on them, with why one of them is not
/// Ready: its controller only counts them.
fn with_unready_pod(scene: &Scene, answer: Answer) -> Answer {
    let explain = |mut evidence: Evidence| {
        if let Some(why) = unready_pod(scene) {
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

/// Why the Pod that runs and is not Ready for the longest time is not, of those of the
/// newest template where that is known.
fn unready_pod(scene: &Scene) -> Option<String> {
    let hash = |pod: &Value| text_at(pod, "/metadata/labels/pod-template-hash").to_owned();
    let newest = scene.pods.last().map(|pod| hash(pod));
    let is_there = |pod: &&&Value| {
        text_at(pod, "/metadata/deletionTimestamp").is_empty()
            && true_condition(pod, "Ready").is_none()
            && newest.as_ref() == Some(&hash(pod))
    };
    let mut pods = scene.pods.iter().filter(is_there);
    pods.find_map(|pod| Some(format!("pod {}: {}", name(pod), pod::unready(pod)?)))
}

pub(super) fn complete(scene: &Scene) -> Answer {
    match scene.kind() {
        "Job" => job::done(scene),
        "Pod" => match pod::ended(scene.object) {
            Some(answer) => answer,
            None if pod::stays(scene.object) => Answer::Never(Evidence::new(
                "Always",
                "with restartPolicy Always its containers are started again whenever they end; wait with --for=ready",
            )),
            None => Answer::NotYet(pod::progress(scene.object)),
        },
        _ => unknown(scene),
    }
}

pub(super) fn failed(scene: &Scene) -> Answer {
    let ended_well = |mut evidence: Evidence| {
        evidence.message = String::from("it has ended well and can never fail any more");
        Answer::Never(evidence)
    };
    match scene.kind() {
        "Job" => match job::ended(scene) {
            Some(Ended::Badly(evidence)) => Answer::Met(evidence),
            Some(Ended::Well(evidence)) => ended_well(evidence),
            None => Answer::NotYet(job::progress(scene)),
        },
        "Pod" => match pod::ended(scene.object) {
            Some(Answer::Never(evidence)) => Answer::Met(evidence),
            Some(Answer::Met(evidence) | Answer::NotYet(evidence)) => ended_well(evidence),
            None => Answer::NotYet(pod::progress_to_failure(scene.object)),
        },
        _ => {
            match rollout::rolled_out(scene.object).map(|answer| with_unready_pod(scene, answer)) {
                Some(Answer::Never(evidence)) => Answer::Met(evidence),
                Some(Answer::Met(evidence) | Answer::NotYet(evidence)) => Answer::NotYet(evidence),
                None => unknown(scene),
            }
        }
    }
}

pub(super) fn ready(scene: &Scene) -> Answer {
    match scene.kind() {
        "Pod" => pod::ready(scene.object),
        "Job" => job_ready(scene),
        _ => match rollout::ready(scene.object) {
            Some(answer) => with_unready_pod(scene, answer),
            None => super::named::judge(scene, "Ready", "True"),
        },
    }
}

/// A Job whose Pods that are to run now are Ready.
fn job_ready(scene: &Scene) -> Answer {
    match job::ended(scene) {
        Some(Ended::Well(mut evidence) | Ended::Badly(mut evidence)) => {
            let late = "a Job that has ended is never ready again";
            evidence.message = match evidence.message.as_str() {
                "" => late.to_owned(),
                said => format!("{said}; {late}"),
            };
            Answer::Never(evidence)
        }
        None => {
            let number = |pointer| number_at(scene.object, pointer).unwrap_or(0);
            let (ready, active) = (number("/status/ready"), number("/status/active"));
            let said = format!("{ready} of {active} running Pods ready");
            if active > 0 && ready >= active {
                Answer::Met(Evidence::new("Ready", said))
            } else {
                let evidence = Evidence::new(job::progress(scene).reason, said);
                with_unready_pod(scene, Answer::NotYet(evidence))
            }
        }
    }
}

/// What keeps an object that is to go.
pub(super) fn not_deleted(object: &Value) -> Evidence {
    if text_at(object, "/metadata/deletionTimestamp").is_empty() {
        return Evidence::new("Exists", "nobody has asked for its deletion yet");
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
    let message = format!("finalizers hold it: {}", finalizers.join(", "));
    Evidence::new("Terminating", message)
}

/// Of kinds that [`refusal`] lets through nowhere; generic objects tell by
/// their own condition.
fn unknown(scene: &Scene) -> Answer {
    let said = true_condition(scene.object, "Ready").map_or("", |c| text(c, "message"));
    Answer::NotYet(Evidence::new(text(scene.object, "kind"), said))
}
