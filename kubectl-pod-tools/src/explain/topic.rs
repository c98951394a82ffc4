//! The parts of an `explain-…` command that differ from the others'.

use pod_model::lookup::{Answers, LookupKind, Need};
use pod_model::{Finding, KubernetesVersion, Verdict};
use serde::Serialize;

use crate::cluster::Cluster;
use crate::error::Failure;
use crate::render::Block;
use crate::report::Item;
use crate::targets::Target;

/// One thing to explain about a Pod, with the options of the command line.
pub(crate) trait Topic: Sync {
    /// The `kind` of its report, such as `EnvReport`.
    const REPORT: &'static str;
    /// The kinds of objects that its needs name.
    const KINDS: &'static [LookupKind];
    /// The fields that it adds to an item of the report.
    type Body: Serialize + Send;
    /// State of a live target that it reads besides objects.
    type Observation: Send + Sync;

    /// Returns the containers that were asked for by name; at least one target has to
    /// have each.
    fn containers(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Checks whether the target can be explained at all.
    ///
    /// # Errors
    /// It cannot: nothing is explained then.
    fn check(&self, _target: &Target) -> Result<(), Failure> {
        Ok(())
    }

    /// Lists the look-ups of a target.
    fn needs(&self, target: &Target) -> Vec<Need>;

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

    /// Returns the failure if no target has the thing that was asked for by its name, or
    /// `None` if nothing was.
    fn absence(&self) -> Option<Failure> {
        None
    }

    /// Whether a target has the thing that was asked for by its name.
    fn presence(&self, _explained: &Explained<Self::Body>) -> Presence {
        Presence::Present
    }

    /// Returns the failure to end with after the report, if the question of the command
    /// line has no answer for a target.
    fn unanswered(&self, _explained: &Explained<Self::Body>) -> Option<Failure> {
        None
    }

    /// Returns the explanation for people.
    fn blocks(&self, explained: &Explained<Self::Body>) -> Vec<Block>;
}

/// Everything that is known besides the target itself.
pub(crate) struct Facts<'a, O> {
    /// The answers to the look-ups of all targets.
    pub answers: &'a Answers,
    /// The Kubernetes version whose rules apply.
    pub version: KubernetesVersion,
    /// The observation of this target, if there is one.
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
    pub target: Target,
    pub item: Item<B>,
}

/// Whether a target has the thing that was asked for by its name.
pub(crate) enum Presence {
    Present,
    Absent {
        /// The most similar name that it has.
        similar: Option<String>,
    },
    /// It may have it: something was not read. The failure says what.
    Unknown(Failure),
}
