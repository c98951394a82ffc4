//! The flags that select targets.

use clap::Args;

use crate::error::Failure;
use crate::input::FilenameFlags;

/// Flags that select targets, the same on every command with targets.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SelectionFlags {
    /// Label selector, such as app=web,tier!=db
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,

    /// Field selector, such as status.phase=Running
    #[arg(long, value_name = "SELECTOR")]
    pub field_selector: Option<String>,

    /// Select all objects of the TYPE in the namespace
    #[arg(long)]
    pub all: bool,

    /// Select in all namespaces; requires -l, --field-selector or --all
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,

    #[command(flatten)]
    pub filenames: FilenameFlags,
}

/// The words and flags that name targets, as typed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TargetArgs<'a> {
    pub words: &'a [String],
    pub selector: Option<&'a str>,
    pub field_selector: Option<&'a str>,
    pub all: bool,
    pub all_namespaces: bool,
}

impl<'a> TargetArgs<'a> {
    /// Returns the words and flags of a command line.
    pub(crate) fn new(words: &'a [String], flags: &'a SelectionFlags) -> Self {
        Self {
            words,
            selector: flags.selector.as_deref(),
            field_selector: flags.field_selector.as_deref(),
            all: flags.all,
            all_namespaces: flags.all_namespaces,
        }
    }

    /// Returns whether a selector or `--all` is given.
    pub(crate) fn selects(&self) -> bool {
        self.selector.is_some() || self.field_selector.is_some() || self.all
    }

    /// Checks the flags that are given with `-f`.
    ///
    /// # Errors
    /// Usage error for `-A`.
    pub(crate) fn check_files(&self) -> Result<(), Failure> {
        if self.all_namespaces {
            let why = "cannot combine `-f` with `-A`: objects of files have their own namespaces";
            return Err(Failure::usage(why));
        }
        Ok(())
    }
}
