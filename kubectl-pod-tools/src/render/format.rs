//! The formats of `-o`, and the subset that a command has.

use clap::builder::{PossibleValue, TypedValueParser};

use super::structured::Structured;

/// A format of `-o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text for people.
    Table,
    /// More text for people.
    Wide,
    Json,
    Yaml,
    /// TYPE/NAME, one a line.
    Name,
    /// The environment only, for dotenv libraries.
    Dotenv,
    /// The environment only, for a POSIX shell.
    Shell,
    /// The environment only, for `docker run --env-file`.
    Docker,
    /// A drawing.
    Svg,
    /// A page for a browser.
    Html,
    /// A patch, for `kubectl patch`.
    Patch,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Wide => "wide",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Name => "name",
            Self::Dotenv => "dotenv",
            Self::Shell => "shell",
            Self::Docker => "docker",
            Self::Svg => "svg",
            Self::Html => "html",
            Self::Patch => "patch",
        }
    }

    /// Returns the format of a structured report, or `None` for other formats.
    pub(crate) fn structured(self) -> Option<Structured> {
        match self {
            Self::Json => Some(Structured::Json),
            Self::Yaml => Some(Structured::Yaml),
            _ => None,
        }
    }

    /// Returns true for the environment of one container only.
    pub(crate) fn is_export(self) -> bool {
        matches!(self, Self::Dotenv | Self::Shell | Self::Docker)
    }
}

/// The formats of a command with their help; parses its `-o`.
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
