//! The formats of `-o`, and which of them a command has.

use clap::builder::{PossibleValue, TypedValueParser};

use super::structured::Structured;

/// Format of what a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text for people.
    Table,
    Json,
    Yaml,
    /// TYPE/NAME, one a line.
    Name,
    /// The environment alone, as dotenv libraries read it.
    Dotenv,
    /// The environment alone, as a POSIX shell reads it.
    Shell,
    /// The environment alone, for `docker run --env-file`.
    Docker,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Name => "name",
            Self::Dotenv => "dotenv",
            Self::Shell => "shell",
            Self::Docker => "docker",
        }
    }

    /// Returns the format of a report for programs, or `None` if it is none.
    pub(crate) fn structured(self) -> Option<Structured> {
        match self {
            Self::Json => Some(Structured::Json),
            Self::Yaml => Some(Structured::Yaml),
            _ => None,
        }
    }

    /// Whether it is the environment of one container and nothing else.
    pub(crate) fn is_export(self) -> bool {
        matches!(self, Self::Dotenv | Self::Shell | Self::Docker)
    }
}

/// Reads the value of a command's `-o`: the formats that it has, each with its help.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Formats(pub &'static [(Format, &'static str)]);

impl TypedValueParser for Formats {
    type Value = Format;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Format, clap::Error> {
        let words = self.0.iter().map(|(format, _)| format.word());
        // Its errors name the words, and the nearest one.
        let words = clap::builder::PossibleValuesParser::new(words);
        let word = words.parse_ref(command, arg, value)?;
        let format = self.0.iter().find(|(format, _)| format.word() == word);
        format
            .map(|(format, _)| *format)
            .ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidValue))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = self.0.iter();
        Some(Box::new(values.map(|(format, help)| {
            PossibleValue::new(format.word()).help(*help)
        })))
    }
}
