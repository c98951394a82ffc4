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
use pod_model::diagnosis::{BetterByItself, Diagnosis, diagnose, lifecycle};
use pod_model::kubectl_status::{misleading_pod, pod_row};
use pod_model::lookup::{LookupKind, Need};

use super::blocks::blocks;
use super::containers::reports;
use super::facts::{PodFacts, needs};
use super::mask::mask;
use super::options::StatusOptions;
use super::report::{ContainerReport, ExplainedStatus, StatusBody};
use super::tails::{self, Tail};
use super::unread::{limited, unread_events};
use super::workload::Owner;
use crate::cluster::Cluster;
use crate::explain::requested::Requested;
use crate::explain::topic::{Conclusion, Facts, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The state of each target.
pub(in crate::explain) struct StatusTopic<'a> {
    options: &'a StatusOptions,
}

impl<'a> StatusTopic<'a> {
    pub(in crate::explain) fn new(options: &'a StatusOptions) -> Self {
        Self { options }
    }

    /// Returns the time of everything that is explained.
    pub(super) fn now(&self) -> Timestamp {
        self.options.explain.now.unwrap_or_else(Timestamp::now)
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
    type Observation = Vec<Tail>;

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        chosen.cloned().map(Requested::Container).collect()
    }

    fn needs(&self, target: &Target, so_far: &Facts<'_, Vec<Tail>>) -> Vec<Need> {
        let namespace = &target.pod_namespace;
        if let Some(pod) = pod(target) {
            return needs(&pod, namespace, so_far.answers);
        }
        let owner = Owner::of(target);
        owner.map_or_else(Vec::new, |owner| owner.needs(namespace, so_far.answers))
    }

    async fn observe(&self, target: &Target, cluster: &Cluster) -> Option<Vec<Tail>> {
        // Of hundreds of Pods nobody reads the logs.
        if self.options.tail == 0 || !self.options.names_targets() {
            return None;
        }
        Some(tails::read(target, cluster, self.options.tail).await)
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, Vec<Tail>>) -> Conclusion<StatusBody> {
        let mut conclusion = self.judge(target, facts);
        if !self.options.explain.show_secrets {
            mask(&mut conclusion.body);
        }
        conclusion
    }

    fn blocks(&self, explained: &ExplainedStatus) -> Vec<Block> {
        blocks(explained, self.now())
    }
}

impl StatusTopic<'_> {
    fn judge(&self, target: &Target, facts: &Facts<'_, Vec<Tail>>) -> Conclusion<StatusBody> {
        let namespace = &target.pod_namespace;
        if let Some(pod) = pod(target) {
            return self.pod(target, pod, facts);
        }
        match Owner::of(target) {
            Some(owner) => {
                let judged = owner.diagnose(namespace, facts.answers, self.now(), facts.version);
                let is_final = owner.is_final();
                Conclusion {
                    verdict: limited(judged.diagnosis.verdict, judged.is_refused, is_final),
                    findings: Vec::new(),
                    body: StatusBody {
                        is_final,
                        ..body(judged.diagnosis, Vec::new(), judged.unread)
                    },
                }
            }
            None => not_run(target),
        }
    }

    fn pod(
        &self,
        target: &Target,
        pod: Pod,
        facts: &Facts<'_, Vec<Tail>>,
    ) -> Conclusion<StatusBody> {
        let found = PodFacts::of(Cow::Owned(pod), &target.pod_namespace, facts.answers);
        let diagnosis = diagnose(&found.scene(self.now(), facts.version));
        let row = pod_row(&found.pod, facts.version);
        // It looks at no others.
        let evictions = found.events.as_core("Evicted");
        let misleading = misleading_pod(&found.pod, &row, &evictions);
        let chosen = &self.options.explain.containers;
        let is_shown = |name: &str| chosen.is_empty() || chosen.iter().any(|own| own == name);
        let tails = facts.observation.map_or(&[][..], Vec::as_slice);
        let mut containers = reports(target, tails);
        containers.retain(|own| is_shown(&own.name));
        let is_final = matches!(phase(target), "Succeeded" | "Failed");
        let unread = unread_events(&found.events).into_iter().collect();
        Conclusion {
            verdict: limited(diagnosis.verdict, found.events.are_refused(), is_final),
            findings: Vec::new(),
            body: StatusBody {
                kubectl_status: Some(row.status.text),
                misleading: misleading
                    .iter()
                    .map(|own| own.reason.to_string())
                    .collect(),
                is_final,
                ..body(diagnosis, containers, unread)
            },
        }
    }
}

fn phase(target: &Target) -> &str {
    let status = target.status.as_ref();
    let phase = status.and_then(|status| status.phase.as_deref());
    phase.unwrap_or_default()
}

/// Returns a target that is a Pod which somebody has created: the API server gives it a uid and a phase.
fn pod(target: &Target) -> Option<Pod> {
    let exists = target.metadata.uid.is_some() || !phase(target).is_empty();
    (target.is_pod() && exists).then(|| Pod {
        metadata: target.metadata.clone(),
        spec: Some(target.spec.clone()),
        status: target.status.clone(),
    })
}

fn body(diagnosis: Diagnosis, containers: Vec<ContainerReport>, unread: Vec<String>) -> StatusBody {
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
        lifecycle: Vec::new(),
        unread,
        is_final: false,
    }
}

/// Something that nobody has created yet.
fn not_run(target: &Target) -> Conclusion<StatusBody> {
    let makes = if target.is_pod() {
        "this is the life that lies ahead of it"
    } else {
        "this is the life that lies ahead of each of its Pods"
    };
    Conclusion {
        verdict: Verdict::Unknown,
        findings: Vec::new(),
        body: StatusBody {
            summary: format!("{} has never run; {makes}.", target.shown),
            state: "has never run".to_owned(),
            kubectl_status: None,
            misleading: Vec::new(),
            since: None,
            better_by_itself: BetterByItself::Unknown,
            causes: Vec::new(),
            advice: Vec::new(),
            containers: reports(target, &[]),
            lifecycle: lifecycle(&target.spec, &target.spec_path),
            unread: Vec::new(),
            is_final: false,
        },
    }
}
