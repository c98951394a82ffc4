//! Checked options of `create` and `apply`.

use std::fmt;
use std::rc::Rc;

use pod_model::Finding;

use crate::cluster::Attach;
use crate::render::{Comments, Format, Formats, LocatedFinding};
use crate::wait::WaitOptions;

/// Request that submits an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// POST, which fails if the object exists.
    Create,
    /// Server-side apply.
    Apply,
}

/// Dry-run mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DryRun {
    /// Store the objects
    #[default]
    None,
    /// Check locally, send nothing
    Client,
    /// Let the server validate, store nothing
    Server,
}

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (
        Format::Yaml,
        "The objects without fields that the server sets",
    ),
    (Format::Json, "The objects as the server returned them"),
    (Format::Name, "TYPE/NAME, one per line"),
]);

/// Severity of findings about the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Validate {
    /// Report them as errors
    #[default]
    Strict,
    /// Report them as warnings
    Warn,
    /// Do not report them
    Ignore,
}

/// Checked options of `create` and `apply`.
#[derive(Clone, Debug)]
pub(crate) struct SubmitOptions {
    /// Request to send.
    pub action: Action,
    /// Dry-run mode.
    pub dry_run: DryRun,
    /// Format of the objects, or `None` for a status line each.
    pub format: Option<Format>,
    /// Severity of findings about the input.
    pub validate: Validate,
    /// Field manager that owns the fields.
    pub field_manager: String,
    /// Take over fields that other managers own (apply only).
    pub force_conflicts: bool,
    /// Comments of the YAML.
    pub comments: Comments,
    /// Print the status lines on standard error: standard output has another use.
    pub status_on_stderr: bool,
    /// Streams of the Pod to attach to.
    pub attach: Option<Attach>,
    /// Delete the attached Pod at the end.
    pub remove_attached: bool,
    /// Attribution of findings to the flags that wrote the fields.
    pub attribution: Option<FlagAttribution>,
    /// Options of the wait for the Jobs and Pods, or `None` not to wait.
    pub wait: Option<WaitOptions>,
}

/// Places findings about fields at the flags that wrote them.
#[derive(Clone)]
pub(crate) struct FlagAttribution(pub Rc<dyn Attribute>);

impl FlagAttribution {
    /// Returns the finding at the flag that wrote the field, or without a place if no flag
    /// did.
    pub(super) fn locate(&self, finding: Finding) -> LocatedFinding {
        (self.0)(finding)
    }
}

/// A function of a finding.
pub(crate) trait Attribute: Fn(Finding) -> LocatedFinding {}

impl<F: Fn(Finding) -> LocatedFinding> Attribute for F {}

impl fmt::Debug for FlagAttribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlagAttribution")
    }
}
