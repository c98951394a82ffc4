//! The flags and words that name targets.

use clap::Args;

use super::words::{Named, parse_words};
use crate::completion_kind::CompletionKind;
use crate::error::Failure;
use crate::input::FilenameFlags;

/// What a person types to name targets.
#[derive(Args, Clone, Debug)]
pub(crate) struct TargetArgs {
    /// Pod, TYPE/NAME or TYPE NAME; TYPE is a Pod or anything with a Pod template
    #[arg(value_name = "TARGET", add = CompletionKind::ExplainTargets)]
    words: Vec<String>,

    /// Label selector for the objects of a TYPE (Pods where none is named)
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    selector: Option<String>,

    #[command(flatten)]
    filenames: FilenameFlags,

    /// Never ask the cluster: what the files do not hold stays unknown
    #[arg(long)]
    offline: bool,
}

/// Which targets are meant.
#[derive(Clone, Debug)]
pub(crate) enum Chosen {
    /// All in the input that make Pods.
    Input {
        filenames: FilenameFlags,
        offline: bool,
    },
    /// Live ones.
    Live(Vec<Named>),
}

impl TargetArgs {
    /// Checks what was typed.
    ///
    /// # Errors
    /// Nothing named, two ways at once, a TYPE that makes no Pods.
    pub(crate) fn into_chosen(self, command: &str) -> Result<Chosen, Failure> {
        let example = || {
            format!(
                "for example: kubectl pod-tools {command} web, or {command} job/migrate, or {command} -f pod.yaml"
            )
        };
        if !self.filenames.filenames.is_empty() {
            if !self.words.is_empty() || self.selector.is_some() {
                return Err(Failure::usage(
                    "-f names the targets: names and -l have no place beside it",
                )
                .help(example()));
            }
            return Ok(Chosen::Input {
                filenames: self.filenames,
                offline: self.offline,
            });
        }
        if self.offline {
            return Err(Failure::usage(
                "--offline needs a file: without -f the target is in the cluster",
            )
            .help(example()));
        }
        if self.words.is_empty() && self.selector.is_none() {
            return Err(Failure::usage("no target is named").help(example()));
        }
        parse_words(&self.words, self.selector.as_deref()).map(Chosen::Live)
    }
}
