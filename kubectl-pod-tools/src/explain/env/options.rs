//! A checked command line of `explain-env`.

use crate::explain::args::ExplainOptions;
use crate::render::{Format, Formats};

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (Format::Table, "A table for each container"),
    (Format::Json, "The report as JSON"),
    (Format::Yaml, "The report as YAML"),
    (Format::Html, "The report as a page for a browser"),
    (
        Format::Dotenv,
        "Variables of one container, for dotenv libraries",
    ),
    (
        Format::Shell,
        "Variables of one container, for a POSIX shell",
    ),
    (
        Format::Docker,
        "Variables of one container, for `docker run --env-file`",
    ),
]);

/// Options of `explain-env`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct EnvOptions {
    pub explain: ExplainOptions,
    /// The variable to trace.
    pub trace: Option<String>,
    /// True if each variable of a Service has its own line in the table.
    pub services: bool,
    /// Compares with the running containers if true.
    pub verify: bool,
    /// As typed: FILE or CONTAINER=FILE.
    pub image_configs: Vec<String>,
    /// The cluster's DNS domain.
    pub cluster_domain: Option<String>,
}
