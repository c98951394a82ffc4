//! A flag of the generator is a row of a table: its name, what it takes, an
//! example that works, and the function that writes it into the object.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Range;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};
use pod_model::FieldPath;
use serde_json::Value;

use super::draft::{Draft, TargetKind};
use super::fragment::{Fragment, ValueError};
use crate::completion_kind::CompletionKind;

/// Writes a flag's value into the object.
pub(crate) type Write = fn(&mut Draft, Fragment<'_>) -> Result<(), ValueError>;

/// Where in the value of a flag a field is said.
pub(super) type Locate = fn(Fragment<'_>, &FieldPath) -> Option<Range<usize>>;

/// Changes the finished object.
pub(crate) type Change = fn(&mut Value, Fragment<'_>) -> Result<(), ValueError>;

/// What a flag is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A container: it is a word of `--init`, `--sidecar` and `--container`, too.
    Container,
    /// The Pod.
    Pod,
    /// The Job.
    Job,
}

/// How often a flag can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// Once.
    Once,
    /// As often as one likes.
    Many,
}

/// One flag.
pub(crate) struct Flag {
    /// Its name, without dashes.
    pub name: &'static str,
    /// What its value is called in the help; none for a switch.
    pub value: Option<&'static str>,
    /// What it does: one line.
    pub help: &'static str,
    /// A value that works; shown with everything that is wrong. Empty for a switch.
    pub example: &'static str,
    /// A letter that stands for it, too.
    pub short: Option<char>,
    pub scope: Scope,
    pub times: Times,
    pub completes: CompletionKind,
    /// The rest of what can be said, for `--help`; empty where one line says it.
    pub more: &'static str,
    /// Flags that the example needs beside it.
    pub with: &'static [&'static str],
    /// Flags that contradict it; [`ARGUMENTS`] for what stands behind `--`.
    pub conflicts: &'static [&'static str],
    /// What it says nothing without, one of these at least.
    pub needs: &'static [&'static str],
    pub write: Write,
    /// What it does when all others have written.
    pub change: Option<Change>,
    /// Finds the field in the value, where that says several things.
    pub locate: Option<Locate>,
}

/// Stands among the names of flags for what is typed behind `--`.
pub(super) const ARGUMENTS: &str = "";

/// The flag that takes the command, so that what stands behind `--` is its arguments.
pub(super) const ENTRYPOINT: &str = "entrypoint";

/// Flags that the help shows under one heading.
pub(crate) struct Group {
    pub heading: &'static str,
    pub flags: &'static [Flag],
}

impl Flag {
    /// A flag of a container that is given once.
    pub(super) const fn once(
        name: &'static str,
        value: &'static str,
        help: &'static str,
        example: &'static str,
        write: Write,
    ) -> Self {
        Self {
            name,
            value: Some(value),
            help,
            example,
            short: None,
            scope: Scope::Container,
            times: Times::Once,
            completes: CompletionKind::Nothing,
            more: "",
            with: &[],
            conflicts: &[],
            needs: &[],
            write,
            change: None,
            locate: None,
        }
    }

    /// A flag of a container that can be given several times.
    pub(super) const fn many(
        name: &'static str,
        value: &'static str,
        help: &'static str,
        example: &'static str,
        write: Write,
    ) -> Self {
        let flag = Self::once(name, value, help, example, write);
        Self {
            times: Times::Many,
            ..flag
        }
    }

    /// A flag of a container without a value.
    pub(super) const fn switch(name: &'static str, help: &'static str, write: Write) -> Self {
        let flag = Self::once(name, "", help, "", write);
        Self {
            value: None,
            ..flag
        }
    }

    /// A flag that changes the finished object; it can be given several times.
    pub(super) const fn change(
        name: &'static str,
        value: &'static str,
        help: &'static str,
        example: &'static str,
        change: Change,
    ) -> Self {
        let flag = Self::many(name, value, help, example, |_, _| Ok(()));
        Self {
            scope: Scope::Pod,
            change: Some(change),
            ..flag
        }
    }

    /// It is about the Pod.
    pub(super) const fn of_pod(self) -> Self {
        Self {
            scope: Scope::Pod,
            ..self
        }
    }

    /// It is about the Job.
    pub(super) const fn of_job(self) -> Self {
        Self {
            scope: Scope::Job,
            ..self
        }
    }

    /// It has a short form.
    pub(super) const fn short(self, letter: char) -> Self {
        Self {
            short: Some(letter),
            ..self
        }
    }

    /// Its values come from the cluster.
    pub(super) const fn completes(self, completes: CompletionKind) -> Self {
        Self { completes, ..self }
    }

    /// What its value can be, in as many lines as it needs.
    pub(super) const fn more(self, more: &'static str) -> Self {
        Self { more, ..self }
    }

    /// The API takes its example only beside these flags.
    pub(super) const fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    /// Its value says several things.
    pub(super) const fn locates(self, locate: Locate) -> Self {
        Self {
            locate: Some(locate),
            ..self
        }
    }

    /// It cannot stand beside these. Either of the two may say so.
    pub(super) const fn conflicts(self, conflicts: &'static [&'static str]) -> Self {
        Self { conflicts, ..self }
    }

    /// It says nothing without one of these.
    pub(super) const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    /// The flag as it is typed, such as `--env`.
    pub(super) fn typed(&self) -> String {
        format!("--{}", self.name)
    }

    /// Its name among all of the command's flags. The connection has a `user`,
    /// too, which is another one.
    fn id(&self) -> &'static str {
        match self.name {
            "user" => "run-as-user",
            name => name,
        }
    }

    fn to_arg(&self, heading: &'static str) -> Arg {
        let mut arg = Arg::new(self.id())
            .long(self.name)
            .short(self.short)
            .help(self.help)
            .help_heading(heading);
        if !self.more.is_empty() {
            arg = arg.long_help(format!("{}\n\n{}", self.help, self.more));
        }
        match (self.value, self.times) {
            (None, _) => arg.action(ArgAction::SetTrue),
            (Some(value), times) => arg
                .value_name(value)
                // A number may be negative; what the API says of it is better
                // than what a parser of flags says.
                .allow_negative_numbers(true)
                .add(self.completes)
                .action(match times {
                    Times::Once => ArgAction::Set,
                    Times::Many => ArgAction::Append,
                }),
        }
    }
}

/// A flag as it was typed.
#[derive(Clone)]
pub(super) struct Typed {
    pub flag: &'static Flag,
    /// Its value; empty for a switch.
    pub text: String,
}

impl std::fmt::Display for Typed {
    /// As it is typed, without quotes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "--{}", self.flag.name)?;
        match self.flag.value {
            Some(_) => write!(f, " {}", self.text),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "--{} {:?}", self.flag.name, self.text)
    }
}

/// Which flags a command has.
pub(crate) trait Flags {
    /// What the command makes.
    const TARGET_KIND: TargetKind;

    /// What stands below its help.
    const EXAMPLES: &'static str;

    /// They with their headings, in the order of the help.
    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)>;
}

/// The flags of a command as they were typed, in the order in which they were
/// typed: a variable may refer to those before it.
pub(crate) struct TypedFlags<F> {
    pub(super) typed: Vec<Typed>,
    of: PhantomData<F>,
}

impl<F> Clone for TypedFlags<F> {
    fn clone(&self) -> Self {
        Self {
            typed: self.typed.clone(),
            of: PhantomData,
        }
    }
}

impl<F> std::fmt::Debug for TypedFlags<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.typed.fmt(f)
    }
}

impl<F: Flags> Args for TypedFlags<F> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(F::flags().map(|(heading, flag)| flag.to_arg(heading)))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl<F: Flags> FromArgMatches for TypedFlags<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut by_place = BTreeMap::new();
        for (_, flag) in F::flags() {
            if matches.value_source(flag.id()) != Some(clap::parser::ValueSource::CommandLine) {
                continue;
            }
            let places = matches.indices_of(flag.id()).unwrap_or_default();
            if flag.value.is_none() {
                let text = String::new();
                by_place.extend(places.max().map(|place| (place, Typed { flag, text })));
                continue;
            }
            let values = matches.get_many::<String>(flag.id()).unwrap_or_default();
            by_place.extend(places.zip(values).map(|(place, text)| {
                let text = text.clone();
                (place, Typed { flag, text })
            }));
        }
        Ok(Self {
            typed: by_place.into_values().collect(),
            of: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
