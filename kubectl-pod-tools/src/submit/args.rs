//! The flags that `create` and `apply` share.

use clap::Args;
use pod_model::Manifest;

use super::options::{Action, DryRun, FORMATS, SubmitOptions, Validate};
use crate::error::{CommandError, Failure};
use crate::input::{self, FilenameFlags};
use crate::render::{Comments, Format};
use crate::ui::Ui;
use crate::wait::{Logs, Timeout, WaitOptions, parse_limit};

/// Flags of what is sent, checked and printed.
#[derive(Args, Clone, Debug)]
pub(crate) struct SubmitArgs {
    /// Dry run: client only prints the objects, server validates them without storing
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "MODE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "client"
    )]
    dry_run: DryRun,

    /// Output format; the objects are printed instead of a line for each
    #[arg(short, long, value_parser = FORMATS, value_name = "FORMAT")]
    output: Option<Format>,

    /// Treat unknown and duplicate fields and invalid values as errors or warnings, or ignore them
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "MODE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "strict"
    )]
    validate: Validate,

    /// Name of the manager that owns the fields
    #[arg(long, value_name = "NAME", default_value = "pod-tools")]
    field_manager: String,

    /// Wait until each Job has completed or failed, and each Pod is ready or has ended
    #[arg(long)]
    wait: bool,

    /// Maximum time to wait, such as 30s or 5m [default: no limit]
    ///
    /// It bounds the whole run, sending included; --request-timeout bounds each request.
    #[arg(long, value_name = "DURATION", value_parser = parse_limit, allow_hyphen_values = true)]
    timeout: Option<Timeout>,

    /// Print the logs of all containers while waiting, or of failed ones at the end; to standard
    /// error with -o
    #[arg(long, value_enum, value_name = "CONTAINERS", num_args = 0..=1, require_equals = true,
          default_missing_value = "all")]
    logs: Option<Logs>,
}

impl SubmitArgs {
    /// Waits because another flag needs it.
    ///
    /// # Errors
    /// A dry run: nothing runs that could be waited for.
    pub(crate) fn wait_anyway(&mut self, flag: &str) -> Result<(), Failure> {
        if self.dry_run != DryRun::None {
            return Err(
                Failure::usage(format!("{flag} has nothing to wait for in a dry run"))
                    .help(format!("leave out {flag} or --dry-run")),
            );
        }
        self.wait = true;
        Ok(())
    }

    /// Whether the end is waited for.
    pub(crate) fn waits(&self) -> bool {
        self.wait
    }

    /// Checks what was typed.
    ///
    /// # Errors
    /// Flags that do not go together.
    pub(crate) fn into_options(
        self,
        action: Action,
        force_conflicts: bool,
    ) -> Result<SubmitOptions, Failure> {
        let lonely = [
            ("--timeout", self.timeout.is_some()),
            ("--logs", self.logs.is_some()),
        ];
        if let Some((flag, _)) = lonely.iter().find(|(_, given)| *given && !self.wait) {
            return Err(Failure::usage(format!("{flag} requires --wait")).help("add --wait"));
        }
        if self.wait && self.dry_run != DryRun::None {
            return Err(
                Failure::usage("--wait has nothing to wait for in a dry run")
                    .help("leave out --wait or --dry-run"),
            );
        }
        let as_talk = self.output.is_some();
        let limit = self.timeout.and_then(Timeout::limit);
        Ok(SubmitOptions {
            action,
            dry_run: self.dry_run,
            format: self.output,
            validate: self.validate,
            checked: false,
            field_manager: self.field_manager,
            force_conflicts,
            comments: Comments::default(),
            attribute_to_flag: None,
            attach: None,
            remove_attached: false,
            lines_as_talk: false,
            wait: self
                .wait
                .then(|| WaitOptions::done(limit).with_logs(self.logs, as_talk)),
        })
    }
}

/// What manifests to submit.
#[derive(Args, Clone, Debug)]
pub(crate) struct ManifestArgs {
    #[command(flatten)]
    filenames: FilenameFlags,
}

impl ManifestArgs {
    /// Whether none is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.filenames.filenames.is_empty()
    }

    /// Reads them.
    ///
    /// # Errors
    /// None is named; one that cannot be read.
    pub(crate) fn read(&self, command: &str, ui: &Ui) -> Result<Vec<Manifest>, CommandError> {
        if self.is_empty() {
            return Err(Failure::usage("no manifest is named")
                .help(format!(
                    "name one with -f: kubectl pod-tools {command} -f pod.yaml"
                ))
                .into());
        }
        Ok(input::read(&self.filenames, ui)?)
    }
}
