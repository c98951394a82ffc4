//! The passes over the targets before any is explained: each can be explained, and what
//! it needs is looked up.

use std::collections::HashSet;
use std::convert::Infallible;

use pod_model::KubernetesVersion;
use pod_model::lookup::{Answers, Need};

use super::local_objects::{Broken, LocalAnswers};
use super::lookup::look_up;
use super::read::{CHUNK, InputFindings, read_targets, require_targets};
use super::topic::{Facts, Topic};
use crate::error::{CommandError, Failure};
use crate::parallel::in_order;
use crate::targets::{Candidate, LookupContext, Target};

/// The part of a topic that surveys ask, without its types: code for each topic would be large.
pub(super) trait Surveyed: Sync {
    /// See [`Topic::ROUNDS`].
    fn rounds(&self) -> usize;
    /// See [`Topic::no_targets`].
    fn no_targets(&self) -> Failure;
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

/// Surveys of a run: which look-ups its targets need, and their answers so far.
pub(super) struct Surveyor<'a> {
    topic: &'a dyn Surveyed,
    context: &'a LookupContext,
    answers: Answers,
    /// Objects of the input that cannot be decoded.
    broken: Vec<Broken>,
    /// The needs of all surveys.
    known: HashSet<Need>,
}

/// The result of reading some candidates. No target is kept.
#[derive(Default)]
struct Survey<'c> {
    targets: usize,
    /// True if the input has an error.
    has_errors: bool,
    /// The needs that no survey had before, in the order of the targets.
    needs: Vec<Need>,
    /// The candidates that have some of them.
    candidates: Vec<&'c Candidate>,
    /// Failure of the first target that cannot be explained.
    refusal: Option<Failure>,
}

impl<'a> Surveyor<'a> {
    /// Decodes the objects of the input that answer look-ups.
    pub(super) fn new(topic: &'a dyn Surveyed, context: &'a LookupContext) -> Self {
        let LocalAnswers { answers, broken } = LocalAnswers::of(&context.local_objects);
        Self {
            topic,
            context,
            answers,
            broken,
            known: HashSet::new(),
        }
    }

    /// Answers the needs of all targets, in rounds: an answer can lead to further needs.
    ///
    /// The targets are not read at all if no look-up can fail and none can be refused: that
    /// is so for files without a cluster, which are then read once.
    ///
    /// # Errors
    /// An input without targets, a target that cannot be explained, a needed object of the
    /// input that cannot be decoded, a cluster that does not answer.
    pub(super) async fn answer(
        mut self,
        candidates: &[Candidate],
    ) -> Result<Answers, CommandError> {
        let cluster = self.context.cluster.as_ref();
        if cluster.is_none() && self.broken.is_empty() && !self.topic.has_check() {
            return Ok(self.answers);
        }
        let mut candidates: Vec<&Candidate> = candidates.iter().collect();
        for round in 0..self.topic.rounds() {
            let survey = self.survey(&candidates);
            if round == 0 {
                require_targets(
                    || self.topic.no_targets(),
                    survey.targets,
                    survey.has_errors,
                )?;
                if let Some(refusal) = survey.refusal {
                    return Err(refusal.into());
                }
            }
            let failure = |need| self.broken.iter().find_map(|broken| broken.failure(need));
            if let Some(failure) = survey.needs.iter().find_map(failure) {
                return Err(failure.clone().into());
            }
            match cluster {
                Some(cluster) if !survey.needs.is_empty() => {
                    look_up(cluster, &survey.needs, &mut self.answers).await?;
                }
                _ => break,
            }
            self.known.extend(survey.needs);
            candidates = survey.candidates;
        }
        Ok(self.answers)
    }

    fn survey<'c>(&self, candidates: &[&'c Candidate]) -> Survey<'c> {
        let mut all = Survey::default();
        let mut seen = HashSet::new();
        let read = |some: &[&'c Candidate]| self.read(some);
        let Ok(()) = in_order(candidates, CHUNK, read, |some| {
            all.targets += some.targets;
            all.has_errors |= some.has_errors;
            all.candidates.extend(some.candidates);
            all.refusal = all.refusal.take().or(some.refusal);
            let is_new = |need: &Need| seen.insert(need.clone());
            all.needs.extend(some.needs.into_iter().filter(is_new));
            Ok::<(), Infallible>(())
        });
        all
    }

    fn read<'c>(&self, candidates: &[&'c Candidate]) -> Survey<'c> {
        let version = self.context.version.rules;
        let mut survey = Survey::default();
        for &candidate in candidates {
            let mut input = InputFindings::default();
            let known = survey.needs.len();
            let mut targets = read_targets(candidate, self.context, &mut input);
            targets.retain(|target| self.topic.explains(target));
            for target in targets {
                survey.targets += 1;
                if survey.refusal.is_none() {
                    survey.refusal = self.topic.refusal(&target);
                }
                let needs = self.topic.needs(&target, &self.answers, version);
                let is_new = |need: &Need| !self.known.contains(need);
                survey.needs.extend(needs.into_iter().filter(is_new));
            }
            survey.has_errors |= input.have_errors();
            if survey.needs.len() > known {
                survey.candidates.push(candidate);
            }
        }
        survey
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
