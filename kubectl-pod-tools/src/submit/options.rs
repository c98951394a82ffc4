//! A command line of `create` or `apply`, checked.

use std::fmt;
use std::sync::Arc;

use pod_model::Finding;

use crate::cluster::Attach;
use crate::render::{Comments, Format, Formats, LocatedFinding};
use crate::wait::WaitOptions;

/// POST, or server-side apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Refuses what exists.
    Create,
    /// Creates or changes.
    Apply,
}

/// How far the objects go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DryRun {
    /// They are stored
    #[default]
    None,
    /// They are checked here, and nothing is sent
    Client,
    /// The server checks them, and stores nothing
    Server,
}

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (Format::Yaml, "The objects, fit to commit"),
    (Format::Json, "The objects as the server returned them"),
    (Format::Name, "TYPE/NAME, one a line"),
]);

/// What unknown and duplicate fields are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Validate {
    /// Errors
    #[default]
    Strict,
    /// Warnings
    Warn,
    /// Nothing to speak of
    Ignore,
}

/// A checked command line.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub(crate) struct SubmitOptions {
    /// What to do.
    pub action: Action,
    /// How far.
    pub dry_run: DryRun,
    /// What to print instead of lines.
    pub format: Option<Format>,
    /// What unknown fields are.
    pub validate: Validate,
    /// The objects have been checked here, and what is wrong was told.
    pub checked: bool,
    /// Who owns the fields.
    pub field_manager: String,
    /// For apply: take over the fields that others own.
    pub force_conflicts: bool,
    /// What the YAML says beside the objects.
    pub comments: Comments,
    /// Say what was done on standard error: standard output has another use.
    pub lines_as_talk: bool,
    /// Connect to the Pod's program.
    pub attach: Option<Attach>,
    /// Delete it when it has ended.
    pub remove_attached: bool,
    /// Another place for what the server refuses.
    pub attribute_to_flag: Option<FlagAttribution>,
    /// Wait for the Jobs and Pods.
    pub wait: Option<WaitOptions>,
}

/// Says what is said of a field of something that the user has typed instead;
/// none where it is about nothing of that.
#[derive(Clone)]
pub(crate) struct FlagAttribution(pub Arc<dyn Attribute>);

/// A function of a finding.
pub(crate) trait Attribute: Fn(&Finding) -> Option<LocatedFinding> {}

impl<F: Fn(&Finding) -> Option<LocatedFinding>> Attribute for F {}

impl fmt::Debug for FlagAttribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlagAttribution")
    }
}
