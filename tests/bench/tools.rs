//! The programs that we are measured against.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where they are.
pub(crate) struct Tools {
    /// Holds what the benchmark makes.
    pub dir: PathBuf,
    pub kubectl: PathBuf,
    pub kubeconform: PathBuf,
}

/// Where benchmarks keep what they make.
pub(crate) fn directory() -> PathBuf {
    let dir = root().join("target/bench");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Builds them with Go, once.
pub(crate) fn build() -> Tools {
    let dir = directory();
    Tools {
        kubectl: kubectl(&dir),
        kubeconform: kubeconform(&dir),
        dir,
    }
}

/// kubectl, with nothing else in the binary.
pub(crate) fn kubectl(dir: &Path) -> PathBuf {
    let kubectl = dir.join("kubectl");
    let mut go = Command::new("go");
    let version = "k8s.io/component-base/version";
    go.current_dir(root().join("tests/cluster"))
        .env("CGO_ENABLED", "0");
    go.args(["build", "-trimpath", "-ldflags"]);
    go.arg(format!(
        "-s -w -X {version}.gitVersion=v1.35.4 -X {version}.gitMajor=1 -X {version}.gitMinor=35"
    ));
    go.arg("-o").arg(&kubectl).arg("./kubectl");
    assert!(go.status().unwrap().success(), "kubectl is not built");
    kubectl
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
