//! The run of an `explain-…` command: targets are read, explained and printed as a
//! stream, by several threads and in their order.

use std::num::NonZero;

use k8s_openapi::api::core::v1::Pod;
use pod_model::lookup::{Answers, Need};
use pod_model::{KubernetesVersion, Severity, Verdict, containers, defaults};

use super::hold::{Hold, Names};
use super::local_objects::{Broken, LocalAnswers};
use super::lookup::look_up;
use super::survey::Survey;
use super::topic::{Conclusion, Explained, Facts, Topic};
use crate::context::Context;
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::parallel::in_order;
use crate::render::{LocatedFinding, Structured};
use crate::report::{Item, Items, ReportStream};
use crate::targets::{Candidate, Loaded, Surroundings, Target, TargetSpec, load};

/// How many candidates one thread reads at a time.
const CHUNK: NonZero<usize> = NonZero::new(16).unwrap();

/// Everything that a topic's explanations are made of, looked up.
pub(super) struct Run<'a, T: Topic> {
    topic: &'a T,
    context: &'a Context,
    surroundings: Surroundings,
    subjects: Vec<Subject<T::Observation>>,
    answers: Answers,
}

/// A candidate, and what was observed of it where it is in the cluster.
struct Subject<O> {
    candidate: Candidate,
    observation: Option<O>,
}

/// The work of one thread on some candidates.
struct Part<R> {
    result: R,
    targets: usize,
    problems: Problems,
    /// Whether a target's verdict is no.
    has_failed: bool,
    /// The failure of the first target without an answer, and the number of such targets.
    unanswered: Option<Failure>,
    unanswered_count: usize,
    names: Names,
}

/// The findings of the input itself.
#[derive(Default)]
struct Problems {
    findings: Vec<LocatedFinding>,
    /// Why parts of it cannot be read at all.
    broken: Vec<LocatedFinding>,
}

impl<'a, T: Topic> Run<'a, T> {
    /// Reads what was named, and looks up everything that is needed for it.
    ///
    /// # Errors
    /// Inputs and clusters that cannot be read, containers that no target has.
    pub(super) async fn prepare(
        topic: &'a T,
        targets: &TargetSpec,
        context: &'a Context,
    ) -> Result<Self, CommandError> {
        let Loaded {
            candidates,
            surroundings,
        } = load(targets, T::KINDS, context).await?;
        let LocalAnswers { answers, broken } = LocalAnswers::of(&surroundings.local_objects);
        let subjects = candidates.into_iter().map(|candidate| Subject {
            candidate,
            observation: None,
        });
        let mut run = Self {
            topic,
            context,
            subjects: subjects.collect(),
            surroundings,
            answers,
        };
        // Otherwise no look-up can fail.
        if run.surroundings.cluster.is_some() || !broken.is_empty() {
            let survey = run.survey();
            refuse_nothing(survey.targets, input_exit(survey.has_errors))?;
            if let Err(error) = run.look_up(&survey, &broken).await {
                // What is known to be wrong may well be why.
                run.print_problems();
                return Err(error);
            }
        }
        Ok(run)
    }

    /// Prints the report.
    ///
    /// # Errors
    /// An input without targets, a name that no target has, output that cannot be
    /// written.
    pub(super) fn report(&self, format: Option<Structured>) -> Result<Exit, CommandError> {
        let ui = &self.context.ui;
        let mut report = ReportStream::new(T::REPORT, format)?;
        let render = |items: &mut Items, explained: Explained<T::Body>| {
            // Whoever closed the pipe still gets the verdict.
            if ui.has_lost_output() {
                return Ok(());
            }
            match format {
                Some(format) => items.push(explained.item, format)?,
                None => items.push_blocks(&self.topic.blocks(&explained), ui.layout()),
            }
            Ok(())
        };
        ui.stream(|out| {
            let exit = self.for_each(render, |items| Ok(report.write(out, &items)?))?;
            report.end(out)?;
            Ok(exit)
        })
    }

    /// Explains all targets: `work` has each as soon as it is explained, in a thread of
    /// its own, and `take` the results of some targets in their order. Findings of the
    /// input are printed on the way.
    ///
    /// # Errors
    /// An input without targets, a name that no target has, those of `work` and `take`.
    pub(super) fn for_each<R: Default + Send>(
        &self,
        work: impl Fn(&mut R, Explained<T::Body>) -> Result<(), CommandError> + Sync,
        mut take: impl FnMut(R) -> Result<(), CommandError>,
    ) -> Result<Exit, CommandError> {
        let mut printer = DiagnosticPrinter::new(&self.context.ui);
        let (mut targets, mut broken, mut has_failed) = (0, Vec::new(), false);
        let (mut unanswered, mut unanswered_count) = (None, 0);
        let mut print = |part: Part<R>| {
            part.problems
                .findings
                .iter()
                .for_each(|placed| printer.print(placed));
            broken.extend(part.problems.broken);
            targets += part.targets;
            has_failed |= part.has_failed;
            unanswered = unanswered.take().or(part.unanswered);
            unanswered_count += part.unanswered_count;
            take(part.result)
        };
        let mut hold = Hold::new(self.topic.containers(), self.topic.absence());
        let explain = |subjects: &[Subject<T::Observation>]| self.explain(subjects, &work);
        in_order(&self.subjects, CHUNK, explain, |part| {
            let mut part: Part<R> = part?;
            if let Some(held) = &mut hold {
                if !held.note(std::mem::take(&mut part.names)) {
                    held.parts.push(part);
                    return Ok(());
                }
                let mut parts = hold.take().into_iter().flat_map(|hold| hold.parts);
                parts.try_for_each(&mut print)?;
            }
            print(part)
        })?;
        if let Some(hold) = hold {
            // Nothing is printed where a name is a mistake.
            let targets = hold.parts.iter().map(|part| part.targets).sum();
            let have_errors = |part: &Part<R>| part.problems.have_errors();
            refuse_nothing(targets, input_exit(hold.parts.iter().any(have_errors)))?;
            if let Some(failure) = hold.failure() {
                return Err(failure.into());
            }
        }
        for placed in &broken {
            printer.print(placed);
        }
        refuse_nothing(targets, printer.exit())?;
        let mut exit = printer.finish();
        if has_failed {
            exit = exit.worse(Exit::Failure);
        }
        if let Some(failure) = unanswered {
            let more = match unanswered_count - 1 {
                0 => String::new(),
                count => format!(" (and {count} more)"),
            };
            self.context.ui.error(&format!("{}{more}", failure.message));
            if let Some(help) = &failure.help {
                self.context.ui.help(help);
            }
            exit = exit.worse(failure.exit);
        }
        Ok(exit)
    }

    fn explain<R: Default>(
        &self,
        subjects: &[Subject<T::Observation>],
        work: impl Fn(&mut R, Explained<T::Body>) -> Result<(), CommandError>,
    ) -> Result<Part<R>, CommandError> {
        let mut part = Part {
            result: R::default(),
            targets: 0,
            problems: Problems::default(),
            has_failed: false,
            unanswered: None,
            unanswered_count: 0,
            names: Names::default(),
        };
        let has_names = !self.topic.containers().is_empty() || self.topic.absence().is_some();
        for subject in subjects {
            for target in self.read(subject, &mut part.problems) {
                let explained = self.conclude(target, subject.observation.as_ref());
                part.targets += 1;
                part.has_failed |= explained.item.verdict == Verdict::No;
                if let Some(failure) = self.topic.unanswered(&explained) {
                    part.unanswered.get_or_insert(failure);
                    part.unanswered_count += 1;
                }
                if has_names {
                    let all = containers(&explained.target.spec, &explained.target.spec_path);
                    let names = all.iter().map(|container| container.name);
                    part.names.add(names, self.topic.presence(&explained));
                }
                work(&mut part.result, explained)?;
            }
        }
        Ok(part)
    }

    fn conclude(&self, target: Target, observation: Option<&T::Observation>) -> Explained<T::Body> {
        let facts = Facts {
            answers: &self.answers,
            version: self.surroundings.version,
            observation,
        };
        let Conclusion {
            verdict,
            mut findings,
            body,
        } = self.topic.conclude(&target, &facts);
        // The most severe first; among equals as the Pod has them.
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
        Explained { target, item }
    }

    /// Reads the targets of a candidate, with the defaults that their Pods get.
    fn read(&self, subject: &Subject<T::Observation>, problems: &mut Problems) -> Vec<Target> {
        let reading = subject.candidate.read(&self.surroundings);
        problems.findings.extend(reading.findings);
        problems.broken.extend(reading.broken);
        let mut targets = reading.targets;
        for target in &mut targets {
            set_defaults(target, self.surroundings.version);
        }
        targets
    }

    fn survey(&self) -> Survey {
        let mut all = Survey::default();
        let some = |subjects: &[Subject<T::Observation>]| {
            let mut survey = Survey::default();
            for subject in subjects {
                let mut problems = Problems::default();
                for target in self.read(subject, &mut problems) {
                    let refusal = self.topic.check(&target).err();
                    survey.add(self.topic.needs(&target), refusal);
                }
                survey.has_errors |= problems.have_errors();
            }
            survey
        };
        let Ok(()) = in_order(&self.subjects, CHUNK, some, |survey| {
            all.append(survey);
            Ok::<(), std::convert::Infallible>(())
        });
        all
    }

    async fn look_up(&mut self, survey: &Survey, broken: &[Broken]) -> Result<(), CommandError> {
        if let Some(refusal) = &survey.refusal {
            return Err(refusal.clone().into());
        }
        let failure = |need: &Need| {
            broken
                .iter()
                .find_map(|broken| broken.failure(need))
                .cloned()
        };
        if let Some(failure) = survey.needs.iter().find_map(failure) {
            return Err(failure.into());
        }
        let Some(cluster) = &self.surroundings.cluster else {
            return Ok(());
        };
        look_up(cluster, &survey.needs, &mut self.answers).await?;
        for subject in &mut self.subjects {
            if let Candidate::Live(target) = &subject.candidate {
                subject.observation = self.topic.observe(target, cluster).await;
            }
        }
        for warning in cluster.warnings().take_new() {
            self.context.ui.server_warning(&warning);
        }
        Ok(())
    }

    /// Prints the findings of the input alone.
    fn print_problems(&self) {
        let mut printer = DiagnosticPrinter::new(&self.context.ui);
        let mut broken = Vec::new();
        let some = |subjects: &[Subject<T::Observation>]| {
            let mut problems = Problems::default();
            for subject in subjects {
                self.read(subject, &mut problems);
            }
            problems
        };
        let Ok(()) = in_order(&self.subjects, CHUNK, some, |problems| {
            problems
                .findings
                .iter()
                .for_each(|placed| printer.print(placed));
            broken.extend(problems.broken);
            Ok::<(), std::convert::Infallible>(())
        });
        for placed in &broken {
            printer.print(placed);
        }
        printer.finish();
    }
}

impl Problems {
    fn have_errors(&self) -> bool {
        let is_error = |placed: &LocatedFinding| placed.finding.severity == Severity::Error;
        self.findings.iter().chain(&self.broken).any(is_error)
    }
}

impl LocatedFinding {
    /// A finding of a target's report.
    pub(super) fn of(finding: &pod_model::Finding, target: &Target) -> Self {
        Self {
            finding: finding.clone(),
            source: target.document.as_ref().map(|d| d.source().clone()),
            object: target.shown.clone(),
        }
    }
}

/// Gives a target the defaults of a Pod. A template itself has only some of them:
/// requests follow limits when the Pod is created, for one.
fn set_defaults(target: &mut Target, version: KubernetesVersion) {
    let mut pod = Pod {
        spec: Some(std::mem::take(&mut target.spec)),
        ..Pod::default()
    };
    defaults::pod(&mut pod, version);
    target.spec = pod.spec.unwrap_or_default();
}

/// Returns the exit code of an input.
fn input_exit(has_errors: bool) -> Exit {
    if has_errors {
        Exit::Failure
    } else {
        Exit::Success
    }
}

/// An input that is sound and has nothing to explain is not what was meant.
fn refuse_nothing(targets: usize, so_far: Exit) -> Result<(), Failure> {
    if targets > 0 || so_far != Exit::Success {
        return Ok(());
    }
    Err(Failure::new(Exit::Failure, "the input has no Pod and no Pod template")
        .help("add a Pod, Job, CronJob, Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController or PodTemplate"))
}
