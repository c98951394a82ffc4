//! `explain-status` about a record.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;

use crate::situations::{Answer, Situation, read_yaml};

/// Programs that run at the same time.
const AT_ONCE: usize = 4;

/// Judges the target of a situation by the objects of a file.
pub(crate) fn explain(situation: &Situation, file: &Path, format: &[&str]) -> Output {
    explain_target(situation, &situation.description.target, file, format)
}

/// Judges another target as of the time when a situation was recorded.
pub(crate) fn explain_target(
    situation: &Situation,
    target: &str,
    file: &Path,
    format: &[&str],
) -> Output {
    let recorded: BTreeMap<String, String> = read_yaml(&situation.file("recorded.yaml"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    command.args(["explain-status", "--offline", "--now", &recorded["now"]]);
    command.arg(target).arg("-f").arg(file);
    // Nothing of this machine is around it.
    command.args(format).env_clear().env("HOME", "/nonexistent");
    command.output().unwrap()
}

/// Reads the answer to the same as a report.
pub(crate) fn answer(situation: &Situation, file: &Path) -> Result<Answer, String> {
    Answer::of(&explain(situation, file, &["-o", "json"]))
}

/// Calls a function for each situation, several at the same time, and returns what it complains about.
pub(crate) fn complaints(
    all: &[Situation],
    check: impl Fn(&Situation, &Path) -> Vec<String> + Sync,
) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let next = Mutex::new(all.iter());
    let found = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(one) = next.lock().unwrap().next() else {
                        return;
                    };
                    let own = check(one, scratch.path());
                    found.lock().unwrap().insert(&one.name, own);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let lines = |(name, own): (&String, Vec<String>)| {
        own.into_iter()
            .map(move |line| format!("{name}: {line}"))
            .collect::<Vec<_>>()
    };
    found.into_iter().flat_map(lines).collect()
}

/// Writes a file for a situation into a directory.
pub(crate) fn file(scratch: &Path, situation: &Situation, ending: &str, text: &str) -> PathBuf {
    let path = scratch.join(format!("{}.{ending}", situation.name));
    fs::write(&path, text).unwrap();
    path
}
