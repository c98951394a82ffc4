//! `-o dotenv`, `shell` and `docker`: the variables of one container.

use pod_env::export;
use pod_env::report::ContainerEnv;
use pod_model::{Finding, Severity};

use super::report::ExplainedEnv;
use super::topic::EnvTopic;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::explain::driver::ExplainRun;
use crate::render::{Format, LocatedFinding, finding_to_text};
use crate::ui::Ui;

/// Maximum number of containers in a message.
const MOST_NAMED: usize = 20;

/// The containers of all targets: the first one to print, and names for a message.
#[derive(Default)]
struct Candidates {
    /// The first target, as messages name it.
    first_target: String,
    targets: usize,
    count: usize,
    /// The first names, each with its target.
    names: Vec<(String, String)>,
    first: Option<ContainerEnv>,
    /// Errors and warnings of the first container's target and those before it.
    problems: Vec<LocatedFinding>,
}

/// Prints the environment of the one container that was chosen.
///
/// # Errors
/// Those of the run, and if there are several containers or none.
pub(super) fn export(
    run: &ExplainRun<'_, EnvTopic<'_>>,
    format: Format,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let mut all = Candidates::default();
    let collect = |part: &mut Vec<ExplainedEnv>, explained| {
        part.push(explained);
        Ok(())
    };
    let exit = run.for_each(collect, |part| {
        for explained in part {
            all.add(explained);
        }
        Ok(())
    })?;
    let container = match all.first.take() {
        Some(container) if all.count == 1 => container,
        _ => return Err(all.not_one().into()),
    };
    for placed in &all.problems {
        ui.stderr(&finding_to_text(placed));
        ui.stderr("\n");
    }
    if container.env.iter().any(|variable| variable.masked) {
        ui.warning("values of Secrets are omitted (use `--show-secrets`)");
    }
    let text = match format {
        Format::Shell => export::shell(&container),
        Format::Docker => export::docker(&container),
        _ => export::dotenv(&container),
    };
    ui.raw_data(&text);
    Ok(exit)
}

impl Candidates {
    fn add(&mut self, explained: ExplainedEnv) {
        let ExplainedEnv { target, item } = explained;
        if self.targets == 0 {
            self.first_target.clone_from(&target.shown);
        }
        self.targets += 1;
        let containers = item.body.env.containers;
        if self.count + containers.len() < 2 {
            let is_problem = |finding: &&Finding| finding.severity <= Severity::Warning;
            let problems = item.findings.iter().filter(is_problem);
            self.problems
                .extend(problems.map(|finding| LocatedFinding::of(finding, &target)));
        }
        for container in containers {
            self.count += 1;
            if self.names.len() < MOST_NAMED {
                self.names
                    .push((container.name.clone(), target.shown.clone()));
            }
            self.first.get_or_insert(container);
        }
    }

    /// Returns the failure for several containers or none.
    fn not_one(&self) -> Failure {
        let what = "this format prints one container";
        if self.count == 0 {
            let shown = &self.first_target;
            return Failure::usage(format!("{what}, but {shown} has none"))
                .help("add a container, or leave out `-o`");
        }
        let several = self.targets > 1;
        let names: Vec<String> = self
            .names
            .iter()
            .map(|(name, target)| {
                if several {
                    format!("{name} of {target}")
                } else {
                    name.clone()
                }
            })
            .collect();
        let mut list = names.join(", ");
        let rest = self.count - names.len();
        if rest > 0 {
            list.push_str(&format!(" and {rest} more"));
        }
        let count = self.count;
        Failure::usage(format!("{what}, found {count}: {list}")).help(if several {
            "name one target, and one of its containers with `-c NAME`"
        } else {
            "choose one with `-c NAME`"
        })
    }
}
