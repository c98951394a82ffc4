//! A checked command line of `explain-env`.

use crate::render::Structured;
use crate::targets::Chosen;

/// How to print it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// The report, for programs
    Json,
    /// The report, for programs
    Yaml,
    /// The environment alone, as dotenv libraries read it
    Dotenv,
    /// The environment alone, as a POSIX shell reads it
    Shell,
    /// The environment alone, for `docker run --env-file`
    Docker,
}

impl Format {
    /// The structured format of the report, or `None` if it is for people.
    pub(super) fn structured(self) -> Option<Structured> {
        match self {
            Self::Json => Some(Structured::Json),
            Self::Yaml => Some(Structured::Yaml),
            Self::Table | Self::Dotenv | Self::Shell | Self::Docker => None,
        }
    }

    /// Whether it is the environment of one container and nothing else.
    pub(super) fn is_export(self) -> bool {
        matches!(self, Self::Dotenv | Self::Shell | Self::Docker)
    }
}

/// What is to be explained, and how.
#[derive(Clone, Debug)]
pub(crate) struct EnvOptions {
    pub chosen: Chosen,
    /// Only these, where there are any.
    pub containers: Vec<String>,
    pub format: Format,
    pub show_secrets: bool,
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
