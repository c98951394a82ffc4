//! Compares the manifests that `-f` finds with kubectl: files, directories, patterns,
//! links and permissions of random trees. Both read as a user who is not root.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/random/rng.rs"]
mod rng;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rng::Rng;

const TREES: usize = 30;
/// Command lines for each tree.
const LINES: usize = 6;
const NOBODY: u32 = 65_534;
const NAMES: [&str; 14] = [
    "a.yaml",
    "b.yml",
    "c.json",
    "a",
    "b.YAML",
    ".yaml",
    ".hidden.yml",
    "x[1].yaml",
    "x1.yaml",
    "d.txt",
    "ä.yaml",
    "s p.yaml",
    "a*.yaml",
    "b",
];
const PATTERNS: [&str; 16] = [
    "*",
    "*.yaml",
    "a*",
    "?.yaml",
    "x[1].yaml",
    "x\\[1].yaml",
    "[a-b]*",
    "[^a]*",
    ".*",
    "*/*",
    "*/a.yaml",
    "?",
    "[",
    "a*[",
    "nope*",
    "a\\*.yaml",
];

/// A tree below a directory; all paths in it, directories first.
fn plant(rng: &mut Rng, dir: &Path, depth: usize, paths: &mut Vec<PathBuf>) {
    fs::create_dir(dir).unwrap();
    paths.push(dir.to_owned());
    for _ in 0..rng.below(5) {
        let path = dir.join(rng.pick(&NAMES));
        if path.symlink_metadata().is_ok() {
            continue;
        }
        match rng.below(16) {
            0..=4 if depth < 3 => {
                plant(rng, &path, depth + 1, paths);
                if rng.percent(5) {
                    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
                }
                continue;
            }
            0 => symlink("gone", &path).unwrap(),
            5 => symlink("..", &path).unwrap(),
            6 => symlink(paths[rng.below(paths.len())].clone(), &path).unwrap(),
            _ => {
                let number = paths.len();
                let name = format!(
                    "{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}}}, spec: {{containers: [{{name: c, image: i}}]}}}}\n"
                );
                fs::write(&path, name).unwrap();
                if rng.percent(5) {
                    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
                }
            }
        }
        paths.push(path);
    }
}

/// Returns a random value of `-f`: a path of the tree, or a pattern.
fn named(rng: &mut Rng, paths: &[PathBuf]) -> PathBuf {
    let path = &paths[if rng.percent(40) {
        0
    } else {
        rng.below(paths.len())
    }];
    if rng.percent(40) {
        return path.join(rng.pick(&PATTERNS));
    }
    path.clone()
}

/// A program as nobody: the exit code is zero or not, and the objects in their order.
fn run(dir: &Path, program: &Path, args: &[&str], named: &[PathBuf]) -> (bool, Vec<String>) {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).env_clear();
    command.env("HOME", dir).uid(NOBODY).gid(NOBODY);
    for name in named {
        command.arg("-f").arg(name);
    }
    let output = command.output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let objects = lines.lines().map(ToOwned::to_owned).collect();
    (output.status.success(), objects)
}

/// Returns the reason for an intended difference from kubectl.
fn excuse(named: &[PathBuf], paths: &[PathBuf], recursive: bool) -> Option<&'static str> {
    let is_link_to_dir = |path: &PathBuf| path.is_symlink() && path.is_dir();
    // kubectl follows a link that is named only with a `/` behind it.
    if named.iter().any(is_link_to_dir) {
        return Some("a link to a directory, named itself");
    }
    // kubectl passes over a directory without manifests where another input has some.
    if named.len() > 1 {
        return Some("several inputs, one of them empty");
    }
    // kubectl opens the directories inside, too, where it does not go into them.
    let is_closed = |path: &Path| {
        let data = path.symlink_metadata();
        data.is_ok_and(|data| data.is_dir() && data.permissions().mode().trailing_zeros() >= 9)
    };
    if !recursive && paths.iter().any(|path| is_closed(path)) {
        return Some("a directory inside that may not be read");
    }
    None
}

/// Root reads what others may not; the programs run as nobody from a directory that
/// nobody can enter.
#[test]
fn a_name_stands_for_the_manifests_that_it_stands_for_in_kubectl() {
    let scratch = tempfile::tempdir().unwrap();
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = |from: &Path, to: &str| {
        let path = scratch.path().join(to);
        fs::copy(from, &path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    let upstream = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/cluster/upstream");
    let upstream = copy(&upstream, "upstream");
    let ours = copy(Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools")), "ours");
    let mut rng = Rng::new(20_261_129);
    let (mut same, mut refused, mut excused) = (0, 0, 0);
    for tree in 0..TREES {
        let root = scratch.path().join(format!("t{tree}"));
        let mut paths = Vec::new();
        plant(&mut rng, &root, 0, &mut paths);
        for _ in 0..LINES {
            let count = if rng.percent(20) { 2 } else { 1 };
            let named: Vec<PathBuf> = (0..count).map(|_| named(&mut rng, &paths)).collect();
            let recursive: &[&str] = if rng.percent(50) { &["-R"] } else { &[] };
            // As in `create`, without `-R` only the directory itself; `annotate` of 1.37 and
            // `wait` go into the directories inside by default.
            let theirs = ["kubectl", "label", "--local", "-o", "name", "k=v"];
            let theirs = run(&root, &upstream, &[&theirs, recursive].concat(), &named);
            let create = ["create", "--dry-run=client", "-o", "name"];
            let ours = run(&root, &ours, &[&create, recursive].concat(), &named);
            // kubectl acts on what it has read before what it cannot read; we do not.
            let agree = match (&theirs, &ours) {
                ((true, theirs), (true, ours)) => theirs == ours && !ours.is_empty(),
                ((false, _), (false, ours)) => ours.is_empty(),
                _ => false,
            };
            match agree {
                true if theirs.0 => same += 1,
                true => refused += 1,
                false if excuse(&named, &paths, !recursive.is_empty()).is_some() => excused += 1,
                false => panic!("tree {tree}, {named:?} {recursive:?}: {theirs:?}, ours {ours:?}"),
            }
        }
    }
    println!("{same} read alike, {refused} refused alike, {excused} excused");
    assert!(same > 50 && refused > 40, "{same} {refused}");
    // Each with its reason in `excuse`; they may only become fewer.
    assert!(excused <= 20, "{excused}");
}
