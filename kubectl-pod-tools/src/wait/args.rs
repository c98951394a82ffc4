//! What a person types after `wait`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};
use pod_model::kinds::{self, KindInfo};

use super::condition::{Condition, parse, refusal};
use super::engine::Wanted;
use super::logs::Logs;
use super::run::{Format, WaitOptions};
use super::subject::{Subject, Which};
use crate::cluster::{Cluster, Resource, Selection};
use crate::connection::parse_duration;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::input::{self, FilenameFlags};

/// Waits until objects are done, or as `--for` says.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_help = "Examples:
  # Until a Job is Complete (exit code 0) or Failed (1); stuck is 5, deleted is 4
  kubectl pod-tools wait job/migrate --timeout 10m

  # Until all that a manifest holds is done, Deployments rolled out included
  kubectl pod-tools wait -f manifests/

  # Until at least three Jobs with a label are there and done
  kubectl pod-tools wait jobs -l batch=night --expect 3

  # Until a field has a value
  kubectl pod-tools wait pod/web --for=jsonpath='{.status.podIP}'")]
pub(crate) struct WaitArgs {
    /// Pod, TYPE/NAME or TYPE NAME; one TYPE with -l, --field-selector or --all
    #[arg(value_name = "TARGET")]
    words: Vec<String>,

    /// Label selector; what matches later is waited for, too
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    selector: Option<String>,

    /// Field selector, such as status.phase=Running
    #[arg(long, value_name = "SELECTOR")]
    field_selector: Option<String>,

    /// All objects of the TYPE in the namespace
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    filenames: FilenameFlags,

    /// What for [default: done]; can be given several times. One of done, complete, failed, ready,
    /// created, deleted, condition=NAME[=VALUE], jsonpath='{.PATH}'[=VALUE]
    #[arg(long = "for", value_name = "CONDITION", value_parser = parse)]
    conditions: Vec<Condition>,

    /// Any of several --for is enough (the default)
    #[arg(long, conflicts_with = "all_of")]
    any: bool,

    /// All of several --for at the same time
    #[arg(long)]
    all_of: bool,

    /// Longest time for everything; 0 looks once, a negative one is for ever [default: for ever]
    #[arg(long, value_name = "DURATION", value_parser = parse_limit, allow_hyphen_values = true)]
    timeout: Option<Forever>,

    /// Look so often instead of watching; without it, only where watching is not allowed
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    poll: Option<Duration>,

    /// Wait for what does not exist yet, too
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = false,
          default_missing_value = "true", action = ArgAction::Set)]
    wait_for_creation: bool,

    /// Wait until at least so many match
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    expect: usize,

    /// End with code 5 when something is stuck that does not get better by itself
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", action = ArgAction::Set)]
    fail_fast: bool,

    /// How long a stuck state may last, instead of the time that fits each
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    stuck_after: Option<Duration>,

    /// Go on with a new object of the same name when one is deleted
    #[arg(long)]
    follow_recreate: bool,

    /// Delete what has ended
    #[arg(long)]
    rm: bool,

    /// Print the containers' logs at the end, each line with its Pod and container
    #[arg(long, value_enum, value_name = "WHOSE", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    logs: Option<Logs>,

    /// Exit with the exit code of this container where it would be 0 or 1
    #[arg(long, value_name = "CONTAINER")]
    exit_code_from: Option<String>,

    /// Write what came of each target as a JUnit report, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Print the result for programs
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

/// How long to wait at most; none is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forever(pub(crate) Option<Duration>);

/// Reads `--timeout`.
///
/// # Errors
/// A text that is no duration.
pub(crate) fn parse_limit(text: &str) -> Result<Forever, String> {
    match text.strip_prefix('-') {
        Some(positive) => parse_duration(positive).map(|_| Forever(None)),
        None => parse_duration(text).map(|limit| Forever(Some(limit))),
    }
}

/// What is meant, before the cluster is known.
enum Meant {
    Named(&'static KindInfo, String),
    Selected(&'static KindInfo, Selection),
    /// Of a file, in its namespace.
    Written(Resource, Option<String>, String),
}

impl WaitArgs {
    /// Waits.
    ///
    /// # Errors
    /// Wrong usage; what keeps it from its answer.
    pub(crate) fn wait(self, context: &Context) -> Result<Exit, CommandError> {
        let conditions = match self.conditions.as_slice() {
            [] => vec![Condition::Done],
            given => given.to_vec(),
        };
        let meant = self.meant(&conditions, context)?;
        let limit = self.timeout.and_then(|Forever(limit)| limit);
        if self.timeout.is_none() {
            context
                .ui
                .note("waiting without a limit of time; --timeout sets one");
        }
        let waits = self.wait_for_creation || conditions.contains(&Condition::Created);
        let options = WaitOptions {
            wanted: Wanted {
                conditions,
                all_of: self.all_of,
                timeout: limit,
                fail_fast: self.fail_fast,
                stuck_after: self.stuck_after,
                follow_recreate: self.follow_recreate,
                wait_for_creation: waits,
                expect: self.expect,
                keep_pods: matches!(self.output, Some(Format::Json | Format::Yaml))
                    || self.logs.is_some()
                    || self.exit_code_from.is_some(),
            },
            poll: self.poll.filter(|poll| !poll.is_zero()),
            format: self.output,
            remove: self.rm,
            logs: self.logs,
            exit_code_from: self.exit_code_from,
            junit: self.junit,
        };
        Context::block_on(async {
            let cluster = context.connect().await?;
            let subjects = meant.into_iter().map(|meant| subject(&cluster, meant));
            super::run(&cluster, subjects.collect(), &options, &context.ui).await
        })
    }

    fn meant(
        &self,
        conditions: &[Condition],
        context: &Context,
    ) -> Result<Vec<Meant>, CommandError> {
        if !self.filenames.filenames.is_empty() {
            if !self.words.is_empty() || self.selects() {
                let why = "-f names the targets: names and selectors have no place beside it";
                return Err(Failure::usage(why).into());
            }
            return self.written(conditions, context);
        }
        let meant = if self.selects() {
            self.selected()?
        } else {
            named(&self.words)?
        };
        for one in &meant {
            let kind = match one {
                Meant::Named(kind, _) | Meant::Selected(kind, _) => kind.kind,
                Meant::Written(..) => continue,
            };
            check(conditions, kind)?;
        }
        Ok(meant)
    }

    fn selects(&self) -> bool {
        self.selector.is_some() || self.field_selector.is_some() || self.all
    }

    fn selected(&self) -> Result<Vec<Meant>, Failure> {
        let selection = Selection {
            labels: self.selector.clone(),
            fields: self.field_selector.clone(),
        };
        if self.all && self.selector.is_some() {
            return Err(Failure::usage("--all and -l exclude each other"));
        }
        let types = match self.words.as_slice() {
            [] => vec!["pods"],
            [types] => types.split(',').collect(),
            _ => {
                return Err(Failure::usage(
                    "a selector chooses by labels or fields: names have no place beside it",
                ));
            }
        };
        let select = |word: &str| Ok(Meant::Selected(kind(word)?, selection.clone()));
        types.into_iter().map(select).collect()
    }

    /// What files hold. What is never done by itself, such as a ConfigMap, is
    /// left out unless something is asked of it.
    fn written(
        &self,
        conditions: &[Condition],
        context: &Context,
    ) -> Result<Vec<Meant>, CommandError> {
        let mut meant = Vec::new();
        for manifest in input::read(&self.filenames, &context.ui)? {
            for document in &manifest.documents {
                let (Some(api_version), Some(kind), Some(name)) =
                    (document.api_version(), document.kind(), document.name())
                else {
                    continue;
                };
                let Some(resource) = Resource::built_in(api_version, kind) else {
                    let said = format!("{kind}/{name} is of a kind that is not known here");
                    context.ui.warning(&said);
                    continue;
                };
                if conditions.iter().any(|c| refusal(c, kind).is_some()) {
                    let said = format!("{}/{name}: nothing to wait for", kind.to_lowercase());
                    context.ui.note(&said);
                    continue;
                }
                let namespace = document.namespace().map(str::to_owned);
                meant.push(Meant::Written(resource, namespace, name.to_owned()));
            }
        }
        if meant.is_empty() {
            let why = "the input holds nothing to wait for";
            return Err(Failure::new(Exit::No, why).into());
        }
        Ok(meant)
    }
}

fn check(conditions: &[Condition], kind: &str) -> Result<(), Failure> {
    for condition in conditions {
        if let Some((message, help)) = refusal(condition, kind) {
            return Err(Failure::usage(message).help(help));
        }
    }
    Ok(())
}

/// `NAME…`, `TYPE/NAME…` and `TYPE NAME…`.
fn named(words: &[String]) -> Result<Vec<Meant>, Failure> {
    let odd = |w: &&String| w.is_empty() || w.ends_with('/') || w.starts_with('/');
    if let Some(odd) = words.iter().find(odd) {
        return Err(Failure::usage(format!("`{odd}` names nothing"))
            .help("write TYPE/NAME, TYPE NAME, or the name of a Pod"));
    }
    match words {
        [] => Err(Failure::usage("no target is named").help(
            "for example: kubectl pod-tools wait job/migrate, or wait pods -l app=web, or wait -f job.yaml",
        )),
        [first, names @ ..]
            if !first.contains('/') && !names.is_empty() && kinds::by_type(first).is_some() =>
        {
            let kind = kind(first)?;
            if let Some(odd) = names.iter().find(|n| n.contains('/')) {
                return Err(Failure::usage(format!(
                    "`{odd}` has a type of its own, and so has `{first}`"
                )));
            }
            Ok(names.iter().map(|n| Meant::Named(kind, n.clone())).collect())
        }
        words => words
            .iter()
            .map(|word| match word.split_once('/') {
                Some((type_word, n)) => Ok(Meant::Named(kind(type_word)?, n.to_owned())),
                None => Ok(Meant::Named(kind("pods")?, word.clone())),
            })
            .collect(),
    }
}

fn kind(word: &str) -> Result<&'static KindInfo, Failure> {
    kinds::by_type(word).ok_or_else(|| {
        Failure::usage(format!("`{word}` is not a type that is known here"))
            .help("`kubectl api-resources` lists the types; those of CustomResourceDefinitions are not known")
    })
}

fn subject(cluster: &Cluster, meant: Meant) -> Subject {
    let at_home = |resource: &Resource| {
        let namespace = cluster.namespace().to_owned();
        Some(namespace)
            .filter(|_| resource.namespaced)
            .unwrap_or_default()
    };
    match meant {
        Meant::Named(kind, name) => {
            let resource = Resource::of(kind);
            let namespace = at_home(&resource);
            Subject::named(resource, &namespace, &name)
        }
        Meant::Selected(kind, selection) => {
            let resource = Resource::of(kind);
            Subject {
                namespace: at_home(&resource),
                which: Which::Selected(selection),
                resource,
            }
        }
        Meant::Written(resource, namespace, name) => {
            let namespace = namespace
                .filter(|_| resource.namespaced)
                .unwrap_or_else(|| at_home(&resource));
            Subject::named(resource, &namespace, &name)
        }
    }
}
