//! The unfinished command line that is completed.

use std::ffi::OsString;
use std::sync::Arc;

use clap::{ArgMatches, Command, FromArgMatches};

use crate::commands::SharedArgs;
use crate::context::Context;
use crate::invocation::Program;

/// A command line whose last word is unfinished.
#[derive(Clone, Debug)]
pub(super) struct CommandLine(Arc<ArgMatches>);

impl CommandLine {
    /// Parses the words after the program's name.
    pub(super) fn new(command: &Command, words: &[OsString]) -> Self {
        let command = command.clone().ignore_errors(true).no_binary_name(true);
        let matches = command.try_get_matches_from(words).unwrap_or_default();
        Self(Arc::new(matches))
    }

    fn innermost(&self) -> &ArgMatches {
        let mut innermost = &*self.0;
        while let Some((_, deeper)) = innermost.subcommand() {
            innermost = deeper;
        }
        innermost
    }

    /// Returns the context of its flags.
    pub(super) fn context(&self) -> Option<Context> {
        let shared = [self.innermost(), &self.0]
            .into_iter()
            .find_map(|matches| SharedArgs::from_arg_matches(matches).ok());
        shared.map(|shared| shared.into_context(Program::Completion))
    }

    /// Returns the targets before the unfinished word.
    pub(super) fn targets(&self) -> Vec<String> {
        let words = self.innermost().try_get_many::<String>("words").ok();
        let words = words.flatten().into_iter().flatten();
        let mut words: Vec<String> = words.cloned().collect();
        words.pop();
        words
    }
}
