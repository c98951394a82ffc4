//! The passes over the targets before any is explained: each can be explained, and what
//! it needs is looked up.

use std::collections::HashSet;
use std::convert::Infallible;

use pod_model::lookup::{Answers, Need};

use super::local_objects::{Broken, LocalAnswers};
use super::lookup::look_up;
use super::read::{CHUNK, InputFindings, read_targets, require_targets};
use super::surveyed::Surveyed;
use crate::error::{CommandError, Failure};
use crate::parallel::in_order;
use crate::targets::{Candidate, LookupContext};

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
                require_targets(self.topic, survey.targets, survey.has_errors)?;
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
