//! The WaitReport, for programs.

use jiff::Timestamp;
use pod_model::{FieldPath, Finding};
use serde::Serialize;
use serde_json::Value;

use super::engine::{End, Engine, Outcome, Target};
use super::fields::{container_statuses, name, number_at, text, text_at};
use super::subject::Subject;
use super::whole::Whole;
use crate::report::{Item, Report, Verdict};
use crate::target::TargetId;

/// What the WaitReport says of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WaitBody {
    pub outcome: Outcome,
    pub reason: String,
    pub message: String,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub pods: Vec<PodBody>,
}

/// One of its Pods.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodBody {
    name: String,
    phase: String,
    containers: Vec<ContainerBody>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ContainerBody {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The report of a wait that began at a time. What is said of a set as a whole is
/// an item without a name: no list of items is all good where the wait was not.
pub(super) fn report(
    engine: &Engine,
    subjects: &[Subject],
    whole: Option<&Whole>,
    began: Timestamp,
) -> Report<WaitBody> {
    let objects = engine.targets().filter_map(|(_, target)| {
        let subject = subjects.get(target.group)?;
        let pods = engine.pods(target).into_iter().map(pod).collect();
        let namespace = subject.namespace_of(target);
        let id = id(subject, namespace, Some(target));
        Some(item(id, target.end.as_ref()?, pods, began))
    });
    let sets = whole.into_iter().flat_map(|whole| {
        let subjects = whole.groups.iter().filter_map(|at| subjects.get(*at));
        subjects.map(|subject| {
            item(
                id(subject, &subject.namespace, None),
                &whole.end,
                Vec::new(),
                began,
            )
        })
    });
    Report::new("WaitReport", objects.chain(sets).collect())
}

fn id(subject: &Subject, namespace: &str, target: Option<&Target>) -> TargetId {
    TargetId {
        kind: subject.resource.kind.clone(),
        namespace: namespace.to_owned(),
        name: target.map(|target| target.name.clone()),
        uid: target.and_then(|target| target.uid.clone()),
        source: None,
    }
}

fn item(target: TargetId, end: &End, pods: Vec<PodBody>, began: Timestamp) -> Item<WaitBody> {
    let message = end.evidence.message.clone();
    let (verdict, id) = match end.outcome {
        Outcome::Succeeded | Outcome::Met => (Verdict::Ok, None),
        Outcome::Failed => (Verdict::No, Some("wait-failed")),
        Outcome::Deleted => (Verdict::No, Some("wait-deleted")),
        Outcome::Stuck => (Verdict::No, Some("wait-stuck")),
        Outcome::TimedOut => (Verdict::Unknown, Some("wait-timed-out")),
        Outcome::Unfinished => (Verdict::Unknown, None),
    };
    let findings = id.map(|id| Finding::error(id, FieldPath::root(), end.evidence.to_string()));
    Item {
        target,
        verdict,
        findings: findings.into_iter().collect(),
        body: WaitBody {
            outcome: end.outcome,
            reason: end.evidence.reason.clone(),
            message,
            started_at: began,
            finished_at: began.checked_add(end.at).unwrap_or(began),
            pods,
        },
    }
}

fn pod(pod: &Value) -> PodBody {
    PodBody {
        name: name(pod).to_owned(),
        phase: text_at(pod, "/status/phase").to_owned(),
        containers: container_statuses(pod).map(container).collect(),
    }
}

fn container(status: &Value) -> ContainerBody {
    let reason = ["/state/terminated/reason", "/state/waiting/reason"]
        .map(|pointer| text_at(status, pointer))
        .into_iter()
        .find(|reason| !reason.is_empty());
    ContainerBody {
        name: text(status, "name").to_owned(),
        exit_code: number_at(status, "/state/terminated/exitCode"),
        signal: number_at(status, "/state/terminated/signal").filter(|signal| *signal != 0),
        reason: reason.map(str::to_owned),
    }
}
