//! kubeconfig files and flags against client-go's own reading of them: who is asked,
//! by what way, as whom, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

mod compare;
mod known;
#[path = "../../support/oracle.rs"]
mod oracle;
#[path = "../../support/random/mod.rs"]
mod random;
mod random_config;
mod whole_files;

use std::fs;
use std::path::{Path, PathBuf};

use compare::Outcome;
use oracle::Oracle;
use random::Rng;

const RANDOM: usize = 4_000;

/// kubeconfig files in their order, and flags as typed.
pub(crate) struct Case {
    files: Vec<String>,
    flags: Vec<(String, String)>,
}

/// Files that the cases name, and room for their kubeconfigs.
struct Room {
    dir: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/support/tls");
        for name in [
            "ca.crt",
            "client.crt",
            "client.key",
            "server.crt",
            "server.key",
        ] {
            fs::copy(tls.join(name), dir.path().join(name)).unwrap();
        }
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("token", " from-file\n");
        write("empty", "");
        write("blank", " \n");
        write("broken.crt", "no certificate");
        Self { dir }
    }

    /// Writes a case's files: each run of `DIR` in them is the room.
    fn place(&self, at: usize, case: &Case) -> (Vec<PathBuf>, Vec<(String, String)>) {
        let here = self.dir.path().display().to_string();
        let paths = case.files.iter().enumerate().map(|(number, text)| {
            let path = self.dir.path().join(format!("{at}-{number}.yaml"));
            fs::write(&path, text.replace("DIR", &here)).unwrap();
            path
        });
        let flags = case.flags.iter();
        let flags = flags.map(|(name, value)| (name.clone(), value.replace("DIR", &here)));
        (paths.collect(), flags.collect())
    }
}

fn compared(cases: &[Case]) -> Vec<Outcome> {
    let room = Room::new();
    let placed: Vec<_> = cases
        .iter()
        .enumerate()
        .map(|(at, case)| room.place(at, case))
        .collect();
    let questions: Vec<_> = placed
        .iter()
        .map(|(files, flags)| compare::question(files, flags))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    placed
        .iter()
        .zip(&answers)
        .map(|((files, flags), theirs)| compare::outcome(files, flags, theirs))
        .collect()
}

/// Prints what was compared, and ends where something differs without a reason.
fn judge(what: &str, cases: &[Case], outcomes: &[Outcome]) -> compare::Tally {
    let mut tally = compare::Tally::default();
    let mut bad = Vec::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        tally.count(outcome);
        if let Outcome::Differs(why) = outcome {
            let files = case.files.join("\n--- next file\n");
            bad.push(format!("{why}\nflags {:?}\n{files}", case.flags));
        }
    }
    println!("{what}: {tally:?}");
    assert!(
        bad.is_empty(),
        "{} of {} differ:\n\n{}",
        bad.len(),
        cases.len(),
        bad[..bad.len().min(5)].join("\n\n")
    );
    tally
}

#[test]
fn known_configurations_are_read_as_client_go_reads_them() {
    let cases = known::cases();
    let tally = judge("known", &cases, &compared(&cases));
    assert!(tally.same > 25 && tally.refused > 30, "{tally:?}");
}

#[test]
fn random_configurations_are_read_as_client_go_reads_them() {
    let mut rng = Rng::new(20_261_128);
    let cases: Vec<Case> = (0..RANDOM).map(|_| random_config::case(&mut rng)).collect();
    let tally = judge("random", &cases, &compared(&cases));
    assert!(tally.same > RANDOM / 5, "{tally:?}");
    assert!(tally.refused > RANDOM / 5, "{tally:?}");
    // Each with its reason in compare.rs; they may only become fewer.
    assert!(tally.excused.values().sum::<usize>() <= 40, "{tally:?}");
}
