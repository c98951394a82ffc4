//! The choice of `--color`.

use std::io::IsTerminal;

/// The choice of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, with `NO_COLOR` unset and `TERM` not `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Returns the choice for a stream, a terminal or not.
    pub(super) fn for_stream(self, stream: &impl IsTerminal) -> anstream::ColorChoice {
        match self {
            Self::Auto if stream.is_terminal() => anstream::ColorChoice::Auto,
            // `CLICOLOR_FORCE` is ignored: a log is not a terminal.
            Self::Auto | Self::Never => anstream::ColorChoice::Never,
            Self::Always => anstream::ColorChoice::AlwaysAnsi,
        }
    }
}
