//! A checked command line of `explain-security`.

use pod_model::pod_security::{Level, PolicyVersion};

use crate::explain::args::ExplainOptions;
use crate::render::{Format, Formats};

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (Format::Json, "The report, for programs"),
    (Format::Yaml, "The report, for programs"),
    (Format::Html, "A page for a browser, to read, print or send"),
    (
        Format::Patch,
        "The least patch to the next Pod Security level, or to that of --level, for `kubectl patch`",
    ),
]);

/// Options of `explain-security`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct SecurityOptions {
    pub explain: ExplainOptions,
    /// `--level`: the level that the Pods have to meet.
    pub level: Option<Level>,
    /// `--pss-version`: the version of the standards; the one of the rules by default.
    pub pss_version: Option<PolicyVersion>,
    /// `--as-written`: the Pod as it is in the file, without what the API server adds.
    pub as_written: bool,
}
