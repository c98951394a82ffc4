//! A checked command line of `explain-hooks`.

use super::assumed::ShutdownAssumed;
use crate::explain::args::ExplainOptions;
use crate::render::{Format, Formats};

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (Format::Json, "The report as JSON"),
    (Format::Yaml, "The report as YAML"),
    (Format::Html, "The report as a page for a browser"),
    (Format::Svg, "A drawing of the timeline"),
]);

/// Options of `explain-hooks`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct HooksOptions {
    pub explain: ExplainOptions,
    pub assumed: ShutdownAssumed,
    /// `--grace`: the grace period that a deletion asks for, in seconds.
    pub grace: Option<u64>,
}
