//! The flags that `create` and `apply` share.

use clap::Args;

use super::run::{Action, DryRun, Format, SubmitOptions, Validate};
use crate::error::Failure;
use crate::input::FilenameFlags;
use crate::wait::{Forever, WaitOptions, parse_limit};

/// What is submitted, how far, and what is shown of it.
#[derive(Args, Clone, Debug)]
pub(crate) struct SubmitArgs {
    #[command(flatten)]
    filenames: FilenameFlags,

    /// How far to go: client sends nothing, server stores nothing
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "client"
    )]
    dry_run: DryRun,

    /// Print the objects instead of what became of them
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    /// What unknown and duplicate fields are, and values that the server would refuse
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "strict"
    )]
    validate: Validate,

    /// Name that owns the fields that are set
    #[arg(long, value_name = "NAME", default_value = "pod-tools")]
    field_manager: String,

    /// Wait until the Jobs are complete or failed, and the Pods ready or ended
    #[arg(long)]
    wait: bool,

    /// Longest time to wait, such as 30s or 5m [default: no limit]
    #[arg(long, value_name = "DURATION", value_parser = parse_limit, allow_hyphen_values = true, requires = "wait")]
    timeout: Option<Forever>,
}

impl SubmitArgs {
    /// Checks what was typed.
    ///
    /// # Errors
    /// Flags that do not go together.
    pub(crate) fn into_options(
        self,
        action: Action,
        force_conflicts: bool,
        command: &str,
    ) -> Result<SubmitOptions, Failure> {
        if self.filenames.filenames.is_empty() {
            return Err(Failure::usage("no manifest is named").help(format!(
                "name one with -f: kubectl pod-tools {command} -f pod.yaml"
            )));
        }
        if self.wait && self.dry_run != DryRun::None {
            return Err(
                Failure::usage("--wait has nothing to wait for in a dry run")
                    .help("leave out --wait or --dry-run"),
            );
        }
        Ok(SubmitOptions {
            action,
            filenames: self.filenames,
            dry_run: self.dry_run,
            format: self.output,
            validate: self.validate,
            field_manager: self.field_manager,
            force_conflicts,
            wait: self
                .wait
                .then(|| WaitOptions::done(self.timeout.and_then(|Forever(limit)| limit))),
        })
    }
}
