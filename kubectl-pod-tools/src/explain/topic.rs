//! The interface of a topic of `explain-…`: look-ups, conclusions, blocks.

use std::sync::Arc;

use pod_model::lookup::{Answers, LookupKind, Need};
use pod_model::{Finding, KubernetesVersion, Verdict};
use serde::Serialize;

use super::requested::{Presence, Requested};
use super::shorten::{first_sentence, shortened};
use crate::cluster::Cluster;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::{Block, PageSection};
use crate::report::Item;
use crate::targets::{Candidate, LookupContext, Target};

/// Refuses a target that a topic cannot explain.
pub(crate) type Check<T> = fn(&T, &Target) -> Result<(), Failure>;

/// One thing to explain about a Pod, with the options of the command line.
pub(crate) trait Topic: Sync + Sized {
    /// The `kind` of its report, such as `EnvReport`.
    const REPORT: &'static str;
    /// The kinds of objects that its needs name. Objects of these kinds in the input answer
    /// look-ups; a need of another kind panics in debug builds.
    const KINDS: &'static [LookupKind];
    /// Maximum number of rounds of look-ups. In each, [`Topic::needs`] has the answers of the
    /// rounds before, so that a claim leads to its volume, and a volume to its class. A topic
    /// whose needs follow from the target alone sets 1, so that no target is read again.
    const ROUNDS: usize = 8;
    /// The fields that it adds to an item of the report.
    type Body: Serialize + Send;
    /// State of a live target that it reads besides objects.
    type Observation: Send + Sync;

    /// Returns the names on the command line that at least one target has to have.
    fn requested(&self) -> Vec<Requested> {
        Vec::new()
    }

    /// Returns the check that every target has to pass before any is explained, or `None`
    /// if all can be explained. It runs offline, too.
    fn check(&self) -> Option<Check<Self>> {
        None
    }

    /// Returns whether a target is explained that nobody has named; the others of a file are left
    /// out.
    fn explains(&self, _target: &Target) -> bool {
        true
    }

    /// Returns a note about targets that are left out, if there are some to speak of: an input may
    /// then have nothing to explain.
    fn left_out(&self) -> Option<String> {
        None
    }

    /// Returns the failure of an input without anything to explain.
    fn no_targets(&self) -> Failure {
        Failure::new(Exit::Failure, "the input has no Pod and no Pod template")
            .help("add a Pod, Job, CronJob, Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController or PodTemplate")
    }

    /// Reads what the targets share and is too large to be kept as objects, such as all Pods of a cluster: once, before the
    /// look-ups. Returns the candidates without those that have no target, or `None` if it has
    /// not looked.
    ///
    /// # Errors
    /// A cluster that does not answer, objects of the input that cannot be read.
    async fn gather(&self, _: &Gathering<'_>) -> Result<Option<Vec<Candidate>>, CommandError> {
        Ok(None)
    }

    /// Lists the look-ups of a target, all that follow from what is known so far. Offline
    /// it is not called: every object of the input is known, and any other is not asked
    /// for.
    fn needs(&self, target: &Target, so_far: &Facts<'_, Self::Observation>) -> Vec<Need>;

    /// Reads what is needed of a live target besides objects, or returns `None`.
    async fn observe(&self, _target: &Target, _cluster: &Cluster) -> Option<Self::Observation> {
        None
    }

    /// Explains a target.
    fn conclude(
        &self,
        target: &Target,
        facts: &Facts<'_, Self::Observation>,
    ) -> Conclusion<Self::Body>;

    /// Returns the presence of a requested name in a target, unless it is a container's.
    fn presence(&self, _name: &str, _explained: &Explained<Self::Body>) -> Presence {
        Presence::ABSENT
    }

    /// Returns the failure to end with after the report, if the question of the command
    /// line has no answer for a target.
    fn unanswered(&self, _explained: &Explained<Self::Body>) -> Option<Failure> {
        None
    }

    /// Returns the explanation for people.
    fn blocks(&self, explained: &Explained<Self::Body>) -> Vec<Block>;

    /// Returns the most important sentence about a target. `explain` has one for each topic.
    fn summary(&self, explained: &Explained<Self::Body>) -> String {
        first_sentence(&explained.item.findings, &self.blocks(explained))
    }

    /// Returns what matters most besides the summary: `explain` shows it in place of the blocks.
    fn short(&self, explained: &Explained<Self::Body>) -> Vec<Block> {
        shortened(self.blocks(explained))
    }

    /// Returns the parts of a page about a target.
    fn sections(&self, explained: &Explained<Self::Body>) -> Vec<PageSection> {
        vec![PageSection {
            title: None,
            verdict: None,
            blocks: self.blocks(explained),
        }]
    }
}

/// Sources of what the targets share.
pub(crate) struct Gathering<'a> {
    /// The candidates for targets.
    pub candidates: &'a [Candidate],
    /// All candidates of the input, chosen or not.
    pub all: &'a [Candidate],
    pub context: &'a LookupContext,
}

/// Everything that is known besides the target itself.
pub(crate) struct Facts<'a, O> {
    /// The answers to the look-ups of all targets.
    pub answers: &'a Answers,
    /// The Kubernetes version whose rules apply.
    pub version: KubernetesVersion,
    /// The observation of this target: `None` for a target of a file, and as long as
    /// look-ups are listed.
    pub observation: Option<&'a O>,
}

/// The result of a topic for one target.
pub(crate) struct Conclusion<B> {
    pub verdict: Verdict,
    /// In the order of the Pod; the driver puts the most severe first.
    pub findings: Vec<Finding>,
    pub body: B,
}

/// A target and its item of the report.
pub(crate) struct Explained<B> {
    /// Shared by the topics that explain it.
    pub target: Arc<Target>,
    pub item: Item<B>,
}

impl<B> Explained<B> {
    /// Returns the item of a conclusion: the most severe findings first, with their places.
    pub(super) fn new(target: Arc<Target>, conclusion: Conclusion<B>) -> Self {
        let Conclusion {
            verdict,
            mut findings,
            body,
        } = conclusion;
        // Among equals as the Pod has them.
        findings.sort_by_key(|finding| finding.severity);
        let findings = match &target.document {
            Some(document) => document.place(findings),
            None => findings,
        };
        let item = Item {
            target: target.id.clone(),
            verdict,
            findings,
            body,
        };
        Self { target, item }
    }
}
