//! The driver of `explain-…`: reads targets, looks up what they need, and prints each as
//! soon as it is explained.
//!
//! Targets are not kept: thousands of typed objects would take many times the memory of
//! their text. A candidate is read again each time its targets are needed, by several
//! threads and in their order:
//!
//! | when | why |
//! |---|---|
//! | [`load`] | splits the inputs; reads the objects of the topic's kinds, which answer look-ups; with a cluster, also reads up to the first target (without one the cluster is not asked) |
//! | [`Surveyor::answer`] | the needs of all targets, so that each thing is asked for once; only with a cluster, with a check of the topic, or if an object that answers look-ups is broken. Each further round reads the candidates again that had a new need |
//! | [`ExplainRun::for_each`] | each target is explained and printed |
//! | `print_input_findings` | instead of explanations if the look-ups failed: the findings of the input may be why |
//!
//! A file that is explained offline is therefore read once.

use std::sync::Arc;

use futures::{StreamExt, stream};
use pod_model::lookup::Answers;
use pod_model::{RulesVersion, Verdict, containers};

use super::lookup::PARALLEL;
use super::once::split_at_look_ups;
use super::pending_output::{FoundNames, PendingOutput};
use super::read::{CHUNK, InputFindings, read_targets, require_targets};
use super::requested::{Presence, Requested};
use super::survey::Surveyor;
use super::surveyed::needs;
use super::topic::{Explained, Facts, Gathering, Topic};
use super::unanswered::Unanswered;
use crate::context::Context;
use crate::diagnostics::DiagnosticPrinter;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::parallel::in_order;
use crate::render::{LocatedFinding, Structured};
use crate::report::{Items, ReportStream};
use crate::targets::{Candidate, Loaded, LookupContext, Target, TargetSpec, load, reload};
use crate::ui::Ui;

/// A run of a topic whose look-ups are answered.
pub(super) struct ExplainRun<'a, T: Topic> {
    topic: &'a T,
    context: &'a Context,
    lookup_context: LookupContext,
    candidates: Vec<ObservedCandidate<T::Observation>>,
    answers: Answers,
    requested: Vec<Requested>,
}

/// A candidate, with the observation of a live one.
struct ObservedCandidate<O> {
    candidate: Candidate,
    observation: Option<O>,
}

/// The explanations of a chunk of candidates.
struct ChunkResult<R> {
    result: R,
    targets: usize,
    input: InputFindings,
    /// True if the verdict of a target is no.
    has_failed: bool,
    /// The failures of targets for which the command line's question has no answer.
    unanswered: Unanswered,
}

/// The end of a run.
pub(super) struct Ended {
    pub exit: Exit,
    /// True if the input has no errors.
    pub is_all_read: bool,
}

impl<'a, T: Topic> ExplainRun<'a, T> {
    /// Reads the targets, and looks up everything that is needed for them.
    ///
    /// # Errors
    /// Inputs and clusters that cannot be read, targets that cannot be explained.
    pub(super) async fn prepare(
        topic: &'a T,
        targets: &TargetSpec,
        context: &'a Context,
    ) -> Result<Self, CommandError> {
        let Loaded {
            mut candidates,
            unchosen,
            lookup_context,
        } = load(targets, T::KINDS, context).await?;
        let gathering = Gathering {
            candidates: &candidates,
            all: unchosen.as_deref().unwrap_or(&candidates),
            context: &lookup_context,
        };
        if let Some(remaining) = topic.gather(&gathering).await? {
            candidates = remaining;
        }
        drop(unchosen);
        let surveyor = Surveyor::new(topic, &lookup_context);
        let answers = match surveyor.answer(&candidates).await {
            Ok(answers) => answers,
            Err(error) => {
                print_input_findings(&candidates, &lookup_context, context);
                return Err(error);
            }
        };
        let candidates = observe(topic, candidates, &lookup_context).await;
        print_server_warnings(&lookup_context, context);
        Ok(Self {
            topic,
            context,
            lookup_context,
            candidates,
            answers,
            requested: topic.requested(),
        })
    }

    /// Reads targets of the cluster, and what they need, once more.
    ///
    /// # Errors
    /// Targets that no longer exist, request errors.
    pub(super) async fn refresh(&mut self, targets: &TargetSpec) -> Result<(), CommandError> {
        let Some(cluster) = &self.lookup_context.cluster else {
            return Ok(());
        };
        let candidates = reload(targets, cluster, self.context).await?;
        let surveyor = Surveyor::new(self.topic, &self.lookup_context);
        self.answers = surveyor.answer(&candidates).await?;
        self.candidates = observe(self.topic, candidates, &self.lookup_context).await;
        print_server_warnings(&self.lookup_context, self.context);
        Ok(())
    }

    /// Prints the report.
    ///
    /// # Errors
    /// An input without targets, a name that no target has, output that cannot be
    /// written.
    pub(super) fn report(&self, format: Option<Structured>) -> Result<Exit, CommandError> {
        let ui = &self.context.ui;
        let mut report = ReportStream::new(T::REPORT, Some(&self.lookup_context.version), format)?;
        let render = |items: &mut Items, explained: Explained<T::Body>| {
            // The verdict is needed although nobody reads the output any more.
            if ui.has_lost_output() {
                return Ok(());
            }
            match format {
                Some(format) => items.push(explained.item, format)?,
                None => {
                    let blocks = self.topic.blocks(&explained);
                    let parts = split_at_look_ups(blocks, &explained.target);
                    items.push_text(parts, ui.layout());
                }
            }
            Ok(())
        };
        ui.stream(|out| {
            let exit = self.for_each(render, |items| Ok(report.write(out, &items)?))?;
            report.end(out)?;
            Ok(exit)
        })
    }

    /// Returns the objects that answer look-ups, as JSON.
    pub(super) fn looked_up(&self) -> Vec<serde_json::Value> {
        self.answers.to_values()
    }

    pub(super) fn topic(&self) -> &'a T {
        self.topic
    }

    pub(super) fn ui(&self) -> &Ui {
        &self.context.ui
    }

    /// Returns the version whose rules apply.
    pub(super) fn version(&self) -> &RulesVersion {
        &self.lookup_context.version
    }

    /// Explains all targets: `work` gets each as soon as it is explained, in a thread of
    /// its own, and `take` the results of each chunk of targets in their order. Findings
    /// of the input are printed on the way.
    ///
    /// # Errors
    /// An input without targets, a name that no target has, those of `work` and `take`.
    pub(super) fn for_each<R: Default + Send>(
        &self,
        work: impl Fn(&mut R, Explained<T::Body>) -> Result<(), CommandError> + Sync,
        take: impl FnMut(R) -> Result<(), CommandError>,
    ) -> Result<Exit, CommandError> {
        Ok(self.for_each_read(work, take)?.exit)
    }

    /// As [`for_each`](Self::for_each), and tells whether the input has no errors.
    ///
    /// # Errors
    /// Those of `for_each`.
    pub(super) fn for_each_read<R: Default + Send>(
        &self,
        work: impl Fn(&mut R, Explained<T::Body>) -> Result<(), CommandError> + Sync,
        mut take: impl FnMut(R) -> Result<(), CommandError>,
    ) -> Result<Ended, CommandError> {
        let mut printer = DiagnosticPrinter::new(&self.context.ui);
        let (mut targets, mut broken, mut has_failed) = (0, Vec::new(), false);
        let mut unanswered = Unanswered::default();
        let mut pending = PendingOutput::new(&self.requested);
        let explain = |some: &[ObservedCandidate<T::Observation>]| self.explain(some, &work);
        in_order(&self.candidates, CHUNK, explain, |chunk| {
            let (chunk, names) = chunk?;
            for chunk in pending.add(chunk, names) {
                for finding in &chunk.input.findings {
                    printer.print(finding);
                }
                broken.extend(chunk.input.broken);
                targets += chunk.targets;
                has_failed |= chunk.has_failed;
                unanswered.add(chunk.unanswered);
                take(chunk.result)?;
            }
            Ok::<(), CommandError>(())
        })?;
        let held_errors = pending.held().iter().any(|chunk| chunk.input.have_errors());
        if held_errors && pending.has_failed() {
            // The name may be in a part that cannot be read: these errors come first.
            for chunk in pending.into_held() {
                for finding in chunk.input.findings.iter().chain(&chunk.input.broken) {
                    printer.print(finding);
                }
            }
            return Err(CommandError::Reported(printer.finish()));
        }
        let held_targets: usize = pending.held().iter().map(|chunk| chunk.targets).sum();
        let left_out = self.topic.left_out();
        let is_empty = held_targets == 0 && left_out.is_some();
        if let Some(failure) = pending.failure()
            && !is_empty
        {
            // Nothing is printed if a name is mistyped.
            require_targets(self.topic, held_targets, false)?;
            return Err(failure.into());
        }
        for finding in &broken {
            printer.print(finding);
        }
        require_targets(self.topic, targets, printer.exit() != Exit::Success)?;
        if let Some(note) = left_out {
            self.context.ui.note(&note);
        }
        let mut exit = printer.finish();
        let is_all_read = exit == Exit::Success;
        if has_failed {
            exit = exit.worse(Exit::Failure);
        }
        if let Some(failure) = unanswered.failure() {
            exit = exit.worse(failure.exit);
            self.context.print_failure(&failure);
        }
        Ok(Ended { exit, is_all_read })
    }

    fn explain<R: Default>(
        &self,
        candidates: &[ObservedCandidate<T::Observation>],
        work: impl Fn(&mut R, Explained<T::Body>) -> Result<(), CommandError>,
    ) -> Result<(ChunkResult<R>, FoundNames), CommandError> {
        let mut chunk = ChunkResult {
            result: R::default(),
            targets: 0,
            input: InputFindings::default(),
            has_failed: false,
            unanswered: Unanswered::default(),
        };
        let mut names = FoundNames::default();
        for ObservedCandidate {
            candidate,
            observation,
        } in candidates
        {
            let mut targets = read_targets(candidate, &self.lookup_context, &mut chunk.input);
            targets.retain(|target| self.topic.explains(target));
            for target in targets {
                let explained = self.conclude(target, observation.as_ref());
                chunk.targets += 1;
                chunk.has_failed |= explained.item.verdict == Verdict::No;
                if let Some(failure) = self.topic.unanswered(&explained) {
                    chunk.unanswered.add(Unanswered::one(failure));
                }
                if !self.requested.is_empty() {
                    self.add_names(&explained, &mut names);
                }
                work(&mut chunk.result, explained)?;
            }
        }
        Ok((chunk, names))
    }

    fn conclude(&self, target: Target, observation: Option<&T::Observation>) -> Explained<T::Body> {
        let facts = Facts {
            answers: &self.answers,
            version: self.lookup_context.version.rules,
            observation,
        };
        if cfg!(debug_assertions) {
            // Offline nothing else lists them.
            needs(self.topic, &target, &facts);
        }
        let conclusion = self.topic.conclude(&target, &facts);
        Explained::new(Arc::new(target), conclusion)
    }

    fn add_names(&self, explained: &Explained<T::Body>, names: &mut FoundNames) {
        let target = &explained.target;
        let containers = containers(&target.spec, &target.spec_path);
        let presence = |requested: &Requested| match requested {
            Requested::Container(name) => {
                if containers.iter().any(|container| container.name == name) {
                    Presence::Present
                } else {
                    Presence::ABSENT
                }
            }
            Requested::Other { name, .. } => self.topic.presence(name, explained),
        };
        let presences = self.requested.iter().map(presence).collect();
        names.add(containers.iter().map(|container| container.name), presences);
    }
}

fn print_server_warnings(lookup_context: &LookupContext, context: &Context) {
    let cluster = lookup_context.cluster.iter();
    for warning in cluster.flat_map(|cluster| cluster.warnings().take_new()) {
        context.ui.server_warning(&warning);
    }
}

/// Observes the live candidates, several at a time.
async fn observe<T: Topic>(
    topic: &T,
    candidates: Vec<Candidate>,
    lookup_context: &LookupContext,
) -> Vec<ObservedCandidate<T::Observation>> {
    let mut observations = Vec::new();
    if let Some(cluster) = &lookup_context.cluster {
        let live = candidates.iter().enumerate().filter_map(|(at, candidate)| {
            let Candidate::Live(target) = candidate else {
                return None;
            };
            Some(async move { (at, topic.observe(target, cluster).await) })
        });
        observations = stream::iter(live).buffered(PARALLEL).collect().await;
    }
    let mut observations = observations.into_iter().peekable();
    let candidates = candidates.into_iter().enumerate();
    candidates
        .map(|(at, candidate)| ObservedCandidate {
            candidate,
            observation: observations
                .next_if(|(of, _)| *of == at)
                .and_then(|(_, observation)| observation),
        })
        .collect()
}

/// Prints the findings of the input alone.
fn print_input_findings(
    candidates: &[Candidate],
    lookup_context: &LookupContext,
    context: &Context,
) {
    let mut printer = DiagnosticPrinter::new(&context.ui);
    let mut broken: Vec<LocatedFinding> = Vec::new();
    let read = |some: &[Candidate]| {
        let mut input = InputFindings::default();
        for candidate in some {
            read_targets(candidate, lookup_context, &mut input);
        }
        input
    };
    let Ok(()) = in_order(candidates, CHUNK, read, |input| {
        for finding in &input.findings {
            printer.print(finding);
        }
        broken.extend(input.broken);
        Ok::<(), std::convert::Infallible>(())
    });
    for finding in &broken {
        printer.print(finding);
    }
    printer.finish();
}
