//! Scheduling as a topic of `explain-…`: look-ups, conclusions, blocks.

use std::sync::OnceLock;

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Event, LimitRange, Namespace, Pod, ServiceAccount};
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::scheduling::v1::PriorityClass;
use k8s_openapi::jiff::Timestamp;
use pod_model::admission::{self, Admitted, UnknownWhy, admit};
use pod_model::lookup::{LookupKind, Need};
use pod_model::scheduling::Snapshot;
use pod_model::{Finding, Severity, Verdict, nearest, rules};

use super::blocks::blocks;
use super::bound::judge_named;
use super::checks::{self, findings, other_scheduler};
use super::daemon::judge_daemon_set;
use super::event;
use super::gather::{ClusterState, Known, gather, has_nodes, owner};
use super::judge::{Judged, judge, judge_freeing};
use super::options::SchedulingOptions;
use super::passed_over::passed_over;
use super::pod_labels::NEW;
use super::report::{AdmissionChange, ExplainedScheduling, Others, SchedulingBody};
use super::sentence::sentence;
use super::subject::{Placement, Subject};
use super::unknown_pods::{
    forget_claims, forget_labels, forget_pods, forget_score, is_refused_for_volumes,
};
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::requested::{Presence, Requested};
use crate::explain::shorten::grave_findings;
use crate::explain::stored::{is_stored, node_name, waits_for_node};
use crate::explain::topic::{Conclusion, Facts, Gathering, Topic};
use crate::render::Block;
use crate::targets::{Candidate, Target};

/// The nodes on which a Pod fits.
pub(in crate::explain) struct SchedulingTopic<'a> {
    options: &'a SchedulingOptions,
    now: Timestamp,
    /// Set before anything is explained.
    state: OnceLock<ClusterState>,
}

impl<'a> SchedulingTopic<'a> {
    pub(in crate::explain) fn new(options: &'a SchedulingOptions) -> Self {
        Self {
            options,
            now: options.explain.now.unwrap_or_else(Timestamp::now),
            state: OnceLock::new(),
        }
    }

    fn judged(
        &self,
        target: &Target,
        subject: &Subject,
        snapshot: &Snapshot,
        facts: &Facts<'_, ()>,
    ) -> Judged {
        if let Ok(Some(daemon_set)) = target.decode::<DaemonSet>() {
            let (namespace, version) = (&target.pod_namespace, facts.version);
            return judge_daemon_set(snapshot, &daemon_set, |pod: &Pod| {
                let mut pod = pod.clone();
                subject.labels.add_to(&mut pod.metadata);
                if self.options.is_as_written {
                    Admitted::as_written(&pod, version).pod
                } else {
                    admit(&pod, namespace, facts.answers, version).pod
                }
            });
        }
        if let Placement::Named(node) = &subject.placement {
            return judge_named(snapshot, &subject.pod, node);
        }
        let judged = judge(snapshot, &subject.pod);
        if subject.claims.is_empty() || !judged.has_open_volumes() {
            return judged;
        }
        let why = format!(
            "the StatefulSet makes the claims of its templates with the Pod ({})",
            subject.claims.join(", ")
        );
        let refused: Vec<bool> = judged.nodes.iter().map(is_refused_for_volumes).collect();
        let is_judged = judged.cycle.is_empty();
        let without = judge_freeing(snapshot, &subject.without_claims(), |at| {
            !is_judged || refused.get(at) != Some(&true)
        });
        forget_claims(judged, without, &why)
    }
}

impl Topic for SchedulingTopic<'_> {
    const REPORT: &'static str = "SchedulingReport";
    const KINDS: &'static [LookupKind] = &[
        LookupKind::of::<Namespace>(),
        LookupKind::of::<LimitRange>(),
        LookupKind::of::<ServiceAccount>(),
        LookupKind::of::<PriorityClass>(),
        LookupKind::of::<RuntimeClass>(),
        LookupKind::of::<Event>(),
        LookupKind::of::<NewerEvent>(),
    ];
    const ROUNDS: usize = 1;
    type Body = SchedulingBody;
    type Observation = ();

    fn requested(&self) -> Vec<Requested> {
        let containers = self.options.explain.containers.iter();
        let containers = containers.map(|name| Requested::Container(name.clone()));
        let node = self.options.node.iter().map(|name| Requested::Other {
            name: name.clone(),
            failure: Failure::new(Exit::NotFound, format!("no node is named `{name}`")),
        });
        containers.chain(node).collect()
    }

    fn explains(&self, target: &Target) -> bool {
        let Some(state) = self.state.get() else {
            return true;
        };
        if self.options.is_part {
            let is_running = target.is_pod() && node_name(target).is_some();
            let has_files = state.nodes == Known::Files && !is_running;
            return waits_for_node(target) || has_files;
        }
        state.bound.has(target) || state.named.never_runs(target)
    }

    fn left_out(&self) -> Option<String> {
        let state = self.state.get()?;
        state.bound.note(state.named.never_run())
    }

    async fn gather(
        &self,
        gathering: &Gathering<'_>,
    ) -> Result<Option<Vec<Candidate>>, CommandError> {
        let is_part = self.options.is_part;
        let is_meant = |target: &Target| !is_part || waits_for_node(target);
        let must_look = !is_part || has_nodes(gathering.all);
        let (state, remaining) = gather(
            gathering,
            must_look,
            is_meant,
            is_part || self.options.explain.targets.chooses(),
        )
        .await?;
        // A run gathers once.
        let _ = self.state.set(state);
        Ok(Some(remaining))
    }

    fn needs(&self, target: &Target, _: &Facts<'_, ()>) -> Vec<Need> {
        let mut needs: Vec<Need> = event::need(target).into_iter().collect();
        if !is_stored(target) && !self.options.is_as_written {
            needs.extend(admission::needs(&target.spec, &target.pod_namespace));
        }
        needs
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, ()>) -> Conclusion<SchedulingBody> {
        let none = ClusterState::default();
        let state = self.state.get().unwrap_or(&none);
        let version = facts.version;
        let subject = Subject::of(target, facts.answers, version, self.options.is_as_written);
        // A Pod is not in its own way.
        let snapshot = state.snapshot.as_ref().map(|own| {
            if state.pods.is_known() || matches!(state.pods, Known::Unreadable(_)) {
                own.without_pods(own_pods(target, &subject, state))
            } else {
                own.clone()
            }
        });
        let snapshot = snapshot.as_ref();
        let judged = snapshot.map(|own| {
            let mut judged = self.judged(target, &subject, own, facts);
            // The kubelet of a node that is named looks at no label.
            let key = subject.labels.unknown().filter(|_| !subject.is_named());
            if let Some(key) = key {
                // As it is written: the server merges the label into the selectors.
                let deciding = subject.labels.deciding(&subject.own, own.groups());
                forget_labels(&mut judged, &deciding.filters, key);
                for plugin in deciding.scores {
                    forget_score(&mut judged, plugin, key);
                }
            }
            judged
        });
        let mut body = body(target, &subject, judged, state);
        let (event, unread) = event::seen(target, facts.answers, &body, self.now, version);
        body.event = event;
        body.summary = sentence(&body);
        if let Some(why) = passed_over(target) {
            body.summary = if body.is_named {
                why.to_owned()
            } else {
                format!("{why}; else: {}", body.summary)
            };
        }
        let findings = findings(&checks::Facts {
            target,
            subject: &subject,
            body: &body,
            state,
            snapshot,
        });
        body.unread.extend(unread);
        let verdict = verdict(&body, &subject, &findings);
        let refuses = |own: &&Finding| {
            let is_of_kubelet = own.is(&rules::KUBELET_REFUSES) && own.severity == Severity::Error;
            own.is(&rules::REFUSED_ON_CREATE) || is_of_kubelet && !body.is_named
        };
        if let Some(refusal) = findings.iter().find(refuses) {
            body.summary.clone_from(&refusal.message);
        }
        if let Some(node) = &self.options.node {
            let names = body.nodes.iter().map(|own| own.name.as_str());
            body.similar_node = nearest(node, names).map(str::to_owned);
            body.nodes.retain(|own| own.name == *node);
        }
        Conclusion {
            verdict,
            findings,
            body,
        }
    }

    fn presence(&self, name: &str, explained: &ExplainedScheduling) -> Presence {
        let body = &explained.item.body;
        let is_there = body.nodes.iter().any(|own| own.name == name);
        // Of unknown nodes it may be one.
        if is_there || body.total.is_none() {
            return Presence::Present;
        }
        Presence::Absent {
            similar: body.similar_node.clone(),
        }
    }

    fn summary(&self, explained: &ExplainedScheduling) -> String {
        explained.item.body.summary.clone()
    }

    fn short(&self, explained: &ExplainedScheduling) -> Vec<Block> {
        let mut findings = explained.item.findings.clone();
        // The summary says it.
        findings.retain(|own| !own.is(&rules::NO_NODE_FITS) && !own.is(&rules::UNREAD_NODES));
        let mut blocks: Vec<Block> = super::blocks::nearest(&explained.item.body)
            .into_iter()
            .collect();
        blocks.extend(grave_findings(&findings, &explained.target));
        blocks
    }

    fn blocks(&self, explained: &ExplainedScheduling) -> Vec<Block> {
        blocks(explained, self.options)
    }
}

/// Returns the Pods that are in nobody's way: the target itself if it is a Pod, or those of a
/// DaemonSet.
fn own_pods<'a>(target: &Target, subject: &'a Subject, state: &'a ClusterState) -> Vec<&'a Pod> {
    if target.is_pod() {
        let is_counted = !state.named.never_runs(target);
        return is_counted.then_some(&subject.own).into_iter().collect();
    }
    if target.id.kind != "DaemonSet" {
        return Vec::new();
    }
    let own = target.id.name.as_deref();
    let own = own.map(|name| (target.pod_namespace.as_str(), name));
    let pods = state.daemon_pods.iter();
    pods.filter(|pod| own.is_some() && owner(pod) == own)
        .collect()
}

/// Returns the fields of the report that follow from the nodes.
fn body(
    target: &Target,
    subject: &Subject,
    judged: Option<Judged>,
    state: &ClusterState,
) -> SchedulingBody {
    let mut unread = state.unread.clone();
    let lists = [("nodes", &state.nodes), ("pods", &state.pods)];
    let lists = lists
        .into_iter()
        .filter(|(name, _)| *name == "nodes" || state.nodes.is_known());
    let lists = lists.filter_map(|(name, own)| Some(format!("list {name}: {}", own.reason()?)));
    unread.splice(0..0, lists);
    let node_name = match &subject.placement {
        Placement::Free => None,
        Placement::Bound(node) | Placement::Named(node) => Some(node.clone()),
    };
    let mut body = SchedulingBody {
        node_name,
        is_named: matches!(subject.placement, Placement::Named(_)),
        is_daemon_set: target.id.kind == "DaemonSet",
        admission: changes(subject),
        assumed: assumed(subject),
        unread,
        ..SchedulingBody::default()
    };
    if state.are_nodes_empty {
        body.others = Others::NotGiven;
        body.assumed.push("Pods: not given".to_owned());
    }
    let Some(mut judged) = judged else {
        return body;
    };
    if !state.pods.is_known() {
        body.others = Others::Unknown;
        forget_pods(&mut judged);
    }
    body.has_open_claims = judged.has_open_claims;
    let is_held_back = judged.cycle.iter().any(|own| own.stage != "PreScore");
    let count = |fits| judged.nodes.iter().filter(|own| own.fits == fits).count();
    body.feasible = Some(if is_held_back { 0 } else { count(Some(true)) });
    body.unknown = if is_held_back { 0 } else { count(None) };
    body.total = Some(judged.nodes.len());
    body.nodes = judged.nodes;
    body.nearest = judged.nearest;
    body.cycle = judged.cycle;
    body.not_evaluated = judged.not_evaluated;
    body.not_scored = judged.not_scored;
    // Without the class that the Pod names, its priority is not known.
    body.preemption = judged.preemption.filter(|_| has_priority(subject));
    body
}

fn has_priority(subject: &Subject) -> bool {
    let mut unknown = subject.admitted.iter().flat_map(|own| &own.unknown);
    !unknown.any(|own| own.kind == "PriorityClass" && own.name.is_some())
}

fn changes(subject: &Subject) -> Vec<AdmissionChange> {
    let changes = subject.admitted.iter().flat_map(|own| &own.changes);
    let change = |own: &admission::Change| AdmissionChange {
        path: own.path.to_string(),
        value: own.value.clone(),
        origin: own.origin.to_string(),
    };
    let is_known = |own: &&admission::Change| !own.value.to_string().contains(NEW);
    changes.filter(is_known).map(change).collect()
}

/// Returns a line for each object that could change the Pod and is not known.
fn assumed(subject: &Subject) -> Vec<String> {
    let unknown = subject.admitted.iter().flat_map(|own| &own.unknown);
    let line = |own: &admission::Unknown| {
        let name = own.name.as_ref().map(|name| format!(" {name}"));
        let why = match &own.why {
            UnknownWhy::NotAsked => "not given",
            UnknownWhy::Forbidden => "not allowed",
            UnknownWhy::Failed(why) => why,
        };
        format!("{}{}: {why}", own.kind, name.unwrap_or_default())
    };
    unknown.map(line).collect()
}

fn verdict(body: &SchedulingBody, subject: &Subject, findings: &[Finding]) -> Verdict {
    let has_error = Verdict::of(findings, true) == Verdict::No;
    if has_error {
        return Verdict::No;
    }
    match body.feasible {
        Some(0) if body.unknown == 0 => Verdict::No,
        Some(feasible) if feasible > 0 && is_certain(subject) => Verdict::Ok,
        _ => Verdict::Unknown,
    }
}

/// Returns whether everything is known that decides whether the Pod fits.
fn is_certain(subject: &Subject) -> bool {
    let spec = subject.pod.spec.as_ref();
    let unknown = subject.admitted.iter().flat_map(|own| &own.unknown);
    let mut deciding = unknown.filter(|own| match own.kind {
        "RuntimeClass" => true,
        // A file without any says that there are none.
        "LimitRange" => own.why != UnknownWhy::NotAsked,
        _ => false,
    });
    spec.and_then(other_scheduler).is_none() && deciding.next().is_none()
}
