//! kubectl as a binary of its own, built with Go.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Directory for files of benchmarks.
pub(crate) fn directory() -> PathBuf {
    let dir = root().join("target/bench");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The release that the others are compared with: the last line of the list.
pub(crate) fn latest_release() -> &'static str {
    let releases = include_str!("../cluster/versions");
    releases.lines().last().unwrap()
}

/// kubectl, with nothing else in the binary.
pub(crate) fn build(dir: &Path) -> PathBuf {
    let kubectl = dir.join("kubectl");
    let mut go = Command::new("go");
    let version = "k8s.io/component-base/version";
    let latest = latest_release();
    let minor = latest.split('.').nth(1).unwrap();
    go.current_dir(root().join("tests/cluster"))
        .env("CGO_ENABLED", "0");
    go.args(["build", "-trimpath", "-ldflags"]);
    go.arg(format!(
        "-s -w -X {version}.gitVersion=v{latest} -X {version}.gitMajor=1 -X {version}.gitMinor={minor}"
    ));
    go.arg("-o").arg(&kubectl).arg("./kubectl");
    assert!(go.status().unwrap().success(), "kubectl is not built");
    kubectl
}
