//! The WaitReport, for programs.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use pod_model::{FieldPath, Finding, Verdict, rules};
use serde::Serialize;
use serde_json::Value;

use super::engine::{End, Engine, Outcome, Target};
use super::remove::{Removal, Undeleted};
use super::subject::Subject;
use super::wait_failure::WaitFailure;
use crate::render::Structured;
use crate::report::{Item, Items, ReportStream};
use crate::targets::TargetId;
use crate::ui::Ui;
use pod_model::status::Evidence;
use pod_model::status::fields::{container_statuses, name, number_at, text, text_at};

/// The fields of a target in the WaitReport.
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

/// A report that is printed item by item.
pub(super) struct Printing {
    stream: ReportStream,
    format: Structured,
}

impl Printing {
    /// Returns a report of which nothing is printed yet.
    ///
    /// # Errors
    /// The envelope cannot be serialized.
    pub(super) fn begin(format: Structured) -> Result<Self, serde_json::Error> {
        let stream = ReportStream::new("WaitReport", None, Some(format))?;
        Ok(Self { stream, format })
    }

    /// Prints some more items.
    ///
    /// # Errors
    /// A value that the format cannot hold.
    pub(super) fn print(
        &mut self,
        more: impl Iterator<Item = Item<WaitBody>>,
        ui: &Ui,
    ) -> Result<(), serde_json::Error> {
        ui.stream(|out| {
            for item in more {
                let mut items = Items::default();
                items.push(item, self.format)?;
                // The terminal records a failed write.
                let _ = self.stream.write(out, &items);
            }
            Ok(())
        })
    }

    /// Prints the end.
    pub(super) fn end(self, ui: &Ui) {
        // The terminal records a failed write.
        let _ = ui.stream(|out| self.stream.end(out));
    }
}

/// Returns the items of the targets of a wait that began at a time.
pub(super) fn items_of_targets(
    engine: &Engine,
    subjects: &[Subject],
    began: Timestamp,
) -> impl Iterator<Item = Item<WaitBody>> {
    engine.targets().filter_map(move |(_, target)| {
        let subject = subjects.get(target.group)?;
        let pods = engine.pods(target).into_iter().map(pod).collect();
        let namespace = subject.namespace_of(target);
        let id = id(subject, namespace, Some(target));
        Some(item(id, target.end()?, pods, began))
    })
}

/// Returns the items of a failure of the wait as a whole, without names: a report of a failed wait
/// has at least one failed item.
pub(super) fn items_of_failure(
    failure: &WaitFailure,
    subjects: &[Subject],
    began: Timestamp,
) -> impl Iterator<Item = Item<WaitBody>> {
    let subjects = failure.groups.iter().filter_map(|at| subjects.get(*at));
    subjects.map(move |subject| {
        let id = id(subject, &subject.namespace, None);
        item(id, &failure.end, Vec::new(), began)
    })
}

/// Returns the items of objects that are not deleted: one for each group, with a finding for each
/// object. The items of the targets are printed before.
pub(super) fn items_of_removal(
    removal: &Removal,
    subjects: &[Subject],
    (began, at): (Timestamp, Duration),
) -> impl Iterator<Item = Item<WaitBody>> {
    let mut groups: BTreeMap<usize, Vec<&Undeleted>> = BTreeMap::new();
    for object in removal.undeleted() {
        groups.entry(object.group).or_default().push(object);
    }
    groups.into_iter().filter_map(move |(group, objects)| {
        let subject = subjects.get(group)?;
        let outcomes = objects.iter().map(|object| object.outcome());
        // A known failure outranks an unknown result.
        let (outcome, reason) = outcomes.max_by_key(|(outcome, _)| match outcome {
            Outcome::Failed => 2,
            Outcome::TimedOut => 1,
            _ => 0,
        })?;
        let message = match objects.as_slice() {
            [one] => one.why.clone(),
            several => format!("{} objects are not deleted", several.len()),
        };
        let end = End {
            outcome,
            evidence: Evidence::new(reason, message),
            at,
        };
        let findings = objects.iter().map(|object| {
            Finding::new(
                &rules::WAIT_NOT_DELETED,
                FieldPath::root(),
                object.why.clone(),
            )
        });
        let id = id(subject, &subject.namespace, None);
        let mut item = item(id, &end, Vec::new(), began);
        item.findings = findings.collect();
        Some(item)
    })
}

fn id(subject: &Subject, namespace: &str, target: Option<&Target>) -> TargetId {
    TargetId {
        kind: subject.resource.kind.clone(),
        namespace: namespace.to_owned(),
        name: target.map(|target| target.name.clone()),
        uid: target.and_then(|target| target.uid().map(str::to_owned)),
        source: None,
    }
}

fn item(target: TargetId, end: &End, pods: Vec<PodBody>, began: Timestamp) -> Item<WaitBody> {
    let message = end.evidence.message.clone();
    let (verdict, rule) = match end.outcome {
        Outcome::Succeeded | Outcome::Met => (Verdict::Ok, None),
        Outcome::Failed => (Verdict::No, Some(&rules::WAIT_FAILED)),
        Outcome::Deleted => (Verdict::No, Some(&rules::WAIT_DELETED)),
        Outcome::Stuck => (Verdict::No, Some(&rules::WAIT_STUCK)),
        Outcome::TimedOut => (Verdict::Unknown, Some(&rules::WAIT_TIMED_OUT)),
        Outcome::Unfinished => (Verdict::Unknown, None),
    };
    let findings = rule.map(|rule| Finding::new(rule, FieldPath::root(), end.evidence.to_string()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_is_not_good_has_a_finding_of_its_own_rule() {
        for (outcome, verdict, id) in [
            (Outcome::Succeeded, Verdict::Ok, None),
            (Outcome::Met, Verdict::Ok, None),
            (Outcome::Failed, Verdict::No, Some("wait-failed")),
            (Outcome::Deleted, Verdict::No, Some("wait-deleted")),
            (Outcome::Stuck, Verdict::No, Some("wait-stuck")),
            (Outcome::TimedOut, Verdict::Unknown, Some("wait-timed-out")),
            (Outcome::Unfinished, Verdict::Unknown, None),
        ] {
            let target = TargetId {
                kind: "Pod".into(),
                namespace: "n".into(),
                name: Some("p".into()),
                uid: None,
                source: None,
            };
            let end = End {
                outcome,
                evidence: Evidence::new("R", "m"),
                at: Duration::ZERO,
            };
            let item = item(target, &end, Vec::new(), Timestamp::UNIX_EPOCH);
            let ids: Vec<_> = item.findings.iter().map(Finding::id).collect();
            assert_eq!(
                (item.verdict, ids),
                (verdict, Vec::from_iter(id)),
                "{outcome:?}"
            );
        }
    }
}
