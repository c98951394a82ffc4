//! A flag of `create pod` and `create job`: a row of a table with its name, its value, an example
//! that works, and the function that writes it into the object.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Range;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};
use pod_model::FieldPath;
use serde_json::Value;

use super::draft::{Draft, TargetKind};
use super::fragment::{Fragment, ValueError};
use crate::completion_kind::CompletionKind;
use crate::shell_quote::quoted;

/// Writes a flag's value into the object.
pub(crate) type Write = fn(&mut Draft, Fragment<'_>) -> Result<(), ValueError>;

/// Returns the part of a flag's value that sets a field.
pub(super) type Locate = fn(Fragment<'_>, &FieldPath) -> Option<Range<usize>>;

/// Changes the finished object.
pub(crate) type Change = fn(&mut Value, Fragment<'_>) -> Result<(), ValueError>;

/// Scope of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A container: the flag is also an option of `--init`, `--sidecar` and `--container`.
    Container,
    /// The Pod.
    Pod,
    /// The Job.
    Job,
}

/// Arity of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// Once.
    Once,
    /// Any number of times.
    Many,
}

/// One flag.
pub(crate) struct Flag {
    /// Name without dashes.
    pub name: &'static str,
    /// Name of the value in the help, or `None` for a switch.
    pub value: Option<&'static str>,
    /// Short help, one line.
    pub help: &'static str,
    /// A value that works, shown in the long help and with errors. Empty for a switch.
    pub example: &'static str,
    /// Short form.
    pub short: Option<char>,
    pub scope: Scope,
    pub times: Times,
    pub completes: CompletionKind,
    /// Rest of the long help, such as the syntax of the value.
    pub more: &'static str,
    /// Flags that the example requires.
    pub with: &'static [&'static str],
    /// Flags that contradict it; [`ARGUMENTS`] for the words after `--`.
    pub conflicts: &'static [&'static str],
    /// Flags of which at least one is required.
    pub needs: &'static [&'static str],
    pub write: Write,
    /// Changes the finished object, after all other flags.
    pub change: Option<Change>,
    /// Finds the field in a value that sets several.
    pub locate: Option<Locate>,
}

/// Stands for the words after `--` among the names of flags.
pub(super) const ARGUMENTS: &str = "";

/// The flag of the command, which makes the words after `--` its arguments.
pub(super) const ENTRYPOINT: &str = "entrypoint";

/// Flags under one heading of the help.
pub(crate) struct Group {
    pub heading: &'static str,
    pub flags: &'static [Flag],
}

impl Flag {
    /// Creates a flag of a container that is given once.
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

    /// Creates a flag of a container that can be repeated.
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

    /// Creates a flag of a container without a value.
    pub(super) const fn switch(name: &'static str, help: &'static str, write: Write) -> Self {
        let flag = Self::once(name, "", help, "", write);
        Self {
            value: None,
            ..flag
        }
    }

    /// Creates a flag that changes the finished object and can be repeated.
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

    /// Sets the scope to the Pod.
    pub(super) const fn of_pod(self) -> Self {
        Self {
            scope: Scope::Pod,
            ..self
        }
    }

    /// Sets the scope to the Job.
    pub(super) const fn of_job(self) -> Self {
        Self {
            scope: Scope::Job,
            ..self
        }
    }

    /// Adds a short form.
    pub(super) const fn short(self, letter: char) -> Self {
        Self {
            short: Some(letter),
            ..self
        }
    }

    /// Completes values from the cluster.
    pub(super) const fn completes(self, completes: CompletionKind) -> Self {
        Self { completes, ..self }
    }

    /// Adds to the long help.
    pub(super) const fn more(self, more: &'static str) -> Self {
        Self { more, ..self }
    }

    /// Adds flags that its example requires.
    pub(super) const fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    /// Sets the function that finds a field in the value.
    pub(super) const fn locates(self, locate: Locate) -> Self {
        Self {
            locate: Some(locate),
            ..self
        }
    }

    /// Adds flags that contradict it. One of the two rows is enough.
    pub(super) const fn conflicts(self, conflicts: &'static [&'static str]) -> Self {
        Self { conflicts, ..self }
    }

    /// Requires one of these flags.
    pub(super) const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    /// Returns the flag as it is typed, such as `--env`.
    pub(super) fn typed(&self) -> String {
        format!("--{}", self.name)
    }

    /// Returns the words of its example, such as `--env 'A=1'`.
    pub(super) fn example_words(&self) -> String {
        let mut words: Vec<String> = self.with.iter().map(|&word| word.to_owned()).collect();
        words.push(self.typed());
        words.extend(self.value.map(|_| quoted(self.example)));
        words.join(" ")
    }

    /// Returns its id among all flags of the command. The connection has a `user`, too.
    fn id(&self) -> &'static str {
        match self.name {
            "user" => "run-as-user",
            name => name,
        }
    }

    fn long_help(&self) -> String {
        let mut parts = vec![self.help.to_owned()];
        parts.extend((!self.more.is_empty()).then(|| self.more.to_owned()));
        parts.extend(
            self.value
                .map(|_| format!("Example: {}", self.example_words())),
        );
        parts.join("\n\n")
    }

    fn to_arg(&self, heading: &'static str) -> Arg {
        let arg = Arg::new(self.id())
            .long(self.name)
            .short(self.short)
            .help(self.help)
            .long_help(self.long_help())
            .help_heading(heading);
        match (self.value, self.times) {
            (None, _) => arg.action(ArgAction::SetTrue),
            (Some(value), times) => arg
                .value_name(value)
                // A number may be negative: the API's message is better than that of a
                // parser of flags.
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
    /// Value; empty for a switch.
    pub text: String,
}

impl std::fmt::Display for Typed {
    /// Writes the flag as it is typed, without quotes.
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

/// The flags of a command.
pub(crate) trait Flags {
    /// Kind of the generated object.
    const TARGET_KIND: TargetKind;

    /// Examples below the help.
    const EXAMPLES: &'static str;

    /// Returns the flags with their headings, in the order of the help.
    fn flags() -> impl Iterator<Item = (&'static str, &'static Flag)>;
}

/// The flags of a command as typed, in order: a variable may refer to those before it.
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
