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
    pub kube_score: PathBuf,
}

/// Builds them with Go, once.
pub(crate) fn build() -> Tools {
    let dir = kubectl::directory();
    Tools {
        kubectl: kubectl::build(&dir),
        kubeconform: installed(&dir, "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"),
        kube_score: installed(&dir, "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"),
        dir,
    }
}

/// Builds the program of a published module.
fn installed(dir: &Path, package: &str) -> PathBuf {
    let mut go = Command::new("go");
    go.current_dir(dir)
        .env("GOBIN", dir)
        .env("CGO_ENABLED", "0");
    go.args(["install", package]);
    assert!(go.status().unwrap().success(), "{package} is not built");
    let name = package.split('@').next().unwrap();
    dir.join(name.rsplit('/').next().unwrap())
}
