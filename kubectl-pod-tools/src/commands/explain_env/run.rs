//! Reads the targets, has each explained, and prints what is said of them.

use std::collections::HashSet;
use std::num::NonZero;

use pod_env::export;
use pod_env::report::Unread;
use pod_model::{Severity, Verdict};

use super::explain::{Explained, Explainer, container_names};
use super::gather::Lookups;
use super::image::ImageConfigs;
use super::options::EnvOptions;
use super::text::{blocks, source_name};
use crate::context::Context;
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::parallel::in_order;
use crate::render::{Format, LocatedFinding, finding_to_text};
use crate::report::{Items, ReportStream};
use crate::targets::{Candidate, Loaded, Target, load};
use crate::ui::Ui;

/// Explains what the options name.
///
/// # Errors
/// Inputs and clusters that cannot be read, containers that do not exist.
pub(super) fn run(options: &EnvOptions, context: &Context) -> Result<Exit, CommandError> {
    // A file that cannot be read is told before a cluster that cannot be reached.
    let images = ImageConfigs::read(&options.image_configs)?;
    Context::block_on(async {
        let loaded = load(&options.chosen, context).await?;
        let run = Run { options, context };
        let lookups = Lookups::new(&loaded.surroundings);
        let explainer = Explainer {
            options,
            around: &loaded.surroundings,
            lookups: &lookups,
            images: &images,
        };
        // What can end in an error after the first target is printed as a whole.
        let by_name = options.asks_for_names() || images.containers().next().is_some();
        if lookups.are_certain() && !by_name {
            run.stream(&loaded, &explainer)
        } else {
            run.whole(&loaded, &explainer).await
        }
    })
}

/// How many targets one thread explains at a time.
const EXPLAINED_TOGETHER: NonZero<usize> = NonZero::new(16).unwrap();

struct Run<'a> {
    options: &'a EnvOptions,
    context: &'a Context,
}

/// What one thread made of some targets.
#[derive(Default)]
struct Part {
    items: Items,
    told: Told,
}

/// What is to be said of the input, and what it comes to.
#[derive(Default)]
struct Told {
    /// How many targets there are.
    targets: usize,
    findings: Vec<LocatedFinding>,
    /// What cannot be read at all.
    broken: Vec<LocatedFinding>,
    /// Whether a target's answer is no.
    no: bool,
}

impl Told {
    /// Takes note of a candidate, and hands out its targets.
    fn read(&mut self, candidate: &Candidate, explainer: &Explainer<'_>) -> Vec<Target> {
        let reading = candidate.read(explainer.around);
        self.targets += reading.targets.len();
        self.findings.extend(reading.findings);
        self.broken.extend(reading.broken);
        reading.targets
    }

    /// Tells all that there is, and says what it comes to.
    fn tell(&self, ui: &Ui) -> Exit {
        let mut printer = DiagnosticPrinter::new(ui);
        let findings = self.findings.iter().chain(&self.broken);
        findings.for_each(|placed| printer.print(placed));
        printer.finish()
    }

    fn append(&mut self, mut other: Self) {
        self.targets += other.targets;
        self.findings.append(&mut other.findings);
        self.broken.append(&mut other.broken);
        self.no |= other.no;
    }
}

impl Run<'_> {
    /// Prints each target as soon as it is explained.
    fn stream(&self, loaded: &Loaded, explainer: &Explainer<'_>) -> Result<Exit, CommandError> {
        let mut all = Told::default();
        let mut printer = DiagnosticPrinter::new(&self.context.ui);
        let mut report = self.report()?;
        let part = |candidates: &[Candidate]| self.part(candidates, explainer);
        self.context.ui.stream(|out| {
            in_order(&loaded.candidates, EXPLAINED_TOGETHER, part, |part| {
                let Part { items, told } = part?;
                all.append(told);
                all.findings
                    .drain(..)
                    .for_each(|placed| printer.print(&placed));
                Ok::<(), CommandError>(report.write(out, &items)?)
            })?;
            all.broken.iter().for_each(|placed| printer.print(placed));
            refuse_nothing(all.targets, printer.exit())?;
            Ok::<(), CommandError>(report.end(out)?)
        })?;
        let exit = printer.finish();
        Ok(if all.no {
            exit.worse(Exit::Failure)
        } else {
            exit
        })
    }

    fn part(
        &self,
        candidates: &[Candidate],
        explainer: &Explainer<'_>,
    ) -> Result<Part, CommandError> {
        let mut part = Part::default();
        for candidate in candidates {
            for target in part.told.read(candidate, explainer) {
                self.add(&mut part, explainer.near(target)?)?;
            }
        }
        Ok(part)
    }

    fn add(&self, part: &mut Part, explained: Explained) -> Result<(), CommandError> {
        let Explained { target, item } = explained;
        part.told.no |= item.verdict == Verdict::No;
        // Whoever closed the pipe still gets the verdict.
        if self.context.ui.has_lost_output() {
            return Ok(());
        }
        match self.options.format.structured() {
            Some(format) => part.items.push(item, format)?,
            None => {
                let blocks = blocks(&target, &item, self.options);
                part.items.push_blocks(&blocks, self.context.ui.layout());
            }
        }
        Ok(())
    }

    fn report(&self) -> Result<ReportStream, CommandError> {
        let format = self.options.format.structured();
        Ok(ReportStream::new("EnvReport", format)?)
    }

    /// Prints all targets once each of them is explained.
    async fn whole(
        &self,
        loaded: &Loaded,
        explainer: &Explainer<'_>,
    ) -> Result<Exit, CommandError> {
        let mut told = Told::default();
        let mut targets = Vec::new();
        for candidate in &loaded.candidates {
            targets.extend(told.read(candidate, explainer));
        }
        let is_error = |placed: &LocatedFinding| placed.finding.severity == Severity::Error;
        let sound = !told.findings.iter().chain(&told.broken).any(is_error);
        refuse_nothing(
            targets.len(),
            if sound { Exit::Success } else { Exit::Failure },
        )?;
        let mut all = Vec::new();
        for target in targets {
            match explainer.explain(target).await {
                Ok(one) => all.push(one),
                // What is known to be wrong may well be why.
                Err(error) => {
                    told.tell(&self.context.ui);
                    return Err(error);
                }
            }
        }
        if let Some(cluster) = &loaded.surroundings.cluster {
            for warning in cluster.warnings().take_new() {
                self.context.ui.server_warning(&warning);
            }
        }
        let images = explainer.images.containers();
        check_names(self.options, images, &all)?;
        let mut exit = told.tell(&self.context.ui);
        if self.options.format.is_export() {
            if all.iter().any(|one| one.item.verdict == Verdict::No) {
                exit = Exit::Failure;
            }
            self.export_one(&all)?;
            return Ok(exit);
        }
        let mut report = self.report()?;
        self.context.ui.stream(|out| {
            for one in all {
                let mut part = Part::default();
                self.add(&mut part, one)?;
                report.write(out, &part.items)?;
                if part.told.no {
                    exit = Exit::Failure;
                }
            }
            Ok::<(), CommandError>(report.end(out)?)
        })?;
        Ok(exit)
    }

    /// The environment of the one container that was chosen.
    fn export_one(&self, explained: &[Explained]) -> Result<(), CommandError> {
        let all: Vec<_> = explained
            .iter()
            .flat_map(|one| &one.item.body.env.containers)
            .collect();
        let [container] = all.as_slice() else {
            return Err(not_one(explained).into());
        };
        let ui = &self.context.ui;
        for Explained { target, item } in explained {
            for finding in &item.findings {
                if finding.severity == Severity::Error {
                    ui.stderr(&finding_to_text(&LocatedFinding::of(finding, target)));
                    ui.stderr("\n");
                }
            }
        }
        if container.env.iter().any(|variable| variable.masked) {
            ui.warning("what Secrets hold is left out: --show-secrets shows it");
        }
        let text = match self.options.format {
            Format::Shell => export::shell(container),
            Format::Docker => export::docker(container),
            _ => export::dotenv(container),
        };
        ui.raw_data(&text);
        Ok(())
    }
}

/// `-o` of one environment, where there are others or none.
fn not_one(explained: &[Explained]) -> Failure {
    let several = explained.len() > 1;
    let names: Vec<String> = explained
        .iter()
        .flat_map(|one| {
            let containers = one.item.body.env.containers.iter();
            containers.map(move |container| {
                let of = format!(" of {}", one.target.shown);
                container.name.clone() + if several { &of } else { "" }
            })
        })
        .collect();
    let what = "this -o prints one environment";
    if names.is_empty() {
        let shown = explained
            .first()
            .map_or("", |one| one.target.shown.as_str());
        return Failure::usage(format!("{what}, and {shown} has no container"))
            .help("give it one, or leave out -o");
    }
    let (count, rest) = (names.len(), names.len().saturating_sub(MOST_NAMED));
    let mut list = names[..count - rest].join(", ");
    if rest > 0 {
        list.push_str(&format!(" and {rest} more"));
    }
    Failure::usage(format!("{what}, and there are {count}: {list}")).help(if several {
        "name one target, and one of its containers with -c NAME"
    } else {
        "choose one with -c NAME"
    })
}

/// A line of hundreds of names is read by nobody.
const MOST_NAMED: usize = 20;

/// An input that is sound and has nothing to explain is not what was meant.
fn refuse_nothing(targets: usize, so_far: Exit) -> Result<(), Failure> {
    if targets > 0 || so_far != Exit::Success {
        return Ok(());
    }
    Err(Failure::new(Exit::Failure, "the input holds no Pod, and nothing that makes Pods")
        .help("a Pod, Job, CronJob, Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController or PodTemplate is wanted"))
}

/// A container or variable that no target has is a mistake of the caller's.
fn check_names<'a>(
    options: &'a EnvOptions,
    images: impl Iterator<Item = &'a str>,
    explained: &'a [Explained],
) -> Result<(), Failure> {
    let targets = explained.iter().map(|one| &one.target);
    let names: Vec<&str> = targets.flat_map(container_names).collect();
    let known: HashSet<&str> = names.iter().copied().collect();
    let mut asked = options.containers.iter().map(String::as_str).chain(images);
    if let Some(missing) = asked.find(|name| !known.contains(name)) {
        let mut told = HashSet::new();
        let mut names = names;
        names.retain(|name| told.insert(*name));
        return Err(Failure::usage(format!("no container is named `{missing}`"))
            .help(format!("there are: {}", names.join(", "))));
    }
    if let Some(name) = &options.trace
        && explained.iter().all(|one| one.item.body.traces.is_empty())
    {
        return Err(no_variable(name, explained));
    }
    Ok(())
}

/// A name that no container is known to have; what was not read may bring it.
fn no_variable(name: &str, explained: &[Explained]) -> Failure {
    let containers = explained
        .iter()
        .flat_map(|one| &one.item.body.env.containers);
    let unread: Vec<&Unread> = containers
        .flat_map(|container| &container.unread)
        .filter(|unread| unread.could_set(name))
        .collect();
    let Some(unread) = unread.first() else {
        return Failure::new(
            Exit::Failure,
            format!("no container has a variable `{name}`"),
        )
        .help("leave out --trace to see all variables");
    };
    let source = match unread.name.as_str() {
        "" => "a Service of the namespace".to_owned(),
        name => format!("{}/{name}", source_name(unread.kind)),
    };
    let why = unread.reason;
    let message = format!(
        "no container is known to have a variable `{name}`; it may come from {source}, which was not read: {why}"
    );
    Failure::new(Exit::Failure, message).help("ask the cluster, or give it with -f")
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
