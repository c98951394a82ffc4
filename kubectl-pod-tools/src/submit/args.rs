//! Flags of both `create` and `apply`.

use clap::Args;
use pod_model::Manifest;

use super::options::{Action, DryRun, FORMATS, SubmitOptions, Validate};
use crate::error::{CommandError, Failure};
use crate::input::{self, FilenameFlags};
use crate::render::{Comments, Format};
use crate::ui::Ui;
use crate::wait::{Logs, Timeout, WaitOptions, parse_limit};

/// Flags of requests, checks and output.
#[derive(Args, Clone, Debug)]
pub(crate) struct SubmitArgs {
    /// Wait until each Job has completed or failed, and each Pod is ready or has ended
    #[arg(help_heading = "Waiting", long)]
    wait: bool,

    /// Maximum time to wait, such as 30s or 5m [default: no limit]
    ///
    /// Covers the whole run, including requests; --request-timeout limits a single request.
    #[arg(help_heading = "Waiting", long, value_name = "DURATION", value_parser = parse_limit, allow_hyphen_values = true)]
    timeout: Option<Timeout>,

    /// Print the logs of all containers while waiting, or of failed ones at the end; to standard
    /// error with -o
    #[arg(help_heading = "Waiting", long, value_enum, value_name = "CONTAINERS", num_args = 0..=1, require_equals = true,
          default_missing_value = "all")]
    logs: Option<Logs>,

    /// Dry run: client only prints the objects, server validates them without storing
    #[arg(
        help_heading = "Validation",
        long,
        value_enum,
        default_value_t,
        value_name = "MODE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "client"
    )]
    dry_run: DryRun,

    /// Treat unknown and duplicate fields and invalid values as errors or warnings, or ignore them
    #[arg(
        help_heading = "Validation",
        long,
        value_enum,
        default_value_t,
        value_name = "MODE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "strict"
    )]
    validate: Validate,

    /// Field manager that owns the fields
    #[arg(
        help_heading = "Field ownership",
        long,
        value_name = "NAME",
        default_value = "pod-tools"
    )]
    field_manager: String,

    /// Print the objects in this format instead of a status line each
    #[arg(help_heading = "Output", short, long, value_parser = FORMATS, value_name = "FORMAT")]
    output: Option<Format>,
}

impl SubmitArgs {
    /// Sets `--wait`, which another flag implies.
    ///
    /// # Errors
    /// A dry run.
    pub(crate) fn imply_wait(&mut self, flag: &str) -> Result<(), Failure> {
        if self.dry_run != DryRun::None {
            return Err(
                Failure::usage(format!("cannot combine `{flag}` with `--dry-run`"))
                    .help(format!("leave out `{flag}` or `--dry-run`")),
            );
        }
        self.wait = true;
        Ok(())
    }

    /// Returns whether `--wait` is set.
    pub(crate) fn waits(&self) -> bool {
        self.wait
    }

    /// Checks the flags.
    ///
    /// # Errors
    /// Flags that cannot be combined.
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
            return Err(Failure::usage(format!("`{flag}` requires `--wait`")).help("add `--wait`"));
        }
        if self.wait && self.dry_run != DryRun::None {
            return Err(Failure::usage("cannot combine `--wait` with `--dry-run`")
                .help("leave out `--wait` or `--dry-run`"));
        }
        let logs_to_stderr = self.output.is_some();
        let limit = self.timeout.and_then(Timeout::limit);
        Ok(SubmitOptions {
            action,
            dry_run: self.dry_run,
            format: self.output,
            validate: self.validate,
            field_manager: self.field_manager,
            force_conflicts,
            comments: Comments::default(),
            attribution: None,
            attach: None,
            remove_attached: false,
            status_on_stderr: false,
            wait: self
                .wait
                .then(|| WaitOptions::done(limit).with_logs(self.logs, logs_to_stderr)),
        })
    }
}

/// Flags that name the manifests.
#[derive(Args, Clone, Debug)]
pub(crate) struct ManifestArgs {
    #[command(flatten, next_help_heading = "Manifests")]
    filenames: FilenameFlags,
}

impl ManifestArgs {
    /// Returns whether no manifest is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.filenames.filenames.is_empty()
    }

    /// Reads the manifests.
    ///
    /// # Errors
    /// No manifest is given, or one cannot be read.
    pub(crate) fn read(&self, command: &str, ui: &Ui) -> Result<Vec<Manifest>, CommandError> {
        if self.is_empty() {
            return Err(Failure::usage("no manifest given")
                .help(format!("use `kubectl pod-tools {command} -f pod.yaml`"))
                .into());
        }
        Ok(input::read(&self.filenames, ui)?)
    }
}
