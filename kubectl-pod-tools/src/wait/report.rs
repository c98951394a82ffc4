//! The WaitReport, for programs.

use jiff::Timestamp;
use pod_model::{FieldPath, Finding};
use serde::Serialize;
use serde_json::Value;

use super::engine::{Engine, Outcome, Target};
use super::fields::{container_statuses, name, number_at, text, text_at};
use super::subject::Subject;
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

/// The report of a wait that began at a time.
pub(super) fn report(engine: &Engine, subjects: &[Subject], began: Timestamp) -> Report<WaitBody> {
    let items = engine
        .targets()
        .filter_map(|(_, target)| item(engine, subjects, target, began));
    Report::new("WaitReport", items.collect())
}

fn item(
    engine: &Engine,
    subjects: &[Subject],
    target: &Target,
    began: Timestamp,
) -> Option<Item<WaitBody>> {
    let end = target.end.as_ref()?;
    let subject = subjects.get(target.group)?;
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
    Some(Item {
        target: TargetId {
            kind: subject.resource.kind.clone(),
            namespace: subject.namespace.clone(),
            name: Some(target.name.clone()),
            uid: target.uid.clone(),
            source: None,
        },
        verdict,
        findings: findings.into_iter().collect(),
        body: WaitBody {
            outcome: end.outcome,
            reason: end.evidence.reason.clone(),
            message,
            started_at: began,
            finished_at: began.checked_add(end.at).unwrap_or(began),
            pods: engine.pods(target).into_iter().map(pod).collect(),
        },
    })
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
