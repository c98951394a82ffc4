//! Topics without their types.

use pod_model::KubernetesVersion;
use pod_model::lookup::{Answers, Need};

use super::topic::{Facts, Topic};
use crate::error::Failure;
use crate::targets::Target;

/// The part of a topic that surveys ask, without its types: code for each topic would be large.
pub(super) trait Surveyed: Sync {
    /// See [`Topic::ROUNDS`].
    fn rounds(&self) -> usize;
    /// See [`Topic::no_targets`].
    fn no_targets(&self) -> Failure;
    /// See [`Topic::left_out`].
    fn left_out(&self) -> Option<String>;
    /// Returns whether [`Topic::check`] has a check.
    fn has_check(&self) -> bool;
    /// Returns the failure of the check.
    fn refusal(&self, target: &Target) -> Option<Failure>;
    /// See [`Topic::explains`].
    fn explains(&self, target: &Target) -> bool;
    /// See [`Topic::needs`].
    fn needs(&self, target: &Target, answers: &Answers, version: KubernetesVersion) -> Vec<Need>;
}

impl<T: Topic> Surveyed for T {
    fn rounds(&self) -> usize {
        T::ROUNDS
    }

    fn no_targets(&self) -> Failure {
        Topic::no_targets(self)
    }

    fn left_out(&self) -> Option<String> {
        Topic::left_out(self)
    }

    fn has_check(&self) -> bool {
        self.check().is_some()
    }

    fn refusal(&self, target: &Target) -> Option<Failure> {
        self.check().and_then(|check| check(self, target).err())
    }

    fn explains(&self, target: &Target) -> bool {
        Topic::explains(self, target)
    }

    fn needs(&self, target: &Target, answers: &Answers, version: KubernetesVersion) -> Vec<Need> {
        let facts = Facts {
            answers,
            version,
            observation: None,
        };
        needs(self, target, &facts)
    }
}

/// Lists the needs of a target, and checks in debug builds that the topic has told their
/// kinds: objects of other kinds in the input would not be read.
pub(super) fn needs<T: Topic>(
    topic: &T,
    target: &Target,
    facts: &Facts<'_, T::Observation>,
) -> Vec<Need> {
    let needs = topic.needs(target, facts);
    for need in &needs {
        debug_assert!(T::KINDS.contains(&need.kind), "KINDS lacks {:?}", need.kind);
    }
    needs
}
