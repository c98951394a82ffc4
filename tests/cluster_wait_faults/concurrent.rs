//! `kubectl pod-wait` and `kubectl wait` for the same object at the same time.

use std::time::Duration;

use crate::support::namespace::Namespace;
use crate::support::waiting::{Begun, Waited, begin, command, kubectl_wait};

/// The two commands while they run.
pub(crate) struct Concurrent {
    what: String,
    pub(crate) ours: Begun,
    pub(crate) theirs: Begun,
}

/// The results of both commands.
pub(crate) struct Both {
    pub(crate) ours: Waited,
    pub(crate) theirs: Waited,
}

/// Starts both commands for a Job; kubectl can only wait for its completion.
pub(crate) fn both(namespace: &Namespace, job: &str, more: &[&str]) -> Concurrent {
    let target = format!("job/{job}");
    let ours = [&[target.as_str(), "--timeout", "170s"], more].concat();
    let theirs = [&target, "--for=condition=Complete", "--timeout=170s"];
    Concurrent {
        what: format!("{} {target}", namespace.name()),
        ours: begin(command(namespace, &ours)),
        theirs: begin(kubectl_wait(namespace, &theirs)),
    }
}

impl Concurrent {
    /// Waits for ours to end, and prints both results. kubectl has some seconds more, and no exit
    /// code if it still waits then.
    pub(crate) fn ended(self) -> Both {
        let ours = self.ours.ended();
        let theirs = self.theirs.ended_within(Duration::from_secs(5));
        for (who, waited) in [("pod-wait", &ours), ("kubectl wait", &theirs)] {
            let code = waited
                .code
                .map_or("still waits".to_owned(), |code| format!("exit code {code}"));
            println!(
                "{}: {who}: {code} after {:.1} s: {}",
                self.what,
                waited.took.as_secs_f32(),
                waited.last()
            );
        }
        Both { ours, theirs }
    }
}

/// Asserts that a wait uses hardly any CPU.
#[track_caller]
pub(crate) fn does_not_spin(wait: &Begun, what: &str) {
    let before = wait.cpu();
    std::thread::sleep(Duration::from_secs(3));
    let used = wait.cpu().saturating_sub(before);
    assert!(
        used < Duration::from_millis(600),
        "{what}: {used:?} of CPU in 3 s"
    );
}
