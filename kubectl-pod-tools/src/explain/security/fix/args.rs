//! Arguments of `--fix`.

use std::path::PathBuf;

use clap::Args;
use pod_model::KubernetesVersion;
use pod_model::pod_security::LevelVersion;

use crate::error::Failure;

/// Arguments of `--fix`.
#[derive(Args, Clone, Debug)]
pub(in crate::explain::security) struct FixArgs {
    /// Edit this file: add what its Pods lack to meet --level [default: restricted], and leave every other line as it is
    #[arg(
        help_heading = "Fix",
        long = "fix",
        value_name = "FILE",
        conflicts_with_all = ["words", "filenames", "selector", "field_selector", "all", "all_namespaces", "container", "output", "offline", "as_written"]
    )]
    pub file: Option<PathBuf>,

    /// With --fix: `client` prints the changes and writes nothing
    #[arg(
        help_heading = "Fix",
        long,
        value_enum,
        default_value_t,
        value_name = "MODE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "client",
        requires = "file"
    )]
    pub dry_run: FixDryRun,

    /// With --fix: make the changes, too, that alter what the program can do or overrule a value that is written
    #[arg(help_heading = "Fix", long, requires = "file")]
    pub unsafe_fixes: bool,
}

/// Modes of `--dry-run`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::explain::security) enum FixDryRun {
    /// Write the file
    #[default]
    None,
    /// Print the changes, write nothing
    Client,
}

/// A checked `--fix`.
#[derive(Clone, Debug)]
pub(in crate::explain::security) struct FixOptions {
    pub file: PathBuf,
    /// The level that the Pods are to meet.
    pub at: LevelVersion,
    /// The version whose defaults and checks apply.
    pub rules: KubernetesVersion,
    pub is_dry_run: bool,
    pub unsafe_fixes: bool,
}

impl FixArgs {
    /// Returns the options of `--fix`, or `None` if it is not given.
    ///
    /// # Errors
    /// Usage error: a flag of `--fix` without it.
    pub(in crate::explain::security) fn into_options(
        self,
        at: LevelVersion,
        rules: KubernetesVersion,
    ) -> Result<Option<FixOptions>, Failure> {
        let is_dry_run = self.dry_run == FixDryRun::Client;
        let Some(file) = self.file else {
            // clap asks for it, but not beside what it conflicts with.
            let flags = [
                (self.unsafe_fixes, "--unsafe-fixes"),
                (is_dry_run, "--dry-run"),
            ];
            return match flags.into_iter().find(|(is_given, _)| *is_given) {
                Some((_, flag)) => Err(Failure::usage(format!("`{flag}` requires `--fix`"))),
                None => Ok(None),
            };
        };
        Ok(Some(FixOptions {
            file,
            at,
            rules,
            is_dry_run,
            unsafe_fixes: self.unsafe_fixes,
        }))
    }
}
