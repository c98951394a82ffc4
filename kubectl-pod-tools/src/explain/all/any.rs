//! Topics without their types: what `explain` needs of each.

use std::any::Any;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use pod_model::lookup::{Answers, Need};
use pod_model::{Finding, KubernetesVersion, Verdict};
use serde_json::Value;

use crate::cluster::Cluster;
use crate::error::CommandError;
use crate::explain::topic::{Explained, Facts, Gathering, Topic};
use crate::render::{Block, PageSection};
use crate::targets::Target;

/// An observation of any topic.
pub(super) type AnyObservation = Box<dyn Any + Send + Sync>;

/// A topic of any type.
pub(super) trait AnyTopic: Sync {
    /// Returns whether the topic can explain a target.
    fn applies(&self, target: &Target) -> bool;

    /// Reads what the targets share, as [`Topic::gather`].
    fn gather<'r>(
        &'r self,
        gathering: &'r Gathering<'r>,
    ) -> LocalBoxFuture<'r, Result<(), CommandError>>;

    /// Lists the look-ups of a target, as [`Topic::needs`].
    fn needs(&self, target: &Target, answers: &Answers, version: KubernetesVersion) -> Vec<Need>;

    /// Reads what is needed of a live target besides objects, as [`Topic::observe`].
    fn observe<'r>(
        &'r self,
        target: &'r Target,
        cluster: &'r Cluster,
    ) -> LocalBoxFuture<'r, Option<AnyObservation>>;

    /// Explains a target.
    fn explain(&self, target: &Arc<Target>, known: &Known<'_>) -> Box<dyn AnyExplained + '_>;
}

/// Everything that is known besides the target itself.
pub(super) struct Known<'a> {
    pub answers: &'a Answers,
    pub version: KubernetesVersion,
    pub observation: Option<&'a AnyObservation>,
}

/// A target that a topic has explained.
pub(super) trait AnyExplained: Send {
    /// Name of the topic, such as `env`.
    fn topic(&self) -> &'static str;
    fn verdict(&self) -> Verdict;
    /// The most severe first.
    fn findings(&self) -> &[Finding];
    /// The most important sentence.
    fn summary(&self) -> String;
    /// The blocks that matter most besides it.
    fn short(&self) -> Vec<Block>;
    /// The whole explanation for people.
    fn sections(&self) -> Vec<PageSection>;
    /// The item of the topic's own report.
    ///
    /// # Errors
    /// A value that JSON cannot hold.
    fn item(&self) -> Result<Value, serde_json::Error>;
}

/// The blocks that matter most of a topic.
type Short<T> = fn(&T, &Explained<<T as Topic>::Body>) -> Vec<Block>;

/// A topic with its name.
pub(super) struct Row<T: Topic> {
    name: &'static str,
    topic: T,
    applies: fn(&Target) -> bool,
    short: Short<T>,
}

impl<T: Topic> Row<T> {
    pub(super) fn new(name: &'static str, topic: T) -> Self {
        Self {
            name,
            topic,
            applies: |_| true,
            short: T::short,
        }
    }

    /// Restricts the targets beyond [`Topic::check`].
    pub(super) fn if_target(self, applies: fn(&Target) -> bool) -> Self {
        Self { applies, ..self }
    }

    /// Replaces [`Topic::short`].
    pub(super) fn with_short(self, short: Short<T>) -> Self {
        Self { short, ..self }
    }
}

impl<T: Topic> AnyTopic for Row<T>
where
    T::Observation: 'static,
{
    fn applies(&self, target: &Target) -> bool {
        let check = self.topic.check();
        (self.applies)(target)
            && self.topic.explains(target)
            && check.is_none_or(|check| check(&self.topic, target).is_ok())
    }

    fn gather<'r>(
        &'r self,
        gathering: &'r Gathering<'r>,
    ) -> LocalBoxFuture<'r, Result<(), CommandError>> {
        // A candidate that is none for this topic is one for others.
        async move { self.topic.gather(gathering).await.map(drop) }.boxed_local()
    }

    fn needs(&self, target: &Target, answers: &Answers, version: KubernetesVersion) -> Vec<Need> {
        let facts = Facts {
            answers,
            version,
            observation: None,
        };
        self.topic.needs(target, &facts)
    }

    fn observe<'r>(
        &'r self,
        target: &'r Target,
        cluster: &'r Cluster,
    ) -> LocalBoxFuture<'r, Option<AnyObservation>> {
        let observe = async move {
            let observation = self.topic.observe(target, cluster).await?;
            Some(Box::new(observation) as AnyObservation)
        };
        observe.boxed_local()
    }

    fn explain(&self, target: &Arc<Target>, known: &Known<'_>) -> Box<dyn AnyExplained + '_> {
        let facts = Facts {
            answers: known.answers,
            version: known.version,
            observation: known.observation.and_then(|any| any.downcast_ref()),
        };
        let conclusion = self.topic.conclude(target, &facts);
        Box::new(ExplainedBy {
            row: self,
            explained: Explained::new(Arc::clone(target), conclusion),
        })
    }
}

/// A target that the topic of a row has explained.
struct ExplainedBy<'a, T: Topic> {
    row: &'a Row<T>,
    explained: Explained<T::Body>,
}

impl<T: Topic> AnyExplained for ExplainedBy<'_, T> {
    fn topic(&self) -> &'static str {
        self.row.name
    }

    fn verdict(&self) -> Verdict {
        self.explained.item.verdict
    }

    fn findings(&self) -> &[Finding] {
        &self.explained.item.findings
    }

    fn summary(&self) -> String {
        self.row.topic.summary(&self.explained)
    }

    fn short(&self) -> Vec<Block> {
        (self.row.short)(&self.row.topic, &self.explained)
    }

    fn sections(&self) -> Vec<PageSection> {
        self.row.topic.sections(&self.explained)
    }

    fn item(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(&self.explained.item)
    }
}
