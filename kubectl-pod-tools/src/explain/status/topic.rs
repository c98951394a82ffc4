//! The status as a topic of `explain-…`: look-ups, conclusions, blocks.

use std::borrow::Cow;

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    ConfigMap, Event, Node, PersistentVolume, PersistentVolumeClaim, Pod, Secret,
};
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::jiff::Timestamp;
use pod_model::Verdict;
use pod_model::diagnosis::{BetterByItself, Diagnosis, diagnose};
use pod_model::kubectl_status::{misleading_pod, pod_row};
use pod_model::lookup::{LookupKind, Need};

use super::blocks::blocks;
use super::containers::reports;
use super::facts::{PodFacts, needs};
use super::options::StatusOptions;
use super::report::{ContainerReport, ExplainedStatus, StatusBody};
use super::workload::Owner;
use crate::explain::requested::Requested;
use crate::explain::topic::{Conclusion, Facts, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The state of each target.
pub(super) struct StatusTopic<'a> {
    options: &'a StatusOptions,
    now: Timestamp,
}

impl<'a> StatusTopic<'a> {
    pub(super) fn new(options: &'a StatusOptions) -> Self {
        Self {
            options,
            now: options.explain.now.unwrap_or_else(Timestamp::now),
        }
    }
}

impl Topic for StatusTopic<'_> {
    const REPORT: &'static str = "StatusReport";
    const KINDS: &'static [LookupKind] = &[
        LookupKind::of::<Event>(),
        LookupKind::of::<NewerEvent>(),
        LookupKind::of::<Node>(),
        LookupKind::of::<PersistentVolumeClaim>(),
        LookupKind::of::<PersistentVolume>(),
        LookupKind::of::<ConfigMap>(),
        LookupKind::of::<Secret>(),
        LookupKind::of::<Pod>(),
        LookupKind::of::<ReplicaSet>(),
        LookupKind::of::<Job>(),
    ];
    // The object, its ReplicaSets and Pods, what is about those, and the volumes of claims.
    const ROUNDS: usize = 4;
    type Body = StatusBody;
    type Observation = ();

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        chosen.cloned().map(Requested::Container).collect()
    }

    fn needs(&self, target: &Target, so_far: &Facts<'_, ()>) -> Vec<Need> {
        let namespace = &target.pod_namespace;
        if let Some(pod) = pod(target) {
            return needs(&pod, namespace, so_far.answers);
        }
        let owner = Owner::of(target);
        owner.map_or_else(Vec::new, |owner| owner.needs(namespace, so_far.answers))
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, ()>) -> Conclusion<StatusBody> {
        let namespace = &target.pod_namespace;
        if let Some(pod) = pod(target) {
            return self.pod(target, pod, facts);
        }
        match Owner::of(target) {
            Some(owner) => {
                let (diagnosis, unread) =
                    owner.diagnose(namespace, facts.answers, self.now, facts.version);
                Conclusion {
                    verdict: diagnosis.verdict,
                    findings: Vec::new(),
                    body: body(diagnosis, Vec::new(), unread),
                }
            }
            None => not_run(target),
        }
    }

    fn blocks(&self, explained: &ExplainedStatus) -> Vec<Block> {
        blocks(explained, self.now)
    }
}

impl StatusTopic<'_> {
    fn pod(&self, target: &Target, pod: Pod, facts: &Facts<'_, ()>) -> Conclusion<StatusBody> {
        let found = PodFacts::of(Cow::Owned(pod), &target.pod_namespace, facts.answers);
        let diagnosis = diagnose(&found.scene(self.now, facts.version));
        let row = pod_row(&found.pod, facts.version);
        let misleading = misleading_pod(&found.pod, &row, &found.events.raw);
        let chosen = &self.options.explain.containers;
        let is_shown = |name: &str| chosen.is_empty() || chosen.iter().any(|own| own == name);
        let mut containers = reports(target);
        containers.retain(|own| is_shown(&own.name));
        Conclusion {
            verdict: diagnosis.verdict,
            findings: Vec::new(),
            body: StatusBody {
                kubectl_status: Some(row.status.text),
                misleading: misleading
                    .iter()
                    .map(|own| own.reason.to_string())
                    .collect(),
                ..body(diagnosis, containers, found.events.unread)
            },
        }
    }
}

/// Returns a target that is a Pod with a status.
fn pod(target: &Target) -> Option<Pod> {
    (target.is_pod() && target.status.is_some()).then(|| Pod {
        metadata: target.metadata.clone(),
        spec: Some(target.spec.clone()),
        status: target.status.clone(),
    })
}

fn body(
    diagnosis: Diagnosis,
    containers: Vec<ContainerReport>,
    unread: Option<String>,
) -> StatusBody {
    StatusBody {
        summary: diagnosis.summary,
        state: diagnosis.state,
        kubectl_status: None,
        misleading: Vec::new(),
        since: diagnosis.since,
        better_by_itself: diagnosis.better_by_itself,
        causes: diagnosis.causes,
        advice: diagnosis.advice,
        containers,
        unread,
    }
}

/// Something that has no status of a Pod.
fn not_run(target: &Target) -> Conclusion<StatusBody> {
    Conclusion {
        verdict: Verdict::Unknown,
        findings: Vec::new(),
        body: StatusBody {
            summary: format!(
                "{} has never run: nothing is known of its state.",
                target.shown
            ),
            state: "has never run".to_owned(),
            kubectl_status: None,
            misleading: Vec::new(),
            since: None,
            better_by_itself: BetterByItself::Unknown,
            causes: Vec::new(),
            advice: Vec::new(),
            containers: reports(target),
            unread: None,
        },
    }
}
