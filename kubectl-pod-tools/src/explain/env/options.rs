//! A checked command line of `explain-env`.

use crate::explain::args::ExplainOptions;
use crate::render::{Format, Formats};

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (Format::Table, "For people"),
    (Format::Json, "The report, for programs"),
    (Format::Yaml, "The report, for programs"),
    (
        Format::Dotenv,
        "The environment alone, as dotenv libraries read it",
    ),
    (
        Format::Shell,
        "The environment alone, as a POSIX shell reads it",
    ),
    (
        Format::Docker,
        "The environment alone, for `docker run --env-file`",
    ),
]);

/// Options of `explain-env`.
#[derive(Clone, Debug)]
pub(crate) struct EnvOptions {
    pub explain: ExplainOptions,
    /// The variable to follow.
    pub trace: Option<String>,
    /// Whether people are told each variable of a Service.
    pub services: bool,
    /// Whether running containers are to be looked into.
    pub verify: bool,
    /// As typed: FILE or CONTAINER=FILE.
    pub image_configs: Vec<String>,
    /// The cluster's DNS domain.
    pub cluster_domain: Option<String>,
}
