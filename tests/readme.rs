//! The README shows what the program really prints. With `UPDATE_README=1` the
//! test writes it there.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// What a person would see: output, talk and exit code.
fn shown(arguments: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    command.current_dir(root).args(arguments.split_whitespace());
    // Nothing of this machine's: neither a cluster nor colours.
    command.env_clear().env("HOME", "/nonexistent");
    let output = command.output().unwrap();
    let mut text =
        String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    text.truncate(text.trim_end().len());
    format!("{text}\n(exit code {})\n", output.status.code().unwrap())
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let mut fresh = String::new();
    let mut commands = 0;
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        fresh.push_str(line);
        fresh.push('\n');
        if line != "```console" {
            continue;
        }
        let mut command = lines.next().unwrap().to_owned();
        while command.ends_with('\\') {
            command = format!("{command}\n{}", lines.next().unwrap());
        }
        let arguments = command.strip_prefix("$ kubectl pod-tools ").unwrap();
        let arguments = arguments.replace("\\\n", "");
        fresh.push_str(&format!("{command}\n{}```\n", shown(&arguments)));
        commands += 1;
        // What stood there before.
        assert!(lines.any(|line| line == "```"));
    }
    assert!(commands > 2, "the README shows something");
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, fresh).unwrap();
    } else {
        assert_eq!(readme, fresh, "run it with UPDATE_README=1");
    }
}
