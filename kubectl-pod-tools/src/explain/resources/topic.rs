//! Requests and limits as a topic of `explain-…`: look-ups, conclusions, blocks.

use std::sync::OnceLock;

use k8s_openapi::api::core::v1::Node;
use pod_model::Verdict;
use pod_model::lookup::{Answer, Answers, LookupKind, Need};

use super::blocks::blocks;
use super::capacity::Capacity;
use super::checks::findings;
use super::class_refusal::{Surroundings, judged};
use super::conclude::body;
use super::node::node;
use super::options::ResourcesOptions;
use super::report::{ExplainedResources, ResourcesBody};
use super::subject::{KINDS, needs, subject};
use super::usage::{Observed, observe};
use crate::cluster::Cluster;
use crate::explain::requested::Requested;
use crate::explain::shorten::{grave_findings, worst_finding};
use crate::explain::stored::node_name;
use crate::explain::topic::{Conclusion, Facts, Topic};
use crate::render::Block;
use crate::targets::Target;

/// The resources of each container and of the Pod.
pub(in crate::explain) struct ResourcesTopic<'a> {
    options: &'a ResourcesOptions,
    /// That of the nodes, which are the same for all targets.
    capacity: OnceLock<Capacity>,
}

impl<'a> ResourcesTopic<'a> {
    pub(in crate::explain) fn new(options: &'a ResourcesOptions) -> Self {
        Self {
            options,
            capacity: OnceLock::new(),
        }
    }

    fn all_nodes(&self, answers: &Answers) -> &Capacity {
        self.capacity.get_or_init(|| Capacity::of(answers))
    }
}

impl Topic for ResourcesTopic<'_> {
    const REPORT: &'static str = "ResourcesReport";
    const KINDS: &'static [LookupKind] = KINDS;
    const ROUNDS: usize = 1;
    type Body = ResourcesBody;
    type Observation = Observed;

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        chosen.cloned().map(Requested::Container).collect()
    }

    fn needs(&self, target: &Target, _: &Facts<'_, Observed>) -> Vec<Need> {
        needs(target, self.options.is_as_written)
    }

    async fn observe(&self, target: &Target, cluster: &Cluster) -> Option<Observed> {
        observe(target, cluster).await
    }

    fn conclude(&self, target: &Target, facts: &Facts<'_, Observed>) -> Conclusion<ResourcesBody> {
        let chosen = &self.options.explain.containers;
        let is_shown = |name: &str| chosen.is_empty() || chosen.iter().any(|own| own == name);
        let is_as_written = self.options.is_as_written;
        let subject = subject(target, facts.answers, is_as_written, facts.version);
        let node = node(target, facts.answers, self.options, facts.version);
        // Rules compare containers with each other.
        let all = body(
            &subject,
            node.clone(),
            facts.version,
            facts.observation,
            |_| true,
        );
        let named;
        let capacity = if let Some(name) = node_name(target) {
            named = match facts.answers.one::<Node>("", name) {
                Answer::Found(found) => Capacity::of_node(found.object, name),
                _ => None,
            };
            named.as_ref()
        } else {
            Some(self.all_nodes(facts.answers))
        };
        let mut findings = findings(&subject, &all, capacity, facts.version);
        let mut shown = all;
        if shown.qos_change.is_some() {
            let around = Surroundings {
                namespace: &target.pod_namespace,
                answers: (!is_as_written).then_some(facts.answers),
                // A Pod that is created anew need not come to the same node, nor to one that is known.
                capacity: if subject.is_stored || node_name(target).is_none() {
                    Some(self.all_nodes(facts.answers)).filter(|all| all.is_complete())
                } else {
                    capacity
                },
                version: facts.version,
            };
            shown.qos_change = judged(&subject, shown.has_ended, &around);
        }
        shown.containers.retain(|own| is_shown(&own.name));
        let hidden = |path: &pod_model::FieldPath| {
            let text = path.to_string();
            text.contains("ontainers[")
                && !shown
                    .containers
                    .iter()
                    .any(|own| text.starts_with(&own.path.to_string()))
        };
        if !chosen.is_empty() {
            findings.retain(|finding| !hidden(&finding.path));
        }
        Conclusion {
            verdict: Verdict::of(&findings, true),
            findings,
            body: shown,
        }
    }

    fn summary(&self, explained: &ExplainedResources) -> String {
        let (item, body) = (&explained.item, &explained.item.body);
        let worst = worst_finding(&item.findings).filter(|_| item.verdict == Verdict::No);
        worst.unwrap_or_else(|| {
            let amount = |name: &str| {
                body.requests
                    .get(name)
                    .map(|own| format!("{own} of {name}"))
            };
            let requests: Vec<String> = ["cpu", "memory"].into_iter().filter_map(amount).collect();
            match requests.as_slice() {
                [] => format!("{}, and requests nothing", body.qos_class),
                _ => format!("{}, requests {}", body.qos_class, requests.join(" and ")),
            }
        })
    }

    fn short(&self, explained: &ExplainedResources) -> Vec<Block> {
        grave_findings(&explained.item.findings, &explained.target)
    }

    fn blocks(&self, explained: &ExplainedResources) -> Vec<Block> {
        blocks(explained)
    }
}
