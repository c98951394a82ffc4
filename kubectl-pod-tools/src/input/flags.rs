//! `-f` and `-R`.

use std::path::PathBuf;

use clap::Args;

/// Where manifests come from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FilenameFlags {
    /// File, directory or quoted pattern of manifests, or - for standard input; can be given several
    /// times
    #[arg(
        short = 'f',
        long = "filename",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub filenames: Vec<PathBuf>,

    /// Go into the directories inside the directories that -f names
    #[arg(short = 'R', long)]
    pub recursive: bool,
}
