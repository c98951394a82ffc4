//! `-f` and `-R`.

use std::path::PathBuf;

use clap::Args;

/// Flags that name manifests.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FilenameFlags {
    /// Manifest: a file, a directory, a quoted pattern, or - for standard input; repeatable
    #[arg(
        short = 'f',
        long = "filename",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub filenames: Vec<PathBuf>,

    /// Search the directories of -f recursively
    #[arg(short = 'R', long)]
    pub recursive: bool,
}
