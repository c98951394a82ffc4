//! All topics as one topic of `explain-…`.

use std::cmp::Reverse;
use std::sync::Arc;

use pod_model::lookup::{LookupKind, Need};
use pod_model::{Finding, Severity, Verdict};

use super::any::{AnyExplained, AnyObservation, AnyTopic, Known};
use super::blocks::{blocks, sections, summary};
use super::options::AllOptions;
use super::report::{AllBody, ExplainedAll, urgency};
use super::table::{KINDS, ROUNDS};
use super::unread::unread;
use crate::cluster::Cluster;
use crate::error::CommandError;
use crate::explain::requested::Requested;
use crate::explain::topic::{Conclusion, Facts, Gathering, Topic};
use crate::render::{Block, PageSection};
use crate::targets::{Candidate, Target};

/// All topics that apply to a target.
pub(super) struct AllTopic<'a> {
    pub options: &'a AllOptions,
    pub topics: &'a [Box<dyn AnyTopic + 'a>],
}

impl<'a> AllTopic<'a> {
    fn applying<'t>(
        &self,
        target: &'t Target,
    ) -> impl Iterator<Item = (usize, &'a dyn AnyTopic)> + use<'a, 't> {
        let all = self.topics.iter().map(AsRef::as_ref).enumerate();
        all.filter(|(_, topic): &(usize, &dyn AnyTopic)| topic.applies(target))
    }
}

impl<'a> Topic for AllTopic<'a> {
    const REPORT: &'static str = "ExplainReport";
    const KINDS: &'static [LookupKind] = KINDS;
    const ROUNDS: usize = ROUNDS;
    type Body = AllBody<'a>;
    /// Those of the topics, by their place in the table.
    type Observation = Vec<Option<AnyObservation>>;

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter();
        chosen.cloned().map(Requested::Container).collect()
    }

    async fn gather(
        &self,
        gathering: &Gathering<'_>,
    ) -> Result<Option<Vec<Candidate>>, CommandError> {
        for topic in self.topics {
            topic.gather(gathering).await?;
        }
        Ok(None)
    }

    fn needs(&self, target: &Target, so_far: &Facts<'_, Self::Observation>) -> Vec<Need> {
        let (answers, version) = (so_far.answers, so_far.version);
        let mut all: Vec<Need> = Vec::new();
        for (_, topic) in self.applying(target) {
            for mut need in topic.needs(target, answers, version) {
                // What one topic lacks does not keep the others from their answers.
                need.is_required = false;
                if !all.contains(&need) {
                    all.push(need);
                }
            }
        }
        all
    }

    async fn observe(&self, target: &Target, cluster: &Cluster) -> Option<Self::Observation> {
        let mut all = Vec::new();
        all.resize_with(self.topics.len(), || None);
        for (at, topic) in self.applying(target) {
            all[at] = topic.observe(target, cluster).await;
        }
        all.iter().any(Option::is_some).then_some(all)
    }

    fn conclude(
        &self,
        target: &Target,
        facts: &Facts<'_, Self::Observation>,
    ) -> Conclusion<AllBody<'a>> {
        let shared = Arc::new(target.clone());
        let explain = |(at, topic): (usize, &'a dyn AnyTopic)| {
            let observation = facts.observation.and_then(|all| all.get(at)?.as_ref());
            let known = Known {
                answers: facts.answers,
                version: facts.version,
                observation,
            };
            topic.explain(&shared, &known)
        };
        let mut topics: Vec<_> = self.applying(target).map(explain).collect();
        topics.sort_by_key(|topic| rank(topic.as_ref()));
        let worst = topics.iter().map(|topic| topic.verdict());
        Conclusion {
            verdict: worst
                .min_by_key(|verdict| urgency(*verdict))
                .unwrap_or(Verdict::Unknown),
            findings: findings(&topics),
            body: AllBody {
                unread: unread(&self.needs(target, facts), facts.answers),
                topics,
            },
        }
    }

    fn summary(&self, explained: &ExplainedAll<'a>) -> String {
        summary(explained)
    }

    fn blocks(&self, explained: &ExplainedAll<'a>) -> Vec<Block> {
        blocks(explained)
    }

    fn sections(&self, explained: &ExplainedAll<'a>) -> Vec<PageSection> {
        sections(explained)
    }
}

/// Returns the place of a topic: by its verdict, then by its most severe finding.
fn rank(topic: &dyn AnyExplained) -> (u8, Reverse<bool>) {
    let warns = |finding: &Finding| finding.severity != Severity::Info;
    (
        urgency(topic.verdict()),
        Reverse(topic.findings().iter().any(warns)),
    )
}

/// Returns the findings of all topics, each once.
fn findings(topics: &[Box<dyn AnyExplained + '_>]) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    for finding in topics.iter().flat_map(|topic| topic.findings()) {
        if !all.contains(finding) {
            all.push(finding.clone());
        }
    }
    all
}
