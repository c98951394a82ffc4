//! The programs that we are measured against.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::kubectl;

/// Paths of the programs.
pub(crate) struct Tools {
    /// Holds what the benchmark makes.
    pub dir: PathBuf,
    pub kubectl: PathBuf,
    pub kubeconform: PathBuf,
}

/// Builds them with Go, once.
pub(crate) fn build() -> Tools {
    let dir = kubectl::directory();
    Tools {
        kubectl: kubectl::build(&dir),
        kubeconform: kubeconform(&dir),
        dir,
    }
}

fn kubeconform(dir: &Path) -> PathBuf {
    let mut go = Command::new("go");
    go.current_dir(dir)
        .env("GOBIN", dir)
        .env("CGO_ENABLED", "0");
    go.args([
        "install",
        "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0",
    ]);
    assert!(go.status().unwrap().success(), "kubeconform is not built");
    dir.join("kubeconform")
}
