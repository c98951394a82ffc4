//! Upstream's own kubectl finds the plugins, runs them and completes them.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubectl-pod_tools");

/// The directory where cargo put all six, as `cargo install` does.
fn directory() -> &'static Path {
    for other in [
        env!("CARGO_BIN_EXE_kubectl-pod_env"),
        env!("CARGO_BIN_EXE_kubectl-pod_wait"),
        env!("CARGO_BIN_EXE_kubectl-pod_probe"),
        env!("CARGO_BIN_EXE_kubectl-create-pod"),
        env!("CARGO_BIN_EXE_kubectl_complete-pod_tools"),
    ] {
        assert_eq!(Path::new(other).parent(), Path::new(PROGRAM).parent());
    }
    Path::new(PROGRAM).parent().unwrap()
}

fn kubectl(words: &[&str]) -> Output {
    let made = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/cluster/upstream");
    let upstream = std::env::var_os("POD_TOOLS_UPSTREAM").map_or_else(made, PathBuf::from);
    let mut path = OsString::from(directory());
    path.push(":/usr/bin:/bin");
    let mut command = Command::new(upstream.canonicalize().unwrap());
    command.arg("kubectl").args(words).env_clear();
    command.env("PATH", path).env("HOME", "/nonexistent");
    command.output().unwrap()
}

fn stdout(words: &[&str]) -> String {
    let output = kubectl(words);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn kubectl_lists_the_plugins() {
    let output = kubectl(&["plugin", "list"]);
    let listed = String::from_utf8(output.stdout).unwrap();
    for name in [
        "kubectl-pod_tools",
        "kubectl-pod_env",
        "kubectl-pod_wait",
        "kubectl-pod_probe",
        "kubectl-create-pod",
    ] {
        let path = directory().join(name);
        let line = path.to_str().unwrap();
        assert!(listed.lines().any(|listed| listed == line), "{listed}");
    }
    // kubectl counts every word under a command of its own as one that is overwritten, and
    // runs it all the same.
    let warnings = String::from_utf8(output.stderr).unwrap();
    let overwrites = warnings.lines().filter(|line| line.contains("overwrites"));
    // Cargo's own file beside the program.
    let overwrites = overwrites.filter(|line| !line.contains("kubectl-create-pod.d "));
    let overwrites: Vec<&str> = overwrites.map(str::trim).collect();
    assert_eq!(
        overwrites,
        ["- warning: kubectl-create-pod overwrites existing command: \"kubectl create\""]
    );
}

#[test]
fn help_speaks_of_the_words_that_kubectl_was_given() {
    for (words, usage) in [
        (&["pod-tools"][..], "Usage: kubectl pod-tools [OPTIONS]"),
        (&["pod-env"], "Usage: kubectl pod-env [OPTIONS]"),
        (&["pod-wait"], "Usage: kubectl pod-wait [OPTIONS]"),
        (&["pod-probe"], "Usage: kubectl pod-probe [OPTIONS]"),
        (&["create", "pod"], "Usage: kubectl create pod [OPTIONS]"),
    ] {
        let help = stdout(&[words, &["-h"]].concat());
        assert!(help.contains(usage), "{words:?}: {help}");
    }
}

#[test]
fn the_exit_code_of_a_plugin_is_that_of_kubectl() {
    let broken = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/dependent-env.yaml"
    );
    for (words, code) in [
        (&["pod-env", "--offline", "-f", broken][..], 1),
        (&["create", "pod", "x", "--no-such-flag"], 2),
        (&["pod-wait", "pod/x", "--server=http://127.0.0.1:1"], 3),
    ] {
        let output = kubectl(words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
    }
}

#[test]
fn kubectl_completes_the_words_of_the_suite() {
    assert_eq!(
        stdout(&["__complete", "pod-tools", "create", "po"]),
        "pod\tCreate a Pod from flags\n:4\n"
    );
}
