//! kubeconfig files and flags against client-go's own reading of them: who is asked,
//! by what way, as whom, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
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

use agreement::{Agreement, Excuses};
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

const SAME: &str = "the same";
const REFUSED: &str = "refused by both";

/// Prints what was compared, and ends where something differs without a reason.
/// Returns how many were the same, and how many were refused.
fn judge(
    what: &'static str,
    cases: &[Case],
    outcomes: Vec<Outcome>,
    excuses: &Excuses,
) -> (usize, usize) {
    let mut agreement = Agreement::new(what);
    for (case, outcome) in cases.iter().zip(outcomes) {
        let shown = || {
            let files = case.files.join("\n--- next file\n");
            format!("flags {:?}\n{files}", case.flags)
        };
        match outcome {
            Outcome::Same => agreement.equal_and(SAME),
            Outcome::Refused => agreement.equal_and(REFUSED),
            Outcome::Excused(reason) => agreement.excuse(reason, shown()),
            Outcome::Differs(why) => agreement.differ(format!("{why}\n{}", shown())),
        }
    }
    let counts = (agreement.kind(SAME), agreement.kind(REFUSED));
    agreement.finish(excuses);
    counts
}

#[test]
fn known_configurations_are_read_as_client_go_reads_them() {
    let cases = known::cases();
    let (same, refused) = judge(
        "known configurations",
        &cases,
        compared(&cases),
        &[(compare::MEANT, 1), (compare::ZONES, 1)],
    );
    assert!(same > 25 && refused > 30, "{same} {refused}");
}

#[test]
fn random_configurations_are_read_as_client_go_reads_them() {
    let mut rng = Rng::new(20_261_128);
    let cases: Vec<Case> = (0..RANDOM).map(|_| random_config::case(&mut rng)).collect();
    let (same, refused) = judge(
        "random configurations",
        &cases,
        compared(&cases),
        &[
            (compare::MEANT, 3),
            (compare::TOKEN, 3),
            (compare::ZONES, 12),
            (compare::EMPTY, 22),
        ],
    );
    assert!(
        same > RANDOM / 5 && refused > RANDOM / 5,
        "{same} {refused}"
    );
}
